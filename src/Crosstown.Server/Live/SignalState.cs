using Crosstown.Core.Events;
using Crosstown.Core.Street;

namespace Crosstown.Server.Live;

/// <summary>One signal as it is now: what its log said last, when it was heard, and the class that is shown for it.</summary>
/// <remarks>
/// A worse class is shown at once; a better one only after it has held for a while, so that the map does not flicker.
/// Whether logs arrive is told by the monotonic clock (rule R10); how old they are, by the wall clock.
/// </remarks>
internal sealed class SignalState(SignalId signal, TimeProvider time)
{
    /// <summary>
    /// No log for so long is a lost connection, where the source has not promised a longer interval: 80 s, so that a page says so within 90 s of the loss
    /// (rule R14) with the second of the timer and the second of the stream.
    /// </summary>
    public const long LostAfterMs = 80_000;

    /// <summary>A source with a longer interval is given so much more.</summary>
    public const long PromiseSlackMs = 10_000;

    /// <summary>How much older than its arrival an event may be before the signal is called behind: a poll covers an interval, and files are written late.</summary>
    private const long BehindSlackMs = 30_000;

    private const long HoldMs = 5_000;
    private const long DegradedHoldMs = 60_000;

    private readonly Lock _one = new();
    private readonly SignalLog _log = new();
    private long? _heardAt;
    private long? _promisedAt;
    private long? _arrivedMs;
    private long _intervalMs;
    private string? _trouble;
    private SignalClass _shown;
    private long? _sinceMs;
    private long _asBadAt;
    private IReadOnlyList<string> _reasons = [];
    private int? _pattern;
    private long _revision;
    private bool _isJudged;

    public SignalId Signal => signal;

    private long LostLimitMs => Math.Max(LostAfterMs, _intervalMs > 0 ? _intervalMs + PromiseSlackMs : 0);

    /// <summary>Takes events that have just arrived. Only newer ones than all before are a sign of life: an old file handed in is none.</summary>
    public void Arrive(ReadOnlySpan<ControllerEvent> events)
    {
        lock (_one)
        {
            var before = _log.LastMs;
            var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
            _log.Take(events, nowMs);
            if (_log.LastMs > before || _log.AheadMs > 0)
            {
                _heardAt = time.GetTimestamp();
                _arrivedMs = nowMs;
            }
        }
    }

    /// <summary>Takes stored events of an earlier run; they are no sign of life.</summary>
    /// <param name="lastMs">The newest stored event; the signal counts as heard when it was logged.</param>
    public void Remember(ReadOnlySpan<ControllerEvent> events, long lastMs)
    {
        lock (_one)
        {
            var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
            _log.Take(events, nowMs);
            _heardAt ??= time.GetTimestamp() - (Math.Max(0, nowMs - lastMs) * time.TimestampFrequency / 1000);
        }
    }

    /// <summary>The controller answered, whether or not it had anything new.</summary>
    public void Hear()
    {
        lock (_one)
        {
            _heardAt = time.GetTimestamp();
            _trouble = null;
        }
    }

    /// <summary>Says how often the signal's source asks for its log.</summary>
    /// <param name="intervalMs">0 when it has no source any more.</param>
    public void Promise(long intervalMs)
    {
        lock (_one)
        {
            _intervalMs = intervalMs;
            _promisedAt = intervalMs > 0 ? _promisedAt ?? time.GetTimestamp() : null;
            _trouble = intervalMs > 0 ? _trouble : null;
        }
    }

    /// <summary>The source could not be read; said as a reason once the signal counts as lost.</summary>
    public void Fail(string trouble)
    {
        lock (_one)
        {
            _trouble = trouble;
        }
    }

    public SignalStatus Judge() => Judge(out _);

    /// <summary>The state now.</summary>
    /// <param name="revision">Rises whenever what is shown changes, ages apart.</param>
    public SignalStatus Judge(out long revision)
    {
        lock (_one)
        {
            var now = time.GetTimestamp();
            var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
            var found = Find(now, nowMs);
            Show(found, now, nowMs);
            revision = _revision;
            long? lastMs = _log.LastMs > 0 ? _log.LastMs : null;
            return new SignalStatus(
                _shown, _sinceMs, lastMs, lastMs is { } last ? Math.Max(0, nowMs - last) / 1000.0 : null, _pattern, _reasons);
        }
    }

