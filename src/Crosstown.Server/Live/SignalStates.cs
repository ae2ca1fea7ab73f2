using Crosstown.Core.Street;
using Crosstown.Logs;

namespace Crosstown.Server.Live;

/// <summary>How every signal is now, from what its log said last.</summary>
internal sealed class SignalStates(IEventSource events, TimeProvider time)
{
    /// <summary>A signal that logs arrive from is heard at least this often; longer is a lost connection (rule R14 and the promise of 90 s).</summary>
    public const long LostAfterMs = 90_000;

    public SignalStatus StatusOf(SignalId signal)
    {
        if (events.FindRange(signal) is not { } range)
        {
            return new SignalStatus(SignalClass.Unknown, null, null, null, null, []);
        }

        var last = range.EndMs - 1;
        var ageMs = time.GetUtcNow().ToUnixTimeMilliseconds() - last;
        return ageMs > LostAfterMs
            ? new SignalStatus(SignalClass.CommsLost, last, last, ageMs / 1000.0, null, ["no log since then"])
            : new SignalStatus(SignalClass.Healthy, null, last, ageMs / 1000.0, null, []);
    }
}
