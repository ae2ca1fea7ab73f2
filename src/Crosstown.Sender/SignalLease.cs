namespace Crosstown.Sender;

/// <summary>Who may speak to a signal, as the senders of a city write it down in one place.</summary>
/// <param name="Fence">Grows with every change of the holder.</param>
/// <param name="Holder">A number that each process draws for itself; 0 for nobody.</param>
/// <param name="Beats">Changes with every beat of the holder.</param>
internal sealed record LeaseEntry(long Fence, long Holder, long Beats);

/// <summary>Where a lease is written down. The second is the one of tests, which can be cut off.</summary>
internal interface ILeaseRecord
{
    /// <summary>Reads the entry and puts another in its place, with nobody in between.</summary>
    /// <param name="change">Gets what is there, null for nothing, and returns what shall be; the same for no change.</param>
    /// <exception cref="IOException">It cannot be reached, or somebody else is at it.</exception>
    void Exchange(Func<LeaseEntry?, LeaseEntry?> change);
}

/// <summary>The right to speak to one signal: at any moment at most one sender has it, whatever is cut off from whatever (rule C10).</summary>
/// <remarks>
/// No clock is shared. The holder counts <see cref="ValidMs"/> from before its last beat; who wants to take over counts <see cref="TakeOverMs"/> from when it
/// saw that beat. Both count on the monotonic clock, so that the one has stopped seven seconds before the other begins, and clocks may differ by two to one.
/// </remarks>
internal sealed class SignalLease(ILeaseRecord record, long holder, TimeProvider time)
{
    /// <summary>Without a beat for so long the holder stops.</summary>
    public const int ValidMs = 3000;

    /// <summary>Who has seen no beat for so long may take over.</summary>
    public const int TakeOverMs = 10_000;

    private LeaseEntry? _seen;
    private long _seenAt;
    private long? _beatAt;

    /// <summary>The fencing number of our last hold; 0 for none.</summary>
    public long Fence { get; private set; }

    public bool IsHeld => _beatAt is { } beat && time.GetElapsedTime(beat).TotalMilliseconds < ValidMs;

    /// <summary>Renews the hold, takes what is free, or watches whether the holder still lives.</summary>
    public void Beat()
    {
        var startedAt = time.GetTimestamp();
        var isOurs = false;
        try
        {
            record.Exchange(entry =>
            {
                var next = Next(entry, startedAt);
                isOurs = next?.Holder == holder;
                Fence = isOurs ? next!.Fence : Fence;
                return next;
            });
        }
        catch (IOException)
        {
            // What cannot be reached cannot be renewed: the hold runs out by itself.
            return;
        }

        _beatAt = isOurs ? startedAt : null;
    }

    /// <summary>Lets go, so that another need not wait.</summary>
    public void Release()
    {
        _beatAt = null;
        try
        {
            record.Exchange(entry => entry?.Holder == holder ? entry with { Holder = 0 } : entry);
        }
        catch (IOException)
        {
            // It is free ten seconds later.
        }
    }

    private LeaseEntry? Next(LeaseEntry? entry, long now)
    {
        if (entry is null)
        {
            return new LeaseEntry(1, holder, 1);
        }

        if (entry.Holder == holder)
        {
            return entry with { Beats = entry.Beats + 1 };
        }

        if (entry != _seen)
        {
            (_seen, _seenAt) = (entry, now);
        }

        return entry.Holder == 0 || time.GetElapsedTime(_seenAt, now).TotalMilliseconds >= TakeOverMs ? new LeaseEntry(entry.Fence + 1, holder, 1) : entry;
    }
}
