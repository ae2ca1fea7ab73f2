using System.Collections.Immutable;
using System.Text.Json;
using Crosstown.Core.Data;
using Crosstown.Core.Street;

namespace Crosstown.Logs.Configuration;

/// <summary>What a <c>city.json</c> says: the city's zone and its corridors.</summary>
/// <param name="Name">The city, as people call it; empty when not given.</param>
/// <param name="Zone">IANA zone of its cabinets; null when not given.</param>
/// <param name="Corridors">In the file's order; ids differ.</param>
public sealed record City(string Name, string? Zone, ImmutableArray<Corridor> Corridors);

/// <summary>Reads <c>city.json</c>, as <c>docs/schema/city.schema.json</c> describes it.</summary>
public static class CityFile
{
    /// <summary>Longest distance of a signal along its corridor: 100 miles, in feet.</summary>
    public const double MaxDistanceFt = 528_000;

    private const double MaxSpeedMph = 100;
    private const string NotJson = "XT120";
    private const string BadValue = "XT121";
    private const string BadOrder = "XT122";

    /// <summary>Reads a city file's text.</summary>
    /// <param name="json">The text.</param>
    /// <param name="where">The file's name, for messages.</param>
    /// <param name="issues">Counts fields that the schema does not know; they are dropped.</param>
    /// <exception cref="ProblemException">The text is no JSON, or a value is missing or out of its limits: all problems at once.</exception>
    public static City Read(string json, string where, DataIssueLog issues)
    {
        using var document = Parse(json, where);
        var reader = new Reader(where, issues);
        var city = reader.City(document.RootElement);
        return reader.Problems.Count == 0 ? city : throw new ProblemException(reader.Problems);
    }

