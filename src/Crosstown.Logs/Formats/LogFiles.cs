using Crosstown.Core.Data;
using Crosstown.Core.Privacy;

namespace Crosstown.Logs.Formats;

/// <summary>Reads log files of any known kind, told apart by their content.</summary>
public static class LogFiles
{
    /// <summary>Reads a file, or a folder with all folders in it, in the order of names.</summary>
    /// <param name="path">A file or folder.</param>
    /// <param name="settings">What the files do not say.</param>
    /// <param name="sink">Takes the events, signal by signal, in the order of the file.</param>
    /// <param name="issues">Takes what is wrong with the files.</param>
    /// <exception cref="ProblemException">XT102: no such file or folder. XT101: no such zone.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static ReadSummary Read(string path, ReadSettings settings, IEventSink sink, DataIssueLog issues)
    {
        var session = Begin(settings, sink, issues);
        var files = new List<FileSummary>();
        foreach (var file in ListFiles(path))
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.SequentialScan);
            files.Add(ReadOne(stream, file, session));
        }

        return new ReadSummary([.. files]);
    }

    /// <summary>Reads one file from a stream, from where it stands to its end.</summary>
    /// <param name="name">What issues call it.</param>
    /// <exception cref="ProblemException">XT101: no such zone.</exception>
    public static ReadSummary Read(Stream stream, string name, ReadSettings settings, IEventSink sink, DataIssueLog issues) =>
        new([ReadOne(stream, name, Begin(settings, sink, issues))]);

    private static ReadSession Begin(ReadSettings settings, IEventSink sink, DataIssueLog issues)
    {
        if (settings.Zone is { } zone)
        {
            _ = Zones.ZoneRules.For(zone);
        }

        return new ReadSession(settings, sink, issues);
    }

    private static IEnumerable<string> ListFiles(string path)
    {
        if (File.Exists(path))
        {
            return [path];
        }

        if (!Directory.Exists(path))
        {
            throw new ProblemException("XT102", path, "There is no such file or folder.");
        }

        return Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal);
    }

    private static FileSummary ReadOne(Stream stream, string name, ReadSession session)
    {
        using var counted = new CountingStream(stream);
        var reading = new LogReading(session, name);
        var format = ReadContent(counted, reading);
        reading.Finish();
        return new FileSummary(name, format, [.. reading.Signals.Order()], reading.Events, reading.RowsRefused, counted.BytesRead);
    }

    private static string? ReadContent(CountingStream packed, LogReading reading)
    {
        using var unpacked = Unpacking.Open(packed, reading);
        if (unpacked is null)
        {
            return null;
        }

        using var content = new LogContent(unpacked);
        while (content.Unread.Length < LogFormats.HeadBytes && content.Fill())
        {
        }

        var head = content.Unread[..Math.Min(content.Unread.Length, LogFormats.HeadBytes)];
        if (head.Length == 0)
        {
            ReportTrouble(content, reading);
            return null;
        }

        if (RefusedFeeds.Recognize(head) is { } refused)
        {
            reading.RefuseFeed(refused, 0);
            return null;
        }

        foreach (var format in LogFormats.All)
        {
            if (format.Recognizes(head))
            {
                format.Read(content, reading);
                ReportTrouble(content, reading);
                return format.Name;
            }
        }

        reading.RefuseFile(
            DataIssueKind.UnknownFormat,
            0,
            "",
            $"the content is none of {string.Join(", ", LogFormats.All.Select(f => f.Name))}, packed with gzip or zlib or not; the file is left out");
        ReportTrouble(content, reading);
        return null;
    }

    private static void ReportTrouble(LogContent content, LogReading reading)
    {
        if (content.Trouble is { } trouble)
        {
            reading.Report(trouble.Kind, trouble.Position, "", trouble.Text);
        }
    }
}
