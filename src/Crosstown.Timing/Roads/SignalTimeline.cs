using Crosstown.Core.Networks;

namespace Crosstown.Timing.Roads;

/// <summary>A fixed-time program laid out second by second for quick look-up.</summary>
internal sealed class SignalTimeline
{
    /// <summary>Red.</summary>
    public const byte Stop = 0;

    /// <summary>Red, and a turn after a stop is allowed.</summary>
    public const byte StopThenTurn = 1;
    public const byte Yellow = 2;

    /// <summary>Green that yields.</summary>
    public const byte Yield = 3;

    /// <summary>Green with the right of way.</summary>
    public const byte Go = 4;

    /// <summary>Stands for never.</summary>
    public const int Never = short.MaxValue;

    private readonly int _cycle;
    private readonly int _offset;
    private readonly byte[] _states;
    private readonly short[] _untilGreen;
    private readonly short[] _sinceGreen;

    public SignalTimeline(FixedProgram program)
    {
        var links = program.Phases[0].State.Length;
        _cycle = Math.Max(1, (int)Math.Round(program.CycleS));
        _offset = (int)Math.Round(program.OffsetS);
        _states = new byte[links * _cycle];
        var t = 0.0;
        foreach (var phase in program.Phases)
        {
            var from = (int)Math.Round(t);
            t += phase.DurationS;
            for (var second = from; second < Math.Min(_cycle, (int)Math.Round(t)); second++)
            {
                for (var link = 0; link < links; link++)
                {
                    _states[(link * _cycle) + second] = phase.State[link] switch { 'G' or 'o' or 'O' => Go, 'g' => Yield, 'y' or 'Y' => Yellow, 's' => StopThenTurn, _ => Stop };
                }
            }
        }

        _untilGreen = new short[_states.Length];
        _sinceGreen = new short[_states.Length];
        for (var link = 0; link < links; link++)
        {
            var row = link * _cycle;
            short until = Never;
            short since = Never;
            for (var pass = 0; pass < 2 * _cycle; pass++)
            {
                var back = row + ((2 * _cycle) - 1 - pass) % _cycle;
                until = _states[back] >= Yield ? (short)0 : until == Never ? until : (short)(until + 1);
                _untilGreen[back] = until;
                var forth = row + (pass % _cycle);
                since = _states[forth] >= Yield ? (short)0 : since == Never ? since : (short)(since + 1);
                _sinceGreen[forth] = since;
            }
        }
    }

    public int Cell(int link, double timeS)
    {
        var second = ((int)Math.Floor(timeS) - _offset) % _cycle;
        return (link * _cycle) + (second < 0 ? second + _cycle : second);
    }

    public byte State(int cell) => _states[cell];

    /// <summary>Whole seconds from the second of a cell to the next green one; <see cref="Never"/> for none.</summary>
    public int UntilGreen(int cell) => _untilGreen[cell];

    /// <summary>Whole seconds since the last green one, counting this.</summary>
    public int SinceGreen(int cell) => _sinceGreen[cell];
}
