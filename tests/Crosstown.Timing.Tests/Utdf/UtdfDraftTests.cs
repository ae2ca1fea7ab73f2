using System.Globalization;
using System.Text;
using Crosstown.Core.Controllers;
using Crosstown.Core.Data;
using Crosstown.Core.Street;
using Crosstown.Timing.Demand;
using Crosstown.Timing.Model;
using Crosstown.Timing.Tests.Demand;
using Crosstown.Timing.Utdf;

namespace Crosstown.Timing.Tests.Utdf;

/// <summary>A network from logs as a timing file, read back by the reader of other programs' files.</summary>
public sealed class UtdfDraftTests
{
    [Fact]
    public void What_a_network_knows_comes_back_from_the_file()
    {
        var record = TownRecord.Of(7, 8, 5.5, 12);
        var period = DemandStudy.Run(record.Signals(), record.Links(), new StudyOptions { Periods = PeriodRule.Given, GivenPeriods = [new TimeOfDay(420, 540)] }).Periods[0];
        var network = period.Network;
        var plan = new NetworkPlan { Patterns = [.. network.Signals.Select(s => s.Today)] };
        using var writer = new StringWriter(CultureInfo.InvariantCulture);

        var written = UtdfDraft.Write(writer, network, plan);

        Assert.Equal(network.Signals.Where(s => s.Today is not null).Select(s => s.Signal), written);
        var issues = new DataIssueLog();
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(writer.ToString()));
        var read = UtdfNetwork.Read(UtdfDocument.Read(stream, "draft.csv", issues), new UtdfNetworkOptions(), issues).Network;
        Assert.Equal(0, issues.Count);
        Assert.Equal(written, read.Signals.Select(s => s.Signal));
        foreach (var signal in read.Signals)
        {
            var original = network.Signals.First(s => s.Signal == signal.Signal);
            Assert.Equal(Greens(original.Phases, original.Today!), Greens(signal.Phases, signal.Today!));
            Assert.Equal(original.Phases.Select(p => (p.Number, p.YellowMs, p.RedClearanceMs, p.MinimumGreenMs, p.WalkMs)), signal.Phases.Select(p => (p.Number, p.YellowMs, p.RedClearanceMs, p.MinimumGreenMs, p.WalkMs)));
        }

        var volumes = network.Groups.Zip(network.Demands[0].VolumeVehPerHour).ToLookup(g => (network.Signals[g.First.Signal].Signal, g.First.Direction, TurnOf(g.First)));
        foreach (var (group, volume) in read.Groups.Zip(read.Demands[0].VolumeVehPerHour))
        {
            var own = volumes[(read.Signals[group.Signal].Signal, group.Direction, TurnOf(group))].ToList();
            Assert.Equal(own.Sum(g => g.First.Lanes), group.Lanes);
            Assert.InRange(volume, own.Sum(g => g.Second) - 1, own.Sum(g => g.Second) + 1);
            Assert.InRange(group.SaturationVehPerHour, own.Sum(g => g.First.SaturationVehPerHour) - 1, own.Sum(g => g.First.SaturationVehPerHour) + 1);
        }

        // Every street between two signals is there both ways, with its travel time.
        double TravelS(TimingNetwork of, SignalId from, SignalId to) => of.Groups.Where(g => of.Signals[g.Signal].Signal == to)
            .SelectMany(g => g.Feeders).Where(f => of.Signals[of.Groups[f.Group].Signal].Signal == from).Select(f => f.TravelS).DefaultIfEmpty(-1).First();
        foreach (var link in record.Links().Where(l => TravelS(network, l.From, l.To) > 0))
        {
            Assert.InRange(TravelS(read, link.From, link.To), TravelS(network, link.From, link.To) - 0.1, TravelS(network, link.From, link.To) + 0.1);
        }
    }

    [Fact]
    public void A_network_without_directions_is_not_written()
    {
        var record = TownRecord.Of(7, 8, 5.5, 12);
        var network = DemandStudy.Run(record.Signals(change: c => c with { Approaches = [] }), []).Periods[0].Network;
        using var writer = new StringWriter(CultureInfo.InvariantCulture);

        Assert.Empty(UtdfDraft.Write(writer, network, new NetworkPlan { Patterns = [.. network.Signals.Select(s => s.Today)] }));
        Assert.Equal("", writer.ToString());
    }

    private static LaneMovement TurnOf(LaneGroup group) => group.Movement is LaneMovement.Left or LaneMovement.Right ? group.Movement : LaneMovement.Through;

    /// <summary>When each phase's green begins and is forced off, on the master's clock.</summary>
    private static IEnumerable<(byte, int, int)> Greens(IEnumerable<PhaseTiming> phases, PatternTiming pattern)
    {
        var diagram = RingDiagram.Of(phases, pattern)!;
        var zero = pattern.OffsetMs - diagram.ReferenceMs(pattern.Reference);
        int Clock(int ms) => (((zero + ms) % pattern.CycleMs) + pattern.CycleMs) % pattern.CycleMs;
        return [.. phases.OrderBy(p => p.Number).Select(p => (p.Number, Clock(diagram.StartMs[p.Number]), Clock(diagram.ForceOffMs[p.Number])))];
    }
}
