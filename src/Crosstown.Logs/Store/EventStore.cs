using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Crosstown.Core.Data;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Core.Time;

namespace Crosstown.Logs.Store;

/// <summary>The raw events of every signal, by signal and UTC day, in checksummed segments under a data folder.</summary>
/// <remarks>
/// A store shows the content as of its opening, the last <see cref="Reload"/>, or the last commit of a writer that was opened through it.
/// Reading needs no lock and any number of threads and processes may do it; one writer at a time may change the folder.
/// How events lie on the disk, and why: docs/decisions/0002-event-segments.md.
/// </remarks>
public sealed class EventStore
{
    private volatile StoreContent _content;

    private EventStore(StoreFolder folder, DataIssueLog? issues)
    {
        Folder = folder;
        _content = folder.Load(issues);
    }

    internal StoreFolder Folder { get; }

    internal StoreContent Content
    {
        get => _content;
        set => _content = value;
    }

    /// <summary>Opens the store in a data folder. A folder that holds none, or is not there, is an empty store; opening makes nothing.</summary>
    /// <param name="issues">Takes what is found damaged; null makes damage an exception.</param>
    /// <exception cref="InvalidDataException">The list of segments is damaged and there is no log to say so.</exception>
    public static EventStore Open(string dataFolder, DataIssueLog? issues = null) => Open(dataFolder, issues, new Disk());

    internal static EventStore Open(string dataFolder, DataIssueLog? issues, Disk disk) => new(new StoreFolder(Path.GetFullPath(dataFolder), disk), issues);

    /// <summary>Opens a writer. It changes nothing until its commit, but for what a server that was ended had taken and not yet put into segments.</summary>
    /// <param name="issues">Takes what is refused or found damaged.</param>
    /// <param name="bufferBytes">Memory for events that wait for the commit; beyond it they wait on the disk. At least 64 KiB.</param>
    /// <exception cref="ProblemException">Another writer is at work in this folder.</exception>
    public EventStoreWriter OpenWriter(DataIssueLog issues, long bufferBytes = EventStoreWriter.DefaultBufferBytes) => new(this, issues, bufferBytes, null);

    /// <summary>Opens a writer for someone who holds the folder's lock and keeps it.</summary>
    internal EventStoreWriter OpenWriter(DataIssueLog issues, FileStream held) => new(this, issues, EventStoreWriter.DefaultBufferBytes, held);

    /// <summary>Sees what other processes have committed since.</summary>
    public void Reload(DataIssueLog? issues = null) => _content = Folder.Load(issues);

    /// <summary>The signals with events, sorted.</summary>
    public IReadOnlyList<SignalId> ListSignals() => [.. _content.Signals.Keys.Order()];

    /// <summary>The UTC days on which a signal has events, sorted; none for a signal that is not here.</summary>
    public IReadOnlyList<DateOnly> ListDays(SignalId signal) =>
        _content.Signals.TryGetValue(signal, out var content) ? [.. content.Days.Keys.Select(EventKey.ToDate)] : [];

    /// <summary>IANA zone of a signal's wall clock.</summary>
    /// <exception cref="KeyNotFoundException">The store has no events of the signal.</exception>
    public string ZoneOf(SignalId signal) => FindZone(signal) ?? throw new KeyNotFoundException($"The store has no events of signal {signal}.");

    /// <summary>IANA zone of a signal's wall clock; null when the store has no events of it.</summary>
    public string? FindZone(SignalId signal) => _content.Signals.TryGetValue(signal, out var content) ? content.Zone : null;

    /// <summary>The number of events of all signals.</summary>
    public long CountEvents() => _content.Signals.Values.Sum(s => s.Days.Values.Sum(CountEvents));

    /// <summary>The number of a signal's events; 0 for a signal that is not here.</summary>
    public long CountEvents(SignalId signal) => _content.Signals.TryGetValue(signal, out var content) ? content.Days.Values.Sum(CountEvents) : 0;

    /// <summary>The number of a signal's events of one UTC day.</summary>
    public long CountEvents(SignalId signal, DateOnly day) => CountEvents(_content.PiecesOf(signal, EventKey.FromDate(day)));

    /// <summary>Bytes of all segments on disk.</summary>
    public long CountBytes() => _content.Signals.Values.Sum(s => s.Days.Values.Sum(d => d.Sum(p => p.FileLength)));

    /// <summary>Bytes of the segments of each UTC day, of all signals.</summary>
    public IReadOnlyDictionary<DateOnly, long> ListDayBytes() => _content.Signals.Values.SelectMany(s => s.Days)
        .GroupBy(d => d.Key).ToDictionary(g => EventKey.ToDate(g.Key), g => g.Sum(d => d.Value.Sum(p => p.FileLength)));

    /// <summary>From the first to just behind the last event of a signal; null when the store has none.</summary>
    public TimeRange? FindRange(SignalId signal)
    {
        if (!_content.Signals.TryGetValue(signal, out var content) || content.Days.Count == 0)
        {
            return null;
        }

        var (first, last) = (content.Days.GetKeyAtIndex(0), content.Days.GetKeyAtIndex(content.Days.Count - 1));
        return new TimeRange(
            (first * EventKey.DayMs) + content.Days[first].Min(p => p.FirstMs),
            (last * EventKey.DayMs) + content.Days[last].Max(p => p.LastMs) + 1);
    }

