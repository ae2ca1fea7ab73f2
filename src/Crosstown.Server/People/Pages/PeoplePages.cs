using System.Security.Cryptography;
using System.Text;
using Crosstown.Core.Data;
using Crosstown.Server.People.Accounts;
using Crosstown.Server.People.Oidc;
using Crosstown.Server.People.Sessions;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Crosstown.Server.People.Pages;

/// <summary>The pages around signing in, which work without script.</summary>
internal static class PeoplePages
{
    private const string Home = "/app/";
    private const string AccountHome = "/account";
    private const string WrongSignIn = "Account and password do not fit, or the account is at rest or disabled. After five wrong attempts an account rests for five minutes.";
    private const string WrongCode = "This code does not fit, was used before, or the account rests for five minutes.";
    private const string TooMany = "There were too many attempts from this part of the network. Try again in five minutes.";

    private static readonly byte[] s_style = ReadStyle();

    /// <summary>The pages' own style sheet; its address changes with its content.</summary>
    public static string StylePath { get; } = $"/people-{Convert.ToHexStringLower(SHA256.HashData(s_style))[..12]}.css";

    public static void Map(IEndpointRouteBuilder routes)
    {
        var pages = routes.MapGroup("").ExcludeFromDescription();
        pages.MapGet(StylePath, (HttpContext context) =>
        {
            context.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
            return Results.Bytes(s_style, "text/css; charset=utf-8");
        }).OpenToAll();
        pages.MapGet("/sign-in", ShowSignIn).OpenToAll();
        pages.MapPost("/sign-in", SignInAsync).OpenToAll();
        pages.MapGet("/sign-in/second-factor", ShowSecondFactor).RequireSignIn();
        pages.MapPost("/sign-in/second-factor", SecondFactorAsync).RequireSignIn();
        pages.MapGet("/sign-out", (HttpContext context, IAntiforgery antiforgery) => Page<SignOutPage>(context, antiforgery, [])).RequireSignIn();
        pages.MapPost("/sign-out", SignOutAsync).RequireSignIn();
        pages.MapGet(AccountHome, (HttpContext context, IAntiforgery antiforgery, AccountRegister accounts) => ShowAccountAsync(context, antiforgery, accounts, null, null)).RequireSignIn();
        pages.MapPost("/account/password", ChangePasswordAsync).RequireSignIn();
        pages.MapGet("/account/second-factor", (HttpContext context, IAntiforgery antiforgery, AccountRegister accounts) => ShowSetUpAsync(context, antiforgery, accounts, null)).RequireSignIn();
        pages.MapPost("/account/second-factor", SetUpAsync).RequireSignIn();
        pages.MapPost("/account/second-factor/remove", RemoveAsync).RequireSignIn();
    }

    /// <summary>A page of this server to go on to; the operations centre when the text names none.</summary>
    public static string LocalPath(string? asked) =>
        asked is ['/', ..] && asked.Length <= 2000 && asked is not ['/', '/' or '\\', ..] && !asked.Any(c => char.IsControl(c) || c == '\\') ? asked : Home;

    /// <summary>A page with the antiforgery token and no trace in any store.</summary>
    public static RazorComponentResult<TPage> Page<TPage>(HttpContext context, IAntiforgery antiforgery, Dictionary<string, object?> values, int status = StatusCodes.Status200OK)
        where TPage : IComponent
    {
        values["Token"] = antiforgery.GetAndStoreTokens(context).RequestToken;
        context.Response.Headers.CacheControl = "no-store";
        return new RazorComponentResult<TPage>(values) { StatusCode = status };
    }

    private static RazorComponentResult<SignInPage> ShowSignIn(HttpContext context, IAntiforgery antiforgery, OidcSettings service) =>
        SignInForm(context, antiforgery, service, context.Request.Query["return"], null, StatusCodes.Status200OK);

    private static RazorComponentResult<SignInPage> SignInForm(HttpContext context, IAntiforgery antiforgery, OidcSettings service, string? path, string? alert, int status) =>
        Page<SignInPage>(context, antiforgery, new() { ["Return"] = LocalPath(path), ["Alert"] = alert, ["Service"] = service.Title }, status);

    private static async Task<IResult> SignInAsync(HttpContext context, IAntiforgery antiforgery, AccountRegister accounts, SignIn signIn, SignInLimit limit, OidcSettings service)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        if (!limit.Take(context.Connection.RemoteIpAddress))
        {
            return SignInForm(context, antiforgery, service, form["return"], TooMany, StatusCodes.Status429TooManyRequests);
        }

