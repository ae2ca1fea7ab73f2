using System.Buffers;
using System.Runtime.CompilerServices;
using Crosstown.Core.Data;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Core.Time;
using Crosstown.Logs.Zones;

namespace Crosstown.Logs.Formats;

/// <summary>One signal's events as they come out of one file: wall clock to UTC, then in batches to the sink.</summary>
/// <remarks>
/// Autumn shows one hour twice. Which of its two passes an event belongs to follows from the order of the file: the pass that lies nearest in
/// time to the event before, as long as that is nearer than half the repeated span. Where there is no such neighbor (the file starts inside the
/// hour, or follows a gap) events wait until a step back by more than half the span, or the first event outside of the hour, tells. What then is
/// still open is taken for the first pass and reported. A file that crosses the hour without a step back is reported too: it lacks
/// an hour, or was sorted by the wall clock, which laid the two passes over each other.
/// </remarks>
public sealed class SignalEvents
{
    /// <summary>How near the end of the file before must lie to the start of this one for the one to go on from the other.</summary>
    internal const long ContinuationMs = 5 * 60_000;

    /// <summary>The logger was defined in 2006 (Purdue, Indiana DOT); a controller that lost its clock starts in 1970, 1980 or 2000.</summary>
    internal static readonly long EarliestPlausibleMs = new DateTimeOffset(2005, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    private const int FirstBatch = 256;
    private const int FullBatch = 4096;

    private readonly LogReading _reading;
    private readonly WallClock _clock;
    private readonly bool _zoneIsAssumed;
    private readonly long? _fileBeforeMs;
    private readonly List<(long LocalMs, ushort Code, short Parameter, long Position)> _undecided = [];
    private ControllerEvent[] _batch = ArrayPool<ControllerEvent>.Shared.Rent(FirstBatch);
    private int _count;
    private long _lastMs = long.MinValue;
    private long _windowFromMs = long.MaxValue;
    private long _windowToMs = long.MinValue;
    private int _offsetMs;

    private long _backSteps;
    private long _firstBackPosition;
    private long _firstBackMs;
    private long _largestBackMs;
    private long _implausible;
    private long _firstImplausiblePosition;
    private long _firstImplausibleMs;
    private long _firstPassEvents;
    private long _firstPassPosition;
    private long _firstPassLastLocalMs;

    internal SignalEvents(LogReading reading, SignalId signal, ZoneRules? rules, long? fileBeforeMs)
    {
        _reading = reading;
        Signal = signal;
        _zoneIsAssumed = rules is null;
        rules ??= ZoneRules.For(LocalTimeMap.Utc.Zone);
        Zone = rules.Zone;
        _clock = new WallClock(rules);
        _fileBeforeMs = fileBeforeMs;
    }

    public SignalId Signal { get; }

    /// <summary>IANA zone by which wall-clock times are read.</summary>
    public string Zone { get; }

    /// <summary>The last event's time; null before the first.</summary>
    internal long? LastUtcMs => _lastMs == long.MinValue ? null : _lastMs;

    /// <summary>Adds an event by the cabinet's wall clock.</summary>
    /// <param name="localMs">Milliseconds since 1970-01-01T00:00 on the local calendar.</param>
    /// <param name="code">As logged.</param>
    /// <param name="parameter">As logged, negative ones too.</param>
    /// <param name="position">Line, record or byte, for issues.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddLocal(long localMs, ushort code, short parameter, long position)
    {
        if (localMs >= _windowFromMs && localMs < _windowToMs)
        {
            AddUtc(localMs - _offsetMs, code, parameter, position);
        }
        else
        {
            AddOutsideWindow(localMs, code, parameter, position);
        }
    }

    /// <summary>Adds an event whose time in UTC is known.</summary>
    /// <param name="utcMs">Milliseconds since 1970-01-01T00:00Z.</param>
    /// <param name="code">As logged.</param>
    /// <param name="parameter">As logged, negative ones too.</param>
    /// <param name="position">Line, record or byte, for issues.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddUtc(long utcMs, ushort code, short parameter, long position)
    {
        if (utcMs < _lastMs || utcMs < EarliestPlausibleMs)
        {
            NoteOddTime(utcMs, position);
        }

        if (!KnownCodes.Contains(code))
        {
            _reading.CountUnknownCode(code, position);
        }

        _lastMs = utcMs;
        if (_count == _batch.Length)
        {
            MakeRoom();
        }

        _batch[_count++] = new ControllerEvent(utcMs, code, parameter);
    }

    /// <summary>The moment at which a file starts that counts elapsed time from one wall-clock reading.</summary>
    /// <returns>Milliseconds UTC.</returns>
    internal long StartOfElapsed(long localMs, long position)
    {
        ReportAssumedZone();
        var reading = _clock.Read(localMs);
        if (reading.Kind == WallClockKind.Never)
        {
            ReportSkipped(localMs, position);
        }
        else if (reading.Kind == WallClockKind.Twice)
        {
            var toFirst = Distance(reading.FirstUtcMs, _fileBeforeMs);
            var toSecond = Distance(reading.SecondUtcMs, _fileBeforeMs);
            if (Math.Min(toFirst, toSecond) > ContinuationMs)
            {
                ReportUndecided(1, localMs, position);
            }
            else if (toSecond < toFirst)
            {
                return reading.SecondUtcMs;
            }
        }

        return reading.FirstUtcMs;
    }

    internal void Finish()
    {
        Decide(null);
        Flush();
        ArrayPool<ControllerEvent>.Shared.Return(_batch);
        _batch = [];
        if (_backSteps > 0)
        {
            _reading.Issues.AddMany(
                _backSteps,
                DataIssueKind.TimeWentBack,
                _reading.Source,
                _firstBackPosition,
                TimestampText.Write(_firstBackMs),
                $"signal {Signal}: {_backSteps} steps back, the longest by {_largestBackMs} ms; the events are kept and sorted (times here in UTC)");
        }

        if (_implausible > 0)
        {
            _reading.Issues.AddMany(
                _implausible,
                DataIssueKind.ImplausibleTime,
                _reading.Source,
                _firstImplausiblePosition,
                TimestampText.Write(_firstImplausibleMs),
                $"signal {Signal}: no controller logged before {TimestampText.Write(EarliestPlausibleMs)}; the events are kept at the time they say");
        }
    }

    private void AddOutsideWindow(long localMs, ushort code, short parameter, long position)
    {
        ReportAssumedZone();
        var reading = _clock.Read(localMs);
        if (reading.Kind == WallClockKind.Twice)
        {
            AddTwice(localMs, reading, code, parameter, position);
            return;
        }

        Decide(reading.FirstUtcMs);
        if (reading.Kind == WallClockKind.Never)
        {
            ReportSkipped(localMs, position);
        }
        else
        {
            LeaveRepeatedHour(localMs, reading.FirstUtcMs);
            _windowFromMs = _clock.WindowFromMs;
            _windowToMs = _clock.WindowToMs;
            _offsetMs = _clock.OffsetMs;
        }

        AddUtc(reading.FirstUtcMs, code, parameter, position);
    }

    private void AddTwice(long localMs, WallClockReading reading, ushort code, short parameter, long position)
    {
        _windowFromMs = long.MaxValue;
        _windowToMs = long.MinValue;
        var halfMs = (reading.SecondUtcMs - reading.FirstUtcMs) / 2;
        if (_undecided.Count > 0)
        {
            var beforeMs = _undecided[^1].LocalMs;
            if (beforeMs - localMs > halfMs)
            {
                Release(second: false, report: Math.Abs(beforeMs - localMs) > 4 * halfMs);
            }
            else if (localMs - beforeMs > 4 * halfMs || _undecided.Count >= ReadLimits.MaxUndecidedEvents
                || _reading.UndecidedEvents >= ReadLimits.MaxUndecidedEventsOfFile)
            {
                Release(second: false, report: true);
            }
            else
            {
                Wait(localMs, code, parameter, position);
                return;
            }
        }

        var isFirstOfFile = _lastMs == long.MinValue;
        long? neighborMs = isFirstOfFile ? _fileBeforeMs : _lastMs;
        var toFirst = Distance(reading.FirstUtcMs, neighborMs);
        var toSecond = Distance(reading.SecondUtcMs, neighborMs);
        if (Math.Min(toFirst, toSecond) >= (isFirstOfFile ? ContinuationMs : halfMs))
        {
            Wait(localMs, code, parameter, position);
            return;
        }

        AddPass(localMs, reading, toSecond < toFirst, code, parameter, position);
    }

    private void AddPass(long localMs, WallClockReading reading, bool second, ushort code, short parameter, long position)
    {
        if (second)
        {
            _firstPassEvents = 0;
        }
        else
        {
            _firstPassPosition = _firstPassEvents++ == 0 ? position : _firstPassPosition;
            _firstPassLastLocalMs = localMs;
        }

        AddUtc(second ? reading.SecondUtcMs : reading.FirstUtcMs, code, parameter, position);
    }

    private void Wait(long localMs, ushort code, short parameter, long position)
    {
        _undecided.Add((localMs, code, parameter, position));
        _reading.UndecidedEvents++;
    }

    private void Decide(long? nextUtcMs)
    {
        if (_undecided.Count == 0)
        {
            return;
        }

        var last = _clock.Read(_undecided[^1].LocalMs);
        var halfMs = (last.SecondUtcMs - last.FirstUtcMs) / 2;
        var toFirst = Distance(last.FirstUtcMs, nextUtcMs);
        var toSecond = Distance(last.SecondUtcMs, nextUtcMs);
        Release(toSecond < toFirst && toSecond < halfMs, Math.Min(toFirst, toSecond) >= halfMs);
    }

    private void Release(bool second, bool report)
    {
        if (report)
        {
            ReportUndecided(_undecided.Count, _undecided[0].LocalMs, _undecided[0].Position);
        }

        foreach (var (localMs, code, parameter, position) in _undecided)
        {
            AddPass(localMs, _clock.Read(localMs), second, code, parameter, position);
        }

        _reading.UndecidedEvents -= _undecided.Count;
        _undecided.Clear();
        if (report)
        {
            _firstPassEvents = 0;
        }
    }

    private void LeaveRepeatedHour(long localMs, long utcMs)
    {
        if (_firstPassEvents == 0 || utcMs < _lastMs)
        {
            return;
        }

        if (localMs - _firstPassLastLocalMs < (utcMs - _lastMs) / 2)
        {
            _reading.Issues.AddMany(
                _firstPassEvents,
                DataIssueKind.AmbiguousLocalTime,
                _reading.Source,
                _firstPassPosition,
                TimestampText.Write(_firstPassLastLocalMs),
                $"signal {Signal}: the file crosses the hour that {Zone} shows twice without a step back, so the second pass is missing or lies over the first; all {_firstPassEvents} events are read as the first pass");
        }

        _firstPassEvents = 0;
    }

    private void ReportUndecided(int count, long localMs, long position) => _reading.Issues.AddMany(
        count,
        DataIssueKind.AmbiguousLocalTime,
        _reading.Source,
        position,
        TimestampText.Write(localMs),
        $"signal {Signal}: the clock of {Zone} shows this time twice and nothing in the file tells which is meant; read as the first pass, summer time");

    private void ReportSkipped(long localMs, long position) => _reading.Issues.Add(
        DataIssueKind.AmbiguousLocalTime,
        _reading.Source,
        position,
        TimestampText.Write(localMs),
        $"signal {Signal}: the clock of {Zone} skips this time; read as if the clock had not been put forward");

    private void ReportAssumedZone()
    {
        if (_zoneIsAssumed && _reading.IsFirstToAssumeUtc(Signal))
        {
            _reading.Report(DataIssueKind.AssumedDefault, 0, Signal.Value, $"no zone is given for signal {Signal}; its wall clock is read as UTC (--zone)");
        }
    }

    private void NoteOddTime(long utcMs, long position)
    {
        if (utcMs < _lastMs)
        {
            if (_backSteps++ == 0)
            {
                _firstBackPosition = position;
                _firstBackMs = utcMs;
            }

            _largestBackMs = Math.Max(_largestBackMs, _lastMs - utcMs);
        }

        if (utcMs < EarliestPlausibleMs && _implausible++ == 0)
        {
            _firstImplausiblePosition = position;
            _firstImplausibleMs = utcMs;
        }
    }

    /// <summary>Signals that turn out to be busy get a bigger batch, as long as there are not so many of them that this would cost much memory.</summary>
    private void MakeRoom()
    {
        if (_batch.Length >= FullBatch || _reading.SignalCount > 1024)
        {
            Flush();
            return;
        }

        var bigger = ArrayPool<ControllerEvent>.Shared.Rent(_batch.Length * 2);
        _batch.AsSpan(0, _count).CopyTo(bigger);
        ArrayPool<ControllerEvent>.Shared.Return(_batch);
        _batch = bigger;
    }

    private void Flush()
    {
        if (_count > 0)
        {
            _reading.Sink.Add(Signal, Zone, _batch.AsSpan(0, _count));
            _reading.Delivered(_count);
            _count = 0;
        }
    }

    private static long Distance(long utcMs, long? otherMs) => otherMs is { } other ? Math.Abs(utcMs - other) : long.MaxValue;
}
