using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Crosstown.Core.Controllers;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Server.Retiming;
using Crosstown.Timing.Evaluation;
using Crosstown.Timing.Guard;
using Crosstown.Timing.Optimization;
using Crosstown.Timing.Proof;
using Crosstown.Timing.Sheets;
using Crosstown.Timing.Utdf;

namespace Crosstown.Cli.Commands.Retime;

/// <summary>Says what came of a timing file's retiming: to people, to scripts, and on the sheets.</summary>
internal sealed class RetimeUtdfReport
{
    /// <summary>Refused signals that are named on the screen; all are in the file.</summary>
    private const int ShownSignals = 40;

    private readonly string _file;
    private readonly UtdfNetwork _network;
    private readonly UtdfFacts _facts;
    private readonly GuardedRetimingResult _result;
    private readonly ImmutableArray<NoteKind> _accepted;
    private readonly JudgedPlans _judged;
    private readonly List<(ApproachFigures? Before, ApproachFigures? After)> _approaches;

    public RetimeUtdfReport(string file, UtdfNetwork network, UtdfFacts facts, GuardedRetimingResult result, JudgedPlans judged, ImmutableArray<NoteKind> accepted)
    {
        (_file, _network, _facts, _result, _judged, _accepted) = (file, network, facts, result, judged, accepted);
        var before = ApproachFigures.Of(network.Network, result.Before).ToDictionary(a => (a.Signal, a.Direction));
        var after = ApproachFigures.Of(result.Network, result.After).ToDictionary(a => (a.Signal, a.Direction));
        _approaches = [.. before.Keys.Union(after.Keys).Order().Select(k => (before.GetValueOrDefault(k), after.GetValueOrDefault(k)))];
    }

    private ImmutableArray<SignalProposal> Approved => _result.Approval?.Proposal.Signals ?? [];

    /// <summary>Signals that might have changed and for which nothing better was found.</summary>
    private int UnchangedCount => _network.Network.Signals.Length - Approved.Length - _result.Refused.Length - _result.Costly.Count - _result.Fixed.Length;

    public SheetDetails DetailsOf(DateOnly preparedOn) => new()
    {
        Title = $"{_file}, {string.Join(", ", _network.Network.Demands.Select(d => d.Name).Take(3))}",
        PreparedOn = preparedOn,
        Source = string.Join(' ', _judged.Notes.Prepend($"Made from the timing, lanes and volumes of {_file}; before and after by the model of cyclic flow profiles{(_judged.Totals.Length > 1 ? $" and by {string.Join(" and ", _judged.Totals.Skip(1).Select(t => t.Source))}" : "")}.")),
        Signals = [.. Approved.Select(p => SheetOf(p.Signal))],
    };

    public void WriteBeforeAfter(TextWriter writer)
    {
        var changed = Approved.Select(s => s.Signal).ToHashSet();
        writer.Write("signal,approach,is_retimed,volume_veh_h,delay_before_s,delay_after_s,stops_before_per_veh,stops_after_per_veh,saturation_before,saturation_after,queue_before_veh,queue_after_veh," + string.Join(',', JudgedPlans.Columns) + "\n");
        foreach (var (before, after) in _approaches)
        {
            var any = (after ?? before)!;
            var signal = _network.Network.Signals[any.Signal].Signal;
            string[] cells =
            [
                CellText.QuoteForCsv(signal.Value), ApproachWords.Of(any.Direction), changed.Contains(signal) ? "true" : "false", Cell(any.VolumeVehPerHour, "0"),
                Cell(before?.DelayS, "0.0"), Cell(after?.DelayS, "0.0"), Cell(before?.StopsPerVehicle, "0.000"), Cell(after?.StopsPerVehicle, "0.000"),
                Cell(before?.DegreeOfSaturation, "0.000"), Cell(after?.DegreeOfSaturation, "0.000"), Cell(before?.QueueVeh, "0.0"), Cell(after?.QueueVeh, "0.0"),
                .. _judged.Cells(any.Signal, any.Direction),
            ];
            writer.Write(string.Join(',', cells) + "\n");
        }
    }

