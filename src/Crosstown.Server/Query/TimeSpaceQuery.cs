using Crosstown.Core.Data;
using Crosstown.Core.Street;
using Crosstown.Core.Time;
using Crosstown.Logs;
using Crosstown.Measures.Composed;
using Crosstown.Measures.Engine;
using Crosstown.Measures.Options;
using Crosstown.Measures.TimeSpace;
using Crosstown.Server.City;
using Crosstown.Server.Measuring;

namespace Crosstown.Server.Query;

/// <summary>A corridor's time-space diagram.</summary>
/// <param name="Corridor">The corridor's id.</param>
/// <param name="FromMs">First moment, ms UTC.</param>
/// <param name="ToMs">First moment behind, ms UTC.</param>
/// <param name="Signals">The signals in forward order.</param>
/// <param name="Bands">Bands of every link and of the whole corridor, both directions, as measured and as programmed.</param>
internal sealed record TimeSpaceAnswer(
    string Corridor, string Name, TravelDirection Forward, TravelDirection Backward, long FromMs, long ToMs, IReadOnlyList<TimeSpaceSignal> Signals, IReadOnlyList<BandAnswer> Bands);

/// <summary>A signal of the diagram.</summary>
/// <param name="DistanceFt">Feet from the corridor's first signal.</param>
/// <param name="TravelTimeToNextS">Seconds to the next signal at the link's speed; null at the last, or without a speed.</param>
/// <param name="ForwardGroup">What serves forward traffic, as in <c>phase 2</c>; null when nothing does.</param>
/// <param name="Forward">Greens of forward traffic.</param>
/// <param name="Backward">Greens of backward traffic.</param>
/// <param name="Plans">The timing that held, in time order. Moving a plan's offset by d seconds moves its begin of green by d, which is all that a client needs to draw bands anew.</param>
/// <param name="SeenShare">Share of the time that the signal's log saw, 0-1; null without a log.</param>
internal sealed record TimeSpaceSignal(
    string Signal, string Name, double DistanceFt, double? SpeedMphToNext, double? TravelTimeToNextS, string? ForwardGroup, string? BackwardGroup,
    IReadOnlyList<GreenSpan> Forward, IReadOnlyList<GreenSpan> Backward, IReadOnlyList<TimeSpacePlan> Plans, double? SeenShare);

/// <summary>A green.</summary>
/// <param name="Start">Begin, ms UTC.</param>
/// <param name="End">End, ms UTC; null when the log does not show it.</param>
internal sealed record GreenSpan(long Start, long? End);

/// <summary>A signal's timing while one pattern held.</summary>
/// <param name="FromMs">Begin of the pattern's time, ms UTC; it may lie before the time asked for.</param>
/// <param name="ToMs">Its end.</param>
/// <param name="Pattern">Coordination pattern; null when the log has not named one.</param>
/// <param name="CycleS">Cycle length, s; null when free or not logged.</param>
/// <param name="OffsetS">Programmed offset, s; null when not logged.</param>
/// <param name="ZeroMs">A zero of the master cycle: the local midnight that the seconds of the cycle are counted from, ms UTC.</param>
internal sealed record TimeSpacePlan(long FromMs, long ToMs, int? Pattern, double? CycleS, double? OffsetS, long ZeroMs, TimeSpaceGreen? Forward, TimeSpaceGreen? Backward);

/// <summary>One direction's green in a plan.</summary>
/// <param name="MeasuredStartS">Median second of the cycle at which green began; null without a cycle.</param>
/// <param name="ProgrammedStartS">Second by offset and splits; null where one of them is not known.</param>
/// <param name="GreenS">Median length of green, s.</param>
/// <param name="SplitS">Programmed split, s; null when not logged.</param>
/// <param name="Count">Greens that these are from.</param>
internal sealed record TimeSpaceGreen(double? MeasuredStartS, double? ProgrammedStartS, double? GreenS, double? SplitS, long Count);

/// <summary>Makes time-space diagrams from each signal's own tables: greens and average timing, never single events of two signals together (rule P12).</summary>
internal sealed class TimeSpaceQuery(IEventSource events)
{
    /// <summary>The longest time of one diagram: six hours, about 250 greens a signal and direction.</summary>
    public const long MostMs = 6 * 3_600_000L;

    private static readonly TimeSpaceMeasure s_measure = new();

    public TimeSpaceAnswer Find(Corridor corridor, TimeRange range, CitySnapshot city)
    {
        var signals = new TimeSpaceSignal[corridor.Signals.Length];
        for (var i = 0; i < signals.Length; i++)
        {
            signals[i] = Read(corridor, i, range, city);
        }

        var bands = new List<BandAnswer>();
        foreach (var isForward in (ReadOnlySpan<bool>)[true, false])
        {
            foreach (var isMeasured in (ReadOnlySpan<bool>)[true, false])
            {
                bands.AddRange(CorridorBands.Find(corridor, isForward, isMeasured ? "measured" : "programmed", [.. signals.Select(s => Averages(s, isForward, isMeasured, range))]));
            }
        }

        return new TimeSpaceAnswer(corridor.Id, corridor.Name, corridor.Forward, corridor.Backward, range.StartMs, range.EndMs, signals, bands);
    }

