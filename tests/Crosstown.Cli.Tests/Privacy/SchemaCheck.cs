using System.Text.Json;

namespace Crosstown.Cli.Tests.Privacy;

/// <summary>Checks JSON against the part of JSON Schema that our schemas use; a keyword that it does not know is a fault.</summary>
internal static class SchemaCheck
{
    public static List<string> ListFaults(JsonElement schema, JsonElement value)
    {
        var faults = new List<string>();
        Check(schema, value, "$", faults);
        return faults;
    }

    private static void Check(JsonElement schema, JsonElement value, string path, List<string> faults)
    {
        foreach (var keyword in schema.EnumerateObject())
        {
            var rule = keyword.Value;
            var isRight = keyword.Name switch
            {
                "$schema" or "$id" or "title" or "description" or "properties" => true,
                "type" => rule.GetString() == value.ValueKind switch
                {
                    JsonValueKind.Object => "object",
                    JsonValueKind.Array => "array",
                    JsonValueKind.String => "string",
                    _ => value.ValueKind.ToString(),
                },
                "enum" => rule.EnumerateArray().Any(e => e.GetString() == value.GetString()),
                "minLength" => value.GetString()!.Length >= rule.GetInt32(),
                "pattern" => System.Text.RegularExpressions.Regex.IsMatch(value.GetString()!, rule.GetString()!),
                "required" => rule.EnumerateArray().All(name => value.TryGetProperty(name.GetString()!, out _)),
                "additionalProperties" => !rule.GetBoolean() && value.EnumerateObject().All(p => schema.GetProperty("properties").TryGetProperty(p.Name, out _)),
                "items" => true,
                _ => false,
            };
            if (!isRight)
            {
                faults.Add($"{path}: {keyword.Name} {rule}");
            }
        }

        if (value.ValueKind == JsonValueKind.Object && schema.TryGetProperty("properties", out var properties))
        {
            foreach (var property in value.EnumerateObject())
            {
                if (properties.TryGetProperty(property.Name, out var inner))
                {
                    Check(inner, property.Value, $"{path}.{property.Name}", faults);
                }
            }
        }

        if (value.ValueKind == JsonValueKind.Array && schema.TryGetProperty("items", out var items))
        {
            foreach (var (index, item) in value.EnumerateArray().Index())
            {
                Check(items, item, $"{path}[{index}]", faults);
            }
        }
    }
}
