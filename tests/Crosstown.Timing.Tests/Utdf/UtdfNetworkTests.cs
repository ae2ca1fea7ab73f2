using Crosstown.Core.Controllers;
using Crosstown.Core.Data;
using Crosstown.Core.Street;
using Crosstown.Timing.Model;
using Crosstown.Timing.Utdf;

namespace Crosstown.Timing.Tests.Utdf;

/// <summary>The small file, worked out by hand.</summary>
public sealed class UtdfNetworkTests
{
    private const uint Phase1 = 1 << 1;
    private const uint Phase2 = 1 << 2;
    private const uint Phase5 = 1 << 5;
    private const uint Phase8 = 1 << 8;

    [Fact]
    public void The_small_file_reads_without_an_issue()
    {
        var issues = new DataIssueLog();
        var network = Read(issues: issues);
        Assert.Empty(issues.ListExamples());
        Assert.Equal(["1", "2"], network.Network.Signals.Select(s => s.Signal.Value));
        Assert.Equal("Oak St, North & Oak St", network.Network.Signals[0].Name);
        Assert.Equal(
            ["1 NBT", "1 SBT", "1 EBL", "1 EBT", "1 WBL", "1 WBT", "2 NBL", "2 NBT", "2 NBR", "2 SBT", "2 EBL", "2 EBT", "2 WBL", "2 WBT"],
            network.Network.Groups.Select(g => g.Id));
    }

    [Fact]
    public void Lane_groups_have_the_files_lanes_phases_and_saturation_flows()
    {
        var network = Read().Network;
        var left = Group(network, "1 EBL");
        Assert.Equal((Phase5, Phase2, 1770.0, 6.0), (left.Phases, left.PermissivePhases, left.SaturationVehPerHour, left.StorageVeh));
        Assert.Equal(["1 WBT"], left.Opposing.Select(i => network.Groups[i].Id));
        Assert.Equal((4.1, 2.2), (left.CriticalGapS, left.FollowUpS));

        var through = Group(network, "1 EBT");
        Assert.Equal((Phase2, 0u, 2, 3500.0), (through.Phases, through.PermissivePhases, through.Lanes, through.SaturationVehPerHour));
        Assert.Equal((TravelDirection.Eastbound, LaneMovement.ThroughRight), (through.Direction, through.Movement));
        Assert.Equal((2.0, 3.0), (through.StartLostS, through.EndGainS));
        Assert.Null(through.StorageVeh);

        var shared = Group(network, "1 NBT");
        Assert.Equal((Phase8, 1400.0, LaneMovement.LeftThroughRight), (shared.Phases, shared.SaturationVehPerHour, shared.Movement));

        var permissive = Group(network, "2 NBL");
        Assert.Equal((0u, Phase8, 1770.0), (permissive.Phases, permissive.PermissivePhases, permissive.SaturationVehPerHour));
        Assert.Equal(["2 SBT"], permissive.Opposing.Select(i => network.Groups[i].Id));
        Assert.Equal(Phase8 | Phase1, Group(network, "2 NBR").Phases);
        Assert.Equal(1500 * 2 / 25.0, Group(network, "1 WBT").StorageVeh);
    }

    [Fact]
    public void Volumes_are_those_of_the_busiest_quarter_hour()
    {
        var network = Read().Network;
        var demand = network.Demands.Single();
        Assert.Equal("11/22/2026 7:15 am", demand.Name);
        double Volume(string id) => demand.VolumeVehPerHour[Index(network, id)];
        Assert.Equal(100, Volume("1 EBL"), 6);
        Assert.Equal(506 / 0.92, Volume("1 EBT"), 6);
        Assert.Equal(550 + (46 * 1.1), Volume("2 WBT"), 6);
        var plain = Read(new UtdfNetworkOptions { AppliesGrowth = false, AppliesPeakHourFactor = false }).Network.Demands.Single();
        Assert.Equal(546, plain.VolumeVehPerHour[Index(network, "2 WBT")], 6);
    }

