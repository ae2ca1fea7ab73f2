using System.Text;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;

namespace Crosstown.Server.People;

/// <summary>Who may ask for an endpoint.</summary>
/// <param name="Method">GET, POST and so on; <c>*</c> for an endpoint that names none.</param>
/// <param name="Rule">Name of its policy; <c>everyone</c> when it is open, <c>nobody</c> when it says nothing.</param>
internal sealed record AccessRow(string Method, string Route, string Rule);

/// <summary>The table of roles and endpoints, made from the endpoints themselves (rule X04), for people to review as a difference.</summary>
internal static class AccessTable
{
    public const string Everyone = "everyone";
    public const string Nobody = "nobody";

    private const string Yes = "yes";

    /// <summary>Who asks, as columns: nobody signed in, a source's token, and each role alone.</summary>
    public static IReadOnlyList<string> Askers { get; } = ["signed out", "source", .. Enum.GetValues<Role>().Select(Access.PolicyOf)];

    public static IReadOnlyList<AccessRow> List(EndpointDataSource endpoints) =>
        [.. endpoints.Endpoints.OfType<RouteEndpoint>()
            .SelectMany(e => (e.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["*"]).Select(m => new AccessRow(m, "/" + e.RoutePattern.RawText!.TrimStart('/'), RuleOf(e))))
            .OrderBy(r => r.Route, StringComparer.Ordinal).ThenBy(r => r.Method, StringComparer.Ordinal)];

    /// <summary>Whether a rule lets an asker pass.</summary>
    public static bool Lets(string rule, string asker) => rule switch
    {
        Everyone => true,
        Nobody => false,
        Access.SignedIn => asker != Askers[0],
        Access.Intake => asker == Askers[1] || Access.Holds([asker], Role.Operate),
        _ => Enum.TryParse<Role>(rule, ignoreCase: true, out var role) && Access.Holds([asker], role),
    };

    /// <summary>The page <c>docs/access.md</c>.</summary>
    public static string ToMarkdown(IReadOnlyList<AccessRow> rows)
    {
        var page = new StringBuilder("""
            # Who may ask for what

            Made from the endpoints of the running server; a test compares it with them and asks for every endpoint as everybody. An endpoint that says nothing of who may
            use it is closed to all. A role counts alone here: an account may hold several. Raw data also asks for a reason, and approvers and administrators for a second factor.


            """);
        page.Append("| Method | Route | Rule | ").AppendJoin(" | ", Askers).Append(" |\n|---|---|---|").Append(string.Concat(Askers.Select(_ => "---|"))).Append('\n');
        foreach (var row in rows)
        {
            page.Append("| ").Append(row.Method).Append(" | `").Append(row.Route).Append("` | ").Append(row.Rule).Append(" | ")
                .AppendJoin(" | ", Askers.Select(a => Lets(row.Rule, a) ? Yes : "")).Append(" |\n");
        }

        return page.Replace("\r\n", "\n").ToString();
    }

    private static string RuleOf(RouteEndpoint endpoint)
    {
        if (endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null)
        {
            return Everyone;
        }

        var policies = endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>().Select(a => a.Policy).Distinct().ToArray();
        return policies is [{ } one] ? one : policies.Length == 0 ? Nobody : string.Join('+', policies);
    }
}
