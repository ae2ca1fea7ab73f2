using Crosstown.Core.Controllers;
using Crosstown.Core.Data;
using Crosstown.Core.Events;
using Crosstown.Core.Networks;

namespace Crosstown.Simulation.Vehicles;

/// <summary>Runs the programs and controllers of all signals, and tells what each connection is shown.</summary>
internal sealed class SignalHeads
{
    private readonly List<Fixed> _fixed = [];
    private readonly List<Controlled> _controlled = [];
    private readonly Dictionary<string, int> _logOf = new(StringComparer.Ordinal);
    private readonly List<EventBuffer> _logs = [];
    private readonly long _midnightMs;

    public SignalHeads(StreetLayout streets, TrafficControl control, long midnightMs, List<Problem> problems)
    {
        _midnightMs = midnightMs;
        var network = streets.Network;
        Aspects = new Aspect[streets.LinkCount];
        var bySignal = new Dictionary<string, List<int>>(StringComparer.Ordinal);
        for (var c = 0; c < streets.LinkCount; c++)
        {
            var connection = network.Connections[c];
            Aspects[c] = Unsignaled(network, connection);
            if (connection.Signal is { } signal && connection.SignalLink >= 0)
            {
                if (!bySignal.TryGetValue(signal, out var list))
                {
                    bySignal.Add(signal, list = []);
                }

                list.Add(c);
            }
        }

        var controllers = control.Controllers.ToDictionary(c => c.Signal, StringComparer.Ordinal);
        var programs = new Dictionary<string, FixedProgram>(StringComparer.Ordinal);
        foreach (var program in network.Programs.Where(p => !programs.ContainsKey(p.Signal)).Concat(control.Programs))
        {
            programs[program.Signal] = program;
        }

        foreach (var unknown in programs.Keys.Concat(controllers.Keys).Where(s => !bySignal.ContainsKey(s)))
        {
            problems.Add(new Problem("XT731", $"signal {unknown}", "No connection of the network names this signal: give the plan of this network."));
        }

        foreach (var (signal, links) in bySignal.OrderBy(s => s.Key, StringComparer.Ordinal))
        {
            _logOf.Add(signal, _logs.Count);
            var log = new EventBuffer();
            _logs.Add(log);
            if (controllers.TryGetValue(signal, out var controlled))
            {
                if (links.Any(c => network.Connections[c].SignalLink >= controlled.Links.Length))
                {
                    problems.Add(new Problem("XT732", $"signal {signal}", $"It has links up to {links.Max(c => network.Connections[c].SignalLink)}, and displays for {controlled.Links.Length}: give every link a display."));
                    continue;
                }

                _controlled.Add(new Controlled(controlled, [.. links], network, log, control.Detectors.Where(d => d.Signal == signal)));
            }
            else if (programs.TryGetValue(signal, out var program))
            {
                var needed = links.Max(c => network.Connections[c].SignalLink) + 1;
                if (program.Phases.IsEmpty || program.Phases.Any(p => p.DurationS <= 0 || p.State.Length < needed))
                {
                    problems.Add(new Problem("XT732", $"signal {signal}", $"Every state needs a duration above 0 and a letter for each of its {needed} links."));
                    continue;
                }

                _fixed.Add(new Fixed(program, [.. links], network, log));
            }
        }
    }

    /// <summary>By connection.</summary>
    public Aspect[] Aspects { get; }

    public IEnumerable<string> Signals => _logOf.Keys;

    public EventBuffer LogOf(string signal) => _logs[_logOf[signal]];

    public int LogIndexOf(string signal) => _logOf.GetValueOrDefault(signal, -1);

    public EventBuffer LogAt(int index) => _logs[index];

    /// <summary>The controller of a signal among those that detectors and buttons reach; null when it has none.</summary>
    public Controlled? ControllerOf(string signal) => _controlled.Find(c => c.Signal.Signal == signal);

    /// <summary>Shows what holds at a time.</summary>
    public void Show(long timeMs, bool isFirst)
    {
        foreach (var signal in _fixed)
        {
            signal.Show(timeMs, _midnightMs, Aspects, isFirst);
        }

        foreach (var signal in _controlled)
        {
            signal.Show(Aspects);
        }
    }

