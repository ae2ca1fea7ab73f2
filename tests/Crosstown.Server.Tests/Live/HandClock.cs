namespace Crosstown.Server.Tests.Live;

/// <summary>A clock moved by hand: the wall and the monotonic clock together, or the wall alone, as when somebody sets it.</summary>
internal sealed class HandClock(DateTimeOffset start) : TimeProvider
{
    private readonly Lock _one = new();
    private readonly List<HandTimer> _timers = [];
    private DateTimeOffset _now = start;
    private long _ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public long NowMs => GetUtcNow().ToUnixTimeMilliseconds();

    public override DateTimeOffset GetUtcNow()
    {
        lock (_one)
        {
            return _now;
        }
    }

    public override long GetTimestamp()
    {
        lock (_one)
        {
            return _ticks;
        }
    }

    /// <summary>Lets time pass; timers that fall due run on this thread, in order.</summary>
    public void Advance(TimeSpan by)
    {
        var end = GetTimestamp() + by.Ticks;
        while (true)
        {
            HandTimer? due;
            lock (_one)
            {
                due = _timers.Where(t => t.DueTicks <= end).MinBy(t => t.DueTicks);
                var to = due is null ? end : Math.Max(_ticks, due.DueTicks);
                _now += TimeSpan.FromTicks(to - _ticks);
                _ticks = to;
            }

            if (due is null)
            {
                return;
            }

            due.Run();
        }
    }

    /// <summary>Sets the wall clock; nothing else moves.</summary>
    public void Jump(TimeSpan by)
    {
        lock (_one)
        {
            _now += by;
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new HandTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class HandTimer(HandClock clock, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period = Timeout.InfiniteTimeSpan;

        public long DueTicks { get; private set; } = long.MaxValue;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._one)
            {
                _period = period;
                DueTicks = dueTime == Timeout.InfiniteTimeSpan ? long.MaxValue : clock._ticks + dueTime.Ticks;
                clock._timers.Remove(this);
                if (DueTicks != long.MaxValue)
                {
                    clock._timers.Add(this);
                }
            }

            return true;
        }

        public void Run()
        {
            Change(_period == TimeSpan.Zero ? Timeout.InfiniteTimeSpan : _period, _period);
            callback(state);
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
