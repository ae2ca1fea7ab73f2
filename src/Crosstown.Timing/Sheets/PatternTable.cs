using System.Collections.Immutable;
using System.Globalization;
using Crosstown.Core.Controllers;
using Crosstown.Core.Data;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;

namespace Crosstown.Timing.Sheets;

/// <summary>An object of a controller's database and the value that it is to have.</summary>
/// <param name="Signal">The controller.</param>
/// <param name="Name">As NTCIP 1202 and 1201 name it.</param>
/// <param name="Identifier">Object identifier with its index; empty for objects of NTCIP 1201, which are given by name.</param>
/// <param name="Index">What the index means, in words.</param>
/// <param name="Value">As the object takes it.</param>
/// <param name="Unit">Such as <c>s</c> or <c>0.1 s</c>; empty for enumerations and numbers.</param>
/// <param name="IsChecked">True for what is not to be changed but read and compared: intervals stay as they are in the cabinet.</param>
public sealed record PatternObject(SignalId Signal, string Name, string Identifier, string Index, string Value, string Unit, bool IsChecked);

/// <summary>Patterns in the objects of NTCIP 1202, day plans in those of NTCIP 1201.</summary>
public static class PatternTable
{
    /// <summary>Object, column of the phase table, ms in a unit, the unit, and what it holds.</summary>
    private static readonly (string Name, int Column, int PerUnit, string Unit, Func<PhaseTiming, int> Part)[] s_phaseObjects =
    [
        ("phaseWalk", 2, 1000, "s", p => p.WalkMs), ("phasePedestrianClear", 3, 1000, "s", p => p.PedestrianClearanceMs), ("phaseMinimumGreen", 4, 1000, "s", p => p.MinimumGreenMs),
        ("phasePassage", 5, 100, "0.1 s", p => p.PassageMs), ("phaseMaximum1", 6, 1000, "s", p => p.MaximumMs), ("phaseYellowChange", 8, 100, "0.1 s", p => p.YellowMs),
        ("phaseRedClear", 9, 100, "0.1 s", p => p.RedClearanceMs), ("phaseMinimumGap", 17, 100, "0.1 s", p => p.MinimumGapMs), ("phaseRing", 22, 1, "", p => p.Ring),
    ];

    /// <summary>The node of actuated signal controllers.</summary>
    private const string Asc = "1.3.6.1.4.1.1206.4.2.1";

    /// <summary>Objects of one signal.</summary>
    /// <exception cref="ProblemException">XT671: a pattern is not in whole seconds, or beyond what the objects hold.</exception>
    internal static ImmutableArray<PatternObject> Of(SheetTiming signal)
    {
        var (phases, patterns) = (signal.Phases, signal.Patterns);
        Check(signal.About.Signal, patterns);
        var rows = new Rows(signal.About.Signal);
        var sequences = Sequences(phases, patterns);
        foreach (var (pattern, number) in patterns.Zip(sequences.Numbers))
        {
            var diagram = new PatternView(phases, pattern);
            var index = $"pattern {pattern.Number}";
            rows.Add("patternCycleTime", $"4.7.1.2.{pattern.Number}", index, pattern.CycleMs / 1000, "s");
            rows.Add("patternOffsetTime", $"4.7.1.3.{pattern.Number}", $"{index}, from begin of the first coordinated green", (diagram.OffsetMs(OffsetReference.BeginGreen) ?? pattern.OffsetMs) / 1000, "s");
            rows.Add("patternSplitNumber", $"4.7.1.4.{pattern.Number}", index, pattern.Number);
            rows.Add("patternSequenceNumber", $"4.7.1.5.{pattern.Number}", index, number);
            foreach (var phase in phases)
            {
                var split = $"split {pattern.Number}, phase {phase.Number}";
                rows.Add("splitTime", $"4.9.1.3.{pattern.Number}.{phase.Number}", split, pattern.SplitMs[phase.Number] / 1000, "s");
                rows.Add("splitMode", $"4.9.1.4.{pattern.Number}.{phase.Number}", $"{split}: {ModeWord(phase.Recall)}", Mode(phase.Recall));
                rows.Add("splitCoordPhase", $"4.9.1.5.{pattern.Number}.{phase.Number}", split, phase.IsCoordinated ? 1 : 0);
            }
        }

        foreach (var (order, number) in sequences.Orders.Select((o, i) => (o, i + 1)))
        {
            for (var ring = 0; ring < order.Length; ring++)
            {
                rows.Add("sequenceData", $"7.3.1.3.{number}.{ring + 1}", $"sequence {number}, ring {ring + 1}", string.Join(' ', order[ring]), "phases, an octet each");
            }
        }

        foreach (var pattern in patterns.Take(1))
        {
            rows.Add("coordCorrectionMode", "4.2.0", $"unit: {Word(pattern.Transition)}", Correction(pattern.Transition));
            rows.Add("coordForceMode", "4.4.0", pattern.ForceOff == ForceOffMode.Fixed ? "unit: fixed" : "unit: floating", pattern.ForceOff == ForceOffMode.Fixed ? 3 : 2);
        }

        AddDayPlans(rows, signal.About.DayPlans);
        AddPhases(rows, phases, signal.CabinetPhases);
        return [.. rows.All];
    }

