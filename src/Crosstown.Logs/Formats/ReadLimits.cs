namespace Crosstown.Logs.Formats;

/// <summary>How much of a file the readers take before they stop; each may be made stricter, none looser.</summary>
/// <remarks>Every stop is a data issue that names the limit; what came before it is kept.</remarks>
public sealed record ReadLimits
{
    /// <summary>
    /// Most bytes of one controller file, unpacked (rule R08). The longest <c>.dat</c> that its 16-bit offsets can describe, 109 minutes,
    /// is far below 1 MiB at 10 events a second.
    /// </summary>
    public const long MaxControllerFileBytes = 64L << 20;

    /// <summary>Most unpacked bytes for each packed one (rule R08). Controller logs pack 2:1 to 30:1; a file made to exhaust memory packs 1,000:1.</summary>
    public const int MaxCompressionRatio = 200;

    /// <summary>Unpacked bytes below which the ratio is not looked at: a file of nothing but one repeated row is odd, not harmful.</summary>
    public const long RatioFloorBytes = 1L << 20;

    /// <summary>Longest line of a text file in bytes (rule R08); an event takes some 40.</summary>
    public const int MaxLineBytes = 64 << 10;

    /// <summary>Deepest nesting of a JSON value (rule X06).</summary>
    public const int MaxJsonDepth = 32;

    /// <summary>Most columns of a text table; event exports have 3 to 12.</summary>
    public const int MaxColumns = 256;

    /// <summary>Most events that wait, per signal, for what follows to tell the two passes of autumn's repeated hour apart; a busy signal logs 32,000 an hour.</summary>
    public const int MaxUndecidedEvents = 1 << 16;

    /// <summary>Most events that wait so over all signals of a file, which bounds the memory they take to 24 MiB.</summary>
    public const int MaxUndecidedEventsOfFile = 1 << 20;

    private readonly long _controllerFileBytes = MaxControllerFileBytes;
    private readonly int _compressionRatio = MaxCompressionRatio;
    private readonly int _lineBytes = MaxLineBytes;

    /// <summary>Most bytes of one controller file, unpacked; 1 to <see cref="MaxControllerFileBytes"/>.</summary>
    public long ControllerFileBytes
    {
        get => _controllerFileBytes;
        init => _controllerFileBytes = Stricter(value, MaxControllerFileBytes, nameof(ControllerFileBytes));
    }

    /// <summary>Most unpacked bytes for each packed one; 1 to <see cref="MaxCompressionRatio"/>.</summary>
    public int CompressionRatio
    {
        get => _compressionRatio;
        init => _compressionRatio = (int)Stricter(value, MaxCompressionRatio, nameof(CompressionRatio));
    }

    /// <summary>Longest line of a text file in bytes; 1 to <see cref="MaxLineBytes"/>.</summary>
    public int LineBytes
    {
        get => _lineBytes;
        init => _lineBytes = (int)Stricter(value, MaxLineBytes, nameof(LineBytes));
    }

    private static long Stricter(long value, long limit, string name) =>
        value >= 1 && value <= limit ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} is {value}; 1 to {limit} is allowed.");
}
