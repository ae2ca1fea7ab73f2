using System.Collections.Immutable;
using Crosstown.Core.Controllers;

namespace Crosstown.Timing.Utdf;

/// <summary>A signal's phases laid out along its cycle, from which Start, End and Yield follow.</summary>
/// <remarks>Zero is the begin of the first barrier. Where a ring of a barrier is shorter than another, its last phase lasts to the barrier. Times in ms.</remarks>
internal sealed class UtdfLayout
{
    private readonly UtdfSignal _signal;
    private readonly Dictionary<byte, (int Start, int End)> _places = [];

    private UtdfLayout(UtdfSignal signal) => _signal = signal;

    public int CycleMs { get; private init; }

    /// <summary>Phases by ring, ring 1 first, in the order in which they run.</summary>
    public ImmutableArray<ImmutableArray<byte>> Sequence { get; private init; } = [];

    /// <summary>What the splits sum to over all barriers.</summary>
    public int LengthMs { get; private set; }

    public static UtdfLayout Of(UtdfSignal signal)
    {
        var layout = new UtdfLayout(signal)
        {
            CycleMs = signal.CycleMs,
            Sequence = [.. Enumerable.Range(1, signal.Phases.Max(p => p.Ring))
                .Select(r => signal.Phases.Where(p => p.Ring == r).OrderBy(p => p.Barrier).ThenBy(p => p.Position).Select(p => p.Number).ToImmutableArray())],
        };
        layout.Place(p => p.SplitMs);
        return layout;
    }

    public static UtdfLayout Of(UtdfSignal signal, PatternTiming pattern)
    {
        var layout = new UtdfLayout(signal) { CycleMs = pattern.CycleMs, Sequence = SequenceOf(signal, pattern) };
        layout.Place(p => pattern.SplitMs.GetValueOrDefault(p.Number, p.SplitMs));
        return layout;
    }

    public int SplitMs(byte phase) => _places[phase].End - _places[phase].Start;

    /// <summary>Barriers, 1-based, and places as BRP writes them.</summary>
    public int BrpOf(UtdfPhase phase)
    {
        var inRing = Sequence[phase.Ring - 1].Where(n => Find(n).Barrier == phase.Barrier).ToList();
        var positions = inRing.Select(n => Find(n).Position).Order().ToList();
        return (phase.Barrier * 100) + (phase.Ring * 10) + positions[inRing.IndexOf(phase.Number)];
    }

    /// <summary>Start, End and Yield on the system clock when the cycle's zero is at a moment of it.</summary>
    public (int StartMs, int EndMs, int YieldMs) Times(UtdfPhase phase, int zeroMs)
    {
        var (start, end) = _places[phase.Number];
        return (Modulo(zeroMs + start), Modulo(zeroMs + end), Modulo(zeroMs + end - phase.ChangeMs));
    }

    /// <summary>Place of the point that the file's offset refers to; null without a reference phase.</summary>
    public int? FilePointMs(UtdfReference reference)
    {
        var phases = _signal.ReferencePhases.Select(Find).ToList();
        if (phases.Count == 0)
        {
            return null;
        }

        var first = phases.MinBy(p => _places[p.Number].End - p.ChangeMs)!;
        var yield = _places[first.Number].End - first.ChangeMs;
        return reference switch
        {
            UtdfReference.LastGreen => phases.Max(p => _places[p.Number].Start),
            UtdfReference.Yellow => yield,
            UtdfReference.Red => phases.Min(p => _places[p.Number].End),
            UtdfReference.FirstGreen => phases.Min(p => _places[p.Number].Start),
            _ => yield - first.DontWalkMs,
        };
    }

    /// <summary>Place of the point that a pattern's offset refers to, as the controller lays it out; null without a reference phase.</summary>
    public int? PatternPointMs(OffsetReference reference)
    {
        if (_signal.ReferencePhases.IsEmpty)
        {
            return null;
        }

        var diagram = new RingDiagram(_signal.Phases.Select(_signal.TimingOf));
        diagram.SetSequence(Sequence);
        var splits = new int[ControllerProgram.MaxPhase + 1];
        foreach (var phase in _signal.Phases)
        {
            splits[phase.Number] = SplitMs(phase.Number);
        }

        diagram.LayOut(splits);
        return diagram.ReferenceMs(reference);
    }

    public int Modulo(int ms) => ((ms % CycleMs) + CycleMs) % CycleMs;

    private UtdfPhase Find(byte number) => _signal.Phases.First(p => p.Number == number);

    private static ImmutableArray<ImmutableArray<byte>> SequenceOf(UtdfSignal signal, PatternTiming pattern)
    {
        var rings = ImmutableArray.CreateBuilder<ImmutableArray<byte>>();
        for (var ring = 1; ring <= signal.Phases.Max(p => p.Ring); ring++)
        {
            var given = !pattern.Sequence.IsDefaultOrEmpty && ring <= pattern.Sequence.Length ? pattern.Sequence[ring - 1] : [];
            rings.Add([.. signal.Phases.Where(p => p.Ring == ring).OrderBy(p => p.Barrier).ThenBy(p => given.IndexOf(p.Number)).ThenBy(p => p.Number).Select(p => p.Number)]);
        }

        return rings.ToImmutable();
    }

    private void Place(Func<UtdfPhase, int> splitMs)
    {
        var at = 0;
        foreach (var barrier in _signal.Phases.Select(p => p.Barrier).Distinct().Order())
        {
            var rings = Sequence.Select(r => r.Select(Find).Where(p => p.Barrier == barrier).ToList()).Where(r => r.Count > 0).ToList();
            var end = at + rings.Max(r => r.Sum(splitMs));
            foreach (var ring in rings)
            {
                var start = at;
                for (var i = 0; i < ring.Count; i++)
                {
                    var phaseEnd = i == ring.Count - 1 ? end : start + splitMs(ring[i]);
                    _places[ring[i].Number] = (start, phaseEnd);
                    start = phaseEnd;
                }
            }

            at = end;
        }

        LengthMs = at;
    }
}
