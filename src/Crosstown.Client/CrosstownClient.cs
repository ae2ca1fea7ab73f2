using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Crosstown.Client;

/// <summary>Asks a Crosstown server. The methods, one for each operation of the interface, are made from its OpenAPI document.</summary>
/// <remarks>Changes ask the server for its antiforgery token first, unless a source's token stands in the client's Authorization header.</remarks>
/// <param name="http">With the server's address; it stays the caller's.</param>
public sealed partial class CrosstownClient(HttpClient http)
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web);

    /// <summary>Why raw data is looked at: one of the words of the interface; null sends none, and raw data is then refused.</summary>
    public string? Reason { get; set; }

    private async Task<T> AskAsync<T>(HttpMethod method, string path, HttpContent? content, CancellationToken stop)
    {
        using var response = await SendAsync(method, path, content, null, stop).ConfigureAwait(false);
        return await response.Content.ReadFromJsonAsync<T>(s_json, stop).ConfigureAwait(false) ?? throw new JsonException("The answer is null.");
    }

    private async Task DoAsync(HttpMethod method, string path, HttpContent? content, CancellationToken stop)
    {
        using var response = await SendAsync(method, path, content, null, stop).ConfigureAwait(false);
    }

    private async Task<Stream> OpenAsync(string path, string type, CancellationToken stop)
    {
        var response = await SendAsync(HttpMethod.Get, path, null, type, stop).ConfigureAwait(false);
        return await response.Content.ReadAsStreamAsync(stop).ConfigureAwait(false);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? content, string? type, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = content };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(type ?? "application/json"));
        if (type is null)
        {
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("*/*", 0.1));
        }

        if (Reason is not null)
        {
            request.Headers.Add("Crosstown-Reason", Reason);
        }

        if (method != HttpMethod.Get && http.DefaultRequestHeaders.Authorization is null)
        {
            request.Headers.Add("RequestVerificationToken", (await GetSessionAsync(stop).ConfigureAwait(false)).Antiforgery);
        }

        var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop).ConfigureAwait(false);
        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            throw await ReadProblemAsync(response, stop).ConfigureAwait(false);
        }
    }

    private static async Task<CrosstownException> ReadProblemAsync(HttpResponseMessage response, CancellationToken stop)
    {
        var title = $"{(int)response.StatusCode} {response.ReasonPhrase}";
        if (response.Content.Headers.ContentType?.MediaType != "application/problem+json")
        {
            return new CrosstownException(response.StatusCode, title, []);
        }

        using var problem = await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync(stop).ConfigureAwait(false), default, stop).ConfigureAwait(false);
        return new CrosstownException(
            response.StatusCode,
            problem.RootElement.TryGetProperty("title", out var said) ? said.GetString() ?? title : title,
            problem.RootElement.TryGetProperty("problems", out var all) ? all.Deserialize<CrosstownProblem[]>(s_json) ?? [] : []);
    }

    /// <summary>A path with its query; what is null is left out.</summary>
    private static string With(string path, params ReadOnlySpan<(string Name, object? Value)> query)
    {
        var text = new StringBuilder(path);
        var sign = '?';
        foreach (var (name, value) in query)
        {
            if (value is not null)
            {
                text.Append(sign).Append(name).Append('=').Append(Escaped(value));
                sign = '&';
            }
        }

        return text.ToString();
    }

    private static string Escaped(object value) => value switch
    {
        bool flag => flag ? "true" : "false",
        string text => Uri.EscapeDataString(text),
        IEnumerable<int> numbers => string.Join(',', numbers.Select(n => n.ToString(CultureInfo.InvariantCulture))),
        IEnumerable<string> texts => string.Join(',', texts.Select(Uri.EscapeDataString)),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => Uri.EscapeDataString(value.ToString() ?? ""),
    };
}
