using System.Collections.Immutable;
using Crosstown.Core.Controllers;

namespace Crosstown.Timing.Sheets;

/// <summary>A pattern laid out along its cycle, as sheets, tables and drawings show it. Times in ms from the begin of the first barrier.</summary>
internal sealed class RingDiagram
{
    private readonly Dictionary<byte, (int StartMs, int EndMs, int ForceOffMs)> _places = [];

    private RingDiagram(ImmutableArray<PhaseTiming> phases, PatternTiming pattern)
    {
        Phases = phases;
        Pattern = pattern;
        Rings = [.. Enumerable.Range(1, phases.Max(p => p.Ring)).Select(r => OrderOf(phases, pattern, r))];
    }

    public ImmutableArray<PhaseTiming> Phases { get; }

    public PatternTiming Pattern { get; }

    public int CycleMs => Pattern.CycleMs;

    /// <summary>Phases by ring, ring 1 first, in the order in which they run.</summary>
    public ImmutableArray<ImmutableArray<PhaseTiming>> Rings { get; }

    /// <summary>Where barriers end, the last one at the end of the cycle.</summary>
    public ImmutableArray<int> BarrierEndsMs { get; private set; } = [];

    public static RingDiagram Of(ImmutableArray<PhaseTiming> phases, PatternTiming pattern)
    {
        var diagram = new RingDiagram(phases, pattern);
        var ends = ImmutableArray.CreateBuilder<int>();
        var at = 0;
        foreach (var barrier in phases.Select(p => p.BarrierGroup).Distinct().Order())
        {
            var rings = diagram.Rings.Select(r => r.Where(p => p.BarrierGroup == barrier).ToList()).Where(r => r.Count > 0).ToList();
            var changeMs = rings.Max(r => r[^1].ChangeMs);
            var end = at;
            foreach (var ring in rings)
            {
                var start = at;
                for (var i = 0; i < ring.Count; i++)
                {
                    var phaseEnd = start + pattern.SplitMs.GetValueOrDefault(ring[i].Number);
                    diagram._places[ring[i].Number] = (start, phaseEnd, phaseEnd - (i == ring.Count - 1 ? changeMs : ring[i].ChangeMs));
                    start = phaseEnd;
                }

                end = Math.Max(end, start);
            }

            ends.Add(end);
            at = end;
        }

        diagram.BarrierEndsMs = ends.ToImmutable();
        return diagram;
    }

    public (int StartMs, int EndMs, int ForceOffMs) PlaceOf(byte phase) => _places[phase];

    /// <summary>Place of the point that an offset refers to; null without a coordinated phase.</summary>
    public int? PointMs(OffsetReference reference)
    {
        var coordinated = Phases.Where(p => p.IsCoordinated).ToList();
        if (coordinated.Count == 0)
        {
            return null;
        }

        var first = coordinated.MinBy(p => _places[p.Number].ForceOffMs)!;
        var yield = _places[first.Number].ForceOffMs;
        return Modulo(reference switch
        {
            OffsetReference.BeginGreen => coordinated.Min(p => _places[p.Number].StartMs),
            OffsetReference.BeginLastGreen => coordinated.Max(p => _places[p.Number].StartMs),
            OffsetReference.BeginYellow => yield,
            OffsetReference.BeginRed => yield + first.YellowMs,
            _ => yield - first.PedestrianClearanceMs,
        });
    }

    /// <summary>The offset by another reference; null without a coordinated phase.</summary>
    public int? OffsetMs(OffsetReference reference) =>
        PointMs(reference) is { } point && PointMs(Pattern.Reference) is { } own ? Modulo(Pattern.OffsetMs + point - own) : null;

    /// <summary>A place of the diagram on the master's clock, 0 to the cycle.</summary>
    public int OnMasterMs(int placeMs) => Modulo(placeMs + Pattern.OffsetMs - (PointMs(Pattern.Reference) ?? 0));

    public int Modulo(int ms) => ((ms % CycleMs) + CycleMs) % CycleMs;

    private static ImmutableArray<PhaseTiming> OrderOf(ImmutableArray<PhaseTiming> phases, PatternTiming pattern, int ring)
    {
        var given = !pattern.Sequence.IsDefaultOrEmpty && ring <= pattern.Sequence.Length ? pattern.Sequence[ring - 1] : [];
        return [.. phases.Where(p => p.Ring == ring).OrderBy(p => p.BarrierGroup).ThenBy(p => given.IndexOf(p.Number)).ThenBy(p => p.Number)];
    }
}
