namespace Crosstown.Server.Live.Intake;

/// <summary>The latest reports of what was taken, and a word to whoever keeps them for longer.</summary>
/// <remarks>
/// 2,500 signals push a batch a second each: pushes without anything wrong are counted only, and of those with something wrong as many as a
/// person can look at are kept. Files are all kept. Safe for any number of threads.
/// </remarks>
internal sealed class IntakeLog(TimeProvider time)
{
    /// <summary>Reports that are kept here.</summary>
    public const int Kept = 200;

    /// <summary>Most reports of pushes within a minute.</summary>
    public const int PushesPerMinute = 6;

    private readonly Lock _one = new();
    private readonly Queue<IntakeReport> _latest = new(Kept);
    private readonly Queue<long> _pushes = new(PushesPerMinute);
    private long _recordings;

    /// <summary>Called for each report that is kept, on the thread that took the files; it must be quick and must not throw.</summary>
    public event Action<IntakeReport>? Added;

    /// <summary>Pictures, films and sounds that were turned away since the start (rule P09).</summary>
    public long RecordingsRefused => Interlocked.Read(ref _recordings);

    /// <summary>The reports that are kept, the newest first.</summary>
    public IReadOnlyList<IntakeReport> List()
    {
        lock (_one)
        {
            return [.. _latest.Reverse()];
        }
    }

    public void Add(IntakeReport report)
    {
        IntakeMeter.Count(report);
        lock (_one)
        {
            if (report.Door == IntakeDoor.Push && (report.Issues.Count == 0 || !HasTurn()))
            {
                return;
            }

            if (_latest.Count == Kept)
            {
                _latest.Dequeue();
            }

            _latest.Enqueue(report);
        }

        Added?.Invoke(report);
    }

    public void CountRecording()
    {
        Interlocked.Increment(ref _recordings);
        IntakeMeter.CountRecording();
    }

    private bool HasTurn()
    {
        var now = time.GetTimestamp();
        while (_pushes.TryPeek(out var oldest) && time.GetElapsedTime(oldest, now) > TimeSpan.FromMinutes(1))
        {
            _pushes.Dequeue();
        }

        if (_pushes.Count == PushesPerMinute)
        {
            return false;
        }

        _pushes.Enqueue(now);
        return true;
    }
}
