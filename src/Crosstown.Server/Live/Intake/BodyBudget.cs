namespace Crosstown.Server.Live.Intake;

/// <summary>Memory that bodies of requests may take together, so that many large ones at once are turned away and not the whole program ended (rule R12).</summary>
internal sealed class BodyBudget
{
    /// <summary>Most bytes of all bodies at once: three of the largest.</summary>
    public const long MostBytes = 3 * IntakeApi.MostBytes;

    private long _taken;

    /// <summary>False when there is no room now.</summary>
    public bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref _taken, bytes) <= MostBytes)
        {
            return true;
        }

        Return(bytes);
        return false;
    }

    public void Return(long bytes) => Interlocked.Add(ref _taken, -bytes);
}
