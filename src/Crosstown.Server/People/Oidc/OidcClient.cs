using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Crosstown.Server.People.Oidc;

/// <summary>A sign-in that a browser began; it travels in that browser's encrypted cookie.</summary>
/// <param name="State">Binds the answer to the browser.</param>
/// <param name="Nonce">Binds the token to the sign-in.</param>
/// <param name="Verifier">Binds the code to this server (PKCE, RFC 7636).</param>
/// <param name="Return">Where to go afterwards.</param>
/// <param name="EndMs">When it is over, ms UTC.</param>
internal sealed record OidcAttempt(string State, string Nonce, string Verifier, string Return, long EndMs);

/// <summary>Whom the service vouches for.</summary>
internal sealed record OidcPerson(string Subject, string? Name, IReadOnlyList<Role> Roles, bool SecondFactorPassed);

/// <summary>Speaks with the city's sign-in service: OpenID Connect Core 1.0, authorization code with PKCE S256, answers tied to their issuer (RFC 9207).</summary>
internal sealed class OidcClient : IDisposable
{
    private const int LargestAnswer = 256 << 10;
    private const int LargestToken = 32 << 10;
    private const int SmallestRsaBits = 2048;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_attemptTime = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan s_skew = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_fresh = TimeSpan.FromHours(1);

    /// <summary>Unknown keys may be looked for this often, so that nobody makes us hammer the service.</summary>
    private static readonly TimeSpan s_keyPause = TimeSpan.FromSeconds(30);

    /// <summary>Signatures with a key pair only: with a shared secret, whoever knows the public key could sign.</summary>
    private static readonly string[] s_algorithms =
    [
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512, SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384,
        SecurityAlgorithms.RsaSsaPssSha512, SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
    ];

    private readonly OidcSettings _settings;
    private readonly TimeProvider _time;
    private readonly HttpClient _http;
    private readonly SemaphoreSlim _turn = new(1);
    private readonly ConcurrentDictionary<string, long> _used = new(StringComparer.Ordinal);
    private volatile Service? _service;

