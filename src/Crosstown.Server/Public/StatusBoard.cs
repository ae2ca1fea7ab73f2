using System.Collections.Immutable;
using Crosstown.Core.Privacy;
using Crosstown.Core.Street;
using Crosstown.Server.City;
using Crosstown.Server.Live;

namespace Crosstown.Server.Public;

/// <summary>What the public is told of the signals' service.</summary>
/// <remarks>
/// One look at the signals serves a whole quarter of an hour, for everybody. It counts signals by area. A preempt counts as service and flash as need of
/// work, so that neither can be told from what is ordinary, and neither has a place or a minute (rule P15).
/// </remarks>
internal sealed class StatusBoard(CityModel city, SignalStates states, TimeProvider time)
{
    private const long BlockMs = PrivacyLimits.PublicBlockMinutes * 60_000L;
    private const long RetryMs = 60_000;

    // From how many of an area's signals on its service is good, and reduced.
    private const double GoodShare = 0.9;
    private const double ReducedShare = 0.6;

    private readonly Lock _one = new();
    private PublicStatus? _status;
    private long _takenMs;
    private long _cityVersion;

    /// <summary>The status of the quarter of an hour that is now.</summary>
    public PublicStatus Now
    {
        get
        {
            var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
            var fromMs = nowMs - (nowMs % BlockMs);
            lock (_one)
            {
                // A server that has only just begun to listen has heard of nothing yet.
                var isEmpty = _status?.City.Service == AreaService.Unknown && nowMs >= _takenMs + RetryMs;
                if (_status is null || _status.FromMs != fromMs || _cityVersion != city.Now.Version || isEmpty)
                {
                    (_status, _takenMs, _cityVersion) = (Take(city.Now, fromMs), nowMs, city.Now.Version);
                }

                return _status;
            }
        }
    }

    private PublicStatus Take(CitySnapshot snapshot, long fromMs)
    {
        var areas = ImmutableArray.CreateBuilder<AreaStatus>();
        var left = snapshot.Current.Keys.ToHashSet();
        foreach (var corridor in snapshot.Corridors)
        {
            var signals = corridor.Signals.Select(s => s.Signal).ToArray();
            areas.Add(Count(corridor.Id, corridor.Name.Length > 0 ? corridor.Name : corridor.Id, signals, snapshot));
            left.ExceptWith(signals);
        }

        if (left.Count > 0)
        {
            areas.Add(Count("other", snapshot.Corridors.IsEmpty ? "All signals" : "Other streets", [.. left.Order()], snapshot));
        }

        return new PublicStatus(fromMs, fromMs + BlockMs, Count("city", "All signals", [.. snapshot.Current.Keys.Order()], snapshot), areas.ToImmutable());
    }

    private AreaStatus Count(string id, string name, SignalId[] signals, CitySnapshot snapshot)
    {
        var (inService, needsWork, silent) = (0, 0, 0);
        foreach (var signal in signals)
        {
            switch (states.StatusOf(signal).Class)
            {
                case SignalClass.Healthy or SignalClass.Preempt: inService++; break;
                case SignalClass.Degraded or SignalClass.Flash: needsWork++; break;
                default: silent++; break;
            }
        }

        var share = signals.Length == 0 ? 0 : (double)inService / signals.Length;
        var service = silent == signals.Length ? AreaService.Unknown : share >= GoodShare ? AreaService.Good : share >= ReducedShare ? AreaService.Reduced : AreaService.Poor;
        return new AreaStatus(
            id, name, signals.Length, inService, needsWork, silent, service,
            [.. signals.Select(s => PlaceOf(snapshot, s)).OfType<(double, double)>()]);
    }

    private static (double Longitude, double Latitude)? PlaceOf(CitySnapshot city, SignalId signal) =>
        city.Current.TryGetValue(signal, out var c) && c is { Latitude: { } latitude, Longitude: { } longitude } ? (longitude, latitude) : null;
}
