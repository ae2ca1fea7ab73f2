using System.Globalization;
using Crosstown.Cli.Commands.Retime;
using Crosstown.Timing.Proof;
using Crosstown.Timing.Tests.Proof.Drawing;

namespace Crosstown.Cli.Tests.Commands.Retime;

public sealed class PlanProofTests(ITestOutputHelper output)
{
    [Fact]
    public void Probe()
    {
        foreach (var vc in new[] { 0.5, 0.8 })
        {
            // 60 s, split 30: 25 s of green, 25 effective.
            var network = SampleStreets.OneSignal(1800 * 25 / 60.0 * vc, 1800 * 25 / 60.0 * vc, 60, 30);
            var today = SampleStreets.WithOffsets(network, _ => 0);
            var other = SampleStreets.WithOffsets(network, _ => 10);
            Show($"one {vc}", PlanProof.Run(new PlanProofRequest(network, today, network, other) { Seeds = 3 }, TestContext.Current.CancellationToken));
        }

        var arterial = SampleStreets.Grid(2, 1, 900, 400, 0.1, 0.1, 30, 80, 45);
        Show("arterial", PlanProof.Run(new PlanProofRequest(arterial, SampleStreets.WithOffsets(arterial, _ => 0), arterial, SampleStreets.WithOffsets(arterial, s => s * 30)), TestContext.Current.CancellationToken));
        var grid = SampleStreets.Grid(3, 3, 700, 500, 0.1, 0.1, 25, 80, 42);
        Show("grid", PlanProof.Run(new PlanProofRequest(grid, SampleStreets.WithOffsets(grid, s => s * 37), grid, SampleStreets.WithOffsets(grid, s => s % 3 * 0)), TestContext.Current.CancellationToken));
    }

    private void Show(string name, JudgedPlans result)
    {
        static string T(JudgedFigure? f) => f is { } v ? string.Create(CultureInfo.InvariantCulture, $"{v.Mean:0.00}±{v.Deviation:0.00}") : "-";
        output.WriteLine($"== {name}");
        foreach (var s in result.Totals)
        {
            output.WriteLine($"{s.Source}: delay {T(s.DelayBefore)} -> {T(s.DelayAfter)} veh h/h; stops {T(s.StopsBefore)} -> {T(s.StopsAfter)}");
        }

        foreach (var a in result.Approaches.Take(14))
        {
            output.WriteLine($"  {a.Signal} {a.Direction}: " + string.Join(" | ", a.Judges.Select(s => $"{s.Source} {T(s.DelayBefore)}->{T(s.DelayAfter)} st {T(s.StopsBefore)}->{T(s.StopsAfter)}")));
        }

        foreach (var n in result.Notes)
        {
            output.WriteLine(n);
        }
    }
}