    /// <summary>Objects of every signal of a plan, by signal in the plan's order.</summary>
    /// <exception cref="ProblemException">XT671: a pattern is not in whole seconds, or beyond what the objects hold.</exception>
    public static ImmutableArray<PatternObject> Of(ApprovedPlan plan, SheetDetails details) =>
        [.. SheetTiming.Of(plan, details).SelectMany(s => Of(s))];

    /// <summary>The objects as comma-separated text with a header.</summary>
    /// <exception cref="ProblemException">XT671: a pattern is not in whole seconds, or beyond what the objects hold.</exception>
    public static void Write(TextWriter writer, ApprovedPlan plan, SheetDetails details)
    {
        var objects = Of(plan, details);
        writer.Write("signal,object,identifier,index,value,unit,use\n");
        foreach (var row in objects)
        {
            string[] cells = [row.Signal.Value, row.Name, row.Identifier, row.Index, row.Value, row.Unit, row.IsChecked ? "compare" : "program"];
            writer.Write(string.Join(',', cells.Select(CellText.QuoteForCsv)) + "\n");
        }
    }

    internal static string Word(TransitionMode mode) => mode switch
    {
        TransitionMode.Shortway => "shortway",
        TransitionMode.AddOnly => "add only",
        TransitionMode.SubtractOnly => "subtract only",
        _ => "dwell",
    };

    private static void Check(SignalId signal, ImmutableArray<PatternTiming> patterns)
    {
        var problems = new List<Problem>();
        foreach (var pattern in patterns)
        {
            var where = $"signal {signal}, pattern {pattern.Number}";
            if (!WholeSeconds.Has(pattern))
            {
                problems.Add(new Problem("XT671", where, "Cycle, offset and splits must be whole seconds: round the pattern, and have it checked again."));
            }

            if (pattern.CycleMs > 255_000 || pattern.SplitMs.Values.Any(s => s > 255_000))
            {
                problems.Add(new Problem("XT671", where, $"Cycle {pattern.CycleMs / 1000.0:0.#} s: the objects hold 255 s at most."));
            }
        }

        if (problems.Count > 0)
        {
            throw new ProblemException(problems);
        }
    }

    private static void AddPhases(Rows rows, ImmutableArray<PhaseTiming> phases, ImmutableArray<PhaseTiming> cabinet)
    {
        foreach (var phase in phases)
        {
            var today = cabinet.First(p => p.Number == phase.Number);
            foreach (var (name, column, perUnit, unit, part) in s_phaseObjects)
            {
                rows.Add(name, $"1.2.1.{column}.{phase.Number}", $"phase {phase.Number}", part(phase) / perUnit, unit, isChecked: part(phase) == part(today));
            }
        }
    }

