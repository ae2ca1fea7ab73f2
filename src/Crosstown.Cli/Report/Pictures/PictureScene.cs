using Crosstown.Server.Measuring;
using Crosstown.Server.Towns;
using System.Collections.Immutable;
using Crosstown.Cli.Report.Data;
using Crosstown.Core.Data;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Logs.Zones;
using Crosstown.Measures;
using Crosstown.Measures.Composed;
using Crosstown.Measures.Engine;
using Crosstown.Measures.Options;
using Crosstown.Simulation.Towns;

namespace Crosstown.Cli.Report.Pictures;

/// <summary>What the documentation's pictures are drawn from: a day of the simulated town, measured, and a month made of that day.</summary>
/// <remarks>
/// The town's configuration is taken as it is, not learned. Its detectors read no speeds; readings around the posted speed are made for the advance
/// detectors. What needs weeks is drawn from the day's own rows, repeated day by day with counts that vary as counts do, one detector that goes
/// blind, and a retiming half-way that lets more arrivals meet green.
/// </remarks>
internal sealed class PictureScene
{
    /// <summary>Days of the made month; the simulated day is the last of them.</summary>
    public const int MonthDays = 35;

    private const ulong Seed = 1;

    /// <summary>Keeps the random numbers of one day and table from those of the next.</summary>
    private const int PlacesPerDay = 1_000_003;
    private const int SignalCount = 8;
    private const long DayMs = 86_400_000;
    private const int RetimedDay = 18;
    private const int BlindFromDay = 31;
    private const double BlindShare = 0.35;

    /// <summary>Hits that met green more often once the street was retimed.</summary>
    private const double RetimedGain = 1.12;

    /// <summary>What differs from day to day.</summary>
    private static readonly ImmutableArray<string> s_countColumns = ["count", "presses", "arrivals", "on_green", "on_red", "failures", "waits", "queued_at_green", "max_outs"];

    private readonly CollectedTables _day;
    private readonly CollectedTables _month;
    private readonly ImmutableArray<SignalConfiguration> _configurations;
    private readonly LocalTimeMap _clock;

    private PictureScene(CollectedTables day, CollectedTables month, ImmutableArray<SignalConfiguration> configurations, LocalTimeMap clock, TimeRange span, Corridor corridor)
    {
        (_day, _month, _configurations, _clock) = (day, month, configurations, clock);
        DaySpan = span;
        Corridor = corridor;
    }

    /// <summary>The simulated day.</summary>
    public TimeRange DaySpan { get; }

    public Corridor Corridor { get; }

    /// <summary>The made month.</summary>
    public TimeRange MonthSpan => new(DaySpan.EndMs - (MonthDays * DayMs), DaySpan.EndMs);

    /// <summary>All signals over part of the day.</summary>
    /// <param name="fromHour">Local hours.</param>
    /// <param name="toHour">At most 24.</param>
    public IEnumerable<SignalView> Views(double fromHour = 0, double toHour = 24) =>
        _configurations.Select(c => new SignalView(c, _clock, Hours(fromHour, toHour), MeasureOptions.DefaultBinMs, _day, isCut: fromHour > 0 || toHour < 24));

    /// <summary>All signals over the day, for tables with a row a day.</summary>
    public IEnumerable<SignalView> DayViews() => _configurations.Select(c => new SignalView(c, _clock, DaySpan, DayMs, _day));

    /// <summary>Part of the day.</summary>
    public TimeRange Hours(double fromHour, double toHour) => new(DaySpan.StartMs + (long)(fromHour * 3_600_000), DaySpan.StartMs + (long)(toHour * 3_600_000));

    /// <summary>All signals over a part of the month.</summary>
    /// <param name="lastDays">Days up to its end.</param>
    /// <param name="binMs">What a row stands for.</param>
    public IEnumerable<SignalView> MonthViews(int lastDays = MonthDays, long binMs = DayMs) =>
        _configurations.Select(c => new SignalView(c, _clock, new TimeRange(DaySpan.EndMs - (lastDays * DayMs), DaySpan.EndMs), binMs, _month, isCut: true));

    /// <summary>The corridor's signals over the day, in its order.</summary>
    public ImmutableArray<SignalView> CorridorViews()
    {
        var views = Views().ToDictionary(v => v.Signal);
        return [.. Corridor.Signals.Select(s => views[s.Signal])];
    }

    /// <summary>Simulates and measures. The same bytes each time.</summary>
    public static PictureScene Create()
    {
        var clock = ZoneRules.For(TownFeed.Zone).Map;
        var startMs = Town.DefaultStartMs - clock.OffsetMs(Town.DefaultStartMs);
        var span = new TimeRange(startMs, startMs + DayMs);
        var town = Town.Create(Seed, SignalCount, clock, startMs);
        var corridor = TownCorridors.FindLongest(town) ?? throw new InvalidOperationException("The town has no street with two signals.");
        var configurations = town.Signals.Select(s => WithSpeeds(s.Configuration)).ToImmutableArray();
        var options = new MeasureOptions();
        var issues = new DataIssueLog();
        var day = new CollectedTables(MeasureCatalog.All.SelectMany(m => m.TablesIn(options.Set)).Concat(ComposedCatalog.All.SelectMany(m => m.Tables)).Select(t => t.Name));
        var context = new ComposedContext(options, day, issues) { Corridor = corridor, Configurations = configurations.ToDictionary(c => c.Signal) };
        var composed = new ComposedRun(ComposedCatalog.All, context);
        var passes = configurations.ToDictionary(c => c.Signal, c => new SignalPass(MeasureCatalog.All, c, clock, options, span, new BothSinks(day, composed), issues));
        TownLog.Write(town, span, (signal, events) =>
        {
            var pass = passes[signal];
            pass.Append(Readings(configurations.First(c => c.Signal == signal), events));
            pass.Append(events);
        });
        foreach (var pass in passes.Values)
        {
            pass.Finish();
        }

        composed.Finish();
        return new PictureScene(day, MakeMonth(day, configurations, clock, span, corridor, issues), configurations, clock, span, corridor);
    }

