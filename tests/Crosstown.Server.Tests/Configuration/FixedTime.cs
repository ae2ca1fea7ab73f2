namespace Crosstown.Server.Tests.Configuration;

/// <summary>A clock that stands until it is moved; timers fire when it passes them.</summary>
public sealed class FixedTime(DateTimeOffset start) : TimeProvider
{
    private readonly Lock _one = new();
    private readonly List<WaitingTimer> _timers = [];
    private DateTimeOffset _now = start;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_one)
        {
            return _now;
        }
    }

    public override long GetTimestamp() => GetUtcNow().Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        lock (_one)
        {
            var timer = new WaitingTimer(this, callback, state);
            timer.Change(dueTime, period);
            _timers.Add(timer);
            return timer;
        }
    }

    public void Move(TimeSpan by)
    {
        List<WaitingTimer> due;
        lock (_one)
        {
            _now += by;
            due = [.. _timers.Where(t => t.DueAt <= _now)];
            due.ForEach(t => t.Again(_now));
        }

        due.ForEach(t => t.Fire());
    }

    private sealed class WaitingTimer(FixedTime owner, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period;

        public DateTimeOffset DueAt { get; private set; } = DateTimeOffset.MaxValue;

        public void Again(DateTimeOffset now) => DueAt = _period <= TimeSpan.Zero ? DateTimeOffset.MaxValue : now + _period;

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (owner._one)
            {
                _period = period;
                DueAt = dueTime < TimeSpan.Zero ? DateTimeOffset.MaxValue : owner._now + dueTime;
                return true;
            }
        }

        public void Dispose()
        {
            lock (owner._one)
            {
                owner._timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
