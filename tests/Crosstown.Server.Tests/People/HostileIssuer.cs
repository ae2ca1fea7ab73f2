using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;

namespace Crosstown.Server.Tests.People;

/// <summary>A sign-in service that can lie in every way: each test changes the one thing that it is about.</summary>
internal sealed class HostileIssuer : IAsyncDisposable
{
    public const string Client = "crosstown";

    private readonly WebApplication _app;
    private RSA _key = RSA.Create(2048);
    private string _kid = "k1";

    private HostileIssuer(WebApplication app) => _app = app;

    public string Address { get; private set; } = "";

    public TimeProvider Time { get; set; } = TimeProvider.System;

    /// <summary>The nonce of the last sign-in that began here.</summary>
    public string Nonce { get; set; } = "";

    public string? Challenge { get; private set; }

    /// <summary>Changes the claims of the token.</summary>
    public Action<Dictionary<string, object?>>? Claims { get; set; }

    /// <summary>Changes the header of the token.</summary>
    public Action<Dictionary<string, object?>>? Header { get; set; }

    /// <summary>Signs otherwise than with the key; gets the signed part.</summary>
    public Func<string, string>? Sign { get; set; }

    /// <summary>Changes the finished token.</summary>
    public Func<string, string>? Token { get; set; }

    /// <summary>Changes what the service says of itself.</summary>
    public Action<Dictionary<string, object?>>? Description { get; set; }

    /// <summary>Sends token requests elsewhere.</summary>
    public string? RedirectTokenTo { get; set; }

    public bool HidesKey { get; set; }

    public bool OffersSecret { get; set; }

    public int KeyRequests { get; private set; }

    public int TokenRequests { get; private set; }

    public static async Task<HostileIssuer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var issuer = new HostileIssuer(builder.Build());
        issuer._app.MapGet("/.well-known/openid-configuration", issuer.Describe);
        issuer._app.MapGet("/keys", issuer.Keys);
        issuer._app.MapPost("/token", (Delegate)issuer.ExchangeAsync);
        issuer._app.MapPost("/elsewhere", () => "caught");
        await issuer._app.StartAsync();
        issuer.Address = issuer._app.Urls.First();
        return issuer;
    }

    /// <summary>A new key under a new name, as services change theirs.</summary>
    public void Rotate() => (_key, _kid) = (RSA.Create(2048), _kid + "x");

    /// <summary>What anybody may know: the public key, as text.</summary>
    public string PublicKeyText() => _key.ExportRSAPublicKeyPem();

    /// <summary>Takes a sign-in's beginning as a browser would bring it, and gives what the browser brings back.</summary>
    public string Accept(Uri address)
    {
        var query = QueryHelpers.ParseQuery(address.Query);
        (Nonce, Challenge) = (query["nonce"].ToString(), query["code_challenge"].ToString());
        Assert.Equal(("code", "S256", Client), (query["response_type"].ToString(), query["code_challenge_method"].ToString(), query["client_id"].ToString()));
        return query["state"].ToString();
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _key.Dispose();
    }

    private IResult Describe()
    {
        var description = new Dictionary<string, object?>
        {
            ["issuer"] = Address, ["authorization_endpoint"] = Address + "/authorize", ["token_endpoint"] = Address + "/token", ["jwks_uri"] = Address + "/keys",
            ["authorization_response_iss_parameter_supported"] = true,
        };
        Description?.Invoke(description);
        return Results.Json(description);
    }

    private IResult Keys()
    {
        KeyRequests++;
        var parameters = _key.ExportParameters(false);
        var keys = new List<object>();
        if (!HidesKey)
        {
            keys.Add(new { kty = "RSA", use = "sig", kid = _kid, n = WebEncoders.Base64UrlEncode(parameters.Modulus!), e = WebEncoders.Base64UrlEncode(parameters.Exponent!) });
        }

        if (OffersSecret)
        {
            keys.Add(new { kty = "oct", use = "sig", kid = "shared", k = WebEncoders.Base64UrlEncode(Encoding.UTF8.GetBytes(new string('s', 32))) });
        }

        return Results.Json(new { keys });
    }

    private async Task<IResult> ExchangeAsync(HttpContext context)
    {
        TokenRequests++;
        if (RedirectTokenTo is { } elsewhere)
        {
            return Results.Redirect(elsewhere, preserveMethod: true);
        }

        var form = await context.Request.ReadFormAsync();
        Assert.Equal(Challenge, WebEncoders.Base64UrlEncode(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"].ToString()))));
        const string access = "access-token-of-the-test";
        var now = Time.GetUtcNow().ToUnixTimeSeconds();
        var claims = new Dictionary<string, object?>
        {
            ["iss"] = Address, ["aud"] = Client, ["sub"] = "account-17", ["iat"] = now, ["exp"] = now + 300, ["nonce"] = Nonce, ["preferred_username"] = "rosa", ["groups"] = new[] { "signals" },
            ["at_hash"] = WebEncoders.Base64UrlEncode(SHA256.HashData(Encoding.ASCII.GetBytes(access)).AsSpan(0, 16)),
        };
        Claims?.Invoke(claims);
        var header = new Dictionary<string, object?> { ["alg"] = "RS256", ["typ"] = "JWT", ["kid"] = _kid };
        Header?.Invoke(header);
        static string Part(object value) => WebEncoders.Base64UrlEncode(JsonSerializer.SerializeToUtf8Bytes(value));
        var signed = $"{Part(header)}.{Part(claims)}";
        var signature = Sign is { } other ? other(signed) : WebEncoders.Base64UrlEncode(_key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        var token = $"{signed}.{signature}";
        return Results.Json(new { id_token = Token?.Invoke(token) ?? token, access_token = access, token_type = "Bearer" });
    }
}