    private static void AddDayPlans(Rows rows, ImmutableArray<DayPlan> dayPlans)
    {
        var actions = dayPlans.SelectMany(d => d.Events).Select(e => e.Pattern).Distinct().Order().ToList();
        foreach (var pattern in actions)
        {
            var action = actions.IndexOf(pattern) + 1;
            rows.Add("timebaseAscPattern", $"5.3.1.2.{action}", $"action {action}: {PatternWord(pattern)}", pattern);
        }

        for (var i = 0; i < dayPlans.Length; i++)
        {
            var plan = dayPlans[i];
            rows.AddNamed("timeBaseScheduleDay", $"schedule {i + 1}: {DaysWord(plan.Days)}", plan.Days.Sum(d => 2 << (int)d), "bits, 1 = Sunday");
            rows.AddNamed("timeBaseScheduleDayPlan", $"schedule {i + 1}", plan.Number);
            for (var e = 0; e < plan.Events.Length; e++)
            {
                var index = $"day plan {plan.Number}, event {e + 1}";
                rows.AddNamed("dayPlanHour", index, plan.Events[e].At.Hour, "h");
                rows.AddNamed("dayPlanMinute", index, plan.Events[e].At.Minute, "min");
                rows.AddNamed("dayPlanActionNumberOID", index, actions.IndexOf(plan.Events[e].Pattern) + 1, "action");
            }
        }
    }

    internal static string PatternWord(byte pattern) => pattern switch
    {
        254 => "free",
        255 => "flash",
        _ => $"pattern {pattern}",
    };

    internal static string DaysWord(ImmutableArray<DayOfWeek> days)
    {
        ReadOnlySpan<DayOfWeek> week = [DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Wednesday, DayOfWeek.Thursday, DayOfWeek.Friday];
        var weekdays = week.ToArray();
        return days.Length == 7 ? "every day"
            : days.Length == 5 && weekdays.All(days.Contains) ? "Monday to Friday"
            : string.Join(", ", days.OrderBy(d => ((int)d + 6) % 7));
    }

    private static int Mode(Recall recall) => recall switch
    {
        Recall.Minimum => 3,
        Recall.Maximum => 4,
        Recall.Pedestrian => 5,
        _ => 2,
    };

    private static string ModeWord(Recall recall) => recall switch
    {
        Recall.Minimum => "minimum recall",
        Recall.Maximum => "maximum recall",
        Recall.Pedestrian => "pedestrian recall",
        _ => "none",
    };

    private static int Correction(TransitionMode mode) => mode switch
    {
        TransitionMode.Dwell => 2,
        TransitionMode.Shortway => 3,
        TransitionMode.AddOnly => 4,
        _ => 1,
    };

    /// <summary>Distinct orders of phases, and the number of each pattern's own; the one by phase number comes first where it is used.</summary>
    private static (List<ImmutableArray<ImmutableArray<byte>>> Orders, List<int> Numbers) Sequences(ImmutableArray<PhaseTiming> phases, ImmutableArray<PatternTiming> patterns)
    {
        var orders = new List<ImmutableArray<ImmutableArray<byte>>>();
        var numbers = new List<int>();
        foreach (var pattern in patterns)
        {
            var order = new PatternView(phases, pattern).Rings.Select(r => r.Select(p => p.Number).ToImmutableArray()).ToImmutableArray();
            var known = orders.FindIndex(o => o.Zip(order).All(p => p.First.SequenceEqual(p.Second)));
            if (known < 0)
            {
                orders.Add(order);
                known = orders.Count - 1;
            }

            numbers.Add(known + 1);
        }

        return (orders, numbers);
    }

    private sealed class Rows(SignalId signal)
    {
        public List<PatternObject> All { get; } = [];

        public void Add(string name, string under, string index, int value, string unit = "", bool isChecked = false) =>
            Add(name, under, index, value.ToString(CultureInfo.InvariantCulture), unit, isChecked);

        public void Add(string name, string under, string index, string value, string unit, bool isChecked = false) =>
            All.Add(new PatternObject(signal, name, $"{Asc}.{under}", index, value, unit, isChecked));

        public void AddNamed(string name, string index, int value, string unit = "") =>
            All.Add(new PatternObject(signal, name, "", index, value.ToString(CultureInfo.InvariantCulture), unit, false));
    }
}