    /// <summary>Steps every controller through the ticks of a span.</summary>
    public void Advance(long fromMs, long toMs)
    {
        foreach (var signal in _controlled)
        {
            signal.Advance(fromMs, toMs, _midnightMs);
        }
    }

    private static Aspect Unsignaled(RoadNetwork network, RoadConnection connection)
    {
        var junction = network.Edges[network.Lanes[connection.FromLane].Edge].To;
        return junction >= 0 && network.Junctions[junction].Kind == JunctionKind.AllWayStop ? Aspect.StopThenMinor
            : connection.IsMajor || connection.YieldsTo.IsEmpty ? Aspect.Major
            : Aspect.Minor;
    }

    /// <summary>A fixed program and the log that a cabinet with it would write: a phase for each set of links that always show the same.</summary>
    private sealed class Fixed
    {
        private readonly FixedProgram _program;
        private readonly int[] _links;
        private readonly int[] _places;
        private readonly bool[] _majors;
        private readonly EventBuffer _log;
        private readonly int[] _phaseOf;
        private readonly long _cycleMs;
        private int _shown = -1;

        public Fixed(FixedProgram program, int[] links, RoadNetwork network, EventBuffer log)
        {
            _program = program;
            _links = links;
            _log = log;
            _places = [.. links.Select(c => network.Connections[c].SignalLink)];
            _majors = [.. links.Select(c => network.Connections[c].IsMajor)];
            _cycleMs = (long)Math.Round(program.CycleS * 1000);
            var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
            _phaseOf = new int[_places.Max() + 1];
            foreach (var place in _places.Distinct().Order())
            {
                var row = string.Concat(program.Phases.Select(p => char.ToLowerInvariant(p.State[place])));
                if (row.Contains('g', StringComparison.Ordinal) && !numbers.TryGetValue(row, out _) && numbers.Count < ControllerProgram.MaxPhase)
                {
                    numbers.Add(row, numbers.Count + 1);
                }

                _phaseOf[place] = numbers.GetValueOrDefault(row);
            }
        }

        public void Show(long timeMs, long midnightMs, Aspect[] aspects, bool isFirst)
        {
            var place = (timeMs - (long)Math.Round(_program.OffsetS * 1000)) % _cycleMs;
            place = place < 0 ? place + _cycleMs : place;
            var phase = 0;
            for (; phase < _program.Phases.Length - 1; phase++)
            {
                place -= (long)Math.Round(_program.Phases[phase].DurationS * 1000);
                if (place < 0)
                {
                    break;
                }
            }

            if (phase == _shown)
            {
                return;
            }

            var state = _program.Phases[phase].State;
            if (!isFirst && _shown >= 0)
            {
                Log(timeMs + midnightMs, _program.Phases[_shown].State, state);
            }

            _shown = phase;
            for (var i = 0; i < _links.Length; i++)
            {
                aspects[_links[i]] = state[_places[i]] switch
                {
                    'G' => Aspect.Green,
                    'g' => Aspect.GreenYield,
                    'y' or 'Y' => Aspect.Yellow,
                    's' => Aspect.RedAfterStop,
                    'o' => Aspect.Minor,
                    'O' => _majors[i] ? Aspect.Major : Aspect.Minor,
                    _ => Aspect.Red,
                };
            }
        }

        private void Log(long timeMs, string before, string now)
        {
            var seen = 0u;
            foreach (var place in _places)
            {
                var phase = _phaseOf[place];
                if (phase == 0 || Bits.Has(seen, phase))
                {
                    continue;
                }

                seen |= 1u << phase;
                var (was, isNow) = (KindOf(before[place]), KindOf(now[place]));
                if (was == isNow)
                {
                    continue;
                }

                if (was == 'y')
                {
                    _log.Add(timeMs, EventCode.PhaseEndYellow, phase);
                }

                if (isNow == 'g')
                {
                    _log.Add(timeMs, EventCode.PhaseBeginGreen, phase);
                }
                else if (isNow == 'y')
                {
                    _log.Add(timeMs, EventCode.PhaseBeginYellow, phase);
                }
            }
        }

        private static char KindOf(char state) => state is 'G' or 'g' ? 'g' : state is 'y' or 'Y' ? 'y' : 'r';
    }

