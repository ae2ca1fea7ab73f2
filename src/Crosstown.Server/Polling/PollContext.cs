using System.Runtime.InteropServices;
using Crosstown.Core.Data;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Logs;
using Crosstown.Logs.Formats;
using Crosstown.Logs.Store;

namespace Crosstown.Server.Polling;

/// <summary>Stores events: <see cref="LiveEvents.AppendAsync"/>.</summary>
internal delegate ValueTask<AppendReceipt> EventIntake(SignalId signal, string zone, ReadOnlyMemory<ControllerEvent> events, CancellationToken stop);

/// <summary>What one reading of a source gave.</summary>
/// <param name="Bytes">Bytes that came over the wire, or from the folder.</param>
/// <param name="Events">Events that were new to the source.</param>
/// <param name="FirstMs">The earliest of them, ms UTC; null without events.</param>
/// <param name="LastMs">The newest of them, ms UTC; null without events.</param>
/// <param name="Problem">Why it failed; null when it did not. What came before the failure is kept.</param>
internal sealed record PollAnswer(long Bytes, long Events, long? FirstMs, long? LastMs, Problem? Problem);

/// <summary>One reading of a source: how far it was read before, and where what it gives is taken.</summary>
internal sealed class PollContext(Source source, string zone, SourceMemory memory, PollLimits limits, SharedBytes shared, EventIntake intake, TimeProvider time, CancellationToken stop)
{
    /// <summary>An event later than now by more is no mark to go on reading from: the controller's clock is wrong, and what it logs next would never be asked for.</summary>
    private const long MostAheadMs = 60_000;

    /// <summary>Issues that mean damage, where nothing else was in the log.</summary>
    private static readonly DataIssueKind[] s_grave =
        [DataIssueKind.BadHeader, DataIssueKind.BadRow, DataIssueKind.LimitReached, DataIssueKind.ChecksumMismatch, DataIssueKind.PrivacyRefused, DataIssueKind.ImplausibleTime];

    private long _events;
    private long? _firstMs;
    private long? _lastMs;

    public Source Source => source;

    /// <summary>IANA zone of the controller's clock.</summary>
    public string Zone => zone;

    public SourceMemory Memory => memory;

    public PollLimits Limits => limits;

    public CancellationToken Stop => stop;

    /// <summary>Bytes that came so far.</summary>
    public long Bytes { get; private set; }

    public long NowMs => time.GetUtcNow().ToUnixTimeMilliseconds();

    public AnswerBuffer NewBuffer() => new(limits, shared);

    public void CountBytes(long bytes) => Bytes += bytes;

    public PollAnswer Answer(Problem? problem) => new(Bytes, _events, _firstMs, _lastMs, problem);

    /// <summary>Reads a log and stores its events; done when they are on the disk.</summary>
    /// <param name="format">The format that it must have; null for any.</param>
    /// <param name="known">Events at its beginning that were taken before.</param>
    /// <returns>The number of events in the log, known ones included.</returns>
    /// <exception cref="PollException">XT343: it is no log. XT344: it is another signal's. XT349: the store did not take it.</exception>
    public async Task<int> TakeAsync(ReadOnlyMemory<byte> log, string? format, int known)
    {
        var events = Read(log, format);
        var fresh = events[Math.Min(known, events.Count)..].Where(e => !memory.IsRecent(e)).ToArray();
        if (fresh.Length > 0)
        {
            try
            {
                for (var at = 0; at < fresh.Length; at += LiveEvents.MostEvents)
                {
                    await intake(source.Signal, zone, fresh.AsMemory(at, Math.Min(LiveEvents.MostEvents, fresh.Length - at)), stop);
                }
            }
            catch (IOException)
            {
                throw new PollException("XT349", "The events are not stored now; the server's own state says why. They are asked for again.");
            }

            Note(fresh);
        }

        return events.Count;
    }

    private List<ControllerEvent> Read(ReadOnlyMemory<byte> log, string? format)
    {
        var sink = new Sink(source);
        var issues = new DataIssueLog();
        using var stream = MemoryMarshal.TryGetArray(log, out var bytes) ? new MemoryStream(bytes.Array!, bytes.Offset, bytes.Count, writable: false) : new MemoryStream(log.ToArray(), writable: false);
        var summary = LogFiles.Read(
            stream,
            source.Name,
            new ReadSettings { Signal = source.Signal, Zone = zone, Limits = new ReadLimits { ControllerFileBytes = Math.Max(1, limits.AnswerBytes) } },
            sink,
            issues);
        var read = summary.Files[0];
        if (read.Format is null || (format is not null && read.Format != format))
        {
            throw new PollException("XT343", format is null ? "What came is no log of a controller." : $"What came is no log in the format {format}.");
        }

        if (sink.IsForeign)
        {
            throw new PollException("XT344", $"What came names another signal than {source.ReportedAs ?? source.Signal.Value}; none of it is taken. Is the address right?");
        }

        return sink.Events.Count == 0 && issues.ListExamples().FirstOrDefault(i => s_grave.Contains(i.Kind)) is { } issue
            ? throw new PollException("XT343", $"Nothing that came can be read: {issue.Assumed}.")
            : sink.Events;
    }

    private void Note(ControllerEvent[] fresh)
    {
        _events += fresh.Length;
        foreach (var e in fresh)
        {
            _firstMs = Math.Min(_firstMs ?? e.TimeMs, e.TimeMs);
            _lastMs = Math.Max(_lastMs ?? e.TimeMs, e.TimeMs);
        }

        memory.Take(fresh, NowMs + MostAheadMs);
    }

    /// <summary>Keeps the events of the source's own signal, in the order of the log.</summary>
    private sealed class Sink(Source source) : IEventSink
    {
        public List<ControllerEvent> Events { get; } = [];

        public bool IsForeign { get; private set; }

        public void Add(SignalId signal, string zone, ReadOnlySpan<ControllerEvent> events)
        {
            if (signal == source.Signal || signal.Value == source.ReportedAs)
            {
                Events.AddRange(events);
            }
            else
            {
                IsForeign = true;
            }
        }
    }
}
