using System.Diagnostics;
using System.Globalization;
using System.Text;
using Crosstown.Core;
using Crosstown.Timing.Optimization.Bands;

namespace Crosstown.Timing.Tests.Optimization.Bands;

/// <summary>Bands against hand-drawn streets, trying everything, and the mixed-integer program MAXBAND solved by cbc.</summary>
public sealed class ArterialBandsTests
{
    [Fact]
    public void One_way_every_signal_waits_for_the_travel_time()
    {
        var band = ArterialBands.Optimize([Signal(0, 40, 0, 40, 0), Signal(0, 30, 0, 40, 25), Signal(0, 40, 0, 40, 37)], 90, outboundWeight: 1, inboundWeight: 0);
        Assert.Equal(30, band.OutboundS);
        Assert.Equal(0, band.OffsetsS[0]);
        Assert.InRange(band.OffsetsS[1], 25, 35);
    }

    [Fact]
    public void Half_a_cycle_apart_both_ways_get_the_whole_green()
    {
        // 45 s each way and a cycle of 90 s: alternate offsets of half a cycle.
        var band = ArterialBands.Optimize([Signal(0, 40, 0, 40, 0), Signal(0, 40, 0, 40, 45), Signal(0, 40, 0, 40, 45)], 90);
        Assert.Equal([0, 45, 0], band.OffsetsS);
        Assert.Equal((40, 40), (band.OutboundS, band.InboundS));
        Assert.Equal(80 / 180.0, band.Efficiency, 1e-9);
        Assert.Equal(1, band.Attainability, 1e-9);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void No_offsets_of_three_signals_give_more(int seed)
    {
        var (signals, cycle) = Draw(new RandomNumbers((ulong)seed), count: 3, choices: 1, cycle: 40);
        var found = ArterialBands.Optimize(signals, cycle, 1, 0.7);
        var best = 0.0;
        for (var i = 0; i < cycle * cycle; i++)
        {
            var band = ArterialBands.Measure(signals, cycle, [0, i % cycle, i / cycle]);
            best = Math.Max(best, band.OutboundS + (0.7 * band.InboundS));
        }

        Assert.Equal(best, found.OutboundS + (0.7 * found.InboundS), 1e-9);
    }

    [Theory]
    [InlineData(5, 1, 1.0)]
    [InlineData(8, 4, 1.0)]
    [InlineData(6, 4, 0.6)]
    public void Bands_are_those_of_MAXBAND_solved_by_cbc(int count, int choices, double inboundWeight)
    {
        Assert.SkipWhen(FindSolver() is null, "cbc is not installed (Debian package coinor-cbc): bands are not compared with MAXBAND.");
        var twoWay = 0;
        for (var seed = 1; seed <= 6; seed++)
        {
            var (signals, cycle) = Draw(new RandomNumbers((ulong)seed, count, choices), count, choices, 90);
            var ours = ArterialBands.Optimize(signals, cycle, 1, inboundWeight);

            // MAXBAND holds a line through all greens of both ways even where that costs the band of one; alone, a way gets its shortest green.
            var oneWay = Math.Max(signals.Min(s => s.Choices[0].OutboundGreenS), inboundWeight * signals.Min(s => s.Choices[0].InboundGreenS));
            var theirs = Math.Max(oneWay, SolveMaxband(signals, cycle, inboundWeight) * cycle);
            twoWay += theirs > oneWay + 1 ? 1 : 0;
            var value = ours.OutboundS + (inboundWeight * ours.InboundS);

            // MAXBAND's offsets are not held to whole seconds: it may win by a part of one.
            Assert.InRange(value, theirs - 1.001, theirs + 0.01);
        }

        Assert.True(twoWay > 0, "No street of these has two bands: the comparison says nothing.");
    }

    [Fact]
    public void A_street_of_a_network_has_the_greens_and_travel_times_of_its_plan()
    {
        var network = ReferenceGrid.Make(1, 3, 5);
        var plan = ReferenceGrid.Today(network);
        var signals = ArterialBands.FindArterial(network, plan, [0, 1, 2])!.Value;
        // Lefts lead with 16 s, then through with 29 s, 5 s of them yellow and red clearance.
        Assert.All(signals, s => Assert.Equal(new BandGreens(16, 24, 16, 24), Assert.Single(s.Choices)));
        Assert.Equal((int)Math.Round(network.Groups[8].Feeders[0].TravelS), signals[1].OutboundTravelS);
        Assert.Equal(signals[1].OutboundTravelS, signals[1].InboundTravelS);
        Assert.Equal(74, ArterialBands.LocalZeroS(network.Signals[0], plan.Patterns[0]!));

        var measured = ArterialBands.Measure(signals, 90, [0, 0, 0]);
        var best = ArterialBands.Optimize(signals, 90);
        Assert.True(best.OutboundS + best.InboundS > measured.OutboundS + measured.InboundS);
        Assert.Null(ArterialBands.FindArterial(network, plan, [0, 2]));
    }

    private static BandSignal Signal(int outboundStart, int outboundGreen, int inboundStart, int inboundGreen, int travel) =>
        new() { Choices = [new BandGreens(outboundStart, outboundGreen, inboundStart, inboundGreen)], OutboundTravelS = travel, InboundTravelS = travel };

    private static (BandSignal[] Signals, int Cycle) Draw(RandomNumbers random, int count, int choices, int cycle)
    {
        var signals = new BandSignal[count];
        for (var i = 0; i < count; i++)
        {
            var through = (cycle * 3 / 10) + random.NextInt(cycle / 5);
            var left = cycle / 10;

            // Four orders: each left leads or lags, and its through has the rest of the barrier group.
            BandGreens[] orders =
            [
                new(left, through, left, through), new(left, through, 0, through), new(0, through, left, through), new(0, through, 0, through),
            ];
            signals[i] = new BandSignal
            {
                Choices = [.. orders.Take(choices)],
                OutboundTravelS = (cycle / 9) + random.NextInt(cycle / 2),
                InboundTravelS = (cycle / 9) + random.NextInt(cycle / 2),
            };
        }

        return (signals, cycle);
    }

    private static string? FindSolver() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, "cbc")).FirstOrDefault(File.Exists);

    /// <summary>The program as published: slacks w from the end of red to the band, one integer per link, red centers Δ apart; times in cycles.</summary>
    private static double SolveMaxband(BandSignal[] signals, int cycle, double inboundWeight)
    {
        var text = new StringBuilder();
        var culture = CultureInfo.InvariantCulture;
        string Number(double value) => value.ToString("0.##########", culture);
        text.AppendLine("Maximize").AppendLine(culture, $" obj: b + {Number(inboundWeight)} a").AppendLine("Subject To");
        for (var i = 0; i < signals.Length; i++)
        {
            // Through greens have one length in all orders, so reds have too.
            var green = signals[i].Choices[0];
            text.AppendLine(culture, $" o{i}: w{i} + b <= {Number(green.OutboundGreenS / (double)cycle)}");
            text.AppendLine(culture, $" n{i}: v{i} + a <= {Number(green.InboundGreenS / (double)cycle)}");
            text.AppendLine(culture, $" c{i}: {string.Join(" + ", signals[i].Choices.Select((_, c) => $"d{i}_{c}"))} = 1");
        }

        for (var i = 0; i + 1 < signals.Length; i++)
        {
            var (here, next) = (signals[i], signals[i + 1]);
            string Delta(int k, string sign, string other) => string.Concat(signals[k].Choices.Select((g, c) => RedCenters(g, cycle) is var d && d >= 0 ? $" {sign} {Number(d)} d{k}_{c}" : $" {other} {Number(-d)} d{k}_{c}"));
            var reds = (Red(next) - Red(here)) / 2;
            var travel = (next.OutboundTravelS + next.InboundTravelS) / (double)cycle;
            text.AppendLine(culture, $" l{i}: w{i} + v{i} - w{i + 1} - v{i + 1}{Delta(i, "+", "-")}{Delta(i + 1, "-", "+")} - m{i} = {Number(reds - travel)}");
        }

        text.AppendLine("Bounds");
        for (var i = 0; i + 1 < signals.Length; i++)
        {
            text.AppendLine(culture, $" -20 <= m{i} <= 20");
        }

        text.AppendLine("Generals").AppendLine(" " + string.Join(" ", Enumerable.Range(0, signals.Length - 1).Select(i => $"m{i}")));
        text.AppendLine("Binaries").AppendLine(" " + string.Join(" ", signals.SelectMany((s, i) => s.Choices.Select((_, c) => $"d{i}_{c}")))).AppendLine("End");

        var folder = Directory.CreateTempSubdirectory("maxband");
        try
        {
            var program = Path.Combine(folder.FullName, "arterial.lp");
            var solution = Path.Combine(folder.FullName, "arterial.txt");
            File.WriteAllText(program, text.ToString());
            using var solver = Process.Start(new ProcessStartInfo(FindSolver()!, [program, "ratioGap", "0", "solve", "solution", solution]) { RedirectStandardOutput = true })!;
            var output = solver.StandardOutput.ReadToEnd();
            solver.WaitForExit();
            var first = File.ReadLines(solution).First();
            if (first.StartsWith("Integer infeasible", StringComparison.Ordinal) || first.StartsWith("Infeasible", StringComparison.Ordinal))
            {
                return 0;
            }

            Assert.StartsWith("Optimal", first, StringComparison.Ordinal);
            var value = first[(first.LastIndexOf(' ') + 1)..];
            Assert.True(double.TryParse(value, NumberStyles.Float, culture, out var objective), output);
            return Math.Abs(objective);
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        double Red(BandSignal s) => 2 - ((s.Choices[0].OutboundGreenS + s.Choices[0].InboundGreenS) / (double)cycle);
    }

    /// <summary>From the center of the inbound red to that of the outbound red, in cycles.</summary>
    private static double RedCenters(BandGreens g, int cycle)
    {
        var outbound = g.OutboundStartS + ((g.OutboundGreenS + cycle) / 2.0);
        var inbound = g.InboundStartS + ((g.InboundGreenS + cycle) / 2.0);
        return (outbound - inbound) / cycle;
    }
}
