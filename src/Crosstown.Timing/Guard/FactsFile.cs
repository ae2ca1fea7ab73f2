using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Crosstown.Core.Controllers;
using Crosstown.Core.Data;
using Crosstown.Core.Street;

namespace Crosstown.Timing.Guard;

/// <summary>Reads and writes facts that an engineer states (facts.json): <c>docs/schema/facts.schema.json</c> describes it.</summary>
public static class FactsFile
{
    /// <summary>The only version there is.</summary>
    public const int Version = 1;

    // In the order of the enumerations.
    private static readonly string[] s_references = ["begin-green", "begin-yellow", "begin-last-green", "begin-red", "begin-flashing-dont-walk"];
    private static readonly string[] s_roles = ["left-turn", "minor", "major"];
    private static readonly string[] s_displays = ["protected-only", "circular-green", "flashing-yellow-arrow"];

    /// <summary>The facts, in the order of the file: later ones count more.</summary>
    /// <param name="stream">JSON text.</param>
    /// <param name="source">The file's name, for messages.</param>
    /// <exception cref="ProblemException">XT672: the file is no JSON, or a field is unknown, missing or out of its limits; all such are listed.</exception>
    public static ImmutableArray<MeasuredFacts> Read(Stream stream, string source)
    {
        JsonDocument json;
        try
        {
            json = JsonDocument.Parse(stream);
        }
        catch (JsonException e)
        {
            throw new ProblemException("XT672", source, $"The file is no JSON: {e.Message}");
        }

        using (json)
        {
            var problems = new List<Problem>();
            var root = new Fields(json.RootElement, source, "", problems);
            if (root.Number("version", 0, 1e9m) is not Version)
            {
                problems.Add(new Problem("XT672", $"{source}, version", $"The version is not {Version}."));
            }

            var facts = root.List("signals").Select(Signal).ToImmutableArray();
            root.Finish();
            return problems.Count > 0 ? throw new ProblemException(problems) : facts;
        }
    }

