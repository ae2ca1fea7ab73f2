using Crosstown.Cli.Commands.Retime;
using Crosstown.Core.Data;
using Crosstown.Core.Street;
using Crosstown.Timing.Model;
using Crosstown.Timing.Proof;
using Crosstown.Timing.Proof.Drawing;
using Crosstown.Timing.Tests.Proof.Drawing;

namespace Crosstown.Cli.Tests.Commands.Retime;

/// <summary>What the judges say of plans of which the better one is known. SUMO speaks where it is installed.</summary>
public sealed class PlanProofTests(ITestOutputHelper output)
{
    private const string NoSumo = "The simulator sumo and its netconvert are not installed: apt-get install sumo.";

    [Fact]
    public void A_platoon_that_meets_green_is_better_by_the_model_and_by_our_simulator() => Compare(Arterial(), ProofJudges.Model | ProofJudges.Simulation);

    [Fact]
    public void A_platoon_that_meets_green_is_better_by_SUMO_too()
    {
        Assert.SkipUnless(SumoProgramRun.IsInstalled, NoSumo);
        Compare(Arterial() with { Seeds = 2 }, ProofJudges.All);
    }

    [Fact]
    public void A_grid_in_step_is_better_by_the_model_and_by_our_simulator() => Compare(Grid(), ProofJudges.Model | ProofJudges.Simulation);

    [Fact]
    public void A_grid_in_step_is_better_by_SUMO_too()
    {
        Assert.SkipUnless(SumoProgramRun.IsInstalled, NoSumo);
        Compare(Grid() with { Seeds = 2 }, ProofJudges.All);
    }

    /// <summary>
    /// A lane at random arrivals: HCM's uniform and random delay against vehicles that start, stop and follow each other. Measured over twelve hours: our simulator 1.06 and 0.89 of the
    /// formula, SUMO 1.07 and 0.90.
    /// </summary>
    [Theory]
    [InlineData(0.5, 0.98, 1.15)]
    [InlineData(0.8, 0.8, 1.05)]
    public void Delay_at_one_signal_is_near_the_closed_form(double load, double least, double most)
    {
        // 60 s, 25 s of green, as many of effective green.
        var volume = load * 1800 * 25 / 60;
        var network = SampleStreets.OneSignal(volume, volume, 60, 30);
        var judged = PlanProof.Run(
            new PlanProofRequest(network, SampleStreets.WithOffsets(network, _ => 0), network, SampleStreets.WithOffsets(network, _ => 10)) { Seeds = 6 }, TestContext.Current.CancellationToken);
        var (green, cycle) = (25 / 60.0, 60.0);
        var closed = (0.5 * cycle * (1 - green) * (1 - green) / (1 - (load * green)))
            + (900 * (load - 1 + Math.Sqrt(((load - 1) * (load - 1)) + (4 * load / (volume / load)))));
        foreach (var total in judged.Totals.Skip(1))
        {
            // Both plans are the same but for the clock.
            var delay = (total.DelayBefore!.Value.Mean + total.DelayAfter!.Value.Mean) / 2 / (2 * volume) * 3600;
            output.WriteLine($"{total.Source} at {load}: {delay:0.0} s, closed form {closed:0.0} s, ratio {delay / closed:0.00}");
            Assert.InRange(delay / closed, least, most);
        }
    }

    [Fact]
    public void SUMO_gets_as_many_vehicles_over_every_stop_line_as_the_demand_asks_for_and_as_our_simulator()
    {
        Assert.SkipUnless(SumoProgramRun.IsInstalled, NoSumo);
        var network = SampleStreets.Grid(3, 2, 700, 450, 0.12, 0.1, 25, 80, 44);
        var drawing = StreetDrawing.Draw(network);
        var programs = drawing.Programs(network, SampleStreets.WithOffsets(network, s => s * 20));
        using var net = new SumoProgramRun(drawing.Network, programs);
        var sections = net.Run("volumes", drawing.Demand(0, 4200, 7), programs, drawing.ApproachBegins, 600, 4200, 1, TestContext.Current.CancellationToken);
        Assert.Equal(24, sections.Length);
        Assert.All(drawing.Approaches, (a, i) => Assert.InRange(sections[i].Left / a.VolumeVehPerHour, 0.97, 1.03));
        Assert.All(sections, s => Assert.InRange(s.DelayS / s.Left, 3, 60));
    }

