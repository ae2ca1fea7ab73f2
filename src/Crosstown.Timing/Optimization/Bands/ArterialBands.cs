using System.Collections.Immutable;
using Crosstown.Core.Controllers;
using Crosstown.Timing.Evaluation;
using Crosstown.Timing.Model;

namespace Crosstown.Timing.Optimization.Bands;

/// <summary>Greens of one signal on an arterial, s from the signal's own local zero; the end may lie beyond the cycle.</summary>
/// <param name="OutboundStartS">Begin of green for those who travel in the order of the signals.</param>
/// <param name="OutboundGreenS">Its length, 0 up to the cycle.</param>
/// <param name="InboundStartS">Begin of green against the order of the signals.</param>
/// <param name="InboundGreenS">Its length, 0 up to the cycle.</param>
public readonly record struct BandGreens(int OutboundStartS, int OutboundGreenS, int InboundStartS, int InboundGreenS);

/// <summary>One signal on an arterial.</summary>
public sealed record BandSignal
{
    /// <summary>One for each order of phases that it may have; at least one.</summary>
    public required ImmutableArray<BandGreens> Choices { get; init; }

    /// <summary>Travel time from the signal before it, less the time in which a queue ahead clears, s; of no meaning for the first.</summary>
    public int OutboundTravelS { get; init; }

    /// <summary>Travel time to the signal before it, less the time in which a queue ahead clears, s; of no meaning for the first.</summary>
    public int InboundTravelS { get; init; }
}

/// <summary>Bands of an arterial and the offsets that give them.</summary>
/// <param name="CycleS">The common cycle.</param>
/// <param name="OutboundS">Time in each cycle in which one can pass all signals in order without a stop; 0 for none.</param>
/// <param name="InboundS">The same against the order.</param>
/// <param name="OffsetsS">Local zero of each signal in master time, whole s; the first is 0.</param>
/// <param name="Choices">Which order of phases each signal has.</param>
/// <param name="Attainability">Bands over the shortest greens, 0-1; from 0.99 a green is the limit, not the offsets.</param>
public sealed record ArterialBand(int CycleS, int OutboundS, int InboundS, ImmutableArray<int> OffsetsS, ImmutableArray<int> Choices, double Attainability)
{
    /// <summary>Bands over two cycles: below 0.13 poor, to 0.24 fair, to 0.36 good, above great progression.</summary>
    public double Efficiency => (OutboundS + InboundS) / (2.0 * CycleS);
}

/// <summary>The widest green bands of an arterial, both ways, exactly, in whole seconds.</summary>
/// <remarks>
/// Hold an outbound band at master time 0 of the first signal: then each signal's offset may only move within its green less the band. For every begin of an inbound band each
/// signal by itself says how wide it lets that be, and the narrowest decides. So all offsets together are found in cycle² times signals steps, without a search tree; the
/// mixed-integer program MAXBAND of Little, Kelson and Gartner has the same optimum, but for arterials where one way is better served alone.
/// </remarks>
public static class ArterialBands
{
    /// <summary>Offsets, and the order of phases where there is a choice, that give the greatest weighted sum of bands.</summary>
    /// <param name="signals">In order along the arterial, two or more.</param>
    /// <param name="cycleS">Common cycle, 1-255.</param>
    /// <param name="outboundWeight">Weight of a second of outbound band, 0 or more.</param>
    /// <param name="inboundWeight">Weight of a second of inbound band, 0 or more.</param>
    /// <param name="leastRatio">Least inbound band per second of outbound band, 0 for any.</param>
    /// <exception cref="ArgumentException">Fewer than two signals, a signal without greens, or greens outside the cycle; the message says which.</exception>
    public static ArterialBand Optimize(IReadOnlyList<BandSignal> signals, int cycleS, double outboundWeight = 1, double inboundWeight = 1, double leastRatio = 0)
    {
        Check(signals, cycleS);
        var (outward, inward) = TravelFromFirst(signals);
        var best = (Value: double.MinValue, Outbound: 0, Start: 0, Inbound: 0);
        for (var band = 0; band <= cycleS; band++)
        {
            if (!signals.All(s => s.Choices.Any(c => c.OutboundGreenS >= band)))
            {
                break;
            }

            for (var start = 0; start < cycleS; start++)
            {
                var width = cycleS;
                for (var i = 0; i < signals.Count && width > 0; i++)
                {
                    width = Math.Min(width, WidestAt(signals[i], band, start, outward[i], inward[i], cycleS).Width);
                }

                var value = (outboundWeight * band) + (inboundWeight * width);
                if (width >= leastRatio * band && (value > best.Value + 1e-9 || (value > best.Value - 1e-9 && Math.Min(band, width) > Math.Min(best.Outbound, best.Inbound))))
                {
                    best = (value, band, start, width);
                }
            }
        }

        // Without any outbound band the inbound one has all its greens.
        var alone = signals.Select((s, i) => s.Choices.Select((g, c) => (Width: g.InboundGreenS, OffsetS: -g.InboundStartS - inward[i], Choice: c)).MaxBy(p => p.Width)).ToList();
        if (inboundWeight * alone.Min(p => p.Width) > best.Value + 1e-9)
        {
            return Measure(signals, cycleS, [.. alone.Select(p => Wrap(p.OffsetS - alone[0].OffsetS, cycleS))], [.. alone.Select(p => p.Choice)]);
        }

        var places = signals.Select((s, i) => WidestAt(s, best.Outbound, best.Start, outward[i], inward[i], cycleS)).ToList();
        ImmutableArray<int> offsets = [.. places.Select(p => Wrap(p.OffsetS - places[0].OffsetS, cycleS))];
        ImmutableArray<int> choices = [.. places.Select(p => p.Choice)];
        return Measure(signals, cycleS, offsets, choices);
    }

