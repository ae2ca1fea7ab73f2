using System.Collections.Immutable;
using Crosstown.Core.Controllers;

namespace Crosstown.Timing.Sheets;

/// <summary>A pattern laid out along its cycle, as sheets, tables and drawings show it. Times in ms from the begin of the first barrier.</summary>
internal sealed class PatternView
{
    private readonly RingDiagram _diagram;
    private readonly bool _isCoordinated;

    public PatternView(ImmutableArray<PhaseTiming> phases, PatternTiming pattern)
    {
        Phases = phases;
        Pattern = pattern;
        _isCoordinated = phases.Any(p => p.IsCoordinated);
        _diagram = new RingDiagram(phases);
        _diagram.SetSequence(pattern.Sequence);
        var splits = new int[ControllerProgram.MaxPhase + 1];
        foreach (var phase in phases)
        {
            splits[phase.Number] = pattern.SplitMs.GetValueOrDefault(phase.Number);
        }

        _diagram.LayOut(splits);
        Rings = [.. Enumerable.Range(0, _diagram.RingCount).Select(r => _diagram.OrderOf(r).ToArray().Select(n => phases.First(p => p.Number == n)).ToImmutableArray())];
        BarrierEndsMs = [.. phases.GroupBy(p => p.BarrierGroup).Select(g => g.Max(p => PlaceOf(p.Number).EndMs)).Order()];
    }

    public ImmutableArray<PhaseTiming> Phases { get; }

    public PatternTiming Pattern { get; }

    public int CycleMs => Pattern.CycleMs;

    /// <summary>Phases by ring, ring 1 first, in the order in which they run.</summary>
    public ImmutableArray<ImmutableArray<PhaseTiming>> Rings { get; }

    /// <summary>Where barriers end, the last one at the end of the cycle.</summary>
    public ImmutableArray<int> BarrierEndsMs { get; }

    public (int StartMs, int EndMs, int ForceOffMs) PlaceOf(byte phase)
    {
        var start = _diagram.StartMs[phase];
        return (start, start + Pattern.SplitMs.GetValueOrDefault(phase), _diagram.ForceOffMs[phase]);
    }

    /// <summary>Place of the point that an offset refers to; null without a coordinated phase.</summary>
    public int? PointMs(OffsetReference reference) => _isCoordinated ? _diagram.ReferenceMs(reference) : null;

    /// <summary>The offset by another reference; null without a coordinated phase.</summary>
    public int? OffsetMs(OffsetReference reference) =>
        PointMs(reference) is { } point && PointMs(Pattern.Reference) is { } own ? Modulo(Pattern.OffsetMs + point - own) : null;

    /// <summary>A place of the cycle on the master's clock, 0 to the cycle.</summary>
    public int OnMasterMs(int placeMs) => Modulo(placeMs + Pattern.OffsetMs - (PointMs(Pattern.Reference) ?? 0));

    public int Modulo(int ms) => ((ms % CycleMs) + CycleMs) % CycleMs;
}
