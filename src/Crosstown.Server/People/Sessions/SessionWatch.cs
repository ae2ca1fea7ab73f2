using Microsoft.AspNetCore.Http;

namespace Crosstown.Server.People.Sessions;

/// <summary>Ends long answers, such as the live one, when the session that they were opened with is over.</summary>
internal sealed class SessionWatch(RequestDelegate next, SessionStore sessions, TimeProvider time)
{
    private static readonly TimeSpan s_step = TimeSpan.FromSeconds(30);

    public async Task InvokeAsync(HttpContext context)
    {
        var answer = next(context);
        if (answer.IsCompleted || context.User.Identity?.AuthenticationType != SessionHandler.SchemeName || SessionHandler.KeyOf(context.Request) is not { } key)
        {
            await answer.ConfigureAwait(false);
            return;
        }

        using var done = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        var watch = WatchAsync(context, key, done.Token);
        try
        {
            await answer.ConfigureAwait(false);
        }
        finally
        {
            await done.CancelAsync().ConfigureAwait(false);
            await watch.ConfigureAwait(false);
        }
    }

    private async Task WatchAsync(HttpContext context, string key, CancellationToken done)
    {
        using var timer = new PeriodicTimer(s_step, time);
        try
        {
            while (await timer.WaitForNextTickAsync(done).ConfigureAwait(false))
            {
                if (await sessions.FindAsync(key, isOwnRequest: false, done).ConfigureAwait(false) is null)
                {
                    context.Abort();
                    return;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The answer has ended by itself.
        }
    }
}
