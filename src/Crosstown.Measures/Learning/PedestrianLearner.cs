using System.Globalization;
using Crosstown.Core.Events;
using Crosstown.Core.Street;

namespace Crosstown.Measures.Learning;

/// <summary>Says which phase's walk each pedestrian channel asks for.</summary>
internal static class PedestrianLearner
{
    /// <summary>A press registers its call within this time when none is waiting.</summary>
    private const long CallMs = 200;

    /// <summary>Fewest presses that must agree.</summary>
    private const int FewestPresses = 3;

    public static (List<PedestrianButton> Buttons, List<Evidence> Evidence) Learn(ReadOnlySpan<ControllerEvent> events)
    {
        var agree = new int[256, 256];
        var calls = new int[256];
        var pressedMs = new long[256];
        var seen = new bool[256];
        Array.Fill(pressedMs, long.MinValue / 2);
        for (var i = 0; i < events.Length; i++)
        {
            ref readonly var e = ref events[i];
            if (e.Parameter is < 1 or > 255)
            {
                continue;
            }

            if (e.Code == EventCode.PedestrianDetectorOn)
            {
                seen[e.Parameter] = true;
                pressedMs[e.Parameter] = e.TimeMs;
            }
            else if (e.Code == EventCode.PedestrianCallRegistered)
            {
                // The press has the higher code, so at the same moment it stands behind its call.
                for (var j = i + 1; j < events.Length && events[j].TimeMs == e.TimeMs; j++)
                {
                    if (events[j].Code == EventCode.PedestrianDetectorOn && events[j].Parameter is >= 1 and <= 255)
                    {
                        pressedMs[events[j].Parameter] = events[j].TimeMs;
                    }
                }

                for (var channel = 1; channel < 256; channel++)
                {
                    if (e.TimeMs - pressedMs[channel] <= CallMs)
                    {
                        agree[channel, e.Parameter]++;
                        calls[channel]++;
                    }
                }
            }
        }

        var buttons = new List<PedestrianButton>();
        var evidence = new List<Evidence>();
        for (var channel = 1; channel < 256; channel++)
        {
            if (!seen[channel])
            {
                continue;
            }

            var best = Enumerable.Range(1, 255).MaxBy(p => agree[channel, p]);
            var count = agree[channel, best];
            var share = calls[channel] == 0 ? 0 : (double)count / calls[channel];
            var isKnown = count >= FewestPresses && share >= 0.8;
            var field = string.Create(CultureInfo.InvariantCulture, $"pedestrian_buttons/{channel}/phase");
            evidence.Add(new Evidence(
                field,
                isKnown ? best.ToString(CultureInfo.InvariantCulture) : "unknown",
                isKnown ? 0.9 * share : 0,
                string.Create(CultureInfo.InvariantCulture, $"{count} of {calls[channel]} pedestrian calls that came with a press were for this phase.")));
            if (isKnown)
            {
                buttons.Add(new PedestrianButton((byte)channel, (byte)best));
            }
        }

        return (buttons, evidence);
    }
}
