using Crosstown.Server.People.Accounts;
using Microsoft.AspNetCore.Http;

namespace Crosstown.Server.People.Sessions;

/// <summary>Opens and closes the session of the browser that asks.</summary>
internal sealed class SignIn(SessionStore sessions, AccountRegister accounts)
{
    /// <summary>Opens a new session, never the one that the browser came with.</summary>
    /// <param name="secondFactorPassed">True when a second factor was given, here or to the service that vouches.</param>
    public async Task OpenAsync(HttpContext context, Account account, bool secondFactorPassed)
    {
        await CloseAsync(context).ConfigureAwait(false);
        SessionHandler.SetCookie(context, await sessions.StartAsync(account, secondFactorPassed, CancellationToken.None).ConfigureAwait(false));
        if (secondFactorPassed || !account.SecondFactorEnabled)
        {
            await accounts.NoteSignInAsync(account, CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>Opens a new session after something of the account changed that ended all of them.</summary>
    public async Task RenewAsync(HttpContext context, Account account, bool secondFactorPassed)
    {
        await sessions.EndAllAsync(account, CancellationToken.None).ConfigureAwait(false);
        SessionHandler.SetCookie(context, await sessions.StartAsync(account, secondFactorPassed, CancellationToken.None).ConfigureAwait(false));
    }

    public async Task CloseAsync(HttpContext context)
    {
        if (SessionHandler.KeyOf(context.Request) is { Length: > 0 } key)
        {
            await sessions.EndAsync(key, CancellationToken.None).ConfigureAwait(false);
            SessionHandler.RemoveCookie(context);
        }
    }
}