    public OidcClient(OidcSettings settings, TimeProvider time)
    {
        (_settings, _time) = (settings, time);

        // A redirect could lead the secret, or our request, to a place that the settings do not name.
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = s_patience })
        {
            Timeout = s_patience,
            MaxResponseContentBufferSize = LargestAnswer,
        };
    }

    /// <summary>Begins a sign-in.</summary>
    /// <returns>Where to send the browser, and what its cookie must keep.</returns>
    /// <exception cref="OidcRefusedException">The service cannot be reached or is not the one of the settings.</exception>
    public async Task<(string Address, OidcAttempt Attempt)> BeginAsync(string path, CancellationToken cancellation)
    {
        var service = await DescribeAsync(null, cancellation).ConfigureAwait(false);
        var attempt = new OidcAttempt(Random(), Random(), Random(), path, (_time.GetUtcNow() + s_attemptTime).ToUnixTimeMilliseconds());
        return (QueryHelpers.AddQueryString(service.Authorize, new Dictionary<string, string?>
        {
            ["response_type"] = "code",
            ["client_id"] = _settings.ClientId,
            ["redirect_uri"] = _settings.RedirectUri,
            ["scope"] = _settings.Scopes,
            ["state"] = attempt.State,
            ["nonce"] = attempt.Nonce,
            ["code_challenge"] = WebEncoders.Base64UrlEncode(SHA256.HashData(Encoding.ASCII.GetBytes(attempt.Verifier))),
            ["code_challenge_method"] = "S256",
        }), attempt);
    }

    /// <summary>Ends a sign-in with what the service sent the browser back with. Each is taken once.</summary>
    /// <exception cref="OidcRefusedException">Anything does not fit.</exception>
    public async Task<OidcPerson> FinishAsync(OidcAttempt attempt, string? state, string? code, string? issuer, string? error, CancellationToken cancellation)
    {
        var nowMs = _time.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var (used, endMs) in _used)
        {
            if (endMs < nowMs)
            {
                _used.TryRemove(used, out _);
            }
        }

        if (nowMs >= attempt.EndMs || !Same(state, attempt.State) || !_used.TryAdd(attempt.State, attempt.EndMs))
        {
            throw new OidcRefusedException(OidcRefusal.State);
        }

        var service = await DescribeAsync(null, cancellation).ConfigureAwait(false);
        if ((issuer is not null || service.NamesIssuer) && issuer != _settings.Issuer)
        {
            throw new OidcRefusedException(OidcRefusal.Issuer);
        }

        if (error is not null || string.IsNullOrEmpty(code) || code.Length > 4096)
        {
            throw new OidcRefusedException(OidcRefusal.Denied);
        }

        var (idToken, accessToken) = await ExchangeAsync(service, code, attempt.Verifier, cancellation).ConfigureAwait(false);
        var token = await CheckAsync(idToken, cancellation).ConfigureAwait(false);
        if (!Same(Text(token, "nonce"), attempt.Nonce))
        {
            throw new OidcRefusedException(OidcRefusal.Nonce);
        }

        if (Text(token, "at_hash") is { } hash && (accessToken is null || !Same(hash, HalfHash(token.Alg, accessToken))))
        {
            throw new OidcRefusedException(OidcRefusal.AccessHash);
        }

        string[] Values(string claim) => [.. token.Claims.Where(c => c.Type == claim).Select(c => c.Value)];
        return new OidcPerson(
            token.Subject,
            Values(_settings.NameClaim).FirstOrDefault(),
            [.. Values(_settings.RoleClaim).Select(g => _settings.Roles.TryGetValue(g, out var role) ? role : (Role?)null).OfType<Role>().Distinct()],
            Values("amr").Any(_settings.SecondFactorMethods.Contains));
    }

    public void Dispose()
    {
        _http.Dispose();
        _turn.Dispose();
    }

    private async Task<(string IdToken, string? AccessToken)> ExchangeAsync(Service service, string code, string verifier, CancellationToken cancellation)
    {
        var fields = new Dictionary<string, string>
        {
            ["grant_type"] = "authorization_code", ["code"] = code, ["redirect_uri"] = _settings.RedirectUri, ["code_verifier"] = verifier, ["client_id"] = _settings.ClientId,
        };
        using var request = new HttpRequestMessage(HttpMethod.Post, service.Token) { Content = new FormUrlEncodedContent(fields) };
        if (_settings.ClientSecret is { } secret)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Uri.EscapeDataString(_settings.ClientId)}:{Uri.EscapeDataString(secret)}")));
        }

        using var answer = await SendAsync(request, OidcRefusal.Code, cancellation).ConfigureAwait(false);
        return (Text(answer.RootElement, "id_token") ?? throw new OidcRefusedException(OidcRefusal.Token), Text(answer.RootElement, "access_token"));
    }

    private async Task<JsonWebToken> CheckAsync(string text, CancellationToken cancellation)
    {
        if (text.Length > LargestToken)
        {
            throw new OidcRefusedException(OidcRefusal.Token);
        }

        var handler = new JsonWebTokenHandler { MapInboundClaims = false, MaximumTokenSizeInBytes = LargestToken };
        if (!handler.CanReadToken(text))
        {
            throw new OidcRefusedException(OidcRefusal.Token);
        }

        JsonWebToken read;
        try
        {
            read = handler.ReadJsonWebToken(text);
        }
        catch (Exception e) when (e is ArgumentException or SecurityTokenException)
        {
            throw new OidcRefusedException(OidcRefusal.Token, e);
        }

        var service = await DescribeAsync(read.Kid, cancellation).ConfigureAwait(false);
        var outcome = await handler.ValidateTokenAsync(read, new TokenValidationParameters
        {
            ValidIssuer = _settings.Issuer,
            ValidAudience = _settings.ClientId,
            ValidAlgorithms = s_algorithms,
            IssuerSigningKeys = service.Keys.Where(k => string.IsNullOrEmpty(read.Kid) || k.KeyId == read.Kid),
            TryAllIssuerSigningKeys = false,
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            ClockSkew = s_skew,
            LifetimeValidator = (from, to, _, _) => IsNow(from, to),
        }).ConfigureAwait(false);
        var isOurs = outcome.IsValid && read.Subject is { Length: > 0 and <= 255 }
            && read.IssuedAt != DateTime.MinValue && read.IssuedAt <= (_time.GetUtcNow() + s_skew).UtcDateTime
            && (read.Audiences.Count() == 1 || Text(read, "azp") is not null) && Text(read, "azp") is var party && (party is null || party == _settings.ClientId);
        return isOurs ? read : throw new OidcRefusedException(OidcRefusal.Token, outcome.Exception);
    }

    private bool IsNow(DateTime? from, DateTime? to)
    {
        var now = _time.GetUtcNow().UtcDateTime;
        return to is { } end && end > now - s_skew && (from is null || from <= now + s_skew);
    }

    /// <summary>What the service says of itself and its keys: from memory while fresh and while the wanted key is among them.</summary>
    private async Task<Service> DescribeAsync(string? key, CancellationToken cancellation)
    {
        if (_service is { } known && IsEnough(known, key))
        {
            return known;
        }

        await _turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            return _service is { } other && IsEnough(other, key) ? other : _service = await LoadAsync(cancellation).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    private bool IsEnough(Service service, string? key)
    {
        var age = _time.GetElapsedTime(service.LoadedAt);
        return age < s_fresh && (string.IsNullOrEmpty(key) || age < s_keyPause || service.Keys.Any(k => k.KeyId == key));
    }

    private async Task<Service> LoadAsync(CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, _settings.Issuer.TrimEnd('/') + "/.well-known/openid-configuration");
        using var document = await SendAsync(request, OidcRefusal.Service, cancellation).ConfigureAwait(false);
        var root = document.RootElement;
        if (Text(root, "issuer") != _settings.Issuer)
        {
            throw new OidcRefusedException(OidcRefusal.Service);
        }

        using var keyRequest = new HttpRequestMessage(HttpMethod.Get, Address(root, "jwks_uri"));
        using var keyDocument = await SendAsync(keyRequest, OidcRefusal.Service, cancellation).ConfigureAwait(false);
        try
        {
            var keys = new JsonWebKeySet(keyDocument.RootElement.GetRawText()).Keys
                .Where(k => (k.Kty == JsonWebAlgorithmsKeyTypes.RSA && k.KeySize >= SmallestRsaBits) || k.Kty == JsonWebAlgorithmsKeyTypes.EllipticCurve)
                .Where(k => string.IsNullOrEmpty(k.Use) || k.Use == "sig").ToArray();
            return new Service(
                Address(root, "authorization_endpoint"),
                Address(root, "token_endpoint"),
                root.TryGetProperty("authorization_response_iss_parameter_supported", out var names) && names.ValueKind == JsonValueKind.True,
                keys,
                _time.GetTimestamp());
        }
        catch (Exception e) when (e is ArgumentException or JsonException)
        {
            throw new OidcRefusedException(OidcRefusal.Service, e);
        }
    }

    private async Task<JsonDocument> SendAsync(HttpRequestMessage request, OidcRefusal refusal, CancellationToken cancellation)
    {
        try
        {
            request.Headers.Accept.ParseAdd("application/json");
            using var answer = await _http.SendAsync(request, cancellation).ConfigureAwait(false);
            if (!answer.IsSuccessStatusCode)
            {
                throw new OidcRefusedException(refusal);
            }

            var document = JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false), new JsonDocumentOptions { MaxDepth = 32 });
            return document.RootElement.ValueKind == JsonValueKind.Object ? document : throw new OidcRefusedException(refusal);
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or TaskCanceledException && !cancellation.IsCancellationRequested)
        {
            throw new OidcRefusedException(refusal, e);
        }
    }

    private static string Address(JsonElement root, string name) =>
        Text(root, name) is { } address && OidcSettings.IsSafe(address) ? address : throw new OidcRefusedException(OidcRefusal.Service);

    private static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string? Text(JsonWebToken token, string name) => token.TryGetPayloadValue<string>(name, out var value) ? value : null;

    private static bool Same(string? one, string? other) =>
        one is not null && other is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(one), Encoding.UTF8.GetBytes(other));

    /// <summary>The left half of the access token's hash, with the hash function of the token's own signature.</summary>
    private static string HalfHash(string algorithm, string accessToken)
    {
        var bytes = Encoding.ASCII.GetBytes(accessToken);
        var hash = algorithm[^3..] switch { "384" => SHA384.HashData(bytes), "512" => SHA512.HashData(bytes), _ => SHA256.HashData(bytes) };
        return WebEncoders.Base64UrlEncode(hash.AsSpan(0, hash.Length / 2));
    }

    private static string Random() => WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32));

    private sealed record Service(string Authorize, string Token, bool NamesIssuer, IReadOnlyList<JsonWebKey> Keys, long LoadedAt);
}
