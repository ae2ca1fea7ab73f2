using System.Collections.Immutable;
using Crosstown.Core.Controllers;
using Crosstown.Timing.Model;

namespace Crosstown.Timing.Evaluation;

/// <summary>A stretch of a cycle, s from the begin of barrier group 1; the end may lie beyond the cycle.</summary>
internal readonly record struct GreenWindow(double StartS, double EndS);

/// <summary>How long walkers wait for a phase's walk on average, s, and how often it is called.</summary>
internal readonly record struct WalkService(byte Phase, double WaitS, double CallsPerHour);

/// <summary>One signal's greens under the splits and sequence that were last laid out. Made once per signal and used again without allocating.</summary>
internal sealed class SignalLayout
{
    private const int MaxWindows = ControllerProgram.MaxPhase;

    // Vehicles that waited in the intersection go while the opposing flow has yellow.
    private const double SneakS = 2;

    private readonly TimedSignal _signal;
    private readonly RingDiagram _diagram;
    private readonly PhaseTiming?[] _phases = new PhaseTiming?[ControllerProgram.MaxPhase + 1];
    private readonly double[] _walkShares;
    private readonly int[] _splitMs = new int[ControllerProgram.MaxPhase + 1];
    private ImmutableArray<ImmutableArray<byte>> _sequence = [];

    public SignalLayout(TimedSignal signal)
    {
        _signal = signal;
        _diagram = new RingDiagram(signal.Phases);
        _walkShares = [.. signal.Phases.Select(p => p.WalkMs > 0 ? signal.WalkCallShare.GetValueOrDefault(p.Number, 1) : 0)];
        foreach (var phase in signal.Phases)
        {
            _phases[phase.Number] = phase;
        }
    }

    public RingDiagram Diagram => _diagram;

    public double CycleS => _diagram.CycleMs / 1000.0;

    public ReadOnlySpan<int> SplitMs => _splitMs;

    public ImmutableArray<ImmutableArray<byte>> Sequence => _sequence;

    public PhaseTiming? Phase(int number) => _phases[number];

    /// <summary>Lays out splits by phase number, 17 long. False when rings of a barrier group differ.</summary>
    public bool LayOut(ImmutableArray<ImmutableArray<byte>> sequence, ReadOnlySpan<int> splitMs)
    {
        if (_sequence != sequence)
        {
            _sequence = sequence;
            _diagram.SetSequence(sequence);
        }

        splitMs.CopyTo(_splitMs);
        return _diagram.LayOut(splitMs);
    }

    /// <summary>Service of a group in the bins of a period: vehicles that could leave in each.</summary>
    /// <param name="group">The group.</param>
    /// <param name="row">Filled from 0 to <paramref name="bins"/>.</param>
    /// <param name="bins">Bins of the period.</param>
    /// <param name="binS">Length of one.</param>
    /// <param name="repeats">How often the signal's cycle fits in the period.</param>
    /// <returns>Number of effective greens in one cycle of the signal.</returns>
    public int WriteProtected(LaneGroup group, Span<float> row, int bins, double binS, int repeats)
    {
        row.Clear();
        Span<GreenWindow> windows = stackalloc GreenWindow[MaxWindows];
        var count = ListProtected(group, windows);
        for (var i = 0; i < count; i++)
        {
            Cover(row, bins, binS, repeats, windows[i], group.SaturationVehPerHour * binS / 3600);
        }

        return count;
    }

    /// <summary>
    /// Share of each bin in which a group may go where gaps allow, and the vehicles that slip through as those greens end.
    /// Protected green is left out of both.
    /// </summary>
    public int WritePermissive(LaneGroup group, Span<float> permitted, Span<float> sneakers, int bins, double binS, int repeats)
    {
        permitted.Clear();
        sneakers.Clear();
        Span<GreenWindow> shown = stackalloc GreenWindow[MaxWindows];
        Span<GreenWindow> guarded = stackalloc GreenWindow[MaxWindows];
        var count = ListGreens(group.PermissivePhases, shown);
        var guardedCount = ListProtected(group, guarded);
        for (var i = 0; i < count; i++)
        {
            var isWholeCycle = shown[i].EndS - shown[i].StartS >= CycleS;
            var start = shown[i].StartS + (isWholeCycle ? 0 : group.StartLostS);
            if (shown[i].EndS > start)
            {
                Cover(permitted, bins, binS, repeats, new GreenWindow(start, shown[i].EndS), 1);
            }

            if (!isWholeCycle && !IsInside(guarded[..guardedCount], shown[i].EndS + (SneakS / 2)))
            {
                Cover(sneakers, bins, binS, repeats, new GreenWindow(shown[i].EndS, shown[i].EndS + SneakS), group.Sneakers * binS / SneakS);
            }
        }

        if (guardedCount > 0)
        {
            Span<float> covered = bins <= 1024 ? stackalloc float[bins] : new float[bins];
            covered.Clear();
            for (var i = 0; i < guardedCount; i++)
            {
                Cover(covered, bins, binS, repeats, guarded[i], 1);
            }

            for (var t = 0; t < bins; t++)
            {
                permitted[t] = Math.Clamp(permitted[t], 0, Math.Max(0, 1 - covered[t]));
            }
        }

        return count;
    }

