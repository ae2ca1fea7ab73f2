using System.Collections.Frozen;

namespace Crosstown.Server.Operations.Metrics;

/// <summary>The labels that a figure or a trace may carry; all others are dropped, so that no address, agent, query or name leaves (rule P18).</summary>
internal static class MetricLabels
{
    private static readonly FrozenSet<string> s_kept = new[]
    {
        "door", "quantile", "state", "outcome", "kind", "protocol", "http.route", "http.request.method", "http.response.status_code", "error.type", "gc.heap.generation",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The meters whose figures are given out.</summary>
    public static readonly IReadOnlyList<string> Meters = ["Crosstown.*", "Microsoft.AspNetCore.Hosting", "System.Runtime"];

    /// <summary>All of them.</summary>
    public static IEnumerable<string> Kept => s_kept;

    public static bool IsKept(string label) => s_kept.Contains(label);

    public static bool IsKeptMeter(string meter) => meter.StartsWith("Crosstown.", StringComparison.Ordinal) || meter is "Microsoft.AspNetCore.Hosting" or "System.Runtime";
}