    [Fact]
    public void Feeders_come_round_the_bend_with_the_times_of_both_links()
    {
        var network = Read().Network;
        var g = Index(network, "2 EBT");
        var feeders = network.Groups[g].Feeders;
        Assert.Equal(["1 NBT", "1 SBT", "1 EBT"], feeders.Select(f => network.Groups[f.Group].Id));
        Assert.All(feeders, f => Assert.Equal(Math.Round(15.6 + (700 / (35 * 22.0 / 15)), 1), f.TravelS));
        var share = (546 / 0.92) / ((92 + 500 + 46) / 0.92);
        var fed = network.Demands[0].FedVehPerHour[g];
        Assert.Equal(30 / 0.92 * share, fed[0], 6);
        Assert.Equal(25 / 0.92 * share, fed[1], 6);
        Assert.Equal(460 / 0.92 * share, fed[2], 6);
    }

    [Fact]
    public void More_feeder_traffic_than_the_link_has_is_scaled_down()
    {
        var network = Read(text: UtdfFiles.Small.Replace("500,46,46,500,46", "50,4,46,500,46", StringComparison.Ordinal)).Network;
        var g = Index(network, "2 EBT");
        Assert.Equal(network.Demands[0].VolumeVehPerHour[g], network.Demands[0].FedVehPerHour[g].Sum(), 6);
        Assert.Equal(460.0 / 30, network.Demands[0].FedVehPerHour[g][2] / network.Demands[0].FedVehPerHour[g][0], 6);
    }

    [Fact]
    public void Midblock_traffic_keeps_its_share_of_the_link()
    {
        var network = Read(text: UtdfFiles.Small.Replace("Midblock,1,,0,,,0,,,0,,,0,,,", "Midblock,1,,0,,,0,,,0,,,40,,,", StringComparison.Ordinal)).Network;
        var g = Index(network, "1 WBT");
        Assert.Equal(0.6 * network.Demands[0].VolumeVehPerHour[g], network.Demands[0].FedVehPerHour[g].Sum(), 6);
    }

    [Fact]
    public void Today_has_cycle_splits_sequence_and_offset_of_the_file()
    {
        var network = Read();
        var first = network.Today.Patterns[0]!;
        Assert.Equal((80_000, 76_000, OffsetReference.BeginGreen), (first.CycleMs, first.OffsetMs, first.Reference));
        Assert.Equal([14_000, 36_500, 29_500, 16_000, 34_500, 29_500], first.SplitMs.Values);
        Assert.Equal([[1, 2, 4], [6, 5, 8]], first.Sequence.Select(r => r.Select(p => (int)p)));
        var second = network.Today.Patterns[1]!;
        Assert.Equal((80_000, 29_000, OffsetReference.BeginFlashingDontWalk), (second.CycleMs, second.OffsetMs, second.Reference));
        Assert.Equal(28_000, second.SplitMs[8]);
    }

    [Fact]
    public void Signals_have_intervals_locks_and_walk_calls()
    {
        var signals = Read().Network.Signals;
        var through = signals[0].Phases.Single(p => p.Number == 2);
        Assert.Equal((10_000, 4000, 1500, 7000, 12_000, true), (through.MinimumGreenMs, through.YellowMs, through.RedClearanceMs, through.WalkMs, through.PedestrianClearanceMs, through.IsCoordinated));
        Assert.Equal(TimingLocks.None, signals[0].Locks);
        Assert.Equal(TimingLocks.Cycle | TimingLocks.Splits | TimingLocks.Sequence | TimingLocks.Offset, signals[1].Locks);
        Assert.Equal([4, 8], signals[0].WalkCallShare.Keys.Select(k => (int)k));
        Assert.Equal(1 - Math.Exp(-1), signals[0].WalkCallShare[4], 9);
        Assert.Equal(27_000, signals[0].MinimumSplitMs[8]);
        Assert.Empty(signals[1].MinimumSplitMs);
        Assert.False(signals[0].IsIsolated);
    }

    [Fact]
    public void Metric_files_are_brought_to_the_same_figures()
    {
        var text = UtdfFiles.Small.Replace("Metric,0", "Metric,1", StringComparison.Ordinal).Replace("vehLength,25", "vehLength,7.62", StringComparison.Ordinal);
        var metric = Read(text: text).Network;
        Assert.Equal(150 / 7.62, Group(metric, "1 EBL").StorageVeh!.Value, 6);
        Assert.Equal(Math.Round(15.6 + (700 / (35 / 3.6)), 1), Group(metric, "2 EBT").Feeders[0].TravelS);
    }

