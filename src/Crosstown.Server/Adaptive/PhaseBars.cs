using Crosstown.Core.Controllers;
using Crosstown.Core.Events;

namespace Crosstown.Server.Adaptive;

/// <summary>The greens of one cabinet in the last minutes, from its log.</summary>
internal sealed class PhaseBars(ControllerProgram program)
{
    /// <summary>So much of the past is kept, ms.</summary>
    public const int KeptMs = 240_000;

    private readonly List<AdaptiveGreen> _greens = [];

    /// <summary>Takes in what was logged.</summary>
    public void Take(ReadOnlySpan<ControllerEvent> events, long nowMs)
    {
        foreach (ref readonly var logged in events)
        {
            if (logged.Code == EventCode.PhaseBeginGreen)
            {
                _greens.Add(new AdaptiveGreen(program.GetPhase(logged.Parameter).Ring, (byte)logged.Parameter, logged.TimeMs, null, null));
            }
            else if (logged.Code is EventCode.PhaseBeginYellow or EventCode.PhaseEndYellow)
            {
                var phase = logged.Parameter;
                var at = _greens.FindLastIndex(g => g.Phase == phase);
                if (at >= 0)
                {
                    _greens[at] = logged.Code == EventCode.PhaseBeginYellow ? _greens[at] with { YellowMs = logged.TimeMs } : _greens[at] with { EndMs = logged.TimeMs };
                }
            }
        }

        _greens.RemoveAll(g => g.EndMs < nowMs - KeptMs);
    }

    /// <summary>What is kept, the oldest first.</summary>
    public IReadOnlyList<AdaptiveGreen> List() => [.. _greens];
}
