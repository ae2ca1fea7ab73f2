using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Crosstown.Core.Data;
using Crosstown.Core.Networks;
using Crosstown.Simulation.Sumo;
using Crosstown.Simulation.Vehicles;
using Crosstown.Timing.Roads;

namespace Crosstown.Cli.Commands.Retime;

/// <summary>What is asked of a scenario's retiming.</summary>
/// <param name="Folder">The scenario.</param>
/// <param name="Output">The folder for the results.</param>
/// <param name="Seconds">End of the search; null for a fixed number of steps.</param>
/// <param name="Seed">Decides what the search leaves to chance.</param>
/// <param name="Profile">Name of the profile; null to choose by the reference plan.</param>
/// <param name="AsJson">Print the result as one JSON object.</param>
internal sealed record RetimeScenarioRequest(string Folder, string Output, double? Seconds, ulong Seed, string? Profile, bool AsJson);

/// <summary>Retimes a road network from its demand: fixed-time programs for every signal, in files that SUMO loads.</summary>
internal static class RetimeScenario
{
    private const string ProgramName = "crosstown";

    /// <summary>Steps of a search that is not bounded by time: enough for one signal, and for each more.</summary>
    private const int BaseSteps = 3000;
    private const int StepsPerSignal = 500;

    /// <exception cref="ProblemException">The scenario cannot be read, or a plan did not pass the check.</exception>
    public static int Run(RetimeScenarioRequest request, CancellationToken cancel)
    {
        var scenario = ScenarioFolder.Open(request.Folder);
        if (scenario.Reference.IsEmpty)
        {
            throw new ProblemException("XT718", request.Folder, "There is no reference plan, or it has no program: it says what may be green together.");
        }

        foreach (var problem in scenario.Problems)
        {
            Console.Error.WriteLine($"{problem.Code} {problem.Where}: {problem.Message}");
        }

        var profile = ChooseProfile(scenario, request.Profile);
        var plans = new StreetPlans(scenario.Network, scenario.Demand, scenario.Reference, scenario.StartS, scenario.EndS, profile);
        var model = new StreetModel(scenario.Network, scenario.Demand, scenario.StartS, scenario.EndS + scenario.DrainS);
        var clock = Stopwatch.StartNew();
        var options = new StreetSearchOptions
        {
            Seed = request.Seed,
            Evaluations = BaseSteps + (StepsPerSignal * plans.Menus.Length),
            ShouldStop = () => cancel.IsCancellationRequested || clock.Elapsed.TotalSeconds >= request.Seconds,
            Share = request.Seconds is { } seconds ? () => clock.Elapsed.TotalSeconds / seconds : null,
            Progress = Console.IsErrorRedirected ? static (_, _) => { } : ShowProgress(),
        };
        var result = new StreetSearch(plans, model, options).Run();
        cancel.ThrowIfCancellationRequested();
        var programs = result.Plans.Select(p => p.ToProgram(ProgramName, profile)).ToImmutableArray();
        var wrong = programs.Zip(plans.Menus).SelectMany(p => ProgramCheck.Check(p.Second.Card, p.First, profile)).ToArray();
        if (wrong.Length > 0)
        {
            throw new ProblemException(wrong);
        }

        Directory.CreateDirectory(request.Output);
        using (var file = File.Create(Path.Combine(request.Output, "plan.add.xml")))
        {
            SumoProgram.Write(file, programs);
        }

        using (var file = File.Create(Path.Combine(request.Output, "plans.json")))
        {
            WriteJson(file, scenario, request, profile, result, programs);
        }

        if (request.AsJson)
        {
            using var standard = Console.OpenStandardOutput();
            WriteJson(standard, scenario, request, profile, result, programs);
        }
        else
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{scenario.Name}: {programs.Length} signals, profile {profile.Name}; mean delay by the model {result.TodayDelayS:0.0} s today, {result.MeanDelayS:0.0} s with the plan ({(result.MeanDelayS / result.TodayDelayS) - 1:+0%;-0%}); {result.Evaluations} plans driven."));
            Console.WriteLine($"Written: {Path.Combine(request.Output, "plan.add.xml")}, {Path.Combine(request.Output, "plans.json")}");
        }

        return scenario.Problems.IsEmpty ? CommandLine.Done : CommandLine.DoneWithProblems;
    }

    /// <summary>The named profile; without a name the strictest that the reference keeps, so that no street gets less than it has.</summary>
    internal static RoadProfile ChooseProfile(Scenario scenario, string? name) => name switch
    {
        "bench" => RoadProfile.Bench,
        "field" => RoadProfile.Field,
        null => scenario.Reference.All(r => ProgramCheck.Check(new SignalCard(scenario.Network, r), r, RoadProfile.Field).Count == 0) ? RoadProfile.Field : RoadProfile.Bench,
        _ => throw new ProblemException("XT718", "--profile", $"'{name}' is no profile; there are bench and field."),
    };

    private static Action<double, double> ShowProgress()
    {
        var shown = -1;
        return (share, best) =>
        {
            var percent = (int)(Math.Min(1, share) * 100);
            if (percent > shown)
            {
                shown = percent;
                Console.Error.Write(string.Create(CultureInfo.InvariantCulture, $"\r{percent,3} %  {best:0.0} s "));
                if (percent == 100)
                {
                    Console.Error.WriteLine();
                }
            }
        };
    }

    private static void WriteJson(
        Stream stream, Scenario scenario, RetimeScenarioRequest request, RoadProfile profile, StreetSearchResult result, ImmutableArray<FixedProgram> programs)
    {
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("scenario", scenario.Name);
        json.WriteString("profile", profile.Name);
        json.WriteNumber("seed", request.Seed);
        json.WriteNumber("plans_driven", result.Evaluations);
        json.WriteNumber("mean_delay_today_s", Math.Round(result.TodayDelayS, 2));
        json.WriteNumber("mean_delay_plan_s", Math.Round(result.MeanDelayS, 2));
        json.WriteStartArray("signals");
        for (var s = 0; s < programs.Length; s++)
        {
            var plan = result.Plans[s];
            json.WriteStartObject();
            json.WriteString("signal", programs[s].Signal);
            json.WriteNumber("cycle_s", programs[s].CycleS);
            json.WriteNumber("cycle_today_s", scenario.Reference[s].CycleS);
            json.WriteNumber("offset_s", programs[s].OffsetS);
            json.WriteStartArray("stages");
            for (var k = 0; k < plan.Order.Length; k++)
            {
                json.WriteStartObject();
                json.WriteNumber("green_s", plan.GreenS[k]);
                json.WriteStartArray("links");
                var stage = plan.Menu.Stages[plan.Order[k]];
                for (var link = 0; link < stage.Length; link++)
                {
                    if (stage[link])
                    {
                        json.WriteNumberValue(link);
                    }
                }

                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartArray("program");
            foreach (var phase in programs[s].Phases)
            {
                json.WriteStartObject();
                json.WriteNumber("duration_s", phase.DurationS);
                json.WriteString("state", phase.State);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
