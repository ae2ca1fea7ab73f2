using System.Globalization;
using Crosstown.Server.Imports;
using Crosstown.Server.Learning;
using Crosstown.Server.Measuring;
using Crosstown.Server.Towns;
using Crosstown.Cli.Output;
using Crosstown.Cli.Report;
using Crosstown.Cli.Report.Data;
using Crosstown.Core.Data;
using Crosstown.Core.Time;
using Crosstown.Logs.Store;
using Crosstown.Logs.Zones;
using Crosstown.Simulation.Towns;

namespace Crosstown.Cli.Demo;

/// <summary>What a demo is made of.</summary>
internal sealed record DemoRequest
{
    public ulong Seed { get; init; } = 1;

    public int SignalCount { get; init; } = 8;

    /// <summary>Length of the log.</summary>
    public TimeSpan Length { get; init; } = TimeSpan.FromDays(2);

    /// <summary>The data folder: empty, not there, or an earlier demo's.</summary>
    public required string Data { get; init; }

    /// <summary>The report.</summary>
    public required string Report { get; init; }
}

/// <summary>What a demo gave.</summary>
internal sealed record DemoResult
{
    public required int Files { get; init; }

    public required long FileBytes { get; init; }

    public required long EventsWritten { get; init; }

    public required long EventsStored { get; init; }

    public required long StoreBytes { get; init; }

    public required LearnedScore Phases { get; init; }

    public required LearnedScore Roles { get; init; }

    public required FaultScore Faults { get; init; }

    public required ReportResult Report { get; init; }
}

/// <summary>The demo: simulates a town, writes its cabinets' files, and then goes the way that anyone's files go.</summary>
internal static class DemoRun
{
    /// <param name="step">Called with what was done and what it came to.</param>
    /// <exception cref="ProblemException">XT142: the data folder holds something that is not an earlier demo.</exception>
    /// <exception cref="IOException">The disk failed.</exception>
    public static DemoResult Run(DemoRequest request, DataIssueLog issues, Action<string> step)
    {
        DemoFolder.Prepare(request.Data, request.Seed);
        var clock = ZoneRules.For(TownFeed.Zone).Map;
        var startMs = Town.DefaultStartMs - clock.OffsetMs(Town.DefaultStartMs);
        var log = new TimeRange(startMs, startMs + (long)request.Length.TotalMilliseconds);
        var town = Town.Create(request.Seed, request.SignalCount, clock, startMs);
        var logs = Path.Combine(request.Data, "logs");
        var files = new CabinetFiles(logs, town);
        TownLog.Write(town, log, files.Write);
        step($"{Words.Counted(town.Signals.Count, "signal")} drove for {request.Length.TotalHours:0} hours and logged {Words.Counted(files.EventCount, "event")} in {Words.Counted(files.FileCount, "cabinet file")}");

        var store = EventStore.Open(request.Data, issues);
        var imported = ImportRun.Run(store, [logs], TownFeed.Zone, null, null, issues);
        step($"{Words.Count(imported.Commit.Added)} events imported, {Words.Count(store.CountBytes())} bytes, {(double)store.CountBytes() / Math.Max(1, store.CountEvents()):0.00} an event");

        var learned = LearnRun.Run(store, issues).Select(c => c with { Name = town.FindSignal(c.Signal)?.Configuration.Name ?? "" }).ToArray();
        SignalFileOutput.WriteEach(learned, Path.Combine(request.Data, SignalConfigurations.Folder));
        var truth = town.Signals.Select(s => s.Configuration).ToArray();
        var phases = LearnedScore.OfPhases(truth, learned);
        var roles = LearnedScore.OfRoles(truth, learned);
        step($"configuration learned of {Words.Counted(phases.Known, "detector")}: phase said for {Words.Percent((double)phases.Said / phases.Known)}, {Words.Percent(phases.Precision)} of it right");

        var report = ReportRun.Run(
            store, SignalConfigurations.Of(learned), "Two days of a small town",
            string.Create(CultureInfo.InvariantCulture, $"{town.Signals.Count} simulated signals, seed {request.Seed}. Their configuration was learned from the logs alone."),
            request.Report, issues, TownCorridors.FindLongest(town));
        step($"all measures of {Words.Counted(report.EventCount, "event")}, and the report: {Words.Count(report.ByteCount)} bytes");
        return new DemoResult
        {
            Files = files.FileCount,
            FileBytes = files.ByteCount,
            EventsWritten = files.EventCount,
            EventsStored = store.CountEvents(),
            StoreBytes = store.CountBytes(),
            Phases = phases,
            Roles = roles,
            Faults = FaultScore.Of(town, log, report.Findings),
            Report = report,
        };
    }
}
