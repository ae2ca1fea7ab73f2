using System.Globalization;
using System.Text.Json;
using Crosstown.Server.Retiming;
using Crosstown.Timing.Evaluation;
using Crosstown.Timing.Proof;
using Crosstown.Timing.Retiming;

namespace Crosstown.Cli.Commands.Retime;

/// <summary>Says what came of a retiming from logs: to people and to scripts.</summary>
/// <param name="answer">The plans.</param>
/// <param name="judged">What simulators say, by period that was judged.</param>
internal sealed class RetimeLogsReport(RetimingAnswer answer, IReadOnlyDictionary<string, JudgedPlans> judged)
{
    private const int ShownChanges = 6;

    private readonly LogRetimingResult _result = answer.Result;

    /// <summary>Signals that the guard refused in a period or in all.</summary>
    public int RefusedCount => _result.Withdrawn.Select(w => w.Signal).Concat(_result.Periods.SelectMany(p => p.Result?.Refused ?? []).Select(r => r.Signal)).Distinct().Count();

    /// <summary>What the plans were made from, as a sentence.</summary>
    public string Source => answer.SourceBy($"the model of cyclic flow profiles{(judged.Count > 0 ? " and by simulation" : "")}");

    public void Print(TextWriter output)
    {
        void Line(FormattableString text) => output.WriteLine(text.ToString(CultureInfo.InvariantCulture));
        output.WriteLine(Source);
        if (answer.Learned.Length > 0)
        {
            Line($"Nobody entered the configuration of {answer.Learned.Length} signals: it was learned from the log.");
        }

        foreach (var period in _result.Periods)
        {
            if (period.Result is not { } result)
            {
                Line($"{period.Study.Name}: {(period.Study.Network.Signals.All(s => s.Today is null) ? "no signal is coordinated: nothing to retime" : "not asked for")}");
                continue;
            }

            var (before, after) = (Delay(period, result.Before), Delay(period, result.After));
            Line($"{period.Study.Name}: pattern {period.Pattern} for {result.Approval?.Proposal.Signals.Length ?? 0} signals; delay by the model {before:0.0} vehicle hours per hour today, {after:0.0} with the plan ({Change(before, after)}); {result.Refused.Length} refused by the guard, {result.Costly.Count} left because a plan costs more than it gains, {result.Fixed.Length} free or locked{(result.IsComplete ? "" : "; the search ended by its time")}");
            foreach (var sentence in judged.TryGetValue(period.Study.Name, out var said) ? said.Sentences() : [])
            {
                output.WriteLine($"  {sentence}");
            }

            foreach (var change in result.Changes.Take(ShownChanges))
            {
                output.WriteLine($"  {change.Text}");
            }

            if (result.Changes.Length > ShownChanges)
            {
                Line($"  and {result.Changes.Length - ShownChanges} more, on the sheets");
            }
        }

        foreach (var loss in _result.Losses.Where(l => l.Share is > 0.005))
        {
            Line($"{(loss.Corridor is null ? "All signals" : loss.Name)}, {loss.Period}: today's timing loses {100 * loss.Share:0} % of delay and stops against the best plan that is known ({100 * loss.Coverage:0} % of the time was seen)");
        }

        PrintReasons(output);
        var unsure = _result.Study.Lacks.Count(l => l.ForOffsets.Length > 0);
        Line($"{_result.Study.Lacks.Length - unsure} of {_result.Study.Lacks.Length} signals lack nothing for offsets; what splits still lack is in lacks.csv, what was assumed in assumptions.csv: --facts FILE states what is known better.");
    }

    private void PrintReasons(TextWriter output)
    {
        var problems = _result.Withdrawn.Concat(_result.Periods.SelectMany(p => p.Result?.Refused ?? [])).SelectMany(r => r.Problems).ToList();
        if (problems.Count == 0)
        {
            return;
        }

        output.WriteLine("Reasons of the guard, and at how many signals (left-out.csv has each in full):");
        foreach (var code in problems.GroupBy(p => p.Code).OrderByDescending(g => g.Select(p => p.Signal).Distinct().Count()).ThenBy(g => g.Key, StringComparer.Ordinal))
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {code.Key} at {code.Select(p => p.Signal).Distinct().Count()}, such as signal {code.First().Signal}, {code.First().Part}: {code.First().Message}"));
        }
    }

    public void WriteSummary(Stream stream, ulong seed, long issues, string[] files)
    {
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteNumber("seed", seed);
        json.WriteNumber("signals", answer.Signals.Count);
        json.WriteNumber("learned", answer.Learned.Length);
        json.WriteNumber("events", answer.Events);
        json.WriteNumber("retimed", _result.Approval?.Proposal.Signals.Length ?? 0);
        json.WriteNumber("data_issues", issues);
        json.WriteStartArray("periods");
        foreach (var period in _result.Periods.Where(p => p.Result is not null))
        {
            var result = period.Result!;
            json.WriteStartObject();
            json.WriteString("period", period.Study.Name);
            json.WriteNumber("pattern", period.Pattern);
            json.WriteNumber("retimed", result.Approval?.Proposal.Signals.Length ?? 0);
            json.WriteNumber("refused", result.Refused.Length);
            json.WriteBoolean("is_complete", result.IsComplete);
            JudgesJson.Number(json, "delay_today_veh_h", Delay(period, result.Before), 3);
            JudgesJson.Number(json, "delay_plan_veh_h", Delay(period, result.After), 3);
            JudgesJson.Number(json, "index_today", result.Before.Index, 3);
            JudgesJson.Number(json, "index_plan", result.After.Index, 3);
            JudgesJson.Write(json, judged.GetValueOrDefault(period.Study.Name, JudgedPlans.None));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("losses");
        foreach (var loss in _result.Losses)
        {
            json.WriteStartObject();
            json.WriteString("corridor", loss.Corridor);
            json.WriteString("period", loss.Period);
            JudgesJson.Number(json, "share", loss.Share, 3);
            JudgesJson.Number(json, "coverage", loss.Coverage, 3);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("withdrawn");
        foreach (var withdrawn in _result.Withdrawn)
        {
            json.WriteStringValue(withdrawn.Signal.Value);
        }

        json.WriteEndArray();
        json.WriteStartArray("files");
        foreach (var file in files)
        {
            json.WriteStringValue(file);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Vehicle hours per hour, weighted over demands.</summary>
    private static double Delay(RetimedPeriod period, PlanEvaluation evaluation) => evaluation.CostOf(period.Study.Network, 0, _ => true);

    private static string Change(double before, double after) => before > 0 ? string.Create(CultureInfo.InvariantCulture, $"{((after / before) - 1) * 100:+0.0;-0.0;0} %") : "no traffic";
}
