using Microsoft.AspNetCore.Http;

namespace Crosstown.Server.Hosting.Guards;

/// <summary>What every answer tells browsers they may not do, errors included (rule X07).</summary>
internal sealed class SecurityHeaders(RequestDelegate next)
{
    /// <summary>Everything is ours. The map draws its signs from images that it makes itself.</summary>
    public const string ContentPolicy =
        "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    private const string Permissions =
        "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), payment=(), usb=()";

    public Task InvokeAsync(HttpContext context)
    {
        // Set as the answer begins: whoever writes it, or starts it anew after a failure, cannot leave them out.
        context.Response.OnStarting(Set, context);
        return next(context);
    }

    private static Task Set(object state)
    {
        var context = (HttpContext)state;
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = ContentPolicy;
        headers.XContentTypeOptions = "nosniff";
        // For browsers that do not read the policy above; the second is off because the filters that it asked for leaked more than they stopped.
        headers.XFrameOptions = "DENY";
        headers.XXSSProtection = "0";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Permissions-Policy"] = Permissions;
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        if (context.Request.IsHttps)
        {
            headers.StrictTransportSecurity = "max-age=31536000";
        }

        // What a signed-in person sees is nobody else's: no store keeps it unless the endpoint says how.
        if (context.User.Identity is { IsAuthenticated: true } && headers.CacheControl.Count == 0)
        {
            headers.CacheControl = "no-store";
        }

        return Task.CompletedTask;
    }
}