    /// <summary>A controller of ours, its detectors and buttons.</summary>
    internal sealed class Controlled
    {
        private readonly int[] _links;
        private readonly int[] _places;
        private readonly LinkDisplay[] _displays;
        private readonly EventBuffer _log;
        private readonly StreetDetector[] _detectors;
        private readonly bool[] _isOn;
        private readonly List<(long TimeMs, int Detector, bool IsOn)> _changes = [];
        private readonly ControllerState _state = new();
        private uint _pressed;
        private int _shown = -1;

        public Controlled(ControlledSignal signal, int[] links, RoadNetwork network, EventBuffer log, IEnumerable<StreetDetector> detectors)
        {
            Signal = signal;
            _links = links;
            _log = log;
            _places = [.. links.Select(c => network.Connections[c].SignalLink)];
            _displays = [.. signal.Links];
            _detectors = [.. detectors];
            _isOn = new bool[_detectors.Length];
        }

        public ControlledSignal Signal { get; }

        public int PlaceOf(StreetDetector detector) => Array.IndexOf(_detectors, detector);

        public void Press(int phase) => _pressed |= 1u << phase;

        public void Sense(long timeMs, int detector, bool isOn) => _changes.Add((timeMs, detector, isOn));

        public void Advance(long fromMs, long toMs, long midnightMs)
        {
            _changes.Sort();
            var next = 0;
            for (var time = fromMs; time < toMs; time += ControllerStep.TickMs)
            {
                var came = 0u;
                for (; next < _changes.Count && _changes[next].TimeMs <= time; next++)
                {
                    var change = _changes[next];
                    _isOn[change.Detector] = change.IsOn;
                    came |= change.IsOn ? _detectors[change.Detector].Calls : 0;
                }

                var (calls, extensions) = (came, 0u);
                for (var i = 0; i < _detectors.Length; i++)
                {
                    if (_isOn[i])
                    {
                        calls |= _detectors[i].Calls;
                        extensions |= _detectors[i].Extends;
                    }
                }

                var inputs = new ControllerInputs
                {
                    TimeMs = midnightMs + time,
                    LocalDayMs = (int)(time % 86_400_000),
                    Pattern = Signal.Pattern,
                    VehicleCalls = calls,
                    Extensions = extensions,
                    Actuations = came,
                    PedestrianPresses = _pressed,
                };
                _pressed = 0;
                ControllerStep.Step(Signal.Program, _state, inputs, _log);
            }

            for (; next < _changes.Count; next++)
            {
                _isOn[_changes[next].Detector] = _changes[next].IsOn;
            }

            _changes.Clear();
        }

        public void Show(Aspect[] aspects)
        {
            if (_state.DisplayVersion == _shown)
            {
                return;
            }

            _shown = _state.DisplayVersion;
            for (var i = 0; i < _links.Length; i++)
            {
                aspects[_links[i]] = Shown(_displays[_places[i]]);
            }
        }

        private Aspect Shown(LinkDisplay display)
        {
            if (display.WalkPhase > 0)
            {
                return _state.PedestrianOf(display.WalkPhase) == PedestrianInterval.Walk ? Aspect.Green : Aspect.Red;
            }

            if ((_state.Greens & display.Protected) != 0)
            {
                return Aspect.Green;
            }

            var (yields, isYellow) = ((_state.Greens & display.Permissive) != 0, (_state.Yellows & (display.Protected | display.Permissive)) != 0);
            for (var left = display.Overlaps; left != 0;)
            {
                var place = Bits.TakeFirst(ref left);
                switch (_state.OverlapAt(place))
                {
                    case OverlapInterval.Protected:
                        return Aspect.Green;
                    case OverlapInterval.Green or OverlapInterval.TrailingGreen when Signal.Program.Overlaps[place].Kind == OverlapKind.Standard:
                        return Aspect.Green;
                    case OverlapInterval.Green or OverlapInterval.TrailingGreen:
                        yields = true;
                        break;
                    case OverlapInterval.Yellow:
                        isYellow = true;
                        break;
                    default:
                        break;
                }
            }

            return yields ? Aspect.GreenYield
                : isYellow ? Aspect.Yellow
                : display.TurnsOnRed ? Aspect.RedAfterStop
                : Aspect.Red;
        }
    }
}
