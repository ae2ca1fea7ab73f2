using Crosstown.Core.Data;

namespace Crosstown.Server.Polling;

/// <summary>How a source does.</summary>
/// <param name="LastAttemptMs">Begin of the last reading, ms UTC; null before the first.</param>
/// <param name="LastSuccessMs">End of the last reading that succeeded, ms UTC; null before it.</param>
/// <param name="NewestEventMs">The newest event taken, ms UTC; null before the first.</param>
/// <param name="LagS">Seconds from the newest event to now; null before the first event.</param>
/// <param name="Problem">Why the last reading failed; null when it did not.</param>
/// <param name="Bytes">Bytes read since the program began.</param>
/// <param name="Events">New events since the program began.</param>
/// <param name="FailureCount">Failures since the last success.</param>
/// <param name="NextS">Seconds to the next reading; null while it runs or waits for a place.</param>
internal sealed record SourceStatus(
    long? LastAttemptMs, long? LastSuccessMs, long? NewestEventMs, double? LagS, Problem? Problem, long Bytes, long Events, int FailureCount, double? NextS);

/// <summary>A source at work: its schedule by the monotonic clock (rule R10), what it remembers, and how it does.</summary>
/// <remarks>Each source keeps to its own beat, put off by a share of the interval that is its own, so that thousands do not ask in the same second.</remarks>
internal sealed class SourceRun
{
    /// <summary>Each wait differs by up to so much of itself.</summary>
    private const double Jitter = 0.05;

    private const int MostDoublings = 10;

    /// <summary>A new source is read for the first time within this, however long its interval is.</summary>
    private static readonly TimeSpan s_firstWithin = TimeSpan.FromMinutes(1);

    private readonly Lock _one = new();
    private readonly TimeProvider _time;
    private readonly PollLimits _limits;
    private readonly Random _random;
    private Source _source;
    private long _dueAt;
    private bool _isBusy;
    private int _failures;
    private long? _lastAttemptMs;
    private long? _lastSuccessMs;
    private long? _newestMs;
    private Problem? _problem;
    private long _bytes;
    private long _events;
    private string _savedPosition;

    /// <param name="position">As it was saved; null for none.</param>
    public SourceRun(Source source, string? position, PollLimits limits, TimeProvider time)
    {
        (_source, _limits, _time) = (source, limits, time);
        Memory = SourceMemory.Parse(position);
        _savedPosition = Memory.Text;
        _random = new Random((int)(source.Id * 2_654_435_761 & int.MaxValue));
        _newestMs = Memory.NewestMs;
        _dueAt = time.GetTimestamp() + (long)(Math.Min(Ticks(source.Interval), Ticks(s_firstWithin)) * _random.NextDouble());
    }

    public Source Source
    {
        get
        {
            lock (_one)
            {
                return _source;
            }
        }
    }

    public SourceMemory Memory { get; private set; }

    /// <summary>Whether the last reading failed.</summary>
    public bool IsSuspect
    {
        get
        {
            lock (_one)
            {
                return _failures > 0;
            }
        }
    }

    /// <summary>Takes the source for a reading that is due; false while it is busy, off or not due.</summary>
    public bool TryBegin(long now) => TryBegin(r => r._source.IsEnabled && now >= r._dueAt);

    /// <summary>Takes the source for a reading out of turn; false while it is busy.</summary>
    public bool TryBegin() => TryBegin(_ => true);

    public void Started()
    {
        lock (_one)
        {
            _lastAttemptMs = _time.GetUtcNow().ToUnixTimeMilliseconds();
        }
    }

    /// <summary>Ends a reading and sets the time of the next.</summary>
    public void End(PollAnswer answer)
    {
        lock (_one)
        {
            _bytes += answer.Bytes;
            _events += answer.Events;
            _problem = answer.Problem;
            _newestMs = Memory.NewestMs;
            if (answer.Problem is null)
            {
                _lastSuccessMs = _time.GetUtcNow().ToUnixTimeMilliseconds();
                _failures = 0;
            }
            else if (answer.Problem.Code != PollException.NotStored)
            {
                _failures++;
            }

            SetDue();
            _isBusy = false;
        }
    }

    /// <summary>Takes what a person changed. Another controller is read from its own beginning.</summary>
    public void Replace(Source source)
    {
        lock (_one)
        {
            if ((source.Signal, source.Kind, source.Address, source.Path) != (_source.Signal, _source.Kind, _source.Address, _source.Path))
            {
                Memory = new SourceMemory();
                _savedPosition = Memory.Text;
            }

            if (source != _source)
            {
                _source = source;
                _failures = 0;
                _dueAt = _time.GetTimestamp();
            }
        }
    }

    /// <summary>How far it was read, when that differs from what was handed out last; null when it does not, or while it is being read.</summary>
    public string? TakeUnsavedPosition()
    {
        lock (_one)
        {
            if (_isBusy || Memory.Text == _savedPosition)
            {
                return null;
            }

            return _savedPosition = Memory.Text;
        }
    }

    public SourceStatus Describe()
    {
        lock (_one)
        {
            var nowMs = _time.GetUtcNow().ToUnixTimeMilliseconds();
            return new SourceStatus(
                _lastAttemptMs, _lastSuccessMs, _newestMs, _newestMs is { } newest ? Math.Max(0, nowMs - newest) / 1000.0 : null, _problem, _bytes, _events, _failures,
                _isBusy || !_source.IsEnabled ? null : Math.Max(0, _time.GetElapsedTime(_time.GetTimestamp(), _dueAt).TotalSeconds));
        }
    }

    private bool TryBegin(Predicate<SourceRun> may)
    {
        lock (_one)
        {
            if (_isBusy || !may(this))
            {
                return false;
            }

            return _isBusy = true;
        }
    }

    private void SetDue()
    {
        var now = _time.GetTimestamp();
        var interval = Ticks(_source.Interval);
        if (_failures == 0 || _problem?.Code == PollException.NotStored)
        {
            // On the beat, so that readings do not drift; beats that were missed are left out.
            _dueAt += interval;
            _dueAt = _dueAt > now ? _dueAt : now + interval - ((now - _dueAt) % interval);
            _dueAt = Math.Max(now, _dueAt + (long)(interval * Jitter * (_random.NextDouble() - 0.5)));
            return;
        }

        var longest = Math.Max(interval, Ticks(_limits.LongestBackOff));
        var wait = (long)Math.Min(longest, interval * Math.Pow(2, Math.Min(_failures - 1, MostDoublings)));
        _dueAt = now + wait + (long)(wait * Jitter * _random.NextDouble());
    }

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * _time.TimestampFrequency);
}
