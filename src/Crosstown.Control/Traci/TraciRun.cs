using System.Collections.Immutable;
using System.Diagnostics;
using Crosstown.Control.Sites;
using Crosstown.Core.Networks;

namespace Crosstown.Control.Traci;

/// <summary>Controls all signals of a simulation until it is over.</summary>
public static class TraciRun
{
    /// <summary>Drives a simulation step by step.</summary>
    /// <param name="client">Connected.</param>
    /// <param name="network">The streets.</param>
    /// <param name="equipment">Their detectors.</param>
    /// <param name="reference">A program for each signal, that says what may be green together.</param>
    /// <param name="profile">The times to keep.</param>
    /// <param name="make">Makes the controller of a signal.</param>
    /// <returns>Our own time for each step of all signals, ms.</returns>
    /// <exception cref="TraciException">The conversation went wrong, other than by its end.</exception>
    public static IReadOnlyList<double> Drive(
        TraciClient client, RoadNetwork network, RoadEquipment equipment, ImmutableArray<FixedProgram> reference, RoadProfile profile, Func<SignalSite, ISignalController> make)
    {
        var times = new List<double>();
        var sites = SignalSite.List(network, equipment, reference);
        var wanted = sites.SelectMany(s => s.Approaches).SelectMany(a => a.Lanes.SelectMany(l => (int[])[l.Zone, l.StopLoop, l.AdvanceLoop, .. l.Links.Select(k => k.ExitZone)])
            .Concat(a.Upstream.Select(u => u.Zone))).Where(d => d >= 0).Distinct().Order();
        var sensors = new TraciSensors(client, equipment.Detectors, wanted);
        var nowS = (int)client.ReadNumber(TraciDomain.Simulation, TraciValue.TimeS);
        var drivers = sites.Select(s => new StageDriver(s.Menu, profile, nowS, client.ReadText(TraciDomain.Signal, TraciValue.State, s.Card.Signal))).ToArray();
        var controllers = sites.Select(make).ToArray();
        var shown = new string[sites.Length];
        try
        {
            while (true)
            {
                var start = Stopwatch.GetTimestamp();
                sensors.Read(client);
                for (var i = 0; i < sites.Length; i++)
                {
                    var (stage, holdS) = controllers[i].Decide(sensors.Frame, nowS, drivers[i]);
                    drivers[i].Advance(nowS, holdS > 0 && !drivers[i].IsChanging ? drivers[i].Stage : stage, holdS);
                    if (drivers[i].State != shown[i])
                    {
                        shown[i] = drivers[i].State;
                        client.SetState(sites[i].Card.Signal, shown[i]);
                    }
                }

                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                client.Step();
                nowS++;
            }
        }
        catch (TraciException end) when (end.Fault == TraciFault.Closed)
        {
            return times;
        }
    }
}