    [Fact]
    public void Starts_count_before_the_stated_offset_and_forced_offsets_before_both()
    {
        var issues = new DataIssueLog();
        var text = UtdfFiles.Small.Replace("Offset,1,76.0", "Offset,1,30.0", StringComparison.Ordinal);
        Assert.Equal(76_000, Read(text: text, issues: issues).Today.Patterns[0]!.OffsetMs);
        Assert.Equal(DataIssueKind.Conflict, issues.ListExamples().Single().Kind);
        var forced = Read(text: UtdfFiles.Small + "\n[Timeplans]\nForced\nRECORDNAME,INTID,DATA\nOffset,1,12\n");
        Assert.Equal(12_000, forced.Today.Patterns[0]!.OffsetMs);
    }

    [Fact]
    public void Bad_cells_are_told_with_row_column_value_and_limit_and_the_rest_is_used()
    {
        var issues = new DataIssueLog();
        var text = UtdfFiles.Small.Replace("Volume,1,20,", "Volume,1,many,", StringComparison.Ordinal).Replace("MinGreen,1,5,10", "MinGreen,1,5,1000", StringComparison.Ordinal);
        var network = Read(text: text, issues: issues);
        Assert.Equal(14, network.Network.Groups.Length);
        Assert.Equal(
            [
                ("many", "[Lanes] row 'Volume' of node 1, column NBL: no number from 0 to 30000; the cell is taken as empty"),
                ("1000", "[Phases] row 'MinGreen' of node 1, column D2: no number from 0 to 300; the cell is taken as empty"),
            ],
            issues.ListExamples().Select(i => (i.Value, i.Assumed)));
        Assert.All(issues.ListExamples(), i => Assert.True(i.Position > 1));
    }

    [Fact]
    public void A_file_without_a_needed_section_is_refused_by_name()
    {
        var document = UtdfFiles.Read(UtdfFiles.Small.Replace("[Lanes]", "[Lines]", StringComparison.Ordinal));
        var problem = Assert.Throws<ProblemException>(() => UtdfNetwork.Read(document, new UtdfNetworkOptions(), new DataIssueLog())).Problems.Single();
        Assert.Equal("XT662", problem.Code);
        Assert.Contains("[Lanes]", problem.Message, StringComparison.Ordinal);
        var none = Assert.Throws<ProblemException>(() => Read(new UtdfNetworkOptions { OnlyCycleS = 71 }));
        Assert.Equal("XT663", none.Problems.Single().Code);
    }

    [Fact]
    public void Counts_take_the_place_of_the_files_volumes()
    {
        var counts = UtdfCounts.Read(
            UtdfFiles.Read("Turning Movement Count\n15 Minute Counts\nDATE,TIME,INTID,EBL,EBT,EBR\n11/22/2026,=\"0715\",1,30,*,20,\n11/22/2026,0730,1,25,120,10,\n"), new DataIssueLog());
        var network = Read(new UtdfNetworkOptions { Counts = counts }).Network;
        Assert.Equal(["11/22/2026 07:15", "11/22/2026 07:30"], network.Demands.Select(d => d.Name));
        Assert.Equal(120, network.Demands[0].VolumeVehPerHour[Index(network, "1 EBL")], 6);
        Assert.Equal((460 / 0.92) + 80, network.Demands[0].VolumeVehPerHour[Index(network, "1 EBT")], 6);
        Assert.Equal(520, network.Demands[1].VolumeVehPerHour[Index(network, "1 EBT")], 6);
    }

    internal static UtdfNetwork Read(UtdfNetworkOptions? options = null, string text = UtdfFiles.Small, DataIssueLog? issues = null)
    {
        issues ??= new DataIssueLog();
        return UtdfNetwork.Read(UtdfFiles.Read(text, issues), options ?? new UtdfNetworkOptions(), issues);
    }

    private static int Index(TimingNetwork network, string id) => network.Groups.Select(g => g.Id).ToList().IndexOf(id);

    private static LaneGroup Group(TimingNetwork network, string id) => network.Groups[Index(network, id)];
}
