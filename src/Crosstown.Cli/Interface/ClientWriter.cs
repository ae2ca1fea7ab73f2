using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Crosstown.Cli.Interface;

/// <summary>Writes the C# client's operations and records from the OpenAPI document.</summary>
internal sealed class ClientWriter(JsonElement document)
{
    private const string Head = "// Made by ./run docs from the interface's OpenAPI document; do not edit it.\n#nullable enable\n\nusing System.Text.Json;\n\nnamespace Crosstown.Client;\n";

    private readonly JsonElement? _schemas = document.TryGetProperty("components", out var components) && components.TryGetProperty("schemas", out var schemas) ? schemas : null;

    /// <summary>The file of the operations.</summary>
    public string WriteOperations()
    {
        var code = new StringBuilder(Head);
        code.Append("\npublic sealed partial class CrosstownClient\n{");
        var isFirst = true;
        foreach (var operation in InterfaceOperation.ListAll(document).OrderBy(o => o.Name, StringComparer.Ordinal))
        {
            code.Append(isFirst ? "\n" : "\n\n");
            WriteOperation(code, operation);
            isFirst = false;
        }

        return code.Append("\n}\n").ToString();
    }

    /// <summary>The file of the records.</summary>
    public string WriteRecords()
    {
        var code = new StringBuilder(Head);
        foreach (var schema in (_schemas?.EnumerateObject().ToArray() ?? []).Where(s => IsRecord(s.Value)).OrderBy(s => s.Name, StringComparer.Ordinal))
        {
            code.Append(CultureInfo.InvariantCulture, $"\n/// <summary>{Words(schema.Value, $"{schema.Name}, as the interface gives it.")}</summary>\npublic sealed record {TypeName(schema.Name)}\n{{");
            var isFirst = true;
            var required = schema.Value.TryGetProperty("required", out var must) ? must.EnumerateArray().Select(r => r.GetString()).ToHashSet() : [];
            foreach (var property in schema.Value.GetProperty("properties").EnumerateObject())
            {
                var type = TypeOf(property.Value);
                code.Append(isFirst ? "\n" : "\n\n");
                code.Append(CultureInfo.InvariantCulture, $"    /// <summary>{Words(property.Value, $"The field {property.Name}.")}</summary>\n");
                code.Append(CultureInfo.InvariantCulture, $"    [System.Text.Json.Serialization.JsonPropertyName(\"{property.Name}\")]\n    public {(required.Contains(property.Name) && !type.EndsWith('?') ? "required " : "")}{(required.Contains(property.Name) || type.EndsWith('?') ? type : type + "?")} {TypeName(property.Name)} {{ get; init; }}");
                isFirst = false;
            }

            code.Append("\n}\n");
        }

        return code.ToString();
    }

