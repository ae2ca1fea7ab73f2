using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Crosstown.Cli.Interface;

/// <summary>Writes <c>docs/api.md</c>: every operation with its parameters, limits, answers and a call with curl.</summary>
internal static class InterfacePage
{
    public static string Write(JsonElement document)
    {
        var page = new StringBuilder();
        page.Append("# The interface\n\n");
        page.Append("Made by `./run docs` from the OpenAPI document that a server gives at `/openapi/v1.json`; do not edit it. ");
        page.Append(document.GetProperty("info").GetProperty("description").GetString()).Append("\n\n");
        page.Append("The examples ask a server on this machine. With accounts, sign in first and send the session's cookie (`curl -b cookies.txt`); a change also needs\n");
        page.Append("`-H \"RequestVerificationToken: $TOKEN\"`, where `TOKEN` is `antiforgery` of `GET /api/v1/session`.\n");
        foreach (var group in InterfaceOperation.ListAll(document).GroupBy(o => o.Tag).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            page.Append(CultureInfo.InvariantCulture, $"\n## {(group.Key.Length == 0 ? "other" : group.Key)}\n");
            foreach (var operation in group.OrderBy(o => o.Path, StringComparer.Ordinal).ThenBy(o => o.Method, StringComparer.Ordinal))
            {
                WriteOperation(page, operation);
            }
        }

        return page.ToString();
    }

    private static void WriteOperation(StringBuilder page, InterfaceOperation operation)
    {
        page.Append(CultureInfo.InvariantCulture, $"\n### {operation.Method} {operation.Path}\n\n{operation.Summary}");
        if (operation.Description.Length > 0)
        {
            page.Append(' ').Append(operation.Description);
        }

        page.Append(CultureInfo.InvariantCulture, $" Role: {(operation.Role.Length == 0 ? "none" : operation.Role)}.\n\n```sh\n{Curl(operation)}\n```\n");
        if (operation.Parameters.Length > 0)
        {
            page.Append("\n| Parameter | In | Value | Meaning |\n|---|---|---|---|\n");
            foreach (var parameter in operation.Parameters)
            {
                var required = parameter.TryGetProperty("required", out var must) && must.GetBoolean() ? ", required" : "";
                page.Append(CultureInfo.InvariantCulture, $"| `{parameter.GetProperty("name").GetString()}` | {parameter.GetProperty("in").GetString()}{required} | {Value(parameter)} | {(parameter.TryGetProperty("description", out var d) ? d.GetString() : "")} |\n");
            }
        }

        page.Append("\nAnswers: ").AppendJoin(", ", operation.Element.GetProperty("responses").EnumerateObject().OrderBy(r => r.Name, StringComparer.Ordinal).Select(r =>
            $"{r.Name}{(r.Value.TryGetProperty("content", out var c) ? $" ({string.Join(", ", c.EnumerateObject().Select(t => $"`{t.Name}`"))})" : "")}")).Append(".\n");
    }

    private static string Curl(InterfaceOperation operation)
    {
        var path = operation.Path;
        var query = new List<string>();
        var headers = new List<string>();
        foreach (var parameter in operation.Parameters)
        {
            var (name, place) = (parameter.GetProperty("name").GetString()!, parameter.GetProperty("in").GetString());
            var example = parameter.TryGetProperty("example", out var given) ? given.ToString() : name == "id" ? "101" : $"{name.ToUpperInvariant()}";
            var isRequired = parameter.TryGetProperty("required", out var must) && must.GetBoolean();
            if (place == "path")
            {
                path = path.Replace($"{{{name}}}", example, StringComparison.Ordinal);
            }
            else if (place == "query" && isRequired)
            {
                query.Add($"{name}={example}");
            }
            else if (place == "header")
            {
                headers.Add($" -H '{name}: {example}'");
            }
        }

        var body = operation.Element.TryGetProperty("requestBody", out var wanted) && wanted.TryGetProperty("content", out var content)
            ? $" -H 'Content-Type: {content.EnumerateObject().First().Name}' --data-binary @body" : "";
        var change = operation.Method == "GET" ? "" : $" -X {operation.Method} -H \"RequestVerificationToken: $TOKEN\"{body}";
        return $"curl{change}{string.Concat(headers)} 'http://127.0.0.1:5311{path}{(query.Count > 0 ? "?" + string.Join('&', query) : "")}'";
    }

    private static string Value(JsonElement parameter)
    {
        if (!parameter.TryGetProperty("schema", out var schema))
        {
            return "";
        }

        if (schema.TryGetProperty("enum", out var words))
        {
            return string.Join(", ", words.EnumerateArray().Select(w => $"`{w.GetString()}`"));
        }

        var text = schema.TryGetProperty("type", out var type) ? (type.ValueKind == JsonValueKind.Array ? type[type.GetArrayLength() - 1].GetString() : type.GetString())! : "value";
        text += schema.TryGetProperty("items", out var items) && items.TryGetProperty("type", out var of) ? $" of {of}, with commas" : "";
        text += schema.TryGetProperty("minimum", out var least) ? $", from {least}" : "";
        text += schema.TryGetProperty("maximum", out var most) ? $" to {most}" : "";
        text += schema.TryGetProperty("maxItems", out var items2) ? $", at most {items2}" : "";
        return text + (schema.TryGetProperty("default", out var value) && value.ValueKind != JsonValueKind.Null ? $"; default {value}" : "");
    }
}
