using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Crosstown.Core.Data;
using Crosstown.Core.Events;
using Crosstown.Core.Privacy;
using Crosstown.Core.Street;
using Crosstown.Logs.Zones;

namespace Crosstown.Logs.Formats;

/// <summary>One file being read: where its events, its refused rows and its issues go.</summary>
public sealed class LogReading
{
    /// <summary>Most kinds of unknown field, and of unknown code, that are counted by name; the rest are counted together.</summary>
    private const int MaxNamesCounted = 256;

    private const string OtherFields = "(others)";

    private readonly ReadSession _session;
    private readonly Dictionary<SignalId, SignalEvents> _signals = [];
    private readonly Dictionary<string, (long Count, long Position)> _unknownFields = new(StringComparer.Ordinal);
    private readonly Dictionary<int, (long Count, long Position)> _unknownCodes = [];

    private bool _isRefused;

    internal LogReading(ReadSession session, string source)
    {
        _session = session;
        Source = source;
    }

    /// <summary>The file, as the user named it.</summary>
    public string Source { get; }

    public ReadSettings Settings => _session.Settings;

    public DataIssueLog Issues => _session.Issues;

    /// <summary>Rows or records left out so far.</summary>
    public long RowsRefused { get; private set; }

    /// <summary>Events handed to the sink so far.</summary>
    public long Events { get; private set; }

    internal IEnumerable<SignalId> Signals => _signals.Keys;

    internal IEventSink Sink => _session.Sink;

    internal int SignalCount => _signals.Count;

    /// <summary>Events that wait, over all signals, for what follows to tell their time.</summary>
    internal int UndecidedEvents { get; set; }

    /// <summary>Where the events of a signal go.</summary>
    /// <exception cref="ProblemException">XT101: the settings name a zone that does not exist.</exception>
    public SignalEvents For(SignalId signal)
    {
        if (!_signals.TryGetValue(signal, out var events))
        {
            var zone = _session.ZoneOf(signal);
            events = new SignalEvents(this, signal, zone is null ? null : ZoneRules.For(zone), _session.LastUtcMs(signal));
            _signals.Add(signal, events);
        }

        return events;
    }

    /// <summary>
    /// Where the events of a file go whose content names no signal: to the one that the settings name, else to the number in a name such as
    /// <c>econolite_4895_2024_02_21_1115.dat</c>. Null, with the file refused, when nothing says whose they are.
    /// </summary>
    public SignalEvents? ForUnnamed()
    {
        if (Settings.Signal is { } signal)
        {
            return For(signal);
        }

        if (SignalName.TryFromFileName(Path.GetFileName(Source.AsSpan()), out signal))
        {
            if (_session.IsFirstNamedByFile(signal))
            {
                Report(DataIssueKind.AssumedDefault, 0, signal.Value, $"the content names no signal; it is taken for signal {signal}, after the file's name");
            }

            return For(signal);
        }

        RefuseFile(DataIssueKind.BadHeader, 0, "", "the file names no signal: say which one it is of (--signal); the file is left out");
        return null;
    }

    /// <summary>Hands on events that are in UTC already and come with their signal's zone.</summary>
    internal void TakeStored(SignalId signal, string zone, ReadOnlySpan<ControllerEvent> events)
    {
        _ = For(signal);
        Sink.Add(signal, zone, events);
        Events += events.Length;
    }

    /// <summary>Reports something that loses no row.</summary>
    public void Report(DataIssueKind kind, long position, string value, string assumed) => Issues.Add(kind, Source, position, value, assumed);

    /// <summary>Leaves the whole file out.</summary>
    public void RefuseFile(DataIssueKind kind, long position, string value, string assumed)
    {
        _isRefused = true;
        Issues.Add(kind, Source, position, value, assumed);
    }

    /// <summary>Leaves the whole file out because it follows single travelers (rule P08).</summary>
    /// <param name="looksLike">What it looks like, as <see cref="RefusedFeeds"/> says.</param>
    public void RefuseFeed(string looksLike, long position) => RefuseFile(
        DataIssueKind.PrivacyRefused,
        position,
        "",
        $"this looks like {looksLike}, which follow single vehicles, devices or people; nothing of it is read or kept");

