using System.Collections.Concurrent;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Core.Time;
using Crosstown.Simulation.Towns;
using Crosstown.Simulation.Traffic;
using Crosstown.Timing.Demand;
using Crosstown.Timing.Demand.Reading;

namespace Crosstown.Timing.Tests.Demand;

/// <summary>What the cabinets of the made-up town logged, with the truth beside it. Simulated once for all tests.</summary>
internal sealed class TownRecord
{
    public const long Hour = 3_600_000;
    public const long Day = 24 * Hour;

    private static readonly ConcurrentDictionary<(ulong, int, long, long), Lazy<TownRecord>> Known = new();

    private readonly Dictionary<SignalId, List<ControllerEvent>> _events = [];
    private readonly TownSimulation _simulation;

    private TownRecord(Town town, TimeRange range)
    {
        Town = town;
        Range = range;
        _simulation = new TownSimulation(town, range.StartMs);
        for (var toMs = range.StartMs + Hour; _simulation.TimeMs < range.EndMs; toMs += Hour)
        {
            _simulation.Advance(Math.Min(toMs, range.EndMs), (signal, events) =>
            {
                if (!_events.TryGetValue(signal, out var list))
                {
                    _events[signal] = list = [];
                }

                list.AddRange(events);
            });
        }
    }

    public Town Town { get; }

    public TimeRange Range { get; }

    /// <summary>From the third day on nothing is broken.</summary>
    public static TownRecord Of(ulong seed, int signals, double fromHour, double toHour, int day = 2)
    {
        var start = Town.DefaultStartMs + (day * Day);
        var range = (FromMs: start + (long)(fromHour * Hour), ToMs: start + (long)(toHour * Hour));
        return Known.GetOrAdd((seed, signals, range.FromMs, range.ToMs), key => new Lazy<TownRecord>(
            () => new TownRecord(Town.Create(key.Item1, key.Item2), new TimeRange(key.Item3, key.Item4)))).Value;
    }

    public List<ControllerEvent> EventsOf(SignalId signal) => _events[signal];

    public SignalLog LogOf(TownSignal signal, Func<ControllerEvent, bool>? keep = null)
    {
        var events = _events[signal.Signal];
        return SignalLogReader.Read(signal.Signal, Town.LocalTime, (keep is null ? events : events.FindAll(e => keep(e))).ToArray());
    }

    /// <summary>The town as a study takes it.</summary>
    public IReadOnlyList<StudySignal> Signals(Func<ControllerEvent, bool>? keep = null, Func<SignalConfiguration, SignalConfiguration>? change = null) =>
        [.. Town.Signals.Select(s => new StudySignal(change is null ? s.Configuration : change(s.Configuration), LogOf(s, keep)))];

    /// <summary>Streets between the signals.</summary>
    /// <param name="withLength">Whether length and speed are known.</param>
    public IReadOnlyList<StreetLink> Links(bool withLength = true) =>
        [.. Town.Links.Select(l => new StreetLink { From = l.From, To = l.To, Direction = l.Direction, LengthFt = withLength ? l.LengthFt : null, SpeedMph = withLength ? l.SpeedMph : null })];

    /// <summary>Vehicles per hour that really crossed.</summary>
    public double TrueVehPerHour(SignalId signal, TravelDirection direction, Turn turn, double fromHour, double toHour)
    {
        var midnight = Range.StartMs / Day * Day;
        var range = new TimeRange(midnight + (long)(fromHour * Hour), midnight + (long)(toHour * Hour));
        return _simulation.Total(signal, direction, turn, range).Vehicles / (toHour - fromHour);
    }

    /// <summary>Without any word of the coordinator: 131-156, 203-218 and the makers' own.</summary>
    public static bool IsBehavior(ControllerEvent e) =>
        e.Code is (< EventCode.CoordinationPatternChange or > EventCode.CycleLengthLong) and (< EventCode.SplitPhase17 or > EventCode.SplitPhase32) and < EventCode.ActualSplitPhase1;
}
