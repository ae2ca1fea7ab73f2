namespace Crosstown.Core.Data;

/// <summary>What kind of thing is wrong with data that came from outside.</summary>
public enum DataIssueKind
{
    /// <summary>A file is empty.</summary>
    EmptyFile,

    /// <summary>No reader knows the file's content.</summary>
    UnknownFormat,

    /// <summary>The header lacks what the format requires.</summary>
    BadHeader,

    /// <summary>A row or record cannot be read; it is left out.</summary>
    BadRow,

    /// <summary>The file ends inside a record, or before its checksum.</summary>
    Truncated,

    /// <summary>A checksum does not match.</summary>
    ChecksumMismatch,

    /// <summary>A cap on size, ratio, records, line length or nesting was reached.</summary>
    LimitReached,

    /// <summary>A time goes back within a file.</summary>
    TimeWentBack,

    /// <summary>A local time that the zone's clock shows twice, or never.</summary>
    AmbiguousLocalTime,

    /// <summary>A time far outside the span of the rest of its file.</summary>
    ImplausibleTime,

    /// <summary>A code that no list knows; the event is kept.</summary>
    UnknownCode,

    /// <summary>Sequence numbers jump: records are missing.</summary>
    SequenceGap,

    /// <summary>Two sources disagree about the same thing.</summary>
    Conflict,

    /// <summary>A field that the schema does not know; it is dropped and counted by name.</summary>
    UnknownField,

    /// <summary>A value that the privacy gate refuses; its record is dropped and the value is not kept.</summary>
    PrivacyRefused,

    /// <summary>Something needed was not given; a default was assumed.</summary>
    AssumedDefault,

    /// <summary>A configuration that a measure needs is missing.</summary>
    MissingConfiguration,

    /// <summary>Stored data is damaged and was set aside.</summary>
    DamagedBlock,
}

/// <summary>One thing that is wrong with data from outside, and what we did about it. Work goes on.</summary>
/// <param name="Kind">What is wrong.</param>
/// <param name="Source">The file or feed, as the user named it.</param>
/// <param name="Position">Line, record or byte, as the format counts them; 0 for the source as a whole.</param>
/// <param name="Value">
/// The value that is wrong, cut to <see cref="MaxValueLength"/> characters; empty where it may not be kept (<see cref="DataIssueKind.PrivacyRefused"/>).
/// </param>
/// <param name="Assumed">What was assumed or done, as a sentence with the limit in it.</param>
public sealed record DataIssue(DataIssueKind Kind, string Source, long Position, string Value, string Assumed)
{
    /// <summary>Longest value that an issue repeats, in characters.</summary>
    public const int MaxValueLength = 80;
}
