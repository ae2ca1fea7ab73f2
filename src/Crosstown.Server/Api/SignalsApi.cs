using Crosstown.Core.Street;
using Crosstown.Logs;
using Crosstown.Server.City;
using Crosstown.Server.Live;
using Crosstown.Server.People;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Crosstown.Server.Api;

/// <summary>A signal in a list: what it is and how it is.</summary>
/// <param name="Latitude">Degrees; null when its place is not known.</param>
/// <param name="IsConfigured">False when its phases and detectors are not known.</param>
internal sealed record SignalAnswer(string Id, string Name, double? Latitude, double? Longitude, string Zone, bool IsConfigured, int DetectorCount, int ApproachCount, SignalStatus Status);

/// <summary>A page of a list.</summary>
/// <param name="Next">Address of the next page; null on the last.</param>
internal sealed record Page<T>(IReadOnlyList<T> Items, int Total, string? Next);

internal static class SignalsApi
{
    public const int MostOnPage = 5000;

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/signals", List).RequireRole(Role.View).WithName("listSignals").WithTags("signals");
        api.MapGet("/signals/{id}", Find).RequireRole(Role.View).WithName("getSignal").WithTags("signals");
    }

    private static Page<SignalAnswer> List(CityModel city, IEventSource events, SignalStates states, string? query = null, SignalClass? status = null, int page = 1, int size = 1000)
    {
        var snapshot = city.Now;
        var all = snapshot.Current.Keys.Union(events.ListSignals()).Order()
            .Select(s => Answer(s, snapshot, events, states))
            .Where(a => status is null || a.Status.Class == status)
            .Where(a => string.IsNullOrWhiteSpace(query) || a.Id.StartsWith(query, StringComparison.OrdinalIgnoreCase) || a.Name.Contains(query, StringComparison.OrdinalIgnoreCase))
            .ToArray();
        size = Math.Clamp(size, 1, MostOnPage);
        page = Math.Max(1, page);
        var items = all.Skip((page - 1) * size).Take(size).ToArray();
        return new Page<SignalAnswer>(items, all.Length, page * size < all.Length ? $"/api/v1/signals?page={page + 1}&size={size}" : null);
    }

    private static IResult Find(string id, CityModel city, IEventSource events, SignalStates states)
    {
        if (Known(id, city, events) is not { } signal)
        {
            return ApiProblem.NoSignal(id);
        }

        var configuration = city.Now.Configurations.Find(signal) ?? SignalConfiguration.Unknown(signal);
        return Results.Ok(new SignalDetail(
            Answer(signal, city.Now, events, states),
            configuration.Phases.Select(p => new PhaseAnswer(p.Number, p.Ring, p.BarrierGroup, p.IsCoordinated, p.YellowS, p.RedClearanceS, p.MinimumGreenS, p.WalkS, p.PedestrianClearanceS)).ToArray(),
            configuration.Overlaps.Select(o => new OverlapAnswer(o.Number, [.. o.ParentPhases.Select(p => (int)p)], o.IsFlashingYellowArrow)).ToArray(),
            configuration.Approaches.Select(a => new ApproachAnswer(a.Id, a.Description, a.Direction, a.SpeedLimitMph, a.Protected?.ToString(), a.Permissive?.ToString(), a.Pedestrian?.ToString())).ToArray(),
            configuration.Detectors.Select(d => new DetectorAnswer(d.Channel, d.Phase, d.Overlap, d.ApproachId, [.. Enum.GetValues<DetectorFunctions>().Where(f => f != DetectorFunctions.None && d.Has(f))], d.Lane, d.Movement, d.LaneType, d.StopBarDistanceFt)).ToArray(),
            configuration.Patterns.Select(p => new PatternAnswer(p.Number, p.CycleLengthS, p.OffsetS, p.SplitS.ToDictionary(s => s.Key.ToString(System.Globalization.CultureInfo.InvariantCulture), s => s.Value))).ToArray(),
            events.FindRange(signal) is { } range ? new RangeAnswer(range.StartMs, range.EndMs) : null));
    }

    /// <summary>The signal of an id that is configured, has events, or has kept measures; null when there is none.</summary>
    public static SignalId? Known(string id, CityModel city, IEventSource events, Measuring.KeptMeasures kept) =>
        Known(id, city, events) ?? (SignalId.TryParse(id, out var signal) && kept.ListSignals().Contains(signal) ? signal : null);

    /// <summary>The signal of an id that is configured or has events; null when there is none.</summary>
    public static SignalId? Known(string id, CityModel city, IEventSource events) =>
        SignalId.TryParse(id, out var signal) && (city.Now.Current.ContainsKey(signal) || events.FindRange(signal) is not null) ? signal : null;

    private static SignalAnswer Answer(SignalId signal, CitySnapshot city, IEventSource events, SignalStates states)
    {
        var c = city.Current.GetValueOrDefault(signal);
        return new SignalAnswer(
            signal.Value, c?.Name ?? "", c?.Latitude, c?.Longitude, c?.Zone ?? events.ClockOf(signal).Zone, c is { Detectors.Length: > 0 }, c?.Detectors.Length ?? 0, c?.Approaches.Length ?? 0, states.StatusOf(signal));
    }
}

/// <summary>Everything about one signal that charts and panels need.</summary>
/// <param name="Events">From the first to just behind the last event, ms UTC; null without events.</param>
internal sealed record SignalDetail(
    SignalAnswer Signal, IReadOnlyList<PhaseAnswer> Phases, IReadOnlyList<OverlapAnswer> Overlaps, IReadOnlyList<ApproachAnswer> Approaches,
    IReadOnlyList<DetectorAnswer> Detectors, IReadOnlyList<PatternAnswer> Patterns, RangeAnswer? Events);

/// <summary>A half-open time, ms UTC.</summary>
internal sealed record RangeAnswer(long StartMs, long EndMs);

/// <summary>A phase and its timing in seconds; null where unknown.</summary>
internal sealed record PhaseAnswer(
    int Number, int? Ring, int? BarrierGroup, bool IsCoordinated, double? YellowS, double? RedClearanceS, double? MinimumGreenS, double? WalkS, double? PedestrianClearanceS);

/// <summary>An overlap, A = 1, and the phases that drive it.</summary>
internal sealed record OverlapAnswer(int Number, IReadOnlyList<int> ParentPhases, bool IsFlashingYellowArrow);

/// <summary>One leg's lanes toward the stop bar; groups are named as in <c>phase 2</c> or <c>overlap A</c>.</summary>
internal sealed record ApproachAnswer(string Id, string Description, TravelDirection Direction, int? SpeedLimitMph, string? Protected, string? Permissive, string? Pedestrian);

/// <summary>A detector channel, 1-255, and what is known of it; distance in feet upstream of the stop bar.</summary>
internal sealed record DetectorAnswer(
    int Channel, int? Phase, int? Overlap, string? ApproachId, IReadOnlyList<DetectorFunctions> Functions, int? Lane, LaneMovement Movement, LaneType LaneType, double? StopBarDistanceFt);

/// <summary>A coordination pattern as programmed: seconds, splits by phase with yellow and red clearance.</summary>
internal sealed record PatternAnswer(int Number, double? CycleLengthS, double? OffsetS, IReadOnlyDictionary<string, double> SplitS);