    /// <summary>Leaves one row out.</summary>
    /// <param name="value">The value that is wrong; shown as <see cref="IssueText"/> allows, and not at all for <see cref="DataIssueKind.PrivacyRefused"/>.</param>
    /// <param name="assumed">What is wrong, with the limit, and that the row is left out.</param>
    public void RefuseRow(DataIssueKind kind, long position, ReadOnlySpan<byte> value, string assumed)
    {
        RowsRefused++;
        var shown = kind != DataIssueKind.PrivacyRefused && Issues.WouldKeep(kind, Source) ? IssueText.Value(value) : "";
        Issues.Add(kind, Source, position, shown, assumed);
    }

    /// <summary>Counts a field that events have no place for. Its value is never looked at.</summary>
    public void DropField(ReadOnlySpan<byte> name, long position)
    {
        Span<char> text = stackalloc char[EventFields.MaxNameBytes];
        text = text[..Encoding.Latin1.GetChars(name[..Math.Min(name.Length, text.Length)], text)];
        ref var known = ref CollectionsMarshal.GetValueRefOrNullRef(_unknownFields.GetAlternateLookup<ReadOnlySpan<char>>(), text);
        if (Unsafe.IsNullRef(ref known))
        {
            Tally(_unknownFields, text.ToString(), OtherFields, position);
        }
        else
        {
            known.Count++;
        }
    }

    /// <summary>Hands over all events that wait, and reports what was counted. Called once, when the file has been read.</summary>
    internal void Finish()
    {
        foreach (var events in _signals.Values)
        {
            events.Finish();
            if (events.LastUtcMs is { } last)
            {
                _session.Remember(events.Signal, last);
            }
        }

        if (Events == 0 && RowsRefused == 0 && !_isRefused)
        {
            Report(DataIssueKind.EmptyFile, 0, "", "the file holds no events; controllers write such files when they restart");
        }

        foreach (var (name, (count, position)) in _unknownFields)
        {
            var shown = name == OtherFields ? name : IssueText.Name(Encoding.Latin1.GetBytes(name));
            Issues.AddMany(count, DataIssueKind.UnknownField, Source, position, shown, "events have no such field; it is dropped unread");
        }

        foreach (var (code, (count, position)) in _unknownCodes)
        {
            Issues.AddMany(
                count,
                DataIssueKind.UnknownCode,
                Source,
                position,
                code < 0 ? "(others)" : code.ToString(System.Globalization.CultureInfo.InvariantCulture),
                "no list knows this code; its events are kept");
        }
    }

    internal void CountUnknownCode(ushort code, long position) => Tally(_unknownCodes, code, -1, position);

    internal void Delivered(int events) => Events += events;

    internal bool IsFirstToAssumeUtc(SignalId signal) => _session.IsFirstToAssumeUtc(signal);

    private static void Tally<T>(Dictionary<T, (long Count, long Position)> counts, T key, T others, long position)
        where T : notnull
    {
        if (!counts.TryGetValue(key, out var seen) && counts.Count >= MaxNamesCounted)
        {
            key = others;
            counts.TryGetValue(key, out seen);
        }

        counts[key] = (seen.Count + 1, seen.Count == 0 ? position : seen.Position);
    }
}

/// <summary>One call to read files: what the files have in common.</summary>
internal sealed class ReadSession(ReadSettings settings, IEventSink sink, DataIssueLog issues)
{
    private readonly HashSet<SignalId> _assumedUtc = [];
    private readonly HashSet<SignalId> _namedByFile = [];
    private readonly Dictionary<SignalId, long> _lastUtcMs = [];

    public ReadSettings Settings => settings;

    public IEventSink Sink => sink;

    public DataIssueLog Issues => issues;

    public string? ZoneOf(SignalId signal) => settings.ZoneOfSignal?.Invoke(signal) ?? settings.Zone;

    public bool IsFirstToAssumeUtc(SignalId signal) => _assumedUtc.Add(signal);

    public bool IsFirstNamedByFile(SignalId signal) => _namedByFile.Add(signal);

    public long? LastUtcMs(SignalId signal) => _lastUtcMs.TryGetValue(signal, out var last) ? last : null;

    public void Remember(SignalId signal, long lastUtcMs) => _lastUtcMs[signal] = lastUtcMs;
}