    /// <summary>Every reason of the guard, a row each.</summary>
    public void WriteLeftOut(TextWriter writer)
    {
        writer.Write("signal,code,rule,pattern,phase,part,value,limit,message\n");
        foreach (var problem in _result.Refused.SelectMany(r => r.Problems))
        {
            string[] cells =
            [
                problem.Signal.Value, problem.Code, problem.Rule, $"{problem.Pattern}", $"{problem.Phase}", problem.Part,
                problem.Value?.ToString(CultureInfo.InvariantCulture) ?? "", problem.Limit?.ToString(CultureInfo.InvariantCulture) ?? "", problem.Message,
            ];
            writer.Write(string.Join(',', cells.Select(CellText.QuoteForCsv)) + "\n");
        }
    }

    public void Print(TextWriter output)
    {
        void Line(FormattableString text) => output.WriteLine(text.ToString(CultureInfo.InvariantCulture));
        var all = _network.Network.Signals.Length;
        Line($"{_file}: {all} signals, {Approved.Length} retimed, {_result.Refused.Length} refused by the guard, {_result.Costly.Count} left because longer intervals would cost more than a plan gains, {UnchangedCount} best as they are, {_result.Fixed.Length} free, locked or without a plan of today");
        var (before, after) = (_result.Before, _result.After);
        Line($"Delay by the model {Sum(before, d => d.DelayVehHours):0.0} vehicle hours per hour today, {Sum(after, d => d.DelayVehHours):0.0} with the plan ({Change(Sum(before, d => d.DelayVehHours), Sum(after, d => d.DelayVehHours))}); stops {Sum(before, d => d.Stops):0} and {Sum(after, d => d.Stops):0} per hour ({Change(Sum(before, d => d.Stops), Sum(after, d => d.Stops))})");
        foreach (var sentence in _judged.Sentences())
        {
            output.WriteLine($"  {sentence}");
        }

        if (!_result.IsComplete)
        {
            Line($"The search ended by its time: the plan is the best until then.");
        }

        foreach (var change in _result.Changes.Take(10))
        {
            output.WriteLine($"  {change.Text}");
        }

        if (!_result.Costly.IsEmpty)
        {
            Line($"Left because of longer intervals, which their streets ask for all the same: {string.Join(", ", _result.Costly.Keys)}");
        }

        if (_result.Refused.IsEmpty)
        {
            return;
        }

        Line($"Reasons of the guard, and at how many signals (left-out.csv has each in full):");
        foreach (var code in _result.Refused.SelectMany(r => r.Problems).GroupBy(p => p.Code).OrderByDescending(g => g.Select(p => p.Signal).Distinct().Count()).ThenBy(g => g.Key, StringComparer.Ordinal))
        {
            Line($"  {code.Key} at {code.Select(p => p.Signal).Distinct().Count()}, such as signal {code.First().Signal}, {code.First().Part}: {code.First().Message}");
        }

        foreach (var refused in _result.Refused.Take(ShownSignals))
        {
            Line($"  signal {refused.Signal}: {string.Join("; ", refused.Problems.GroupBy(p => p.Code).Select(g => $"{g.Key} {string.Join(", ", g.Select(p => p.Part).Distinct())}"))}");
        }

        if (_result.Refused.Length > ShownSignals)
        {
            Line($"  and {_result.Refused.Length - ShownSignals} more");
        }

        var wanting = _result.Refused.Where(r => r.Problems.All(p => NeededNotes.KindFor(p) is { } kind && !_accepted.Contains(kind))).ToList();
        if (wanting.Count > 0)
        {
            var words = wanting.SelectMany(r => r.Problems).Select(p => NeededNotes.KindFor(p)!.Value).Distinct().Order().Select(RetimeChoices.WordOf);
            Line($"{wanting.Count} of them lack nothing but an engineer's word: --accept {string.Join(',', words)} --reason TEXT");
        }

        Line($"What was assumed and could be measured is in assumptions.csv; --facts FILE states what is known better.");
    }

    /// <summary>Every fact that nobody measured, a row each.</summary>
    public void WriteAssumptions(TextWriter writer)
    {
        writer.Write("signal,phase,fact,value,basis\n");
        foreach (var (facts, assumption) in _facts.Facts.Zip(_facts.Assumptions).SelectMany(p => p.Second.Select(a => (p.First, a))))
        {
            string[] cells = [facts.Signal.Value, $"{assumption.Phase}", $"{assumption.Fact}", assumption.Value?.ToString(CultureInfo.InvariantCulture) ?? "", assumption.Basis];
            writer.Write(string.Join(',', cells.Select(CellText.QuoteForCsv)) + "\n");
        }
    }

