using System.Text.Json;
using System.Text.RegularExpressions;

namespace Crosstown.Timing.Tests.Sheets;

/// <summary>Holds a JSON document against a schema, as far as our schemas go: types, fields, references, limits, patterns and enumerations.</summary>
internal static class SchemaCheck
{
    private static readonly HashSet<string> s_known =
    [
        "$schema", "title", "description", "$defs", "$ref", "type", "additionalProperties", "required", "properties", "items", "minItems", "enum", "const", "pattern", "minimum", "maximum", "format",
    ];

    /// <summary>What does not hold, as places in the document; empty when all does.</summary>
    public static List<string> Check(JsonElement schema, JsonElement value)
    {
        var wrong = new List<string>();
        Check(schema, schema, value, "$", wrong);
        return wrong;
    }

    private static void Check(JsonElement root, JsonElement schema, JsonElement value, string where, List<string> wrong)
    {
        foreach (var part in schema.EnumerateObject())
        {
            if (!s_known.Contains(part.Name))
            {
                wrong.Add($"{where}: the check does not know '{part.Name}'");
            }
        }

        if (schema.TryGetProperty("$ref", out var reference))
        {
            Check(root, root.GetProperty("$defs").GetProperty(reference.GetString()!["#/$defs/".Length..]), value, where, wrong);
        }

        bool Has(string name, out JsonElement part) => schema.TryGetProperty(name, out part);
        void Say(bool isWrong, string what)
        {
            if (isWrong)
            {
                wrong.Add($"{where}: {what}, is {value.GetRawText()}");
            }
        }

        Say(Has("type", out var type) && !(type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Select(t => t.GetString()) : [type.GetString()]).Contains(TypeOf(value)) && !(type.ValueKind == JsonValueKind.String && type.GetString() == "number" && TypeOf(value) == "integer") && !(type.ValueKind == JsonValueKind.Array && TypeOf(value) == "integer"), "type");
        Say(Has("const", out var constant) && !JsonElement.DeepEquals(constant, value), "const");
        Say(Has("enum", out var options) && !options.EnumerateArray().Any(o => JsonElement.DeepEquals(o, value)), "enum");
        Say(Has("pattern", out var pattern) && !Regex.IsMatch(value.GetString()!, pattern.GetString()!), "pattern");
        Say(Has("minimum", out var least) && value.ValueKind == JsonValueKind.Number && value.GetDouble() < least.GetDouble(), "minimum");
        Say(Has("maximum", out var most) && value.ValueKind == JsonValueKind.Number && value.GetDouble() > most.GetDouble(), "maximum");
        Say(Has("minItems", out var items) && value.GetArrayLength() < items.GetInt32(), "minItems");
        if (Has("items", out var item))
        {
            foreach (var (entry, i) in value.EnumerateArray().Select((e, i) => (e, i)))
            {
                Check(root, item, entry, $"{where}[{i}]", wrong);
            }
        }

        if (!Has("properties", out var properties))
        {
            return;
        }

        foreach (var field in value.EnumerateObject())
        {
            if (properties.TryGetProperty(field.Name, out var inner))
            {
                Check(root, inner, field.Value, $"{where}.{field.Name}", wrong);
            }
            else
            {
                wrong.Add($"{where}: no field '{field.Name}'");
            }
        }

        foreach (var needed in Has("required", out var required) ? required.EnumerateArray().Select(r => r.GetString()!) : [])
        {
            Say(!value.TryGetProperty(needed, out _), $"lacks '{needed}'");
        }
    }

    private static string TypeOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => value.TryGetInt64(out _) ? "integer" : "number",
        JsonValueKind.Null => "null",
        _ => "boolean",
    };
}