    private static SignalConfiguration WithSpeeds(SignalConfiguration configuration) => configuration with
    {
        Detectors = [.. configuration.Detectors.Select(d => d.Has(DetectorFunctions.AdvanceCount) ? d with { Functions = d.Functions | DetectorFunctions.AdvanceSpeed } : d)],
    };

    /// <summary>A reading per hit of an advance detector, spread around the posted speed by a sum of three even draws.</summary>
    private static SpeedReading[] Readings(SignalConfiguration configuration, ReadOnlySpan<ControllerEvent> events)
    {
        var random = new Random(events.Length);
        var readings = new List<SpeedReading>();
        foreach (ref readonly var e in events)
        {
            if (e.Code == EventCode.DetectorOn && Find(configuration, e.Parameter) is { } posted)
            {
                var mph = posted - 3 + (6 * (random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5));
                readings.Add(new SpeedReading(e.TimeMs, (byte)e.Parameter, (byte)Math.Clamp(Math.Round(mph), 1, 120)));
            }
        }

        return [.. readings];

        static int? Find(SignalConfiguration configuration, int channel)
        {
            var detector = configuration.Detectors.FirstOrDefault(d => d.Channel == channel && d.Has(DetectorFunctions.AdvanceSpeed));
            return detector is null ? null : configuration.Approaches.FirstOrDefault(a => a.Id == detector.ApproachId)?.SpeedLimitMph ?? 35;
        }
    }

    private static CollectedTables MakeMonth(
        CollectedTables day, ImmutableArray<SignalConfiguration> configurations, LocalTimeMap clock, TimeRange span, Corridor corridor, DataIssueLog issues)
    {
        var month = new CollectedTables(ComposedCatalog.All.SelectMany(m => m.Tables).Select(t => t.Name));
        var monthStartMs = span.EndMs - (MonthDays * DayMs);
        var composed = new ComposedRun(ComposedCatalog.All, new ComposedContext(new MeasureOptions(), month, issues)
        {
            Corridor = corridor,
            Configurations = configurations.ToDictionary(c => c.Signal),
            Period = new TimeRange(monthStartMs, span.EndMs),
            Compared = new ComparedPeriods(new TimeRange(monthStartMs, monthStartMs + (RetimedDay * DayMs)), new TimeRange(monthStartMs + (RetimedDay * DayMs), span.EndMs)),
        });
        var inputs = ComposedCatalog.All.SelectMany(m => m.Inputs).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        foreach (var configuration in configurations)
        {
            var blind = configuration.Detectors.Where(d => d.Has(DetectorFunctions.AdvanceCount)).Select(d => (int)d.Channel).DefaultIfEmpty(-1).First();
            for (var n = 0; n < MonthDays; n++)
            {
                foreach (var table in inputs)
                {
                    if (day.Find(configuration.Signal, table) is { } rows)
                    {
                        composed.Take(configuration.Signal, clock, Repeat(rows, n, blind));
                    }
                }
            }
        }

        composed.Finish();
        return month;
    }

    /// <summary>The day's rows, moved to another day of the month, with counts that vary.</summary>
    private static RowBuffer Repeat(TableRows rows, int day, int blindChannel)
    {
        var random = new Random((day * PlacesPerDay) + rows.Count);
        var schema = rows.Schema;
        var copy = new RowBuffer(schema, Math.Max(1, rows.Count));
        var shiftMs = (day - (MonthDays - 1)) * DayMs;
        var channel = schema.Columns.Select(c => c.Name).ToList().IndexOf("channel");
        Span<long> cells = stackalloc long[schema.Columns.Length];
        for (var row = 0; row < rows.Count; row++)
        {
            rows.Cells(row).CopyTo(cells);
            var isBlind = day >= BlindFromDay && channel >= 0 && cells[channel] == blindChannel;
            for (var i = 0; i < cells.Length; i++)
            {
                var column = schema.Columns[i];
                cells[i] = column.Type == ColumnType.Time ? cells[i] + shiftMs
                    : s_countColumns.Contains(column.Name) ? Vary(cells[i], column.Name == "count" && isBlind ? BlindShare : column.Name == "on_green" && day >= RetimedDay ? RetimedGain : 1, random)
                    : column.Name is "total_s" or "blocked_green_s" ? BitConverter.DoubleToInt64Bits(BitConverter.Int64BitsToDouble(cells[i]) * (1 + ((random.NextDouble() - 0.5) / 2)))
                    : cells[i];
            }

            copy.AddRow(cells, rows.Nulls(row));
        }

        return copy;
    }

    /// <summary>A count that varies by about its square root, as counts do.</summary>
    private static long Vary(long count, double share, Random random) =>
        Math.Max(0, (long)Math.Round((count * share) + (Math.Sqrt(count * share) * 2 * (random.NextDouble() + random.NextDouble() - 1))));
}