    [Fact]
    public void The_same_seed_gives_the_same_figures_for_any_number_of_threads_and_spread_only_for_several_runs()
    {
        var request = Arterial() with { Judges = ProofJudges.Simulation, Seeds = 2, Threads = 1 };
        var one = PlanProof.Run(request, TestContext.Current.CancellationToken);
        var two = PlanProof.Run(request with { Threads = 3 }, TestContext.Current.CancellationToken);
        Assert.Equal(one.Totals.Single(), two.Totals.Single());
        Assert.NotNull(one.Totals.Single().DelayBefore!.Value.Deviation);
        Assert.Null(PlanProof.Run(request with { Seeds = 1 }, TestContext.Current.CancellationToken).Totals.Single().DelayBefore!.Value.Deviation);
    }

    [Fact]
    public void Only_so_many_signals_are_simulated_and_it_is_said()
    {
        var grid = Grid();
        var judged = PlanProof.Run(grid with { Judges = ProofJudges.Model | ProofJudges.Simulation, MostSignals = 4, Seeds = 1 }, TestContext.Current.CancellationToken);
        Assert.Equal(4, judged.Approaches.Select(a => a.Signal).Distinct().Count());
        Assert.Contains(judged.Notes, n => n.Contains("4 of the 8 signals that change", StringComparison.Ordinal));
        Assert.Equal(2 * 4, judged.Cells(judged.Approaches[0].Signal, judged.Approaches[0].Direction).Count() / 2);
    }

    [Fact]
    public void Without_a_change_nothing_is_judged()
    {
        var request = Arterial();
        var judged = PlanProof.Run(request with { AfterPlan = request.BeforePlan }, TestContext.Current.CancellationToken);
        Assert.Empty(judged.Approaches);
        Assert.Contains("No signal changes", Assert.Single(judged.Notes), StringComparison.Ordinal);
        Assert.All(judged.Cells(0, TravelDirection.Eastbound), c => Assert.Equal("", c));
    }

    [Fact]
    public void Judges_and_seeds_that_are_none_are_refused_together()
    {
        var refused = Assert.Throws<ProblemException>(() => new ProofChoices { Judges = "oracle", Seeds = 0 }.ToJudges());
        Assert.Equal(["XT790 --proof", "XT790 --proof-seeds"], refused.Problems.Select(p => $"{p.Code} {p.Where}"));
        Assert.Equal(ProofJudges.All, new ProofChoices().ToJudges());
    }

    /// <summary>Two signals 30 s apart: both begin green at once today, and half a minute apart then.</summary>
    private static PlanProofRequest Arterial()
    {
        var network = Hourly(SampleStreets.Grid(2, 1, 900, 400, 0.1, 0.1, 30, 80, 45));
        return new PlanProofRequest(network, SampleStreets.WithOffsets(network, _ => 0), network, SampleStreets.WithOffsets(network, s => s * 30));
    }

    /// <summary>Nine signals 25 s apart, on 80 s: all at once today; then greens turn about as platoons come.</summary>
    private static PlanProofRequest Grid()
    {
        var network = SampleStreets.Grid(3, 3, 700, 500, 0.1, 0.1, 25, 80, 42);
        return new PlanProofRequest(network, SampleStreets.WithOffsets(network, _ => 0), network, SampleStreets.WithOffsets(network, s => s * 37));
    }

    private static TimingNetwork Hourly(TimingNetwork network) => network with { Demands = [.. network.Demands.Select(d => d with { Hours = 1 })] };

    /// <summary>Every judge finds the second plan better, by more than the runs scatter.</summary>
    private void Compare(PlanProofRequest request, ProofJudges judges)
    {
        var judged = PlanProof.Run(request with { Judges = judges }, TestContext.Current.CancellationToken);
        foreach (var line in judged.Sentences())
        {
            output.WriteLine(line);
        }

        Assert.Equal(judges == ProofJudges.All ? [JudgedPlans.Model, JudgedPlans.Simulation, JudgedPlans.Sumo] : [JudgedPlans.Model, JudgedPlans.Simulation], judged.Totals.Select(t => t.Source));
        foreach (var total in judged.Totals)
        {
            var (before, after) = (total.DelayBefore!.Value, total.DelayAfter!.Value);
            Assert.True(before.Mean - after.Mean > (before.Deviation ?? 0) + (after.Deviation ?? 0), $"{total.Source}: {before} before, {after} after");
        }

        // Simulators agree with each other and with the model on how much is lost.
        Assert.All(judged.Totals.Skip(1), t => Assert.InRange(t.DelayBefore!.Value.Mean / judged.Totals[0].DelayBefore!.Value.Mean, 0.8, 1.4));
    }
}