    /// <summary>Writes facts that are known of whole signals, so that reading them states each of them again.</summary>
    /// <param name="stream">Takes JSON text; stays open.</param>
    public static void Write(Stream stream, IEnumerable<SignalFacts> signals)
    {
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" });
        json.WriteStartObject();
        json.WriteNumber("version", Version);
        json.WriteStartArray("signals");
        foreach (var facts in signals)
        {
            WriteSignal(json, facts);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteSignal(Utf8JsonWriter json, SignalFacts facts)
    {
        json.WriteStartObject();
        json.WriteString("signal", facts.Signal.Value);
        if (facts.PreventsBackup is { } prevents)
        {
            json.WriteBoolean("preventsBackup", prevents);
        }

        json.WriteString("coordinationGroup", facts.CoordinationGroup ?? "");
        if (facts.OffsetReference is { } reference)
        {
            json.WriteString("offsetReference", s_references[(int)reference]);
        }

        json.WriteStartArray("phases");
        foreach (var street in facts.Street)
        {
            json.WriteStartObject();
            json.WriteNumber("phase", street.Phase);
            if (street.Role is { } role)
            {
                json.WriteString("role", s_roles[(int)role]);
            }

            void Number(string name, decimal? value)
            {
                if (value is { } number)
                {
                    json.WriteNumber(name, number);
                }
            }

            Number("speedMph", street.SpeedMph);
            Number("gradePercent", street.GradePercent);
            Number("widthFt", street.WidthFt);
            Number("detectorSetbackFt", street.DetectorSetbackFt);
            Number("bicycleCrossingFt", street.BicycleCrossingFt);
            Number("crossingFt", street.CrossingFt);
            Number("buttonToCurbFt", street.ButtonToCurbFt);
            Number("walkingFtPerS", street.WalkingFtPerS);
            Number("leadingWalkS", street.LeadingWalkS);
            if (facts.Phases.FirstOrDefault(p => p.Number == street.Phase) is { AddedInitialMs: > 0 } timing)
            {
                json.WriteNumber("addedInitialS", timing.AddedInitialMs / 1000m);
                json.WriteNumber("maximumInitialS", timing.MaximumInitialMs / 1000m);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (facts.LeftTurns is { } turns)
        {
            json.WriteStartArray("leftTurns");
            foreach (var turn in turns)
            {
                WriteTurn(json, turn, facts);
            }

            json.WriteEndArray();
        }

        if (facts.Conflicts is { } conflicts)
        {
            json.WriteStartArray("conflicts");
            foreach (var (phase, other) in facts.Phases.SelectMany(p => facts.Phases.Select(o => (p, o)))
                .Where(pair => pair.p.Number < pair.o.Number && pair.p.Ring != pair.o.Ring && pair.p.BarrierGroup == pair.o.BarrierGroup && Bits.Has(conflicts[pair.p.Number], pair.o.Number)))
            {
                json.WriteStartObject();
                json.WriteNumber("phase", phase.Number);
                json.WriteNumber("other", other.Number);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void WriteTurn(Utf8JsonWriter json, LeftTurnFacts turn, SignalFacts facts)
    {
        json.WriteStartObject();
        json.WriteString("display", s_displays[(int)turn.Display]);
        json.WriteNumber("through", turn.Through);
        json.WriteNumber("opposing", turn.Opposing);
        if (turn.Protected is { } own)
        {
            json.WriteNumber("protected", own);
        }

        if (turn.Display == LeftTurnDisplay.FlashingYellowArrow
            && facts.Overlaps.FirstOrDefault(o => o.Kind == OverlapKind.FlashingYellowArrow && o.Parents.Contains(turn.Opposing) && o.ProtectedPhase == (turn.Protected ?? 0)) is { } arrow)
        {
            json.WriteNumber("overlap", arrow.Number);
            json.WriteNumber("yellowS", arrow.YellowMs / 1000m);
            json.WriteNumber("redClearanceS", arrow.RedClearanceMs / 1000m);
        }

        json.WriteEndObject();
    }

    private static MeasuredFacts Signal(Fields fields)
    {
        var signal = fields.Text("signal");
        if (signal is null || (signal != "*" && !SignalId.TryParse(signal, out _)))
        {
            fields.Refuse("signal", $"'{signal}' is no signal id, and not * for every signal");
            signal = "*";
        }

        var facts = new MeasuredFacts
        {
            Signal = signal == "*" ? null : SignalId.Parse(signal),
            PreventsBackup = fields.Flag("preventsBackup"),
            CoordinationGroup = fields.Text("coordinationGroup"),
            OffsetReference = (OffsetReference?)fields.Word("offsetReference", s_references),
            Phases = [.. fields.List("phases").Select(Phase)],
            LeftTurns = fields.Has("leftTurns") ? [.. fields.List("leftTurns").Select(LeftTurn)] : null,
            Conflicts = fields.Has("conflicts") ? [.. fields.List("conflicts").Select(Conflict)] : null,
        };
        fields.Finish();
        return facts;
    }

    private static MeasuredPhase Phase(Fields fields)
    {
        var phase = new MeasuredPhase
        {
            Phase = fields.IsStar("phase") ? null : PhaseNumber(fields, "phase"),
            Role = (PhaseRole?)fields.Word("role", s_roles),
            SpeedMph = fields.Number("speedMph", 5, 80),
            GradePercent = fields.Number("gradePercent", -15, 15),
            WidthFt = fields.Number("widthFt", 1, 400),
            DetectorSetbackFt = fields.Number("detectorSetbackFt", 0, 1000),
            BicycleCrossingFt = fields.Number("bicycleCrossingFt", 0, 400),
            CrossingFt = fields.Number("crossingFt", 1, 400),
            ButtonToCurbFt = fields.Number("buttonToCurbFt", 1, 450),
            WalkingFtPerS = fields.Number("walkingFtPerS", 2, 3.5m),
            LeadingWalkS = fields.Number("leadingWalkS", 0, 30),
            AddedInitialS = fields.Number("addedInitialS", 0, 30),
            MaximumInitialS = fields.Number("maximumInitialS", 0, 255),
        };
        fields.Finish();
        return phase;
    }

    private static MeasuredLeftTurn LeftTurn(Fields fields)
    {
        var display = fields.Word("display", s_displays);
        if (display is null)
        {
            fields.Require("display");
        }

        var isArrow = display == 2;
        var (through, opposing) = (PhaseNumber(fields, "through"), PhaseNumber(fields, "opposing"));
        byte? own = fields.Has("protected") ? PhaseNumber(fields, "protected") : null;
        byte? overlap = isArrow ? PhaseNumber(fields, "overlap") : null;
        var (yellow, red) = (fields.Number("yellowS", 0, 30), fields.Number("redClearanceS", 0, 30));
        if (isArrow && (yellow is null || red is null))
        {
            fields.Refuse("yellowS", "a flashing yellow arrow needs yellowS and redClearanceS of its overlap");
        }

        fields.Finish();
        var kind = (LeftTurnDisplay)(display ?? (int)LeftTurnDisplay.CircularGreen);
        return new MeasuredLeftTurn(new LeftTurnFacts(kind, through, opposing, own), overlap, (int)((yellow ?? 0) * 1000), (int)((red ?? 0) * 1000));
    }

    private static (byte Phase, byte Other) Conflict(Fields fields)
    {
        var pair = (PhaseNumber(fields, "phase"), PhaseNumber(fields, "other"));
        fields.Finish();
        return pair;
    }

    private static byte PhaseNumber(Fields fields, string name)
    {
        if (fields.Number(name, 1, 16) is { } number && number == decimal.Floor(number))
        {
            return (byte)number;
        }

        fields.Require(name);
        return 1;
    }

    /// <summary>The fields of one object: each is asked for by name, and what nobody asked for is refused at the end.</summary>
    private sealed class Fields(JsonElement value, string source, string where, List<Problem> problems)
    {
        private readonly HashSet<string> _asked = [];

        public void Refuse(string name, string what) => problems.Add(new Problem("XT672", $"{source}, {Place(name)}", char.ToUpperInvariant(what[0]) + what[1..] + "."));

        public void Require(string name)
        {
            if (!problems.Exists(p => p.Where == $"{source}, {Place(name)}"))
            {
                Refuse(name, "it is missing, or no value that may stand there");
            }
        }

        public bool Has(string name) => Find(name) is not null;

        public bool IsStar(string name) => Find(name) is { ValueKind: JsonValueKind.String } star && star.GetString() == "*";

        public string? Text(string name)
        {
            var found = Find(name);
            if (found is { ValueKind: not JsonValueKind.String })
            {
                Refuse(name, "it is a text");
            }

            return found is { ValueKind: JsonValueKind.String } text && text.GetString() is { Length: <= 60 } kept ? kept : null;
        }

        public bool? Flag(string name)
        {
            var found = Find(name);
            if (found is { ValueKind: not (JsonValueKind.True or JsonValueKind.False) })
            {
                Refuse(name, "it is true or false");
            }

            return found?.ValueKind switch { JsonValueKind.True => true, JsonValueKind.False => false, _ => null };
        }

        public decimal? Number(string name, decimal least, decimal most)
        {
            if (Find(name) is not { } found)
            {
                return null;
            }

            if (found.ValueKind == JsonValueKind.Number && found.TryGetDecimal(out var number) && number >= least && number <= most)
            {
                return number;
            }

            Refuse(name, string.Create(CultureInfo.InvariantCulture, $"{found.GetRawText()} is no number from {least} to {most}"));
            return null;
        }

        /// <summary>The place of a word in a list; null when it is not there.</summary>
        public int? Word(string name, string[] words)
        {
            if (Find(name) is not { } found)
            {
                return null;
            }

            var at = found.ValueKind == JsonValueKind.String ? Array.IndexOf(words, found.GetString()) : -1;
            if (at < 0)
            {
                Refuse(name, $"{found.GetRawText()} is none of {string.Join(", ", words)}");
            }

            return at < 0 ? null : at;
        }

        public Fields[] List(string name)
        {
            var found = Find(name);
            if (found is { ValueKind: not JsonValueKind.Array })
            {
                Refuse(name, "it is a list");
            }

            return found is { ValueKind: JsonValueKind.Array } list
                ? [.. list.EnumerateArray().Select((entry, i) => new Fields(entry, source, string.Create(CultureInfo.InvariantCulture, $"{Place(name)}[{i}]"), problems))]
                : [];
        }

        public void Finish()
        {
            if (value.ValueKind != JsonValueKind.Object)
            {
                problems.Add(new Problem("XT672", where.Length > 0 ? $"{source}, {where}" : source, "It is an object with fields."));
                return;
            }

            foreach (var unknown in value.EnumerateObject().Where(f => !_asked.Contains(f.Name)))
            {
                Refuse(unknown.Name, $"there is no field '{unknown.Name}' here; there are {string.Join(", ", _asked.Order(StringComparer.Ordinal))}");
            }
        }

        private string Place(string name) => where.Length > 0 ? $"{where}.{name}" : name;

        private JsonElement? Find(string name)
        {
            _asked.Add(name);
            return value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out var found) && found.ValueKind != JsonValueKind.Null ? found : null;
        }
    }
}
