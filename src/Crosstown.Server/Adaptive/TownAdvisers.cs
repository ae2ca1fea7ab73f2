using Crosstown.Control.Adaptive;
using Crosstown.Control.Cabinets;
using Crosstown.Control.Sites;
using Crosstown.Core.Controllers;
using Crosstown.Core.Networks;
using Crosstown.Core.Street;
using Crosstown.Simulation.Towns;
using Crosstown.Timing.Guard;

namespace Crosstown.Server.Adaptive;

/// <summary>Adaptive control of every signal of the made-up town: what each cabinet shows goes in, what each is asked comes out.</summary>
/// <remarks>One thread at a time. It knows the town's streets, the cabinets' programs and what detectors say, and nothing of vehicles.</remarks>
internal sealed class TownAdvisers
{
    private readonly Dictionary<SignalId, (CabinetAdviser Adviser, CabinetLinks Cabinet)> _signals = [];
    private readonly DetectorFrame _frame;

    /// <param name="town">The town.</param>
    /// <param name="nowMs">When it begins to look, ms UTC.</param>
    /// <param name="runsSinceMs">When the cabinets started, ms UTC.</param>
    public TownAdvisers(Town town, long nowMs, long runsSinceMs)
    {
        var streets = TownStreets.Of(town);
        _frame = new DetectorFrame(streets.Equipment.Detectors.Length);
        var guard = new PlanGuard();
        var sites = SignalSite.List(streets.Network, streets.Equipment, [.. streets.Cabinets.Select(c => c.Reference)], isOfReference: true);
        foreach (var (place, cabinet) in sites.Zip(streets.Cabinets))
        {
            var site = place.Behind(cabinet);
            var signal = town.FindSignal(cabinet.Signal)!;
            var profile = TownStreets.ProfileOf(signal);
            var adviser = new CabinetAdviser(site, profile, cabinet, TownFacts.Of(signal), guard, new RollingController(site, profile), (int)(nowMs / 1000), runsSinceMs);
            _signals[cabinet.Signal] = (adviser, cabinet);
        }
    }

    /// <summary>False while it only looks: nothing is asked of any cabinet.</summary>
    public bool MayAsk { get; set; }

    /// <summary>The adviser of a signal.</summary>
    public CabinetAdviser Of(SignalId signal) => _signals[signal].Adviser;

    /// <summary>Looks at one signal in one second.</summary>
    public CabinetOrder Advise(in TownView view)
    {
        var (adviser, cabinet) = _signals[view.Signal];
        for (var i = 0; i < cabinet.Zones.Length; i++)
        {
            var (zone, loop, _) = cabinet.Zones[i];
            if (zone >= 0)
            {
                _frame.Vehicles[zone] = view.Vehicles[i];
                _frame.Halting[zone] = view.Standing[i];
            }

            if (loop >= 0)
            {
                _frame.Passed[loop] = view.Left[i];
            }
        }

        var order = adviser.Advise(view.TimeMs, view.State, view.Letters, _frame);
        return MayAsk ? order : default;
    }
}