    /// <summary>Opens a reader of one signal's events of a time range.</summary>
    /// <param name="issues">Takes what is found damaged, with its file and place; null makes damage an exception.</param>
    public EventReader OpenReader(SignalId signal, TimeRange range, DataIssueLog? issues = null) => new(this, signal, range, issues);

    /// <summary>Opens a reader of all of one signal's events.</summary>
    /// <param name="issues">Takes what is found damaged, with its file and place; null makes damage an exception.</param>
    public EventReader OpenReader(SignalId signal, DataIssueLog? issues = null) =>
        OpenReader(signal, FindRange(signal) ?? new TimeRange(0, 0), issues);

    /// <summary>Reads one UTC day of one signal. Returns the number of events; 0 when there are none.</summary>
    /// <param name="buffer">Takes the events from index 0 on; made longer when too short.</param>
    /// <param name="issues">Takes what is found damaged, with its file and place; null makes damage an exception.</param>
    public int ReadDay(SignalId signal, DateOnly day, ref ControllerEvent[] buffer, DataIssueLog? issues = null)
    {
        var expected = checked((int)CountEvents(signal, day));
        if (buffer.Length < expected)
        {
            buffer = new ControllerEvent[expected];
        }

        var count = 0;
        using var reader = OpenReader(signal, RangeOf(day), issues);
        while (reader.Next(out var block))
        {
            if (buffer.Length - count < block.Length)
            {
                Array.Resize(ref buffer, Math.Max(2 * buffer.Length, count + block.Length));
            }

            block.CopyTo(buffer.AsSpan(count));
            count += block.Length;
        }

        return count;
    }

    /// <summary>SHA-256 of what the store holds: signals, zones and distinct events, however and in however many files they came (rule R06).</summary>
    /// <remarks>Reads every event. Two stores with the same hash hold the same events; the layout on the disk plays no part.</remarks>
    /// <returns>64 lower-case hexadecimal digits.</returns>
    /// <param name="issues">Takes what is found damaged, which is then not part of the hash; null makes damage an exception.</param>
    public string StateHash(DataIssueLog? issues = null)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var signal in ListSignals())
        {
            foreach (var day in ListDays(signal))
            {
                hash.AppendData(HashOf(signal, day, issues));
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The same for one UTC day of one signal.</summary>
    /// <returns>64 lower-case hexadecimal digits.</returns>
    /// <param name="issues">Takes what is found damaged, which is then not part of the hash; null makes damage an exception.</param>
    /// <exception cref="KeyNotFoundException">The store has no events of the signal.</exception>
    public string StateHash(SignalId signal, DateOnly day, DataIssueLog? issues = null) => Convert.ToHexStringLower(HashOf(signal, day, issues));

    /// <summary>Deletes all raw events of the UTC days before one, of every signal: from the list, then from the disk (rules P13, P22).</summary>
    /// <returns>What was deleted.</returns>
    /// <exception cref="ProblemException">A writer is at work in this folder.</exception>
    /// <exception cref="IOException">The disk failed. Days that are left on it are deleted by the next call.</exception>
    public DeleteSummary DeleteBefore(DateOnly day, DataIssueLog? issues = null)
    {
        if (JournalFolder.HasFiles(Folder))
        {
            // A server that was ended left events that no segment has yet; opening a writer puts them there.
            OpenWriter(issues ?? new DataIssueLog()).Dispose();
        }

        using var held = Folder.Lock();
        return DeleteHeld(day, issues);
    }

    /// <summary>The same for someone who holds the folder's lock.</summary>
    internal DeleteSummary DeleteHeld(DateOnly day, DataIssueLog? issues)
    {
        var content = Folder.LoadToChange(issues);
        var kept = new Dictionary<SignalId, SignalContent>();
        long events = 0;
        var signalDays = 0;
        foreach (var (signal, signalContent) in content.Signals)
        {
            var days = new SortedList<int, Piece[]>();
            foreach (var (number, pieces) in signalContent.Days)
            {
                if (EventKey.ToDate(number) < day)
                {
                    signalDays++;
                    events += CountEvents(pieces);
                }
                else
                {
                    days.Add(number, pieces);
                }
            }

            if (days.Count > 0)
            {
                kept[signal] = signalContent with { Days = days };
            }
        }

        if (signalDays > 0)
        {
            content = new StoreContent(content.NextPiece, kept);
            Folder.Publish(content);
        }

        Folder.RemoveDaysBefore(day);
        _content = content;
        return new DeleteSummary(events, signalDays);
    }

    private static long CountEvents(Piece[] pieces) => pieces.Sum(p => p.Count);

    private static TimeRange RangeOf(DateOnly day) => new(EventKey.FromDate(day) * EventKey.DayMs, (EventKey.FromDate(day) + 1) * EventKey.DayMs);

    private byte[] HashOf(SignalId signal, DateOnly day, DataIssueLog? issues)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{signal.Value}\n{ZoneOf(signal)}\n{day:yyyy-MM-dd}\n")));
        using var reader = OpenReader(signal, RangeOf(day), issues);
        while (reader.Next(out var block))
        {
            hash.AppendData(MemoryMarshal.AsBytes(block));
        }

        return hash.GetHashAndReset();
    }
}

/// <summary>What a deletion took away.</summary>
/// <param name="Events">Events that are gone.</param>
/// <param name="SignalDays">Signal-days that are gone.</param>
public sealed record DeleteSummary(long Events, int SignalDays);