    /// <summary>Effective greens in which a group has the right of way; returns how many were written.</summary>
    public int ListProtected(LaneGroup group, Span<GreenWindow> windows)
    {
        var count = ListGreens(group.Phases, windows);
        var kept = 0;
        for (var i = 0; i < count; i++)
        {
            var isWholeCycle = windows[i].EndS - windows[i].StartS >= CycleS;
            var start = windows[i].StartS + (isWholeCycle ? 0 : group.StartLostS);
            var end = windows[i].EndS + (isWholeCycle ? 0 : group.EndGainS);
            if (end > start)
            {
                windows[kept++] = new GreenWindow(start, Math.Min(end, start + CycleS));
            }
        }

        return kept;
    }

    /// <summary>Displayed greens of a set of phases, those that follow each other or overlap made one.</summary>
    public int ListGreens(uint phases, Span<GreenWindow> windows)
    {
        Span<int> starts = stackalloc int[MaxWindows];
        Span<int> ends = stackalloc int[MaxWindows];
        Span<int> shows = stackalloc int[MaxWindows];
        var count = 0;
        var left = phases;
        while (left != 0)
        {
            var phase = Bits.TakeFirst(ref left);
            if (phase > ControllerProgram.MaxPhase || _phases[phase] is null || _splitMs[phase] == 0)
            {
                continue;
            }

            var at = count++;
            while (at > 0 && starts[at - 1] > _diagram.StartMs[phase])
            {
                starts[at] = starts[at - 1];
                ends[at] = ends[at - 1];
                shows[at] = shows[at - 1];
                at--;
            }

            starts[at] = _diagram.StartMs[phase];
            ends[at] = starts[at] + _splitMs[phase];
            shows[at] = _diagram.ForceOffMs[phase];
        }

        if (count == 0)
        {
            return 0;
        }

        var merged = 0;
        for (var i = 1; i < count; i++)
        {
            if (starts[i] <= ends[merged])
            {
                shows[merged] = ends[i] >= ends[merged] ? shows[i] : shows[merged];
                ends[merged] = Math.Max(ends[merged], ends[i]);
            }
            else
            {
                merged++;
                (starts[merged], ends[merged], shows[merged]) = (starts[i], ends[i], shows[i]);
            }
        }

        count = merged + 1;
        var cycle = _diagram.CycleMs;
        if (ends[count - 1] >= cycle && starts[0] == 0)
        {
            if (count == 1)
            {
                windows[0] = new GreenWindow(0, cycle / 1000.0);
                return 1;
            }

            shows[count - 1] = shows[0] + cycle;
            for (var i = 1; i < count; i++)
            {
                (starts[i - 1], shows[i - 1]) = (starts[i], shows[i]);
            }

            count--;
        }

        for (var i = 0; i < count; i++)
        {
            windows[i] = new GreenWindow(starts[i] / 1000.0, shows[i] / 1000.0);
        }

        return count;
    }

    /// <summary>Length of the walk of a phase, s; 0 without one. A walk that rests lasts as long as its green allows.</summary>
    public double WalkS(PhaseTiming phase)
    {
        var rests = phase.IsCoordinated && phase.RestsInWalk;
        var restMs = _diagram.ForceOffMs[phase.Number] - _diagram.StartMs[phase.Number] - phase.PedestrianClearanceMs;
        return (rests ? Math.Max(phase.WalkMs, restMs) : phase.WalkMs) / 1000.0;
    }

    /// <summary>Mean wait of walkers and how many walks are called per hour, by phase with a walk that is called at all.</summary>
    /// <param name="allowanceS">Added to the walk, s.</param>
    /// <param name="walks">At least as many as the signal has phases.</param>
    /// <returns>How many were written.</returns>
    public int ListWalks(double allowanceS, Span<WalkService> walks)
    {
        var count = 0;
        for (var i = 0; i < _walkShares.Length; i++)
        {
            var phase = _signal.Phases[i];
            if (_walkShares[i] > 0)
            {
                walks[count++] = new WalkService(phase.Number, DelayFormulas.PedestrianDelayS(CycleS, WalkS(phase) + allowanceS), _walkShares[i] * 3600 / CycleS);
            }
        }

        return count;
    }

    /// <summary>Adds a value to the bins that a window covers, in each cycle of the period, in part where it covers them in part.</summary>
    /// <remarks>
    /// The end is moved to the nearest edge of a bin, and the begin with it: what arrives late in a bin would else leave in a green that is over by then. At the begin a
    /// queue waits, so a bin may be covered in part there.
    /// </remarks>
    private void Cover(Span<float> row, int bins, double binS, int repeats, GreenWindow window, double value)
    {
        for (var cycle = 0; cycle < repeats; cycle++)
        {
            var end = Math.Round((window.EndS + (cycle * CycleS)) / binS);
            var start = end - ((window.EndS - window.StartS) / binS);
            var turns = Math.Floor(start / bins) * bins;
            start -= turns;
            end -= turns;
            var bin = (int)start;
            while (start < end)
            {
                var stop = Math.Min(bin + 1, end);
                row[bin < bins ? bin : bin - bins] += (float)((stop - start) * value);
                start = stop;
                bin++;
            }
        }
    }

    private bool IsInside(ReadOnlySpan<GreenWindow> windows, double at)
    {
        foreach (var window in windows)
        {
            var since = (at - window.StartS) % CycleS;
            if ((since < 0 ? since + CycleS : since) < window.EndS - window.StartS)
            {
                return true;
            }
        }

        return false;
    }
}