    /// <summary>Every head and detector.</summary>
    public SignalStateAnswer Describe()
    {
        var status = Judge();
        lock (_one)
        {
            int? preempt = null;
            for (var number = _log.Preempts.Length - 1; number >= 1; number--)
            {
                preempt = _log.Preempts[number].ActiveSince(_log.LastMs) is null ? preempt : number;
            }

            return new SignalStateAnswer(
                signal.Value,
                _log.LastMs > 0 ? _log.LastMs : null,
                _arrivedMs,
                status,
                [.. Known(_log.Phases).Select(h => new PhaseState(h.Number, (HeadState)h.Shown.State, h.Shown.SinceMs))],
                [
                    .. Known(_log.Walks).Select(h => new PedestrianState(h.Number, null, (PedestrianHeadState)h.Shown.State, h.Shown.SinceMs)),
                    .. Known(_log.OverlapWalks).Select(h => new PedestrianState(null, h.Number, (PedestrianHeadState)h.Shown.State, h.Shown.SinceMs)),
                ],
                [.. Known(_log.Overlaps).Select(h => new OverlapState(h.Number, (HeadState)h.Shown.State, h.Shown.SinceMs))],
                Channels(_log.Detectors, EventCode.DetectorOn),
                Channels(_log.Buttons, EventCode.PedestrianDetectorOn),
                _pattern,
                preempt);
        }
    }

    private SignalCondition Find(long now, long nowMs)
    {
        if (_heardAt is not { } heard)
        {
            return _promisedAt is { } promised && ElapsedMs(promised, now) > LostLimitMs
                ? new SignalCondition(SignalClass.CommsLost, null, Lost("never heard"))
                : new SignalCondition(SignalClass.Unknown, null, []);
        }

        return ElapsedMs(heard, now) > LostLimitMs
            ? new SignalCondition(SignalClass.CommsLost, nowMs - ElapsedMs(heard, now), Lost("no log arrives"))
            : SignalCondition.Of(_log, nowMs, LostLimitMs + BehindSlackMs);
    }

    private string[] Lost(string reason) => _trouble is null ? [reason] : [reason, _trouble];

    private void Show(SignalCondition found, long now, long nowMs)
    {
        int? pattern = _log.Pattern.IsKnown ? _log.Pattern.Parameter : null;
        _revision += pattern == _pattern ? 0 : 1;
        _pattern = pattern;
        if (found.Class >= _shown || _shown == SignalClass.Unknown || !_isJudged)
        {
            _asBadAt = now;
        }
        else if (!(_shown == SignalClass.Degraded && SignalCondition.IsOnlyBehind(_reasons)) && ElapsedMs(_asBadAt, now) < (_shown == SignalClass.Degraded ? DegradedHoldMs : HoldMs))
        {
            return;
        }
        else
        {
            _asBadAt = now;
        }

        if (_isJudged && found.Class == _shown && found.Reasons.SequenceEqual(_reasons))
        {
            return;
        }

        if (found.Class != _shown || !_isJudged)
        {
            _sinceMs = found.SinceMs ?? (_isJudged ? nowMs : null);
        }

        (_shown, _reasons, _isJudged) = (found.Class, found.Reasons, true);
        _revision++;
    }

    private long ElapsedMs(long from, long to) => (long)time.GetElapsedTime(from, to).TotalMilliseconds;

    private static List<(int Number, Shown Shown)> Known(ReadOnlySpan<Shown> heads)
    {
        var known = new List<(int, Shown)>();
        for (var number = 1; number < heads.Length; number++)
        {
            if (heads[number].IsKnown)
            {
                known.Add((number, heads[number]));
            }
        }

        return known;
    }

    private static List<DetectorState> Channels(ReadOnlySpan<DetectorLast> channels, ushort on)
    {
        var known = new List<DetectorState>();
        for (var number = 1; number < channels.Length; number++)
        {
            ref readonly var channel = ref channels[number];
            if (channel.Change.IsKnown || channel.Fault.IsKnown)
            {
                known.Add(new DetectorState(
                    number, channel.Change.IsKnown ? channel.Change.Code == on : null, channel.Change.IsKnown ? channel.Change.TimeMs : null, SignalCondition.FaultOf(channel)));
            }
        }

        return known;
    }
}