    /// <summary>Bands that given offsets have.</summary>
    /// <param name="signals">In order along the arterial, two or more.</param>
    /// <param name="cycleS">Common cycle, 1-255.</param>
    /// <param name="offsetsS">Local zero of each signal in master time, s; one per signal.</param>
    /// <param name="choices">Which order of phases each has; empty for the first of each.</param>
    /// <exception cref="ArgumentException">The lists do not fit together, or greens lie outside the cycle; the message says which.</exception>
    public static ArterialBand Measure(IReadOnlyList<BandSignal> signals, int cycleS, IReadOnlyList<int> offsetsS, IReadOnlyList<int>? choices = null)
    {
        Check(signals, cycleS);
        if (offsetsS.Count != signals.Count || (choices is { Count: > 0 } && choices.Count != signals.Count))
        {
            throw new ArgumentException($"{signals.Count} signals, {offsetsS.Count} offsets, {choices?.Count ?? 0} choices: there must be one for each.", nameof(offsetsS));
        }

        ImmutableArray<int> taken = [.. signals.Select((_, i) => choices is { Count: > 0 } ? choices[i] : 0)];
        var (outward, inward) = TravelFromFirst(signals);
        var greens = signals.Select((s, i) => s.Choices[taken[i]]).ToList();
        var outbound = Widest(cycleS, [.. greens.Select((g, i) => (offsetsS[i] + g.OutboundStartS - outward[i], g.OutboundGreenS))]).Width;
        var inbound = Widest(cycleS, [.. greens.Select((g, i) => (offsetsS[i] + g.InboundStartS + inward[i], g.InboundGreenS))]).Width;
        var shortest = greens.Min(g => g.OutboundGreenS) + greens.Min(g => g.InboundGreenS);
        return new ArterialBand(cycleS, outbound, inbound, [.. offsetsS], taken, shortest == 0 ? 0 : (outbound + inbound) / (double)shortest);
    }

    /// <summary>An arterial of a network as a plan runs it: its through greens, and travel times of the flows that follow it.</summary>
    /// <param name="network">The network.</param>
    /// <param name="plan">Its plan; all signals of the arterial have a pattern of the same cycle, in whole seconds.</param>
    /// <param name="along">Indices of signals in order.</param>
    /// <param name="demand">Index of the demand whose flows show the way.</param>
    /// <returns>Signals whose local zero is the begin of barrier group 1; null when two neighbors do not feed each other both ways, or cycles differ.</returns>
    public static ImmutableArray<BandSignal>? FindArterial(TimingNetwork network, NetworkPlan plan, IReadOnlyList<int> along, int demand = 0)
    {
        if (along.Count < 2 || along.Any(s => plan.Patterns[s] is null || plan.Patterns[s]!.CycleMs != plan.Patterns[along[0]]?.CycleMs))
        {
            return null;
        }

        var outbound = Follow(network, along, demand);
        var inbound = Follow(network, [.. along.Reverse()], demand)?.Reverse().ToArray();
        if (outbound is null || inbound is null)
        {
            return null;
        }

        var signals = ImmutableArray.CreateBuilder<BandSignal>(along.Count);
        for (var i = 0; i < along.Count; i++)
        {
            var (outStart, outGreen) = Green(network, plan, outbound[i].Group);
            var (inStart, inGreen) = Green(network, plan, inbound[i].Group);
            signals.Add(new BandSignal
            {
                Choices = [new BandGreens(outStart, outGreen, inStart, inGreen)],
                OutboundTravelS = (int)Math.Round(outbound[i].TravelS),
                InboundTravelS = i == 0 ? 0 : (int)Math.Round(inbound[i - 1].TravelS),
            });
        }

        return signals.MoveToImmutable();
    }

