using Crosstown.Core.Events;
using Crosstown.Core.Street;

namespace Crosstown.Bench;

internal static class SimulatedLogs
{
    public static List<(SignalConfiguration Configuration, ControllerEvent[] Events)> Make(long lengthMs) => [];
}
