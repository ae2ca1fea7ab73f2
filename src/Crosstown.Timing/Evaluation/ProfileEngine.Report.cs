using System.Collections.Immutable;

namespace Crosstown.Timing.Evaluation;

internal sealed partial class ProfileEngine
{
    /// <summary>Everything about the plan as it was last evaluated.</summary>
    public DemandEvaluation Report()
    {
        var groups = ImmutableArray.CreateBuilder<GroupEvaluation?>(_groups.Length);
        double delay = 0, persons = 0, stops = 0;
        for (var g = 0; g < _groups.Length; g++)
        {
            if (!_hasPlan[_groups[g].Signal])
            {
                groups.Add(null);
                continue;
            }

            var group = Describe(g);
            groups.Add(group);
            delay += group.DelayVehHours;
            persons += group.DelayVehHours * (_network.Groups[g].Occupancy ?? 1);
            stops += group.Stops;
        }

        var walks = ImmutableArray.CreateBuilder<WalkEvaluation>();
        double wait = 0, calls = 0;
        for (var s = 0; s < _layouts.Length; s++)
        {
            if (!_hasPlan[s])
            {
                continue;
            }

            var served = new WalkService[_network.Signals[s].Phases.Length];
            foreach (var (phase, waitS, callsPerHour) in served.AsSpan(0, _layouts[s].ListWalks(_options.WalkAllowanceS, served)))
            {
                walks.Add(new WalkEvaluation(s, phase, waitS, callsPerHour));
                wait += waitS * callsPerHour;
                calls += callsPerHour;
            }
        }

        return new DemandEvaluation
        {
            Name = _demand.Name,
            Groups = groups.MoveToImmutable(),
            Walks = walks.ToImmutable(),
            DelayVehHours = delay,
            DelayPersonHours = persons,
            Stops = stops,
            PedestrianDelayS = calls > 0 ? wait / calls : null,
            Index = Index(),
        };
    }

    /// <summary>The mean cycle of one group.</summary>
    public CyclicProfile Profile(int g)
    {
        var bins = _bins[_groups[g].Signal];
        var (arrivals, queue) = Run(g);
        return new CyclicProfile(
            BinS(_groups[g].Signal), _zeroS[_groups[g].Signal], [.. arrivals[..bins]], [.. Departures(g)], [.. Service(g)], [.. queue[..bins]]);
    }

    private GroupEvaluation Describe(int g)
    {
        ref var group = ref _groups[g];
        var bins = _bins[group.Signal];
        if (group.Volume <= 0)
        {
            return new GroupEvaluation(0, group.Capacity, 0, 0, 0, 0, 0, 0, 0, null);
        }

        var (arrivals, _) = Run(g);
        var service = Service(g);
        double sum = 0, onGreen = 0;
        var saturation = _network.Groups[g].SaturationVehPerHour * BinS(group.Signal) / 3600;
        for (var t = 0; t < bins; t++)
        {
            sum += arrivals[t];
            onGreen += arrivals[t] * Math.Min(1, service[t] / saturation);
        }

        var perPeriod = group.Volume * _periodS[group.Signal] / 3600;
        var excess = group.Saturation > FullestScale && group.Scale > 0 ? 1 / group.Scale : 1.0;
        var stopsPerVehicle = Math.Min(1, group.StoppedSum * excess / perPeriod);
        var reach = Reach(g) + group.OverflowVeh;
        var storage = _network.Groups[g].StorageVeh;
        return new GroupEvaluation(
            group.Volume,
            group.Capacity,
            group.Saturation,
            group.Capacity <= 0 ? 0 : group.QueueSum * BinS(group.Signal) * excess / perPeriod,
            group.OverflowVeh * 3600 / group.Volume,
            stopsPerVehicle * _options.AccelerationLossS,
            stopsPerVehicle,
            reach,
            storage is { } room ? Math.Max(0, reach - room) : 0,
            sum > 0 ? onGreen / sum : null);
    }

    /// <summary>Scaled arrivals and the queue at each bin's end, one bin after the other.</summary>
    private (float[] Arrivals, float[] Queue) Run(int g)
    {
        var bins = _bins[_groups[g].Signal];
        var arrivals = new float[_width];
        Arrivals(g, -1, arrivals);
        var queue = new float[_width];
        var service = Service(g);
        var q = 0f;
        for (var t = 0; t < 2 * bins; t++)
        {
            if (t < bins)
            {
                arrivals[t] *= _groups[g].Scale;
            }

            q = Math.Max(0, q + arrivals[t % bins] - service[t % bins]);
            queue[t % bins] = q;
        }

        return (arrivals, queue);
    }

    /// <summary>Vehicles that stopped, from each red on until the queue is gone: the farthest back that it reaches from the stop line.</summary>
    private double Reach(int g)
    {
        var (arrivals, queue) = Run(g);
        var bins = _bins[_groups[g].Signal];
        double reach = 0, standing = 0;
        for (var t = 0; t < 2 * bins; t++)
        {
            standing = queue[t % bins] > LeastQueueVeh ? standing + arrivals[t % bins] : 0;
            reach = Math.Max(reach, Math.Min(standing, SumOf(arrivals.AsSpan(0, bins))));
        }

        return reach;
    }
}
