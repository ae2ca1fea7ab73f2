using System.Globalization;
using Crosstown.Core.Data;
using Crosstown.Timing.Model;
using Crosstown.Timing.Utdf;

namespace Crosstown.Timing.Tests.Utdf;

/// <summary>What the real files state themselves, computed anew by us.</summary>
[Trait("Category", SharedData.Category)]
public sealed class UtdfRealFilesTests
{
    /// <summary>Start, End and Yield of every phase from cycle, splits, sequence, reference and offset of our pattern, against the file's own.</summary>
    [Theory]
    [InlineData(UtdfFiles.Tempe, 227, 1082)]
    [InlineData(UtdfFiles.GrandAvenue, 19, 114)]
    [InlineData(UtdfFiles.Bullhead, 8, 46)]
    public void Every_phase_starts_yields_and_ends_when_the_file_says(string path, int signals, int phases)
    {
        var network = Read(path);
        Assert.Equal(signals, network.Signals.Length);
        Assert.Equal(phases, network.Signals.Sum(s => s.Phases.Length));
        for (var i = 0; i < network.Signals.Length; i++)
        {
            var (signal, pattern) = (network.Signals[i], network.Today.Patterns[i]!);
            var layout = UtdfLayout.Of(signal, pattern);
            var zero = pattern.OffsetMs - layout.PatternPointMs(pattern.Reference)!.Value;
            Assert.Equal(pattern.CycleMs, layout.LengthMs);
            foreach (var phase in signal.Phases)
            {
                Assert.Equal((signal.Controller, phase.Number, (phase.StartMs, phase.EndMs, phase.YieldMs)), (signal.Controller, phase.Number, Times(layout, phase, zero)));
            }
        }
    }

    /// <summary>
    /// Volume, growth, peak hour factor and shared lanes give the file's own flow of each lane group. The one that differs is a movement without a lane of its own: the
    /// file leaves its traffic nowhere, we put it into the lane beside it.
    /// </summary>
    [Theory]
    [InlineData(UtdfFiles.Tempe, 1905, "68 EBL")]
    [InlineData(UtdfFiles.GrandAvenue, 158, null)]
    [InlineData(UtdfFiles.Bullhead, 46, null)]
    public void Lane_groups_have_the_flow_that_the_file_states(string path, int groups, string? differs)
    {
        var (_, document) = UtdfFiles.ReadShared(path);
        var network = Read(path).Network;
        Assert.Equal(groups, network.Groups.Length);
        var lanes = document.Named("Lanes").Single();
        var volumes = network.Demands.Single().VolumeVehPerHour;
        for (var g = 0; g < network.Groups.Length; g++)
        {
            var name = network.Groups[g].Id.Split(' ');
            var row = lanes.Find("Lane Group Flow", int.Parse(name[0], CultureInfo.InvariantCulture))!.Value;
            var stated = double.Parse(document.GetText(row, lanes.FindColumn(name[1])!.Value), CultureInfo.InvariantCulture);

            // The file rounds each movement before it adds them.
            Assert.True(network.Groups[g].Id == differs || Math.Abs(stated - volumes[g]) <= 1.5, $"{network.Groups[g].Id}: {stated} in the file, {volumes[g]}");
        }
    }

    [Theory]
    [InlineData(UtdfFiles.Tempe)]
    [InlineData(UtdfFiles.GrandAvenue)]
    [InlineData(UtdfFiles.Bullhead)]
    public void No_group_is_fed_more_than_it_has(string path)
    {
        var network = Read(path).Network;
        for (var g = 0; g < network.Groups.Length; g++)
        {
            Assert.True(network.Demands[0].FedVehPerHour[g].Sum() <= network.Demands[0].VolumeVehPerHour[g] + 1e-6, network.Groups[g].Id);
            Assert.All(network.Groups[g].Feeders, f => Assert.InRange(f.TravelS, 0.1, 600));
        }
    }

    /// <summary>Saturation flows taken out of the file and computed by the factors: what the file held is within a few percent.</summary>
    [Theory]
    [InlineData(UtdfFiles.Tempe)]
    [InlineData(UtdfFiles.GrandAvenue)]
    [InlineData(UtdfFiles.Bullhead)]
    public void Saturation_flow_by_factors_is_near_the_files(string path)
    {
        var (_, document) = UtdfFiles.ReadShared(path);
        var stated = Read(path).Network;
        var changes = new UtdfChanges();
        foreach (var row in document.Named("Lanes").Single().Rows.Where(r => r.Record is "SatFlow"))
        {
            for (var i = 2; i < document.GetTexts(row).Length; i++)
            {
                changes.Set(row, i, "");
            }
        }

        var computed = UtdfNetwork.Read(document.Apply(changes), new UtdfNetworkOptions(), new DataIssueLog()).Network;
        var apart = stated.Groups.Zip(computed.Groups)
            .Select(p => Math.Abs((p.Second.SaturationVehPerHour / p.First.SaturationVehPerHour) - 1)).Order().ToList();
        Assert.InRange(apart[apart.Count / 2], 0, 0.01);
        Assert.InRange(apart[apart.Count * 9 / 10], 0, 0.10);
    }

    /// <summary>Node 249 of Tempe was not counted; the signals beside it on the street were: westbound traffic goes on through it.</summary>
    [Fact]
    public void Platoons_go_on_through_intersections_that_nobody_counted()
    {
        var issues = new DataIssueLog();
        var network = UtdfNetwork.Read(UtdfFiles.ReadShared(UtdfFiles.Tempe).Document, new UtdfNetworkOptions(), issues).Network;
        double Fed(TimingNetwork of, string id) => of.Groups.IndexOf(of.Groups.Single(g => g.Id == id)) is var g ? of.Demands[0].FedVehPerHour[g].Sum() / of.Demands[0].VolumeVehPerHour[g] : 0;
        Assert.Equal(1, Fed(network, "18 WBT"), 3);
        Assert.Equal(0, Fed(Read(UtdfFiles.Tempe).Network, "18 WBT"), 3);
        Assert.True(issues.CountOf(DataIssueKind.AssumedDefault) > 10);
        Assert.Equal(issues.Count, issues.CountOf(DataIssueKind.AssumedDefault));
    }

    private static (int?, int?, int?) Times(UtdfLayout layout, UtdfPhase phase, int zero)
    {
        var (start, end, yield) = layout.Times(phase, zero);
        return (start, end, yield);
    }

    private static UtdfNetwork Read(string path)
    {
        var issues = new DataIssueLog();
        var network = UtdfNetwork.Read(UtdfFiles.ReadShared(path, issues).Document, new UtdfNetworkOptions { FillsUncounted = false }, issues);
        Assert.Empty(issues.ListExamples());
        return network;
    }
}
