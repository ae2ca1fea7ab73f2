using Crosstown.Control.Sites;
using Crosstown.Core.Networks;

namespace Crosstown.Control.Priority;

/// <summary>A fixed program as stages on a clock: which stage runs when, and for how long.</summary>
public sealed class PlanClock
{
    private readonly int _offsetS;
    private readonly List<(int Stage, int BeginS, int EndS)> _entries = [];

    /// <param name="site">The signal.</param>
    /// <param name="program">A program of its reference stages, in whole seconds.</param>
    /// <exception cref="ArgumentException">A state of the program is none of the signal's stages.</exception>
    public PlanClock(SignalSite site, FixedProgram program)
    {
        var card = site.Card;
        CycleS = (int)Math.Round(program.CycleS);
        _offsetS = (int)Math.Round(program.OffsetS);
        var atS = 0.0;
        foreach (var phase in program.Phases)
        {
            var (beginS, endS) = ((int)Math.Round(atS), (int)Math.Round(atS + phase.DurationS));
            atS += phase.DurationS;
            if (phase.State.Any(SignalCard.IsYellow) || !phase.State.Any(SignalCard.IsGreen))
            {
                continue;
            }

            // The part of a stage in which crossings clear belongs to it.
            var stage = FindStage(site, phase.State);
            if (_entries.Count > 0 && _entries[^1].Stage == stage && _entries[^1].EndS == beginS)
            {
                _entries[^1] = (stage, _entries[^1].BeginS, endS);
            }
            else
            {
                _entries.Add((stage, beginS, endS));
            }
        }

        if (_entries.Count == 0)
        {
            throw new ArgumentException($"Program '{program.Name}' of signal '{program.Signal}' is never green.", nameof(program));
        }

        // A program may begin in the middle of a stage.
        if (_entries.Count > 1 && _entries[0].Stage == _entries[^1].Stage && _entries[0].BeginS == 0 && _entries[^1].EndS == CycleS)
        {
            _entries[0] = (_entries[0].Stage, _entries[^1].BeginS - CycleS, _entries[0].EndS);
            _entries.RemoveAt(_entries.Count - 1);
        }
    }

    public int CycleS { get; }

    /// <summary>Stages in a cycle.</summary>
    public int Count => _entries.Count;

    /// <summary>The stage at a place of the cycle.</summary>
    public int Stage(int entry) => _entries[entry].Stage;

    /// <summary>Green of the stage at a place of the cycle, s.</summary>
    public int GreenS(int entry) => _entries[entry].EndS - _entries[entry].BeginS;

    /// <summary>The place in the cycle whose stage runs or, between two, comes; with the seconds until its green begins (0 when it has) and until it ends.</summary>
    public (int Entry, int BeginS, int EndS) At(int clockS)
    {
        var second = Wrap(clockS - _offsetS);
        for (var i = 0; i < _entries.Count; i++)
        {
            for (var lap = 0; lap <= CycleS; lap += CycleS)
            {
                var (_, begin, end) = _entries[i];
                var previousEnd = i > 0 ? _entries[i - 1].EndS : _entries[^1].EndS - CycleS;
                if (second >= previousEnd + lap && second < end + lap)
                {
                    return (i, Math.Max(0, begin + lap - second), end + lap - second);
                }
            }
        }

        return (0, 0, 1);
    }

    /// <summary>Seconds until the next begin of a place's green, 0 to a cycle.</summary>
    public int UntilBegin(int entry, int clockS) => Wrap(_entries[entry].BeginS + _offsetS - clockS);

    private int Wrap(int seconds) => ((seconds % CycleS) + CycleS) % CycleS;

    private static int FindStage(SignalSite site, string state)
    {
        var card = site.Card;
        var stages = site.Menu.Stages;
        foreach (var s in Enumerable.Range(0, stages.Length).OrderBy(s => site.Menu.ReferenceOrder.Contains(s) ? 0 : 1))
        {
            if (Enumerable.Range(0, card.LinkCount).All(l => card.IsCrossing(l) ? stages[s][l] || !SignalCard.IsGreen(state[l]) : stages[s][l] == SignalCard.IsGreen(state[l])))
            {
                return s;
            }
        }

        throw new ArgumentException($"The state {state} is none of the stages of signal '{card.Signal}'.", nameof(state));
    }
}
