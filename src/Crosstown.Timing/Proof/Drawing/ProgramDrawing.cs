using System.Collections.Immutable;
using Crosstown.Core.Controllers;
using Crosstown.Core.Networks;
using Crosstown.Timing.Evaluation;
using Crosstown.Timing.Model;

namespace Crosstown.Timing.Proof.Drawing;

/// <summary>Turns a pattern into what a signal shows second by second.</summary>
/// <remarks>As a coordinated controller does under full demand: every phase runs to its force-off. Changes fall on whole seconds.</remarks>
internal static class ProgramDrawing
{
    /// <param name="timed">The signal.</param>
    /// <param name="pattern">Its pattern.</param>
    /// <param name="links">By signal link: the lane group, and the links that it must yield to.</param>
    /// <param name="groups">Of the network.</param>
    public static (ImmutableArray<FixedPhase> Phases, double OffsetS) Draw(TimedSignal timed, PatternTiming pattern, IReadOnlyList<(int Group, int[] YieldsTo)> links, ImmutableArray<LaneGroup> groups)
    {
        var layout = new SignalLayout(timed);
        Span<int> splits = stackalloc int[ControllerProgram.MaxPhase + 1];
        splits.Clear();
        foreach (var (phase, split) in pattern.SplitMs)
        {
            splits[phase] = split;
        }

        layout.LayOut(pattern.Sequence, splits);
        var cycle = Math.Max(1, (int)Math.Round(layout.CycleS));
        var colors = new Dictionary<int, char[]>();
        foreach (var g in links.Select(l => l.Group).Distinct())
        {
            colors[g] = Color(layout, groups[g], cycle);
        }

        var phases = ImmutableArray.CreateBuilder<FixedPhase>();
        var state = new char[links.Count];
        var (shown, since) = ("", 0);
        for (var second = 0; second <= cycle; second++)
        {
            for (var link = 0; link < state.Length && second < cycle; link++)
            {
                var color = colors[links[link].Group][second];
                state[link] = color == 'G' && Array.Exists(links[link].YieldsTo, o => colors[links[o].Group][second] is 'G' or 'g') ? 'g' : color;
            }

            var now = second < cycle ? new string(state) : "";
            if (now != shown)
            {
                if (second > since)
                {
                    phases.Add(new FixedPhase(second - since, shown));
                }

                (shown, since) = (now, second);
            }
        }

        var offset = Math.Round((pattern.OffsetMs - layout.Diagram.ReferenceMs(pattern.Reference)) / 1000.0) % cycle;
        return (phases.ToImmutable(), offset < 0 ? offset + cycle : offset);
    }

    private static char[] Color(SignalLayout layout, LaneGroup group, int cycle)
    {
        var colors = new char[cycle];
        Array.Fill(colors, 'r');
        Paint(layout, group.Phases | group.PermissivePhases, colors, 'y', true);
        Paint(layout, group.PermissivePhases, colors, 'g', false);
        Paint(layout, group.Phases, colors, 'G', false);
        return colors;
    }

    private static void Paint(SignalLayout layout, uint phases, char[] colors, char color, bool isYellow)
    {
        Span<GreenWindow> windows = stackalloc GreenWindow[ControllerProgram.MaxPhase];
        var count = layout.ListGreens(phases, windows);
        for (var i = 0; i < count; i++)
        {
            var from = (int)Math.Round(windows[i].StartS);
            var to = (int)Math.Round(windows[i].EndS);
            if (isYellow)
            {
                if (windows[i].EndS - windows[i].StartS >= layout.CycleS)
                {
                    continue;
                }

                (from, to) = (to, (int)Math.Round(windows[i].EndS + YellowS(layout, phases, windows[i].EndS)));
            }

            for (var second = from; second < to; second++)
            {
                colors[second % colors.Length] = color;
            }
        }
    }

    /// <summary>Yellow of the phases that are forced off at a moment.</summary>
    private static double YellowS(SignalLayout layout, uint phases, double endS)
    {
        var longest = 0;
        var endMs = (int)Math.Round(endS * 1000) % layout.Diagram.CycleMs;
        for (var left = phases; left != 0;)
        {
            var phase = Bits.TakeFirst(ref left);
            if (phase <= ControllerProgram.MaxPhase && layout.Phase(phase) is { } timing && layout.SplitMs[phase] > 0 && layout.Diagram.ForceOffMs[phase] % layout.Diagram.CycleMs == endMs)
            {
                longest = Math.Max(longest, timing.YellowMs);
            }
        }

        return longest / 1000.0;
    }
}
