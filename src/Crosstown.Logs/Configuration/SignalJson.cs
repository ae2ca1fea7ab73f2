using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Crosstown.Core.Data;
using Crosstown.Core.Street;
using Crosstown.Logs.Formats;

namespace Crosstown.Logs.Configuration;

/// <summary>The JSON form of a signal's configuration: <c>docs/schema/signal.schema.json</c>.</summary>
/// <remarks>The schema is closed (rule P06): a field that it does not know is dropped unread and reported by name. What is not known is left out, never 0.</remarks>
internal static class SignalJson
{
    private static readonly JsonWriterOptions Pretty = new() { Indented = true, NewLine = "\n" };

    /// <summary>Reads one signal, or an array of signals. What cannot be read is reported, and the rest stands.</summary>
    public static IReadOnlyList<SignalConfiguration> Read(string text, string source, DataIssueLog issues)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = ReadLimits.MaxJsonDepth });
        }
        catch (JsonException problem)
        {
            issues.Add(
                DataIssueKind.BadHeader,
                source,
                (problem.LineNumber ?? 0) + 1,
                "",
                $"no JSON of at most {ReadLimits.MaxJsonDepth} levels from this line on; the file is left out");
            return [];
        }

        using (document)
        {
            var signals = document.RootElement.ValueKind == JsonValueKind.Array ? [.. document.RootElement.EnumerateArray()] : new[] { document.RootElement };
            return [.. signals.Select(s => ReadSignal(new JsonFields(s, "signal", source, issues))).OfType<SignalConfiguration>()];
        }
    }

    public static void Write(Stream stream, IEnumerable<SignalConfiguration> configurations, bool isArray)
    {
        using var json = new Utf8JsonWriter(stream, Pretty);
        if (isArray)
        {
            json.WriteStartArray();
        }

        foreach (var configuration in configurations)
        {
            WriteSignal(json, configuration);
        }

        if (isArray)
        {
            json.WriteEndArray();
        }
    }

    /// <summary>One part of a configuration as JSON text: two parts are the same when their texts are.</summary>
    public static string Describe<T>(T part)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            switch (part)
            {
                case Approach approach:
                    WriteApproach(json, approach);
                    break;
                case Detector detector:
                    WriteDetector(json, detector);
                    break;
                case PhaseConfiguration phase:
                    WritePhase(json, phase);
                    break;
                case OverlapConfiguration overlap:
                    WriteOverlap(json, overlap);
                    break;
                case PedestrianButton button:
                    WriteButton(json, button);
                    break;
                case CoordinationPattern pattern:
                    WritePattern(json, pattern);
                    break;
                case Evidence evidence:
                    WriteEvidence(json, evidence);
                    break;
                default:
                    throw new ArgumentException($"{typeof(T).Name} is no part of a signal's configuration.", nameof(part));
            }
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static SignalConfiguration? ReadSignal(JsonFields fields)
    {
        fields.Skip("$schema");
        if (fields.Text("signal") is not { } name || !SignalName.TryParse(name, out var signal))
        {
            fields.Refuse(DataIssueKind.PrivacyRefused, $"'signal' is missing, or {SignalName.Refusal}; the signal is left out and the name is not kept");
            return null;
        }

        var configuration = new SignalConfiguration
        {
            Signal = signal,
            Name = fields.FreeText("name") ?? "",
            Zone = fields.Zone("zone"),
            Latitude = fields.Number("latitude", -90, 90),
            Longitude = fields.Number("longitude", -180, 180),
            ValidFromMs = fields.Moment("validFrom") ?? long.MinValue,
            Approaches = fields.List("approaches", ReadApproach),
            Detectors = fields.List("detectors", ReadDetector),
            Phases = fields.List("phases", ReadPhase),
            Overlaps = fields.List("overlaps", ReadOverlap),
            PedestrianButtons = fields.List("pedestrianButtons", ReadButton),
            Patterns = fields.List("patterns", ReadPattern),
            Evidence = fields.List("evidence", ReadEvidence),
        };
        fields.ReportUnknown();
        return configuration;
    }

    private static void WriteSignal(Utf8JsonWriter json, SignalConfiguration signal)
    {
        json.WriteStartObject();
        json.WriteString("signal", signal.Signal.Value);
        Text(json, "name", signal.Name);
        Text(json, "zone", signal.Zone);
        Number(json, "latitude", signal.Latitude);
        Number(json, "longitude", signal.Longitude);
        if (signal.ValidFromMs != long.MinValue)
        {
            json.WriteString("validFrom", TimestampText.Write(signal.ValidFromMs) + "Z");
        }

        List(json, "approaches", signal.Approaches, WriteApproach);
        List(json, "detectors", signal.Detectors, WriteDetector);
        List(json, "phases", signal.Phases, WritePhase);
        List(json, "overlaps", signal.Overlaps, WriteOverlap);
        List(json, "pedestrianButtons", signal.PedestrianButtons, WriteButton);
        List(json, "patterns", signal.Patterns, WritePattern);
        List(json, "evidence", signal.Evidence, WriteEvidence);
        json.WriteEndObject();
    }

    private static Approach? ReadApproach(JsonFields fields) => fields.Text("id") is { Length: > 0 } id
        ? new Approach
        {
            Id = id,
            Description = fields.FreeText("description") ?? "",
            Direction = fields.Word<TravelDirection>("direction") ?? TravelDirection.Unknown,
            SpeedLimitMph = fields.Whole("speedLimitMph", 1, 120),
            Protected = fields.Object("protected", ReadGroup),
            Permissive = fields.Object("permissive", ReadGroup),
            Pedestrian = fields.Object("pedestrian", ReadGroup),
        }
        : fields.Missing<Approach>("id");

    private static void WriteApproach(Utf8JsonWriter json, Approach approach)
    {
        json.WriteStartObject();
        json.WriteString("id", approach.Id);
        Text(json, "description", approach.Description);
        Word(json, "direction", approach.Direction, TravelDirection.Unknown);
        Number(json, "speedLimitMph", approach.SpeedLimitMph);
        Group(json, "protected", approach.Protected);
        Group(json, "permissive", approach.Permissive);
        Group(json, "pedestrian", approach.Pedestrian);
        json.WriteEndObject();
    }

    private static SignalGroup? ReadGroup(JsonFields fields) =>
        fields.Whole("phase", 1, byte.MaxValue) is { } phase ? SignalGroup.Phase(phase)
        : fields.Whole("overlap", 1, byte.MaxValue) is { } overlap ? SignalGroup.Overlap(overlap)
        : fields.Missing<SignalGroup?>("phase' or 'overlap");

    private static void Group(Utf8JsonWriter json, string name, SignalGroup? group)
    {
        if (group is { } g)
        {
            json.WriteStartObject(name);
            json.WriteNumber(g.IsOverlap ? "overlap" : "phase", g.Number);
            json.WriteEndObject();
        }
    }

    private static Detector? ReadDetector(JsonFields fields) => fields.Byte("channel") is { } channel
        ? new Detector
        {
            Channel = channel,
            Phase = fields.Byte("phase"),
            Overlap = fields.Byte("overlap"),
            ApproachId = fields.Text("approach"),
            Functions = fields.Words<DetectorFunctions>("functions").Aggregate(DetectorFunctions.None, (all, f) => all | f),
            Lane = fields.Whole("lane", 1, 16),
            Movement = fields.Word<LaneMovement>("movement") ?? LaneMovement.Unknown,
            LaneType = fields.Word<LaneType>("laneType") ?? LaneType.Vehicle,
            StopBarDistanceFt = fields.Number("stopBarDistanceFt", 0, 10_000),
            TravelTimeS = fields.Number("travelTimeS", 0, 600),
            LatencyS = fields.Number("latencyS", -600, 600) ?? 0,
            DecisionPointS = fields.Number("decisionPointS", 0, 600) ?? 0,
            MovementDelayS = fields.Number("movementDelayS", 0, 600) ?? 0,
            MinimumSpeedMph = fields.Number("minimumSpeedMph", 0, 120),
        }
        : fields.Missing<Detector>("channel");

    private static void WriteDetector(Utf8JsonWriter json, Detector detector)
    {
        json.WriteStartObject();
        json.WriteNumber("channel", detector.Channel);
        Number(json, "phase", detector.Phase);
        Number(json, "overlap", detector.Overlap);
        Text(json, "approach", detector.ApproachId);
        if (detector.Functions != DetectorFunctions.None)
        {
            json.WriteStartArray("functions");
            foreach (var function in Enum.GetValues<DetectorFunctions>())
            {
                if (function != DetectorFunctions.None && detector.Has(function))
                {
                    json.WriteStringValue(JsonFields.WordOf(function));
                }
            }

            json.WriteEndArray();
        }

        Number(json, "lane", detector.Lane);
        Word(json, "movement", detector.Movement, LaneMovement.Unknown);
        Word(json, "laneType", detector.LaneType, LaneType.Vehicle);
        Number(json, "stopBarDistanceFt", detector.StopBarDistanceFt);
        Number(json, "travelTimeS", detector.TravelTimeS);
        NumberUnlessZero(json, "latencyS", detector.LatencyS);
        NumberUnlessZero(json, "decisionPointS", detector.DecisionPointS);
        NumberUnlessZero(json, "movementDelayS", detector.MovementDelayS);
        Number(json, "minimumSpeedMph", detector.MinimumSpeedMph);
        json.WriteEndObject();
    }

    private static PhaseConfiguration? ReadPhase(JsonFields fields) => fields.Byte("number") is { } number
        ? new PhaseConfiguration
        {
            Number = number,
            Ring = fields.Byte("ring"),
            BarrierGroup = fields.Byte("barrierGroup"),
            IsCoordinated = fields.Flag("isCoordinated"),
            YellowS = fields.Number("yellowS", 0, 600),
            RedClearanceS = fields.Number("redClearanceS", 0, 600),
            MinimumGreenS = fields.Number("minimumGreenS", 0, 600),
            WalkS = fields.Number("walkS", 0, 600),
            PedestrianClearanceS = fields.Number("pedestrianClearanceS", 0, 600),
        }
        : fields.Missing<PhaseConfiguration>("number");

    private static void WritePhase(Utf8JsonWriter json, PhaseConfiguration phase)
    {
        json.WriteStartObject();
        json.WriteNumber("number", phase.Number);
        Number(json, "ring", phase.Ring);
        Number(json, "barrierGroup", phase.BarrierGroup);
        Flag(json, "isCoordinated", phase.IsCoordinated);
        Number(json, "yellowS", phase.YellowS);
        Number(json, "redClearanceS", phase.RedClearanceS);
        Number(json, "minimumGreenS", phase.MinimumGreenS);
        Number(json, "walkS", phase.WalkS);
        Number(json, "pedestrianClearanceS", phase.PedestrianClearanceS);
        json.WriteEndObject();
    }

    private static OverlapConfiguration? ReadOverlap(JsonFields fields) => fields.Byte("number") is { } number
        ? new OverlapConfiguration
        {
            Number = number,
            ParentPhases = fields.Bytes("parentPhases"),
            IsFlashingYellowArrow = fields.Flag("isFlashingYellowArrow"),
        }
        : fields.Missing<OverlapConfiguration>("number");

    private static void WriteOverlap(Utf8JsonWriter json, OverlapConfiguration overlap)
    {
        json.WriteStartObject();
        json.WriteNumber("number", overlap.Number);
        List(json, "parentPhases", overlap.ParentPhases, static (j, phase) => j.WriteNumberValue(phase));
        Flag(json, "isFlashingYellowArrow", overlap.IsFlashingYellowArrow);
        json.WriteEndObject();
    }

    private static PedestrianButton? ReadButton(JsonFields fields) =>
        fields.Byte("channel") is { } channel && fields.Byte("phase") is { } phase
            ? new PedestrianButton(channel, phase)
            : fields.Missing<PedestrianButton>("channel' or 'phase");

    private static void WriteButton(Utf8JsonWriter json, PedestrianButton button)
    {
        json.WriteStartObject();
        json.WriteNumber("channel", button.Channel);
        json.WriteNumber("phase", button.Phase);
        json.WriteEndObject();
    }

    private static CoordinationPattern? ReadPattern(JsonFields fields)
    {
        if (fields.Byte("number") is not { } number)
        {
            return fields.Missing<CoordinationPattern>("number");
        }

        var splits = ImmutableSortedDictionary.CreateBuilder<byte, double>();
        foreach (var (phase, splitS) in fields.List("splits", ReadSplit))
        {
            splits[phase] = splitS;
        }

        return new CoordinationPattern
        {
            Number = number,
            CycleLengthS = fields.Number("cycleLengthS", 0, 3600),
            OffsetS = fields.Number("offsetS", 0, 3600),
            SplitS = splits.ToImmutable(),
        };
    }

    private static (byte Phase, double SplitS)? ReadSplit(JsonFields fields) =>
        fields.Byte("phase") is { } phase && fields.Number("splitS", 0, 3600) is { } splitS
            ? (phase, splitS)
            : fields.Missing<(byte, double)?>("phase' or 'splitS");

    private static void WritePattern(Utf8JsonWriter json, CoordinationPattern pattern)
    {
        json.WriteStartObject();
        json.WriteNumber("number", pattern.Number);
        Number(json, "cycleLengthS", pattern.CycleLengthS);
        Number(json, "offsetS", pattern.OffsetS);
        if (!pattern.SplitS.IsEmpty)
        {
            json.WriteStartArray("splits");
            foreach (var (phase, splitS) in pattern.SplitS)
            {
                json.WriteStartObject();
                json.WriteNumber("phase", phase);
                json.WriteNumber("splitS", splitS);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static Evidence? ReadEvidence(JsonFields fields) => fields.Text("field") is { } field && fields.Text("value") is { } value
        ? new Evidence(field, value, fields.Number("confidence", 0, 1) ?? 0, fields.Text("basis") ?? "")
        : fields.Missing<Evidence>("field' or 'value");

    private static void WriteEvidence(Utf8JsonWriter json, Evidence evidence)
    {
        json.WriteStartObject();
        json.WriteString("field", evidence.Field);
        json.WriteString("value", evidence.Value);
        json.WriteNumber("confidence", evidence.Confidence);
        Text(json, "basis", evidence.Basis);
        json.WriteEndObject();
    }

    private static void Text(Utf8JsonWriter json, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            json.WriteString(name, value);
        }
    }

    private static void Number(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
    }

    private static void NumberUnlessZero(Utf8JsonWriter json, string name, double value) => Number(json, name, value == 0 ? null : value);

    private static void Flag(Utf8JsonWriter json, string name, bool value)
    {
        if (value)
        {
            json.WriteBoolean(name, true);
        }
    }

    private static void Word<T>(Utf8JsonWriter json, string name, T value, T unsaid)
        where T : struct, Enum
    {
        if (!EqualityComparer<T>.Default.Equals(value, unsaid))
        {
            json.WriteString(name, JsonFields.WordOf(value));
        }
    }

    private static void List<T>(Utf8JsonWriter json, string name, ImmutableArray<T> items, Action<Utf8JsonWriter, T> write)
    {
        if (items.IsEmpty)
        {
            return;
        }

        json.WriteStartArray(name);
        foreach (var item in items)
        {
            write(json, item);
        }

        json.WriteEndArray();
    }
}
