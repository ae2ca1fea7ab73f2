using System.Text.Json;
using Crosstown.Server.Api;
using Crosstown.Server.Hosting;
using Crosstown.Server.Imports;

namespace Crosstown.Cli.Interface;

/// <summary>The interface's OpenAPI document, as a server of this program gives it.</summary>
internal static class InterfaceDocument
{
    /// <summary>Starts a server on an empty folder for as long as it takes to ask it.</summary>
    public static async Task<JsonElement> ReadAsync(TimeProvider time, CancellationToken stop)
    {
        using var folder = PassingFolder.Create();
        await using var app = ServerHost.Create(new ServerSettings { Data = folder.Path, Urls = "http://127.0.0.1:0", IsTown = true }, time);
        await app.StartAsync(stop);
        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        await using var text = await http.GetStreamAsync(new Uri(ApiDocument.Path, UriKind.Relative), stop);
        using var document = await JsonDocument.ParseAsync(text, default, stop);
        await app.StopAsync(stop);
        return document.RootElement.Clone();
    }
}

/// <summary>One operation of the document.</summary>
/// <param name="Method">HTTP's method, upper case.</param>
internal sealed record InterfaceOperation(string Path, string Method, string Name, string Tag, JsonElement Element)
{
    public string Summary => Text(Element, "summary");

    public string Description => Text(Element, "description");

    public string Role => Text(Element, "x-crosstown-role");

    public JsonElement[] Parameters => Element.TryGetProperty("parameters", out var all) ? [.. all.EnumerateArray()] : [];

    /// <summary>All operations in the order of the document.</summary>
    public static IEnumerable<InterfaceOperation> ListAll(JsonElement document)
    {
        foreach (var path in document.GetProperty("paths").EnumerateObject())
        {
            foreach (var operation in path.Value.EnumerateObject().Where(o => o.Name != "head" && o.Value.TryGetProperty("operationId", out _)))
            {
                yield return new InterfaceOperation(
                    path.Name, operation.Name.ToUpperInvariant(), Text(operation.Value, "operationId"),
                    operation.Value.TryGetProperty("tags", out var tags) && tags.GetArrayLength() > 0 ? tags[0].GetString()! : "", operation.Value);
            }
        }
    }

    /// <summary>The schema of the good answer in JSON; null where there is none.</summary>
    public JsonElement? Answer(out IReadOnlyList<string> types)
    {
        types = [];
        foreach (var response in Element.GetProperty("responses").EnumerateObject().Where(r => r.Name[0] == '2'))
        {
            if (response.Value.TryGetProperty("content", out var content))
            {
                types = [.. content.EnumerateObject().Select(c => c.Name)];
                if (content.TryGetProperty("application/json", out var json) && json.TryGetProperty("schema", out var schema))
                {
                    return schema;
                }
            }
        }

        return null;
    }

    private static string Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