    private void WriteOperation(StringBuilder code, InterfaceOperation operation)
    {
        var answer = operation.Answer(out var types);
        var parameters = operation.Parameters.Where(p => p.GetProperty("in").GetString() is "path" or "query").OrderBy(p => !IsRequired(p)).ToArray();
        var body = operation.Element.TryGetProperty("requestBody", out var wanted) && wanted.TryGetProperty("content", out var contents) ? contents.EnumerateObject().FirstOrDefault() : default;
        var bodyIsJson = body.Value.ValueKind == JsonValueKind.Object && body.Name == "application/json";
        var bodyType = body.Value.ValueKind != JsonValueKind.Object ? null : bodyIsJson && body.Value.TryGetProperty("schema", out var bodySchema) ? TypeOf(bodySchema) : "HttpContent";
        var declared = parameters.Where(IsRequired).Select(p => $"{ParameterType(p)} {ArgumentOf(p)}")
            .Concat(bodyType is null ? [] : [$"{bodyType} content"])
            .Concat(parameters.Where(p => !IsRequired(p)).Select(p => $"{ParameterType(p)}? {ArgumentOf(p)} = null"))
            .Append("CancellationToken stop = default");
        var path = operation.Path.TrimStart('/');
        foreach (var parameter in parameters.Where(p => p.GetProperty("in").GetString() == "path"))
        {
            path = path.Replace($"{{{parameter.GetProperty("name").GetString()}}}", $"{{Escaped({ArgumentOf(parameter)})}}", StringComparison.Ordinal);
        }

        var query = parameters.Where(p => p.GetProperty("in").GetString() == "query" && p.GetProperty("name").GetString() != "format").Select(p => $"(\"{p.GetProperty("name").GetString()}\", {ArgumentOf(p)})").ToArray();
        var address = $"With($\"{path}\"{string.Concat(query.Select(q => $", {q}"))})";
        var method = operation.Method switch { "GET" => "HttpMethod.Get", "POST" => "HttpMethod.Post", "PUT" => "HttpMethod.Put", _ => "HttpMethod.Delete" };
        var content = bodyType is null ? "null" : bodyIsJson ? "System.Net.Http.Json.JsonContent.Create(content, options: s_json)" : "content";
        var name = TypeName(operation.Name);
        var list = string.Join(", ", declared.Where(d => !d.EndsWith(" format = null", StringComparison.Ordinal)));
        code.Append(CultureInfo.InvariantCulture, $"    /// <summary>{Escape(operation.Summary)}</summary>\n");
        if (answer is { } schema)
        {
            code.Append(CultureInfo.InvariantCulture, $"    public Task<{TypeOf(schema)}> {name}Async({list}) =>\n        AskAsync<{TypeOf(schema)}>({method}, {address}, {content}, stop);");
            if (types.Count > 1)
            {
                code.Append(CultureInfo.InvariantCulture, $"\n\n    /// <summary>{Escape(operation.Summary)} Read as it comes, in one of {string.Join(", ", types.Skip(1))}.</summary>\n");
                code.Append(CultureInfo.InvariantCulture, $"    public Task<Stream> Open{name.Replace("Get", "", StringComparison.Ordinal).Replace("List", "", StringComparison.Ordinal)}Async(string type, {list}) =>\n        OpenAsync({address}, type, stop);");
            }
        }
        else if (operation.Method == "GET")
        {
            code.Append(CultureInfo.InvariantCulture, $"    public Task<Stream> Open{name.Replace("Get", "", StringComparison.Ordinal)}Async({list}) =>\n        OpenAsync({address}, \"{(types.Count > 0 ? types[0] : "*/*")}\", stop);");
        }
        else
        {
            code.Append(CultureInfo.InvariantCulture, $"    public Task {name}Async({list}) =>\n        DoAsync({method}, {address}, {content}, stop);");
        }
    }

    private static bool IsRecord(JsonElement schema) => schema.TryGetProperty("properties", out _);

    private static bool IsRequired(JsonElement parameter) => parameter.GetProperty("in").GetString() == "path" || (parameter.TryGetProperty("required", out var must) && must.GetBoolean());

    private string ParameterType(JsonElement parameter) => parameter.TryGetProperty("schema", out var schema) ? TypeOf(schema).TrimEnd('?') : "string";

    private static string ArgumentOf(JsonElement parameter)
    {
        var name = TypeName(parameter.GetProperty("name").GetString()!);
        name = char.ToLowerInvariant(name[0]) + name[1..];
        return name is "class" or "from" or "to" or "event" or "in" ? $"@{name}" : name;
    }

    /// <summary>The C# type of a schema, with a question mark where null may stand.</summary>
    /// <remarks>Enumerations are words in the interface, so that they are text here.</remarks>
    private string TypeOf(JsonElement schema)
    {
        if (schema.TryGetProperty("oneOf", out var either) || schema.TryGetProperty("anyOf", out either))
        {
            var real = either.EnumerateArray().Where(e => !(e.TryGetProperty("type", out var t) && t.ValueKind == JsonValueKind.String && t.GetString() == "null")).ToArray();
            return real.Length == 1 ? TypeOf(real[0]).TrimEnd('?') + "?" : "JsonElement";
        }

        if (schema.TryGetProperty("$ref", out var reference))
        {
            var name = reference.GetString()!.Split('/')[^1];
            return _schemas is not { } all || !all.TryGetProperty(name, out var named) ? "JsonElement" : IsRecord(named) ? TypeName(name) : TypeOf(named);
        }

        var types = schema.TryGetProperty("type", out var type) ? type.ValueKind == JsonValueKind.Array ? [.. type.EnumerateArray().Select(t => t.GetString()!)] : [type.GetString()!] : Array.Empty<string>();
        var mark = types.Contains("null") ? "?" : "";
        var plain = types.Contains("integer") ? (schema.TryGetProperty("format", out var format) && format.GetString() == "int64" ? "long" : "int")
            : types.Contains("number") ? "double"
            : types.Contains("boolean") ? "bool"
            : types.Contains("array") && schema.TryGetProperty("items", out var items) ? $"IReadOnlyList<{TypeOf(items)}>"
            : types.Contains("object") && schema.TryGetProperty("additionalProperties", out var held) && held.ValueKind == JsonValueKind.Object ? $"IReadOnlyDictionary<string, {TypeOf(held)}>"
            : types.Contains("string") || schema.TryGetProperty("enum", out _) ? "string"
            : "JsonElement";
        return plain + mark;
    }

    private static string TypeName(string name) => string.Concat(name.Split('-', '_', '.').Where(p => p.Length > 0).Select(p => char.ToUpperInvariant(p[0]) + p[1..]));

    private static string Words(JsonElement schema, string otherwise) => schema.TryGetProperty("description", out var text) && text.GetString() is { Length: > 0 } said ? Escape(said) : otherwise;

    private static string Escape(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal).ReplaceLineEndings(" ");
}
