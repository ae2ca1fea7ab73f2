using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Crosstown.Core.Controllers;
using Crosstown.Timing.Model;

namespace Crosstown.Timing.Sheets;

/// <summary>Writes plans as JSON (plans.json): <c>docs/schema/plans.schema.json</c> describes it.</summary>
public static class PlanFile
{
    /// <summary>Grows when a field changes its meaning or goes away.</summary>
    public const int Version = 2;

    private static readonly JsonWriterOptions s_options = new() { Indented = true, NewLine = "\n" };

    /// <summary>Writes an approved plan; the stream stays open.</summary>
    public static void Write(Stream stream, ApprovedPlan plan, SheetDetails details) => Write(stream, details, SheetTiming.Of(plan, details));

    internal static void Write(Stream stream, SheetDetails details, IReadOnlyList<SheetTiming> signals)
    {
        using var json = new Utf8JsonWriter(stream, s_options);
        json.WriteStartObject();
        json.WriteNumber("version", Version);
        json.WriteString("title", details.Title);
        json.WriteString("preparedOn", details.PreparedOn.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        json.WriteString("source", details.Source);
        json.WriteStartArray("signals");
        foreach (var signal in signals)
        {
            Signal(json, signal);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Signal(Utf8JsonWriter json, SheetTiming signal)
    {
        json.WriteStartObject();
        json.WriteString("signal", signal.About.Signal.Value);
        json.WriteString("name", signal.About.Name);
        json.WriteStartArray("phases");
        foreach (var phase in signal.Phases)
        {
            json.WriteStartObject();
            json.WriteNumber("phase", phase.Number);
            json.WriteString("movement", signal.About.Movements.GetValueOrDefault(phase.Number, ""));
            json.WriteNumber("ring", phase.Ring);
            json.WriteNumber("barrierGroup", phase.BarrierGroup);
            json.WriteBoolean("coordinated", phase.IsCoordinated);
            Seconds(json, "minimumGreenS", phase.MinimumGreenMs);
            Seconds(json, "yellowS", phase.YellowMs);
            Seconds(json, "redClearanceS", phase.RedClearanceMs);
            if (phase.WalkMs > 0)
            {
                Seconds(json, "walkS", phase.WalkMs);
                Seconds(json, "pedestrianClearanceS", phase.PedestrianClearanceMs);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("patterns");
        foreach (var (pattern, today) in signal.Patterns.Zip(signal.Today))
        {
            json.WriteStartObject();
            Pattern(json, signal.Phases, pattern);
            if (today is not null)
            {
                json.WriteStartObject("today");
                Pattern(json, signal.Phases, today);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("dayPlans");
        foreach (var plan in signal.About.DayPlans)
        {
            DayPlan(json, plan);
        }

        json.WriteEndArray();
        Comparisons(json, signal.About.Comparisons);
        Notes(json, signal);
        Assumptions(json, signal.About.Assumptions);
        json.WriteEndObject();
    }

    private static void Pattern(Utf8JsonWriter json, ImmutableArray<PhaseTiming> phases, PatternTiming pattern)
    {
        var diagram = new PatternView(phases, pattern);
        json.WriteNumber("pattern", pattern.Number);
        Seconds(json, "cycleS", pattern.CycleMs);
        Seconds(json, "offsetS", pattern.OffsetMs);
        json.WriteString("offsetReference", pattern.Reference switch
        {
            OffsetReference.BeginGreen => "begin-green",
            OffsetReference.BeginLastGreen => "begin-last-green",
            OffsetReference.BeginYellow => "begin-yellow",
            OffsetReference.BeginRed => "begin-red",
            _ => "begin-flashing-dont-walk",
        });
        json.WriteString("forceOff", pattern.ForceOff == ForceOffMode.Fixed ? "fixed" : "floating");
        json.WriteString("transition", PatternTable.Word(pattern.Transition).Replace(' ', '-'));
        json.WriteStartArray("sequence");
        foreach (var ring in diagram.Rings)
        {
            json.WriteStartArray();
            foreach (var phase in ring)
            {
                json.WriteNumberValue(phase.Number);
            }

            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteStartArray("splits");
        foreach (var phase in phases)
        {
            var (start, _, forceOff) = diagram.PlaceOf(phase.Number);
            json.WriteStartObject();
            json.WriteNumber("phase", phase.Number);
            Seconds(json, "splitS", pattern.SplitMs.GetValueOrDefault(phase.Number));
            Seconds(json, "greenAtS", diagram.OnMasterMs(start));
            Seconds(json, "forceOffAtS", diagram.OnMasterMs(forceOff));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Comparisons(Utf8JsonWriter json, ImmutableArray<ApproachComparison> comparisons)
    {
        json.WriteStartArray("comparisons");
        foreach (var row in comparisons.IsDefault ? [] : comparisons)
        {
            foreach (var figure in row.Figures)
            {
                json.WriteStartObject();
                json.WriteNumber("pattern", row.Pattern);
                json.WriteString("approach", row.Approach);
                json.WriteString("measure", row.Measure);
                json.WriteString("source", figure.Source);
                Number(json, "before", figure.Before);
                Number(json, "after", figure.After);
                Number(json, "beforeSpread", figure.BeforeSpread);
                Number(json, "afterSpread", figure.AfterSpread);
                json.WriteEndObject();
            }
        }

        json.WriteEndArray();
    }

    private static void Notes(Utf8JsonWriter json, SheetTiming signal)
    {
        json.WriteStartArray("explanations");
        foreach (var sentence in signal.About.Explanations)
        {
            json.WriteStringValue(sentence);
        }

        json.WriteEndArray();
        json.WriteStartArray("notes");
        foreach (var (pattern, note) in signal.Notes)
        {
            json.WriteStartObject();
            json.WriteNumber("pattern", pattern);
            json.WriteNumber("phase", note.Phase);
            json.WriteString("accepted", note.Kind switch
            {
                NoteKind.PedestriansByOverride => "pedestrians-by-override",
                NoteKind.LessThanToday => "less-than-today",
                NoteKind.NearCapacity => "near-capacity",
                _ => "storage",
            });
            json.WriteString("reason", note.Reason);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Assumptions(Utf8JsonWriter json, ImmutableArray<FactAssumption> assumptions)
    {
        json.WriteStartArray("assumptions");
        foreach (var assumption in assumptions)
        {
            json.WriteStartObject();
            json.WriteString("fact", FieldChecks.Word(assumption.Fact));
            if (assumption.Phase is { } phase)
            {
                json.WriteNumber("phase", phase);
            }

            if (assumption.Value is { } value)
            {
                json.WriteNumber("value", value);
                json.WriteString("unit", FieldChecks.Unit(assumption.Fact));
            }

            json.WriteString("basis", assumption.Basis);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void DayPlan(Utf8JsonWriter json, DayPlan plan)
    {
        json.WriteStartObject();
        json.WriteNumber("dayPlan", plan.Number);
        json.WriteStartArray("days");
        foreach (var day in plan.Days)
        {
            json.WriteStringValue(day.ToString().ToLower(CultureInfo.InvariantCulture));
        }

        json.WriteEndArray();
        json.WriteStartArray("events");
        foreach (var entry in plan.Events)
        {
            json.WriteStartObject();
            json.WriteString("at", entry.At.ToString("HH:mm", CultureInfo.InvariantCulture));
            json.WriteNumber("pattern", entry.Pattern);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Seconds(Utf8JsonWriter json, string name, int ms) => json.WriteNumber(name, ms / 1000m);

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