    private static List<AverageGreen> Averages(TimeSpaceSignal signal, bool isForward, bool isMeasured, TimeRange range)
    {
        var averages = new List<AverageGreen>();
        foreach (var plan in signal.Plans)
        {
            var green = isForward ? plan.Forward : plan.Backward;
            if (plan.CycleS is { } cycleS && green is { GreenS: { } greenS } && (isMeasured ? green.MeasuredStartS : green.ProgrammedStartS) is { } startS)
            {
                averages.Add(new AverageGreen(Math.Max(plan.FromMs, range.StartMs), Math.Min(plan.ToMs, range.EndMs), cycleS, startS, Math.Min(greenS, cycleS)));
            }
        }

        return averages;
    }

    private TimeSpaceSignal Read(Corridor corridor, int index, TimeRange range, CitySnapshot city)
    {
        var place = corridor.Signals[index];
        var clock = events.ClockOf(place.Signal);
        var configuration = city.Configurations.Find(place.Signal, range.StartMs) ?? SignalConfiguration.Unknown(place.Signal);
        var tables = new CollectedTables(s_measure.TablesIn(DefinitionSet.Crosstown).Where(t => !TableTiers.IsRaw(t.Name)).Select(t => t.Name));

        // Timing is told by whole periods, which begin before the asked time: so the pass keeps all its rows, and they are cut here.
        var pass = new SignalPass([s_measure], configuration, clock, new MeasureOptions(), null, tables, new DataIssueLog());
        using (var reader = events.Open(place.Signal, new TimeRange(range.StartMs - MeasureRun.LookBackMs, range.EndMs + MeasureRun.LookAheadMs)))
        {
            while (reader.Next(out var block))
            {
                pass.Append(block);
            }
        }

        pass.Finish();
        return new TimeSpaceSignal(
            place.Signal.Value, city.Current.GetValueOrDefault(place.Signal)?.Name ?? "", place.DistanceFt, place.SpeedMphToNext,
            index + 1 < corridor.Signals.Length ? corridor.TravelTimeS(index) : null, place.ForwardGroup?.ToString(), place.BackwardGroup?.ToString(),
            Greens(tables.Find(place.Signal, "time-space-bands"), place.ForwardGroup, range),
            Greens(tables.Find(place.Signal, "time-space-bands"), place.BackwardGroup, range),
            Plans(tables.Find(place.Signal, "time-space-timing"), place, clock, range),
            pass.Coverage.EventCount == 0 ? null : pass.Coverage.SeenShare(range));
    }

    private static List<GreenSpan> Greens(TableRows? rows, SignalGroup? group, TimeRange range)
    {
        var greens = new List<GreenSpan>();
        if (rows is null || group is not { } served)
        {
            return greens;
        }

        var (time, end, kind, number) = (rows.Column("time"), rows.Column("end"), rows.Column("group"), rows.Column("number"));
        for (var row = 0; row < rows.Count; row++)
        {
            if (number.Integer(row) == served.Number && kind.Word(row) == (served.IsOverlap ? "overlap" : "phase") && time.Time(row) < range.EndMs && (end.Integer(row) ?? time.Time(row)) > range.StartMs)
            {
                greens.Add(new GreenSpan(time.Time(row), end.Integer(row)));
            }
        }

        return greens;
    }

    private static List<TimeSpacePlan> Plans(TableRows? rows, CorridorSignal place, LocalTimeMap clock, TimeRange range)
    {
        var plans = new List<TimeSpacePlan>();
        if (rows is null)
        {
            return plans;
        }

        var (time, end, pattern, phase) = (rows.Column("time"), rows.Column("end"), rows.Column("pattern"), rows.Column("phase"));
        var (cycle, offset, split) = (rows.Column("cycle_s"), rows.Column("offset_s"), rows.Column("split_s"));
        var (programmed, measured, green, greens) = (rows.Column("programmed_start_s"), rows.Column("measured_start_s"), rows.Column("green_s"), rows.Column("greens"));
        foreach (var period in Enumerable.Range(0, rows.Count).Where(r => time.Time(r) < range.EndMs && end.Time(r) > range.StartMs).GroupBy(r => (Start: time.Time(r), End: end.Time(r))))
        {
            var any = period.First();
            plans.Add(new TimeSpacePlan(
                period.Key.Start, period.Key.End, (int?)pattern.Integer(any), cycle.Number(any), offset.Number(any),
                clock.BinAt(period.Key.Start, LocalDays.DayMs).StartMs, Of(place.ForwardGroup), Of(place.BackwardGroup)));

            TimeSpaceGreen? Of(SignalGroup? group) => group is { IsOverlap: false } served && period.FirstOrDefault(r => phase.Integer(r) == served.Number, -1) is >= 0 and var row
                ? new TimeSpaceGreen(measured.Number(row), programmed.Number(row), green.Number(row), split.Number(row), greens.Integer(row) ?? 0)
                : null;
        }

        return plans;
    }
}
