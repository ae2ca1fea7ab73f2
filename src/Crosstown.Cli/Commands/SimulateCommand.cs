using System.Collections.Immutable;
using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Crosstown.Core.Data;
using Crosstown.Core.Networks;
using Crosstown.Logs.Store;
using Crosstown.Simulation.Sumo;
using Crosstown.Simulation.Vehicles;

namespace Crosstown.Cli.Commands;

/// <summary><c>crosstown simulate SCENARIO [--plan FILE] [--seed N] [--events DIR]</c></summary>
internal static class SimulateCommand
{
    /// <summary>2024-01-01: the day of the run, where nobody names one.</summary>
    private const string DefaultDay = "2024-01-01";

    public static Command Create()
    {
        var scenario = new Argument<string>("SCENARIO") { Description = "A folder with a road network, its demand and a reference plan in SUMO's form (scenario.json says which is which)." };
        var plan = new Option<string>("--plan") { Description = "Signal programs in SUMO's form, such as the plan.add.xml of retime; without it the scenario's reference plan.", HelpName = "FILE" };
        var seed = new Option<ulong>("--seed") { Description = "Decides everything that happens by chance.", HelpName = "N", DefaultValueFactory = _ => 1 };
        var events = new Option<string>("--events") { Description = "A folder for what the signals log: a CSV file for each.", HelpName = "DIR" };
        var day = new Option<string>("--day") { Description = "The day of the run, UTC: what events are stamped with.", HelpName = "DATE", DefaultValueFactory = _ => DefaultDay };
        var json = SharedOptions.Json();
        var command = new Command("simulate", "Drive a scenario's traffic through its signals, and say what it lost.") { scenario, plan, seed, events, day, json };
        command.SetAction((parsed, cancel) => Task.FromResult(Run(
            parsed.GetValue(scenario)!, parsed.GetValue(plan), parsed.GetValue(seed), parsed.GetValue(events), parsed.GetValue(day)!, parsed.GetValue(json), cancel)));
        return command;
    }

    private static int Run(string folder, string? plan, ulong seed, string? eventFolder, string day, bool asJson, CancellationToken cancel)
    {
        if (!DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
        {
            throw new ProblemException("XT739", "--day", $"'{day}' is no day; write it as {DefaultDay}.");
        }

        var scenario = ScenarioFolder.Open(folder);
        var problems = scenario.Problems.ToList();
        var programs = plan is null ? scenario.Reference : ReadPlan(plan, scenario.Network, problems);
        foreach (var problem in problems)
        {
            Console.Error.WriteLine($"{problem.Code} {problem.Where}: {problem.Message}");
        }

        var engine = new TrafficEngine(
            scenario.Network,
            scenario.Demand,
            new TrafficControl { Programs = programs, Detectors = eventFolder is null ? [] : scenario.Detectors() },
            new TrafficSettings
            {
                Seed = seed,
                Threads = Environment.ProcessorCount,
                StartS = scenario.StartS,
                EndS = scenario.EndS,
                DrainS = scenario.DrainS,
                MidnightMs = new DateTimeOffset(date, TimeOnly.MinValue, TimeSpan.Zero).ToUnixTimeMilliseconds(),
            });
        var clock = Stopwatch.StartNew();
        var totals = engine.Run(cancel);
        var seconds = clock.Elapsed.TotalSeconds;
        var logged = eventFolder is null ? 0 : WriteEvents(engine, eventFolder);
        if (asJson)
        {
            WriteSummary(scenario, seed, totals, logged);
        }
        else
        {
            Print(scenario, seed, totals, seconds, eventFolder, logged);
        }

        return problems.Count > 0 || totals.StillDriving + totals.NeverEntered > 0 ? CommandLine.DoneWithProblems : CommandLine.Done;
    }

    private static ImmutableArray<FixedProgram> ReadPlan(string path, RoadNetwork network, List<Problem> problems)
    {
        if (!File.Exists(path))
        {
            throw new ProblemException("XT102", path, "There is no such file.");
        }

        using var stream = File.OpenRead(path);
        return SumoEquipmentReader.Read(stream, Path.GetFileName(path), network, problems).Programs;
    }

    /// <summary>Writes each signal's log, in the columns of <c>crosstown export --what events</c>; each file is whole or not there.</summary>
    private static long WriteEvents(TrafficEngine engine, string folder)
    {
        long count = 0;
        foreach (var signal in engine.Signals)
        {
            using var bytes = new MemoryStream();
            using (var writer = new StreamWriter(bytes, leaveOpen: true) { NewLine = "\n" })
            {
                writer.WriteLine("time,signal,code,parameter");
                foreach (var e in engine.LogOf(signal).TakeBefore(long.MaxValue))
                {
                    writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{DateTimeOffset.FromUnixTimeMilliseconds(e.TimeMs):yyyy-MM-ddTHH:mm:ss.fffZ},{signal},{e.Code},{e.Parameter}"));
                    count++;
                }
            }

            WholeFile.Write(Path.Combine(folder, FileName(signal)), bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
        }

        return count;
    }

    /// <summary>Names of signals come from the network's file: what no file may be called is left out.</summary>
    private static string FileName(string signal) => string.Concat(signal.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '_')).TrimStart('.') + ".csv";

    private static void Print(Scenario scenario, ulong seed, TrafficTotals totals, double seconds, string? eventFolder, long logged)
    {
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{scenario.Name}, seed {seed}: {totals.Scheduled:N0} vehicles, {totals.Arrived:N0} arrived, {totals.StillDriving:N0} still driving, {totals.NeverEntered:N0} never entered; {totals.DurationS / 60:0.0} min in {seconds:0.00} s"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"mean delay {totals.MeanDelayS:0.0} s a vehicle, departure delay included; {totals.Stops:N0} stops"));
        if (totals.MeanCrossingWaitS is { } wait)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{totals.Walkers:N0} walkers waited {wait:0.0} s at a crossing"));
        }

        if (eventFolder is not null)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{logged:N0} events written to {eventFolder}"));
        }
    }

    private static void WriteSummary(Scenario scenario, ulong seed, TrafficTotals totals, long logged)
    {
        using var json = new Utf8JsonWriter(Console.OpenStandardOutput());
        json.WriteStartObject();
        json.WriteString("scenario", scenario.Name);
        json.WriteNumber("seed", seed);
        json.WriteNumber("scheduled", totals.Scheduled);
        json.WriteNumber("arrived", totals.Arrived);
        json.WriteNumber("still_driving", totals.StillDriving);
        json.WriteNumber("never_entered", totals.NeverEntered);
        Write(json, "mean_delay_s", totals.MeanDelayS);
        json.WriteNumber("stops", totals.Stops);
        Write(json, "mean_crossing_wait_s", totals.MeanCrossingWaitS);
        json.WriteNumber("events", logged);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } known)
        {
            json.WriteNumber(name, Math.Round(known, 3));
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