    /// <summary>Bands of an arterial of a network under a plan.</summary>
    /// <param name="network">The network.</param>
    /// <param name="plan">Its plan.</param>
    /// <param name="along">Indices of signals in order.</param>
    /// <returns>Null when two neighbors do not feed each other both ways, a signal is free, or cycles differ or are no whole seconds.</returns>
    public static ArterialBand? FindBand(TimingNetwork network, NetworkPlan plan, IReadOnlyList<int> along)
    {
        if (FindArterial(network, plan, along) is not { } signals || plan.Patterns[along[0]]!.CycleMs % 1000 != 0)
        {
            return null;
        }

        return Measure(signals, plan.Patterns[along[0]]!.CycleMs / 1000, [.. along.Select(s => LocalZeroS(network.Signals[s], plan.Patterns[s]!))]);
    }

    /// <summary>Mean flow from signal to signal along an arterial and against it, veh/h, over its links and all demands; null when two neighbors do not feed each other both ways.</summary>
    internal static (double Outbound, double Inbound)? FindVolumes(TimingNetwork network, IReadOnlyList<int> along)
    {
        double outbound = 0, inbound = 0;
        for (var d = 0; d < network.Demands.Length; d++)
        {
            if (Follow(network, along, d) is not { } outward || Follow(network, [.. along.Reverse()], d) is not { } inward)
            {
                return null;
            }

            outbound += network.Demands[d].Weight * outward.Sum(p => p.VehPerHour) / (along.Count - 1);
            inbound += network.Demands[d].Weight * inward.Sum(p => p.VehPerHour) / (along.Count - 1);
        }

        var weight = network.Demands.Sum(d => d.Weight);
        return (outbound / weight, inbound / weight);
    }

    /// <summary>Where each signal's local zero may lie, by whole second of the cycle, so that the bands which the offsets give stay as wide as they are.</summary>
    internal static bool[][] FindRoom(IReadOnlyList<BandSignal> signals, int cycleS, IReadOnlyList<int> offsetsS)
    {
        var (outward, inward) = TravelFromFirst(signals);
        var greens = signals.Select(s => s.Choices[0]).ToList();
        var outbound = Widest(cycleS, [.. greens.Select((g, i) => (offsetsS[i] + g.OutboundStartS - outward[i], g.OutboundGreenS))]);
        var inbound = Widest(cycleS, [.. greens.Select((g, i) => (offsetsS[i] + g.InboundStartS + inward[i], g.InboundGreenS))]);
        bool Covers(int bandStartS, int bandS, int greenStartS, int greenS) => bandS == 0 || greenS == cycleS || Wrap(bandStartS - greenStartS, cycleS) + bandS <= greenS;
        return
        [
            .. greens.Select((g, i) => Enumerable.Range(0, cycleS)
                .Select(zero => Covers(outbound.StartS + outward[i], outbound.Width, zero + g.OutboundStartS, g.OutboundGreenS)
                    && Covers(inbound.StartS - inward[i], inbound.Width, zero + g.InboundStartS, g.InboundGreenS))
                .ToArray()),
        ];
    }

    /// <summary>Local zero of a pattern in master time, rounded to s: where its offset puts the begin of barrier group 1.</summary>
    public static int LocalZeroS(TimedSignal signal, PatternTiming pattern) =>
        Wrap((int)Math.Round((pattern.OffsetMs - Lay(signal, pattern).Diagram.ReferenceMs(pattern.Reference)) / 1000.0), pattern.CycleMs / 1000);

    private static void Check(IReadOnlyList<BandSignal> signals, int cycleS)
    {
        if (signals.Count < 2 || cycleS is < 1 or > 255)
        {
            throw new ArgumentException($"{signals.Count} signals, cycle {cycleS} s: two signals or more, and a cycle of 1-255 s.", nameof(signals));
        }

        for (var i = 0; i < signals.Count; i++)
        {
            if (signals[i].Choices.IsDefaultOrEmpty || signals[i].Choices.Any(c => c.OutboundGreenS < 0 || c.OutboundGreenS > cycleS || c.InboundGreenS < 0 || c.InboundGreenS > cycleS))
            {
                throw new ArgumentException($"Signal {i} of the arterial needs greens of 0-{cycleS} s, for each order of its phases.", nameof(signals));
            }
        }
    }

