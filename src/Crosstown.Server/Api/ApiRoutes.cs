using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Crosstown.Server.Api;

/// <summary>All endpoints of the interface, <c>/api/v1</c>. A new group of them is one folder or file, and one line here.</summary>
internal static class ApiRoutes
{
    private static readonly ImmutableArray<Action<RouteGroupBuilder>> s_all =
    [
        SessionApi.Map,
        CityApi.Map,
        SignalsApi.Map,
        MeasuresApi.Map,
        TablesApi.Map,
        EventsApi.Map,
        CorridorsApi.Map,
        RankingsApi.Map,
        FindingsApi.Map,
        Live.LiveApi.Map,
        Live.Intake.IntakeApi.Map,
        Polling.SourcesApi.Map,
        People.PeopleApi.Map,
        People.Sources.SourceTokensApi.Map,
        People.Audit.AuditApi.Map,
        Configuration.ConfigurationApi.Map,
        Imports.ImportsApi.Map,
        Data.DataApi.Map,
        Retiming.RetimingApi.Map,
        Adaptive.AdaptiveApi.Map,
        Public.PublicApi.Map,
    ];

    public static void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api/v1").WithLimits();
        foreach (var map in s_all)
        {
            map(api);
        }
    }
}
