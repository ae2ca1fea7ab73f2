using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Crosstown.Cli.Output;
using Crosstown.Core.Data;
using Crosstown.Logs.Store;
using Crosstown.Server.Measuring;
using Crosstown.Server.Retiming;

namespace Crosstown.Cli.Commands;

/// <summary><c>crosstown effect --data DIR --changed DATE</c>: whether a change of timing worked.</summary>
internal static class EffectCommand
{
    private const int MostDays = 366;

    public static Command Create()
    {
        var data = SharedOptions.Data(required: true);
        var changed = new Option<string>("--changed") { Description = "The local day in which the timing was changed; it counts on neither side.", HelpName = "DATE", Required = true };
        var corridor = new Option<string>("--corridor") { Description = "The corridor whose signals were changed; without it, all signals with a log.", HelpName = "ID" };
        var city = new Option<string>("--city") { Description = "City file with corridors; without it, city.json in the data folder.", HelpName = "FILE" };
        var days = new Option<int>("--days") { Description = "Days before and after that are compared, weekday by weekday.", HelpName = "N", DefaultValueFactory = _ => 28 };
        var hours = new Option<string>("--hours") { Description = "Time of day that counts, such as 06:00-09:00; without it, whole days.", HelpName = "FROM-TO" };
        var json = SharedOptions.Json();
        var command = new Command("effect", "Say whether a change of timing worked, by what the logs before and after measured.") { data, changed, corridor, city, days, hours, json };
        command.SetAction(parsed =>
        {
            var issues = new DataIssueLog();
            var folder = parsed.GetValue(data)!;
            var store = EventStore.Open(folder, issues);
            var chosen = Corridors.Find(folder, parsed.GetValue(city), parsed.GetValue(corridor), issues);
            var request = new EffectRequest
            {
                Signals = chosen is null ? [.. store.ListSignals()] : [.. chosen.Signals.Select(s => s.Signal)],
                Changed = ParseDay(parsed.GetValue(changed)!),
                Days = parsed.GetValue(days) is var n and >= 1 and <= MostDays ? n : throw new ProblemException("XT674", "--days", $"{parsed.GetValue(days)}: give 1 to {MostDays} days."),
                Times = ParseHours(parsed.GetValue(hours)),
            };
            var figures = MeasuredEffect.Of(new StoredEvents(store, issues), SignalConfigurations.Open(folder, [], issues), request, issues);
            if (parsed.GetValue(json))
            {
                WriteJson(figures);
            }
            else
            {
                foreach (var figure in figures)
                {
                    Console.WriteLine(figure.Result.Sentence);
                }

                IssueReport.Print(issues, Console.Out);
            }

            return issues.Count == 0 ? CommandLine.Done : CommandLine.DoneWithProblems;
        });
        return command;
    }

    private static DateOnly ParseDay(string text) => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
        ? day
        : throw new ProblemException("XT123", "--changed", $"'{text}' is no day; write it as 2026-05-13.");

    private static ImmutableArray<(int FromMinute, int ToMinute)> ParseHours(string? text)
    {
        if (text is null)
        {
            return [];
        }

        var ends = text.Split('-');
        return ends.Length == 2 && Minute(ends[0]) is { } from && Minute(ends[1]) is { } to && to > from
            ? [(from, to)]
            : throw new ProblemException("XT674", "--hours", $"'{text}' is no time of day; write it as 06:00-09:00.");

        static int? Minute(string clock) => clock == "24:00" ? 1440
            : TimeOnly.TryParseExact(clock, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var at) ? (at.Hour * 60) + at.Minute : null;
    }

    private static void WriteJson(ImmutableArray<EffectFigure> figures)
    {
        using var json = new Utf8JsonWriter(Console.OpenStandardOutput(), new JsonWriterOptions { Indented = true });
        json.WriteStartArray();
        foreach (var (measure, result, seenBefore, seenAfter) in figures)
        {
            json.WriteStartObject();
            json.WriteString("measure", measure.Name);
            json.WriteString("unit", measure.Unit);
            json.WriteString("verdict", result.Verdict.ToString());
            json.WriteString("sentence", result.Sentence);
            Number(json, "before", result.Before);
            Number(json, "after", result.After);
            Number(json, "low", result.Low);
            Number(json, "high", result.High);
            json.WriteNumber("days_before", result.DaysBefore);
            json.WriteNumber("days_after", result.DaysAfter);
            Number(json, "seen_before", seenBefore);
            Number(json, "seen_after", seenAfter);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Number(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, Math.Round(number, 3));
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