    private static (int[] Outward, int[] Inward) TravelFromFirst(IReadOnlyList<BandSignal> signals)
    {
        var outward = new int[signals.Count];
        var inward = new int[signals.Count];
        for (var i = 1; i < signals.Count; i++)
        {
            outward[i] = outward[i - 1] + signals[i].OutboundTravelS;
            inward[i] = inward[i - 1] + signals[i].InboundTravelS;
        }

        return (outward, inward);
    }

    /// <summary>The widest inbound band from a moment on that a signal lets pass beside the outbound band, and how.</summary>
    private static (int Width, int OffsetS, int Choice) WidestAt(BandSignal signal, int outboundS, int startS, int outwardS, int inwardS, int cycleS)
    {
        var best = (Width: -1, OffsetS: 0, Choice: 0);
        for (var c = 0; c < signal.Choices.Length; c++)
        {
            var greens = signal.Choices[c];
            if (greens.OutboundGreenS < outboundS)
            {
                continue;
            }

            // The outbound green may begin up to this much before the band does. The later into the inbound green the band begins, the less is left of it.
            var room = greens.OutboundGreenS - outboundS;
            var into = Wrap(startS - (greens.InboundStartS + inwardS - greens.OutboundStartS + outwardS), cycleS);
            var early = into > 0 && into + room >= cycleS ? cycleS - into : 0;
            var left = Math.Max(0, greens.InboundGreenS - (early > 0 ? 0 : into));
            if (left > best.Width)
            {
                best = (left, outwardS - greens.OutboundStartS - early, c);
            }
        }

        return best.Width < 0 ? (0, 0, 0) : best;
    }

    /// <summary>The widest part that all windows have in common, by the second.</summary>
    private static (int StartS, int Width) Widest(int cycleS, ReadOnlySpan<(int StartS, int LengthS)> windows)
    {
        var widest = (StartS: 0, Width: 0);
        for (var start = 0; start < cycleS; start++)
        {
            var width = cycleS;
            foreach (var window in windows)
            {
                var into = Wrap(start - window.StartS, cycleS);
                width = Math.Min(width, window.LengthS == cycleS ? cycleS : Math.Max(0, window.LengthS - into));
            }

            widest = width > widest.Width ? (start, width) : widest;
        }

        return widest;
    }

    private static int Wrap(int s, int cycleS) => ((s % cycleS) + cycleS) % cycleS;

    /// <summary>The group at each signal that serves what comes from the one before; at the first, the group that feeds the second most.</summary>
    private static (int Group, double TravelS, double VehPerHour)[]? Follow(TimingNetwork network, IReadOnlyList<int> along, int demand)
    {
        var found = new (int Group, double TravelS, double VehPerHour)[along.Count];
        for (var i = 1; i < along.Count; i++)
        {
            var most = 0.0;
            for (var g = 0; g < network.Groups.Length; g++)
            {
                for (var f = 0; f < network.Groups[g].Feeders.Length && network.Groups[g].Signal == along[i]; f++)
                {
                    var feeder = network.Groups[g].Feeders[f];
                    var flow = network.Demands[demand].FedVehPerHour[g][f];
                    if (network.Groups[feeder.Group].Signal == along[i - 1] && flow > most)
                    {
                        most = flow;
                        found[i] = (g, feeder.TravelS, flow);
                        found[0] = i == 1 ? (feeder.Group, 0, 0) : found[0];
                    }
                }
            }

            if (most == 0)
            {
                return null;
            }
        }

        return found;
    }

    /// <summary>The longest displayed green of a group, in whole seconds inside it.</summary>
    private static (int StartS, int GreenS) Green(TimingNetwork network, NetworkPlan plan, int group)
    {
        var facts = network.Groups[group];
        var layout = Lay(network.Signals[facts.Signal], plan.Patterns[facts.Signal]!);
        Span<GreenWindow> windows = stackalloc GreenWindow[ControllerProgram.MaxPhase];
        var count = layout.ListGreens(facts.Phases != 0 ? facts.Phases : facts.PermissivePhases, windows);
        var longest = new GreenWindow(0, 0);
        foreach (var window in windows[..count])
        {
            longest = window.EndS - window.StartS > longest.EndS - longest.StartS ? window : longest;
        }

        var start = (int)Math.Ceiling(longest.StartS - 1e-9);
        return (start, Math.Max(0, (int)Math.Floor(longest.EndS + 1e-9) - start));
    }

    private static SignalLayout Lay(TimedSignal signal, PatternTiming pattern)
    {
        var layout = new SignalLayout(signal);
        Span<int> splits = stackalloc int[ControllerProgram.MaxPhase + 1];
        foreach (var (phase, ms) in pattern.SplitMs)
        {
            splits[phase] = ms;
        }

        _ = layout.LayOut(pattern.Sequence, splits);
        return layout;
    }
}