    private static JsonDocument Parse(string json, string where)
    {
        try
        {
            return JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 16, CommentHandling = JsonCommentHandling.Skip });
        }
        catch (JsonException e)
        {
            throw new ProblemException(NotJson, where, $"Not JSON: line {e.LineNumber + 1}, byte {e.BytePositionInLine}.");
        }
    }

    private sealed class Reader(string file, DataIssueLog issues)
    {
        public List<Problem> Problems { get; } = [];

        public City City(JsonElement root)
        {
            if (!IsObject(root, ""))
            {
                return new City("", null, []);
            }

            Known(root, "", "$schema", "name", "zone", "corridors");
            var corridors = Items(root, "corridors", "").Select((c, i) => Corridor(c, $"corridors/{i}")).OfType<Corridor>().ToImmutableArray();
            foreach (var twice in corridors.GroupBy(c => c.Id, StringComparer.Ordinal).Where(g => g.Count() > 1))
            {
                Add(BadOrder, "corridors", $"Two corridors have the id '{twice.Key}'; give each its own.");
            }

            return new City(FreeText(root, "name", ""), Text(root, "zone", "") is { Length: > 0 } zone ? zone : null, corridors);
        }

        private Corridor? Corridor(JsonElement element, string at)
        {
            if (!IsObject(element, at))
            {
                return null;
            }

            Known(element, at, "id", "name", "forward", "backward", "speedMph", "signals");
            var id = Text(element, "id", at);
            if (!SignalId.TryParse(id, out _))
            {
                Add(BadValue, $"{at}/id", $"'{id}' is no id: 1 to {SignalId.MaxLength} letters, digits, '_', '.' or '-', starting with a letter or digit.");
            }

            var speedMph = Number(element, "speedMph", at, 1, MaxSpeedMph);
            var signals = Items(element, "signals", at).Select((s, i) => Signal(s, $"{at}/signals/{i}", speedMph)).OfType<CorridorSignal>().ToImmutableArray();
            if (signals.Length == 0)
            {
                Add(BadValue, $"{at}/signals", "A corridor has at least one signal.");
                return null;
            }

            for (var i = 1; i < signals.Length; i++)
            {
                if (signals[i].DistanceFt <= signals[i - 1].DistanceFt)
                {
                    Add(BadOrder, $"{at}/signals/{i}/distanceFt", $"{signals[i].DistanceFt} ft is not beyond {signals[i - 1].DistanceFt} ft of the signal before; list signals in forward order.");
                }
            }

            foreach (var twice in signals.GroupBy(s => s.Signal).Where(g => g.Count() > 1))
            {
                Add(BadOrder, $"{at}/signals", $"Signal {twice.Key} is listed {twice.Count()} times; a corridor passes a signal once.");
            }

            return new Corridor
            {
                Id = id,
                Name = FreeText(element, "name", at),
                Forward = Direction(element, "forward", at),
                Backward = Direction(element, "backward", at),
                Signals = signals.SetItem(signals.Length - 1, signals[^1] with { SpeedMphToNext = null }),
            };
        }

        private CorridorSignal? Signal(JsonElement element, string at, double? corridorMph)
        {
            if (!IsObject(element, at))
            {
                return null;
            }

            Known(element, at, "signal", "distanceFt", "speedMph", "forwardPhase", "forwardOverlap", "backwardPhase", "backwardOverlap");
            var text = Text(element, "signal", at);
            if (!SignalId.TryParse(text, out var signal))
            {
                Add(BadValue, $"{at}/signal", $"'{text}' is no signal id.");
            }

            var distanceFt = Number(element, "distanceFt", at, 0, MaxDistanceFt);
            if (distanceFt is null && !element.TryGetProperty("distanceFt", out _))
            {
                Add(BadValue, $"{at}/distanceFt", "The distance from the first signal, in feet, is missing.");
            }

            return new CorridorSignal
            {
                Signal = signal,
                DistanceFt = distanceFt ?? 0,
                SpeedMphToNext = Number(element, "speedMph", at, 1, MaxSpeedMph) ?? corridorMph,
                ForwardGroup = Group(element, "forward", at),
                BackwardGroup = Group(element, "backward", at),
            };
        }

        private SignalGroup? Group(JsonElement element, string side, string at)
        {
            var phase = Number(element, side + "Phase", at, 1, 255);
            var overlap = Number(element, side + "Overlap", at, 1, 255);
            if (phase is not null && overlap is not null)
            {
                Add(BadValue, $"{at}/{side}Phase", $"Phase {phase} and overlap {overlap} are both given; one of them serves the corridor.");
            }

            return phase is { } p ? SignalGroup.Phase((int)p) : overlap is { } o ? SignalGroup.Overlap((int)o) : null;
        }

        private TravelDirection Direction(JsonElement element, string name, string at)
        {
            var text = Text(element, name, at);
            if (text.Length == 0)
            {
                return TravelDirection.Unknown;
            }

            if (Enum.TryParse<TravelDirection>(text, ignoreCase: true, out var direction) && Enum.IsDefined(direction) && !char.IsAsciiDigit(text[0]))
            {
                return direction;
            }

            Add(BadValue, $"{at}/{name}", $"'{text}' is no direction; there are {string.Join(", ", Enum.GetNames<TravelDirection>().Select(n => n.ToLowerInvariant()))}.");
            return TravelDirection.Unknown;
        }

        private List<JsonElement> Items(JsonElement element, string name, string at)
        {
            if (!element.TryGetProperty(name, out var list))
            {
                return [];
            }

            if (list.ValueKind == JsonValueKind.Array)
            {
                return [.. list.EnumerateArray()];
            }

            Add(BadValue, $"{at}/{name}", "This is a list.");
            return [];
        }

        private string Text(JsonElement element, string name, string at)
        {
            if (!element.TryGetProperty(name, out var value))
            {
                return "";
            }

            if (value.ValueKind is JsonValueKind.String or JsonValueKind.Number)
            {
                return value.ToString();
            }

            Add(BadValue, $"{at}/{name}", "This is a text.");
            return "";
        }

        private string FreeText(JsonElement element, string name, string at)
        {
            var text = Text(element, name, at);
            return Configuration.FreeText.TryTake(text, at.Length == 0 ? name : $"{at}/{name}", file, 0, issues) ? text : "";
        }

        private double? Number(JsonElement element, string name, string at, double least, double most)
        {
            if (!element.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
            {
                return null;
            }

            if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && number >= least && number <= most)
            {
                return number;
            }

            Add(BadValue, $"{at}/{name}", FormattableString.Invariant($"'{value}' is not a number from {least} to {most}."));
            return null;
        }

        private bool IsObject(JsonElement element, string at)
        {
            if (element.ValueKind == JsonValueKind.Object)
            {
                return true;
            }

            Add(BadValue, at, "This is an object.");
            return false;
        }

        private void Known(JsonElement element, string at, params ReadOnlySpan<string> names)
        {
            foreach (var member in element.EnumerateObject())
            {
                if (!names.Contains(member.Name))
                {
                    issues.Add(DataIssueKind.UnknownField, file, 0, $"{at}/{member.Name}", "The schema does not know this field; it was left out.");
                }
            }
        }

        private void Add(string code, string at, string message) => Problems.Add(new Problem(code, at.Length == 0 ? file : $"{file}: {at}", message));
    }
}