        if (await accounts.CheckAsync(form["name"].ToString().Trim(), form["password"].ToString(), context.RequestAborted) is not { } account)
        {
            return SignInForm(context, antiforgery, service, form["return"], WrongSignIn, StatusCodes.Status401Unauthorized);
        }

        await signIn.OpenAsync(context, account, secondFactorPassed: false);
        var path = LocalPath(form["return"]);
        return SeeOther(account.SecondFactorEnabled ? "/sign-in/second-factor?return=" + Uri.EscapeDataString(path) : account.MustChangePassword ? AccountHome : path);
    }

    private static IResult ShowSecondFactor(HttpContext context, IAntiforgery antiforgery) => StepOf(context) == SignInStep.SecondFactor
        ? Page<SecondFactorPage>(context, antiforgery, new() { ["Return"] = LocalPath(context.Request.Query["return"]) })
        : SeeOther(AccountHome);

    private static async Task<IResult> SecondFactorAsync(HttpContext context, IAntiforgery antiforgery, AccountRegister accounts, SignIn signIn)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        if (StepOf(context) != SignInStep.SecondFactor)
        {
            return SeeOther(AccountHome);
        }

        var account = await AccountOfAsync(context, accounts);
        if (!await accounts.CheckSecondFactorAsync(account, form["code"].ToString().Trim(), context.RequestAborted))
        {
            return Page<SecondFactorPage>(context, antiforgery, new() { ["Return"] = LocalPath(form["return"]), ["Alert"] = WrongCode }, StatusCodes.Status401Unauthorized);
        }

        await signIn.OpenAsync(context, account, secondFactorPassed: true);
        return SeeOther(account.MustChangePassword ? AccountHome : LocalPath(form["return"]));
    }

    private static async Task<IResult> SignOutAsync(HttpContext context, AccountRegister accounts, SignIn signIn, SessionStore sessions)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        if (form["everywhere"] == "yes" && IsSession(context))
        {
            await sessions.EndAllAsync(await AccountOfAsync(context, accounts), context.RequestAborted);
        }

        await signIn.CloseAsync(context);

        // The browser forgets what pages of this person it holds.
        context.Response.Headers["Clear-Site-Data"] = "\"cache\", \"storage\"";
        return SeeOther("/sign-in");
    }

    private static async Task<IResult> ShowAccountAsync(HttpContext context, IAntiforgery antiforgery, AccountRegister accounts, string? alert, string? note)
    {
        var roles = Enum.GetValues<Role>().Where(r => Access.Holds(context.User.FindAll(System.Security.Claims.ClaimTypes.Role).Select(c => c.Value), r)).Select(Access.PolicyOf).ToArray();
        var status = alert is null ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity;
        if (!IsSession(context))
        {
            return Page<AccountPage>(context, antiforgery, new() { ["Name"] = context.User.Identity!.Name!, ["Roles"] = roles });
        }

        var account = await AccountOfAsync(context, accounts);
        switch (StepOf(context))
        {
            case SignInStep.SecondFactor:
                return SeeOther("/sign-in/second-factor");
            case SignInStep.Password:
                return Page<NewPasswordPage>(context, antiforgery, new() { ["Name"] = account.Name, ["Alert"] = alert }, status);
            case var step:
                return Page<AccountPage>(
                    context,
                    antiforgery,
                    new()
                    {
                        ["Name"] = account.Name,
                        ["Roles"] = roles,
                        ["IsLocal"] = account.Origin == Account.Local,
                        ["HasSecondFactor"] = account.SecondFactorEnabled,
                        ["MustSetUp"] = step == SignInStep.SetUpSecondFactor && account.Origin == Account.Local,
                        ["CodesLeft"] = await accounts.CountRecoveryCodesAsync(account),
                        ["Alert"] = alert,
                        ["Note"] = note,
                    },
                    status);
        }
    }

    private static async Task<IResult> ChangePasswordAsync(HttpContext context, IAntiforgery antiforgery, AccountRegister accounts, SignIn signIn)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        if (!IsSession(context) || StepOf(context) == SignInStep.SecondFactor)
        {
            return SeeOther(AccountHome);
        }

        var account = await AccountOfAsync(context, accounts);
        if (form["wanted"] != form["again"])
        {
            return await ShowAccountAsync(context, antiforgery, accounts, "The new password was typed in two ways.", null);
        }

        try
        {
            if (!await accounts.ChangeOwnPasswordAsync(account, form["present"].ToString(), form["wanted"].ToString(), context.RequestAborted))
            {
                return await ShowAccountAsync(context, antiforgery, accounts, "The present password does not fit, or the account rests for five minutes.", null);
            }
        }
        catch (ProblemException e)
        {
            return await ShowAccountAsync(context, antiforgery, accounts, e.Problems[0].Message, null);
        }

        await signIn.RenewAsync(context, account, account.SecondFactorEnabled);
        return SeeOther(AccountHome);
    }

    private static async Task<IResult> ShowSetUpAsync(HttpContext context, IAntiforgery antiforgery, AccountRegister accounts, string? alert)
    {
        if (!MaySetUp(context))
        {
            return SeeOther(AccountHome);
        }

        var account = await AccountOfAsync(context, accounts);
        if (account.SecondFactorEnabled || account.Origin != Account.Local)
        {
            return SeeOther(AccountHome);
        }

        var secret = await accounts.OfferSecondFactorAsync(account);
        return Page<SecondFactorSetUpPage>(
            context,
            antiforgery,
            new() { ["Secret"] = secret, ["Address"] = $"otpauth://totp/Crosstown:{Uri.EscapeDataString(account.Name)}?secret={secret}&issuer=Crosstown", ["Alert"] = alert },
            alert is null ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity);
    }

    private static async Task<IResult> SetUpAsync(HttpContext context, IAntiforgery antiforgery, AccountRegister accounts, SignIn signIn)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        if (!MaySetUp(context))
        {
            return SeeOther(AccountHome);
        }

        var account = await AccountOfAsync(context, accounts);
        if (account.Origin != Account.Local || await accounts.ConfirmSecondFactorAsync(account, form["code"].ToString().Trim(), context.RequestAborted) is not { } codes)
        {
            return await ShowSetUpAsync(context, antiforgery, accounts, "These digits do not fit. Look at the clock of the authenticator, and type those that it shows now.");
        }

        await signIn.RenewAsync(context, account, secondFactorPassed: true);
        context.Response.Headers.CacheControl = "no-store";
        return new RazorComponentResult<RecoveryCodesPage>(new Dictionary<string, object?> { ["Codes"] = codes });
    }

    private static async Task<IResult> RemoveAsync(HttpContext context, IAntiforgery antiforgery, AccountRegister accounts, SignIn signIn)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        if (!MaySetUp(context))
        {
            return SeeOther(AccountHome);
        }

        var account = await AccountOfAsync(context, accounts);
        if (!await accounts.RemoveSecondFactorAsync(account, form["code"].ToString().Trim(), context.RequestAborted))
        {
            return await ShowAccountAsync(context, antiforgery, accounts, WrongCode, null);
        }

        await signIn.RenewAsync(context, account, secondFactorPassed: false);
        return SeeOther(AccountHome);
    }

    private static bool IsSession(HttpContext context) => context.User.Identity?.AuthenticationType == SessionHandler.SchemeName;

    private static bool MaySetUp(HttpContext context) => IsSession(context) && StepOf(context) is SignInStep.None or SignInStep.SetUpSecondFactor;

    private static SignInStep StepOf(HttpContext context) =>
        Enum.TryParse<SignInStep>(context.User.FindFirst(SessionStore.StepClaim)?.Value, out var step) ? step : SignInStep.None;

    private static async Task<Account> AccountOfAsync(HttpContext context, AccountRegister accounts) =>
        (await accounts.FindByNameAsync(context.User.Identity!.Name!))!;

    private static SeeOtherResult SeeOther(string path) => new SeeOtherResult(path);

    private static byte[] ReadStyle()
    {
        using var stream = typeof(PeoplePages).Assembly.GetManifestResourceStream("people.css")!;
        using var reader = new StreamReader(stream);
        return Encoding.UTF8.GetBytes(reader.ReadToEnd());
    }

    /// <summary>Sends the browser on with a GET, after a form was taken.</summary>
    private sealed class SeeOtherResult(string path) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
            httpContext.Response.Headers.Location = path;
            httpContext.Response.Headers.CacheControl = "no-store";
            return Task.CompletedTask;
        }
    }
}
