using System.Net;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Crosstown.Server.People;
using Crosstown.Server.People.Sources;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Crosstown.Server.Tests.People;

[Trait("rule", "X04")]
public sealed partial class AccessTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_table_in_the_documentation_is_that_of_the_endpoints()
    {
        await using var server = await PeopleServer.StartAsync();
        var page = AccessTable.ToMarkdown(AccessTable.List(server.Services.GetRequiredService<EndpointDataSource>()));
        var path = PathOfPage();
        if (Environment.GetEnvironmentVariable("CROSSTOWN_WRITE_ACCESS") == "1")
        {
            await File.WriteAllTextAsync(path, page, Stop);
            Assert.Fail("docs/access.md was written anew; review it, and run the test without CROSSTOWN_WRITE_ACCESS.");
        }

        Assert.Equal(page, await File.ReadAllTextAsync(path, Stop));
    }

    [Fact]
    public async Task No_endpoint_leaves_open_who_may_use_it()
    {
        await using var server = await PeopleServer.StartAsync();

        Assert.DoesNotContain(AccessTable.List(server.Services.GetRequiredService<EndpointDataSource>()), r => r.Rule == AccessTable.Nobody || r.Rule.Contains('+', StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_endpoint_without_a_rule_is_closed_to_everybody()
    {
        await using var server = await PeopleServer.StartAsync(map: app => app.MapGet("/forgotten", () => "open"));
        using var everything = await server.SignInAsAsync(Role.Approve, Role.Admin);
        using var nobody = server.Open();
        nobody.Client.DefaultRequestHeaders.Remove("Accept");

        Assert.Equal(HttpStatusCode.Forbidden, (await everything.GetAsync("/forgotten")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await nobody.GetAsync("/forgotten")).StatusCode);
        Assert.Equal(AccessTable.Nobody, AccessTable.List(server.Services.GetRequiredService<EndpointDataSource>()).Single(r => r.Route == "/forgotten").Rule);
    }

    [Fact]
    public async Task Everybody_gets_at_every_endpoint_exactly_what_the_table_says()
    {
        await using var server = await PeopleServer.StartAsync();
        var endpoints = server.Services.GetRequiredService<EndpointDataSource>();
        var rows = AccessTable.List(endpoints);
        var types = endpoints.Endpoints.OfType<RouteEndpoint>().Where(e => e.Metadata.GetMetadata<IAcceptsMetadata>() is not null)
            .DistinctBy(e => e.RoutePattern.RawText!.TrimStart('/')).ToDictionary(e => "/" + e.RoutePattern.RawText!.TrimStart('/'), e => e.Metadata.GetMetadata<IAcceptsMetadata>()!.ContentTypes[0]);
        var wrong = new List<string>();
        foreach (var asker in AccessTable.Askers)
        {
            using var browser = await OpenAsAsync(server, asker);
            browser.Client.DefaultRequestHeaders.Remove("Accept");
            browser.Client.DefaultRequestHeaders.Remove("RequestVerificationToken");
            foreach (var row in rows)
            {
                // Without the antiforgery token an allowed change is stopped behind the question of who asks, so that the walk changes nothing.
                // A body of the kind that the endpoint takes, since another kind would be answered by whatever takes all.
                using var request = new HttpRequestMessage(HttpMethod.Parse(row.Method == "*" ? "GET" : row.Method), new Uri(PathOf(row.Route), UriKind.Relative));
                if (row.Method is not ("GET" or "HEAD" or "*") && types.TryGetValue(row.Route, out var type))
                {
                    request.Content = new ByteArrayContent("{}"u8.ToArray());
                    request.Content.Headers.TryAddWithoutValidation("Content-Type", type.Contains("multipart", StringComparison.Ordinal) ? type + "; boundary=x" : type);
                }

                using var answer = await browser.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Stop);
                var isRefused = answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden
                    && await answer.Content.ReadAsStringAsync(Stop) is var text && (text.Contains("XT357", StringComparison.Ordinal) || text.Contains("XT358", StringComparison.Ordinal));
                if (isRefused == AccessTable.Lets(row.Rule, asker))
                {
                    wrong.Add($"{asker}: {row.Method} {row.Route} ({row.Rule}) gave {(int)answer.StatusCode}");
                }
            }
        }

        Assert.True(rows.Count > 30, $"{rows.Count} endpoints");
        Assert.Empty(wrong);
    }

    [Fact]
    public async Task A_revoked_or_made_up_token_opens_nothing_and_a_good_one_only_the_doors_of_intake()
    {
        await using var server = await PeopleServer.StartAsync();
        var tokens = server.Services.GetRequiredService<SourceTokens>();
        var token = await tokens.AddAsync("garage", "console", Stop);
        using var program = server.Open();
        program.Client.DefaultRequestHeaders.Add("Authorization", "Bearer " + token);
        Assert.Equal(HttpStatusCode.Forbidden, (await program.GetAsync("/api/v1/city")).StatusCode);
        Assert.NotNull(Assert.Single(tokens.List()).LastUsedMs);

        Assert.True(await tokens.RevokeAsync("garage", "console", Stop));
        program.Client.DefaultRequestHeaders.Remove("Accept");
        Assert.Equal(HttpStatusCode.Unauthorized, (await program.GetAsync("/api/v1/city")).StatusCode);
        foreach (var made in (string[])["", "x", SourceTokens.Prefix, token + "x", token[..^1], new string('x', 4000)])
        {
            program.Client.DefaultRequestHeaders.Remove("Authorization");
            program.Client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", "Bearer " + made);
            Assert.Equal(HttpStatusCode.Unauthorized, (await program.GetAsync("/api/v1/city")).StatusCode);
        }
    }

    [Fact]
    public async Task The_last_administrator_stays_and_a_disabled_account_is_out_at_once()
    {
        await using var server = await PeopleServer.StartAsync();
        using var admin = await server.SignInAsAsync(Role.Admin);
        using var viewer = await server.SignInAsAsync(Role.View);
        Assert.Equal(HttpStatusCode.Conflict, (await admin.SendAsync(HttpMethod.Post, "/api/v1/people/as-admin/disable")).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await admin.SendAsync(HttpMethod.Put, "/api/v1/people/as-admin/roles", """{"roles":["view"]}""")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await viewer.GetAsync("/api/v1/city")).StatusCode);

        Assert.Equal(HttpStatusCode.NoContent, (await admin.SendAsync(HttpMethod.Post, "/api/v1/people/as-view/disable")).StatusCode);

        viewer.Client.DefaultRequestHeaders.Remove("Accept");
        Assert.Equal(HttpStatusCode.Unauthorized, (await viewer.GetAsync("/api/v1/city")).StatusCode);
        Assert.Equal(HttpStatusCode.Created, (await admin.SendAsync(HttpMethod.Post, "/api/v1/people", """{"name":"new.one","roles":["operate"],"password":"seven quiet herons wade"}""")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await admin.SendAsync(HttpMethod.Post, "/api/v1/people", """{"name":"new.one","roles":["operate"],"password":"seven quiet herons wade"}""")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await admin.SendAsync(HttpMethod.Post, "/api/v1/people", """{"name":"x y","roles":["king"],"password":"short"}""")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await admin.SendAsync(HttpMethod.Post, "/api/v1/people/nobody.here/disable")).StatusCode);
        Assert.Contains("new.one", await admin.GetTextAsync("/api/v1/people"), StringComparison.Ordinal);
    }

    public static string PathOf(string route) => Parameter().Replace(route, m => m.Groups[1].Value.StartsWith('*') ? "x" : "7");

    private static async Task<PeopleServer.Browser> OpenAsAsync(PeopleServer server, string asker)
    {
        if (Enum.TryParse<Role>(asker, ignoreCase: true, out var role))
        {
            return await server.SignInAsAsync(role);
        }

        var browser = server.Open();
        if (asker == "source")
        {
            browser.Client.DefaultRequestHeaders.Add("Authorization", "Bearer " + await server.Services.GetRequiredService<SourceTokens>().AddAsync("walker", "console", Stop));
        }

        return browser;
    }

    private static string PathOfPage([CallerFilePath] string thisFile = "") => Path.Combine(Path.GetDirectoryName(thisFile)!, "..", "..", "..", "docs", "access.md");

    [GeneratedRegex(@"\{([^}]*)\}")]
    private static partial Regex Parameter();
}
