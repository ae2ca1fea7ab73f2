namespace Crosstown.Server.Polling;

/// <summary>Which place a running reading holds.</summary>
internal enum PollPlace
{
    Quick,
    Aside,
    Suspect,
}

/// <summary>
/// Hands out places to sources that are due, first come first served. Those that failed last time have a queue and places of their own, and a reading
/// that turns out slow moves aside, so that dead and hostile controllers hold up only each other (rule R11).
/// </summary>
internal sealed class PollLane(int quick, int aside, int suspect)
{
    private readonly Lock _one = new();
    private readonly Queue<SourceRun> _ready = [];
    private readonly Queue<SourceRun> _suspects = [];
    private int _quickFree = quick;
    private int _asideFree = aside;
    private int _suspectFree = suspect;

    public void Enqueue(SourceRun run)
    {
        lock (_one)
        {
            (run.IsSuspect ? _suspects : _ready).Enqueue(run);
        }
    }

    /// <summary>The next source that may start; null when none waits or no place is free.</summary>
    public (SourceRun Run, PollPlace Place)? Next()
    {
        lock (_one)
        {
            if (_quickFree > 0 && _ready.TryDequeue(out var run))
            {
                _quickFree--;
                return (run, PollPlace.Quick);
            }

            if (_suspectFree > 0 && _suspects.TryDequeue(out run))
            {
                _suspectFree--;
                return (run, PollPlace.Suspect);
            }

            return null;
        }
    }

    /// <summary>Gives back a quick place for one aside. False when there is none: the quick place is given back all the same.</summary>
    public bool TryMoveAside()
    {
        lock (_one)
        {
            _quickFree++;
            if (_asideFree == 0)
            {
                return false;
            }

            _asideFree--;
            return true;
        }
    }

    public void Leave(PollPlace place)
    {
        lock (_one)
        {
            _ = place switch
            {
                PollPlace.Quick => _quickFree++,
                PollPlace.Aside => _asideFree++,
                _ => _suspectFree++,
            };
        }
    }
}
