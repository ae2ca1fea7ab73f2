using System.Collections.Immutable;
using Crosstown.Logs.Formats.Csv;
using Crosstown.Logs.Formats.Econolite;
using Crosstown.Logs.Formats.MaxTime;
using Crosstown.Logs.Formats.Ndjson;
using Crosstown.Logs.Formats.Parquet;
using Crosstown.Logs.Formats.Segments;

namespace Crosstown.Logs.Formats;

/// <summary>The kinds of log file that Crosstown reads. A new kind is a folder and a line here.</summary>
public static class LogFormats
{
    /// <summary>Bytes that a format may look at to recognize a file.</summary>
    public const int HeadBytes = 16 << 10;

    /// <summary>All formats; the first that recognizes a file reads it.</summary>
    public static ImmutableArray<ILogFormat> All { get; } =
    [
        new EconoliteFormat(),
        new MaxTimeFormat(),
        new ParquetFormat(),
        new SegmentFormat(),
        new NdjsonFormat(),
        new CsvFormat(),
    ];
}
