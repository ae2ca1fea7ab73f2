using Crosstown.Core.Controllers;
using Crosstown.Core.Networks;
using Crosstown.Core.Street;
using Crosstown.Simulation.Towns;

namespace Crosstown.Simulation.Tests;

/// <summary>The town as a lane network, held to what its cabinets show and its vehicles do.</summary>
public sealed class TownStreetsTests
{
    private const long Hour = 3_600_000;
    private const long Start = Town.DefaultStartMs + (56 * Hour);

    [Fact]
    public void What_a_set_of_phases_shows_in_the_drawing_is_what_the_cabinets_show()
    {
        var town = Town.Create(2, 24);
        var cabinets = TownStreets.Of(town).Cabinets.ToDictionary(c => c.Signal);
        var since = new Dictionary<SignalId, (uint Greens, long FromMs)>();
        var seen = new HashSet<(SignalId, uint)>();
        var simulation = new TownSimulation(town, Start)
        {
            Adviser = (in view) =>
            {
                var (greens, fromMs) = since.GetValueOrDefault(view.Signal);
                if (greens != view.State.Greens || view.State.Yellows != 0)
                {
                    since[view.Signal] = (view.State.Greens, view.TimeMs);
                }
                else if (view.TimeMs - fromMs >= 5000)
                {
                    // Arrows and overlaps come a little later than the phases that drive them.
                    var cabinet = cabinets[view.Signal];
                    var set = cabinet.Sets.IndexOf(greens);
                    if (set >= 0)
                    {
                        Assert.Equal(cabinet.Reference.Phases[set].State, view.Letters.ToString());
                        seen.Add((view.Signal, greens));
                    }
                }

                return default;
            },
        };
        simulation.Advance(Start + Hour, (_, _) => { });

        Assert.True(seen.Count > 24 * 3, $"{seen.Count} sets of phases were compared.");
    }

    [Fact]
    public void Zones_count_as_many_in_and_out_as_cross_and_the_zone_upstream_sees_them_first()
    {
        var town = Town.Create(3, 8);
        var cabinets = TownStreets.Of(town).Cabinets.ToDictionary(c => c.Signal);
        var left = new Dictionary<SignalId, double>();
        var (standing, most, upstream) = (0f, 0f, 0f);
        var simulation = new TownSimulation(town, Start);
        simulation.Adviser = (in view) =>
        {
            var zones = cabinets[view.Signal].Zones;
            Assert.Equal(zones.Length, view.Vehicles.Length);
            for (var i = 0; i < zones.Length; i++)
            {
                Assert.InRange(view.Standing[i], 0, view.Vehicles[i]);
                Assert.InRange(view.Vehicles[i], 0, zones[i].Phase == 0 ? 60 : 22);
                standing = Math.Max(standing, view.Standing[i]);
                most = Math.Max(most, zones[i].Phase == 0 ? 0 : view.Vehicles[i]);
                upstream = Math.Max(upstream, zones[i].Phase == 0 ? view.Vehicles[i] : 0);
                left[view.Signal] = left.GetValueOrDefault(view.Signal) + (zones[i].Loop >= 0 ? view.Left[i] : 0);
            }

            return default;
        };
        simulation.BeginCount();
        simulation.Advance(Start + Hour, (_, _) => { });

        Assert.True(standing > 5 && most > 10 && upstream > 2, $"{standing} stood, {most} at most, {upstream} upstream.");
        foreach (var (signal, count, _) in simulation.ListCounts())
        {
            // What crosses in the last second has not been told yet.
            Assert.InRange(left[signal], count.Vehicles - 5, count.Vehicles);
        }
    }

    [Fact]
    public void What_was_waited_since_a_count_began_is_what_quarters_tell_and_what_stands_in_the_streets()
    {
        var town = Town.Create(3, 8);
        var simulation = new TownSimulation(town, Start);
        simulation.BeginCount();
        simulation.Advance(Start + Hour, (_, _) => { });
        var quarters = simulation.ListTotals(new(Start, Start + Hour));

        foreach (var (signal, count, waitedS) in simulation.ListCounts())
        {
            var own = quarters.Where(q => q.Signal == signal).ToList();
            Assert.Equal(own.Sum(q => q.Vehicles), count.Vehicles);
            Assert.Equal(own.Sum(q => q.Stops), count.Stops);
            Assert.Equal(own.Sum(q => q.DelayS), count.DelayMs / 1000.0, 3);
            Assert.InRange(waitedS / (count.DelayMs / 1000.0), 0.8, 1.2);
            Assert.True(count.LongestRedMs is > 20_000 and < 400_000);
        }

        Assert.Throws<InvalidOperationException>(() => new TownSimulation(town, Start).ListCounts());
        Assert.All(TownStreets.Of(town).Network.Connections.Where(c => c.Signal is not null), c => Assert.True(c.SignalLink >= 0 && c.YieldsTo.All(y => c.Foes.Contains(y))));
        Assert.Equal(EdgeFunction.Street, TownStreets.Of(town).Network.Edges[0].Function);
        Assert.Equal(8, TownStreets.Of(town).Cabinets.Count(c => c.Sets.All(s => Bits.Has(s, 2) || Bits.Has(s, 1) || Bits.Has(s, 3) || Bits.Has(s, 4))));
    }
}
