using System.Collections.Immutable;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Crosstown.Server.Query;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;

namespace Crosstown.Server.Privacy;

/// <summary>What the interface answers and takes, read off the endpoints and the records that they name (rule P02).</summary>
/// <remarks>An endpoint makes a group of its parameters, and a record one of its members. A record that many answers hold is listed once.</remarks>
internal static class ApiInventory
{
    private const string Prefix = "/api/v1";

    /// <summary>All groups, the endpoints first.</summary>
    public static ImmutableArray<RunningGroup> ListGroups(EndpointDataSource endpoints)
    {
        var routes = endpoints.Endpoints.OfType<RouteEndpoint>().Where(e => e.RoutePattern.RawText?.StartsWith(Prefix, StringComparison.Ordinal) == true).ToArray();
        var types = new SortedDictionary<string, Type>(StringComparer.Ordinal);
        foreach (var type in routes.SelectMany(ListTypes))
        {
            Collect(type, types);
        }

        return
        [
            .. routes.SelectMany(EndpointGroups).OrderBy(g => g.Name, StringComparer.Ordinal).DistinctBy(g => g.Name),
            .. types.Select(t => new RunningGroup(t.Key, "api", [.. MembersOf(t.Value).Select(m => FieldOf(m.Name, m.Type))])),
        ];
    }

    private static IEnumerable<RunningGroup> EndpointGroups(RouteEndpoint endpoint)
    {
        var parameters = ParametersOf(endpoint).DistinctBy(f => f.Name).ToImmutableArray();
        if (parameters.IsEmpty)
        {
            yield break;
        }

        foreach (var method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? [])
        {
            if (method != "HEAD")
            {
                yield return new RunningGroup($"{method} {endpoint.RoutePattern.RawText}", "api", parameters, endpoint.Metadata.GetMetadata<IEndpointSummaryMetadata>()?.Summary ?? "");
            }
        }
    }

    private static IEnumerable<RunningField> ParametersOf(RouteEndpoint endpoint)
    {
        var routed = endpoint.RoutePattern.Parameters.Select(p => p.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var parameter in endpoint.Metadata.OfType<ApiParameters>().SelectMany(p => p.All))
        {
            routed.Remove(parameter.Name);
            yield return new RunningField(parameter.Name, false, ClassOf(parameter.Name), parameter.Description);
        }

        foreach (var bound in endpoint.Metadata.OfType<IParameterBindingMetadata>().Where(b => IsSimple(b.ParameterInfo.ParameterType) && b.ParameterInfo.ParameterType != typeof(CancellationToken)))
        {
            routed.Remove(bound.Name);
            yield return FieldOf(bound.Name, bound.ParameterInfo.ParameterType);
        }

        foreach (var name in routed)
        {
            yield return new RunningField(name, false, ClassOf(name));
        }
    }

    private static IEnumerable<Type> ListTypes(RouteEndpoint endpoint) =>
    [
        .. endpoint.Metadata.OfType<IProducesResponseTypeMetadata>().Select(p => p.Type).OfType<Type>(),
        .. endpoint.Metadata.OfType<IAcceptsMetadata>().Select(a => a.RequestType).OfType<Type>(),
        .. endpoint.Metadata.OfType<MethodInfo>().Select(m => m.ReturnType),
    ];

    private static void Collect(Type type, SortedDictionary<string, Type> types)
    {
        if (type.HasElementType)
        {
            Collect(type.GetElementType()!, types);
            return;
        }

        foreach (var argument in type.GetGenericArguments())
        {
            Collect(argument, types);
        }

        var name = type.Name.Split('`')[0];
        if (type.IsEnum || type.Assembly.GetName().Name?.StartsWith("Crosstown", StringComparison.Ordinal) != true || type.IsAssignableTo(typeof(Delegate)) || !types.TryAdd(name, type))
        {
            return;
        }

        foreach (var (_, member) in MembersOf(type))
        {
            Collect(member, types);
        }
    }

    /// <summary>The members that JSON has, by the names that it has them under.</summary>
    private static IEnumerable<(string Name, Type Type)> MembersOf(Type type) => type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(p => p.GetMethod is not null && p.GetIndexParameters().Length == 0 && p.GetCustomAttribute<JsonIgnoreAttribute>() is null && p.Name != "EqualityContract")
        .Select(p => (p.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name ?? JsonNamingPolicy.CamelCase.ConvertName(p.Name), p.PropertyType));

    private static RunningField FieldOf(string name, Type type)
    {
        var isText = HoldsText(type);
        return new RunningField(name, isText, isText ? "text" : ClassOf(name));
    }

    private static bool HoldsText(Type type) =>
        type == typeof(string) || type == typeof(object) || type == typeof(JsonElement) || (type.HasElementType && HoldsText(type.GetElementType()!)) || type.GetGenericArguments().Any(HoldsText);

    private static bool IsSimple(Type type)
    {
        var held = Nullable.GetUnderlyingType(type) ?? type;
        return held.IsPrimitive || held.IsEnum || held == typeof(string) || held == typeof(decimal) || held == typeof(Guid);
    }

    private static string ClassOf(string name) =>
        name.EndsWith("Ms", StringComparison.Ordinal) || name is "from" or "to" ? "time"
        : name is "signal" or "signals" or "id" or "latitude" or "longitude" or "phase" or "direction" ? "place"
        : name.Contains("count", StringComparison.OrdinalIgnoreCase) ? "count"
        : "state";
}