    public void WriteSummary(Stream stream, ulong seed, long issues, string[] files)
    {
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("file", _file);
        json.WriteNumber("seed", seed);
        json.WriteBoolean("is_complete", _result.IsComplete);
        json.WriteNumber("signals", _network.Network.Signals.Length);
        json.WriteNumber("retimed", Approved.Length);
        json.WriteNumber("best_as_they_are", UnchangedCount);
        json.WriteNumber("not_asked", _result.Fixed.Length);
        json.WriteNumber("data_issues", issues);
        JudgesJson.Number(json, "delay_today_veh_h", Sum(_result.Before, d => d.DelayVehHours));
        JudgesJson.Number(json, "delay_plan_veh_h", Sum(_result.After, d => d.DelayVehHours));
        JudgesJson.Number(json, "stops_today_per_h", Sum(_result.Before, d => d.Stops));
        JudgesJson.Number(json, "stops_plan_per_h", Sum(_result.After, d => d.Stops));
        JudgesJson.Number(json, "index_today", _result.Before.Index);
        JudgesJson.Number(json, "index_plan", _result.After.Index);
        JudgesJson.Write(json, _judged);
        json.WriteStartArray("refused");
        foreach (var refused in _result.Refused)
        {
            json.WriteStartObject();
            json.WriteString("signal", refused.Signal.Value);
            json.WriteStartArray("reasons");
            foreach (var problem in refused.Problems)
            {
                json.WriteStartObject();
                json.WriteString("code", problem.Code);
                json.WriteString("rule", problem.Rule);
                json.WriteString("part", problem.Part);
                json.WriteString("message", problem.Message);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("left_for_longer_intervals");
        foreach (var signal in _result.Costly.Keys)
        {
            json.WriteStringValue(signal.Value);
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

    private static string Cell(double? value, string format) => value is { } number && double.IsFinite(number) ? number.ToString(format, CultureInfo.InvariantCulture) : "";

    private static string Change(double before, double after) => before > 0 ? string.Create(CultureInfo.InvariantCulture, $"{((after / before) - 1) * 100:+0.0;-0.0;0} %") : "no traffic";

    private static double? Finite(double? value) => value is { } number && double.IsFinite(number) ? number : null;

    /// <summary>Weighted mean over demands.</summary>
    private double Sum(PlanEvaluation evaluation, Func<DemandEvaluation, double> value) =>
        evaluation.Demands.Select((d, i) => value(d) * _network.Network.Demands[i].Weight).Sum() / _network.Network.Demands.Sum(d => d.Weight);

    private SheetSignal SheetOf(SignalId signal)
    {
        var index = Enumerable.Range(0, _network.Network.Signals.Length).First(s => _network.Network.Signals[s].Signal == signal);
        var pattern = _result.Plan.Patterns[index]!.Number;
        ApproachComparison Row(ApproachFigures any, string measure, double? before, double? after, IEnumerable<ComparedFigure> others) =>
            new(pattern, ApproachWords.Of(any.Direction), measure, [new ComparedFigure(JudgedPlans.Model, Finite(before), Finite(after)), .. others]);
        return new SheetSignal
        {
            Signal = signal,
            Name = _network.Network.Signals[index].Name,
            Movements = ApproachWords.ByPhase(_network.Network, index),
            Explanations = [.. _result.Changes.Where(c => c.Signal == index).Select(c => c.Text)],
            Assumptions = _facts.Assumptions[index],
            Comparisons =
            [
                .. _approaches.Where(a => (a.After ?? a.Before)!.Signal == index).SelectMany(a => new[]
                {
                    Row((a.After ?? a.Before)!, "delay, s/veh", a.Before?.DelayS, a.After?.DelayS, _judged.DelayOf(index, (a.After ?? a.Before)!.Direction)),
                    Row((a.After ?? a.Before)!, "stops per 100 vehicles", 100 * a.Before?.StopsPerVehicle, 100 * a.After?.StopsPerVehicle, _judged.StopsOf(index, (a.After ?? a.Before)!.Direction)),
                    Row((a.After ?? a.Before)!, "degree of saturation, %", 100 * a.Before?.DegreeOfSaturation, 100 * a.After?.DegreeOfSaturation, []),
                    Row((a.After ?? a.Before)!, "queue, veh", a.Before?.QueueVeh, a.After?.QueueVeh, []),
                }),
            ],
        };
    }
}
