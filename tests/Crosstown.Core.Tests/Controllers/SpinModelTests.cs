using System.Globalization;
using Crosstown.Core.Controllers;
using Crosstown.Core.Events;

namespace Crosstown.Core.Tests.Controllers;

/// <summary>The rules of rings and barriers, written a second time for the model checker spin, and the real controller held against them.</summary>
public sealed class SpinModelTests : IDisposable
{
    // A model's tick in the real controller: everything below is a multiple of it.
    private const int TicksPerRow = 5;

    private readonly SpinModel _model = new("ring-barrier.pml", 4_000_000);

    public void Dispose() => _model.Dispose();

    [Fact]
    [Trait("rule", "C05")]
    [Trait("rule", "C06")]
    [Trait("rule", "C07")]
    [Trait("rule", "C08")]
    public void In_the_model_nothing_conflicts_nothing_is_cut_and_everybody_is_served()
    {
        // Each of these looks at every assert of the model too.
        _model.Build([], []);
        foreach (var phase in new[] { 1, 2, 4, 6, 8 })
        {
            Assert.Contains("errors: 0", _model.Verify("-a", "-N", string.Create(CultureInfo.InvariantCulture, $"served{phase}")), StringComparison.Ordinal);
        }
    }

    [Theory]
    [Trait("rule", "C08")]
    [InlineData(1, "a ring crosses the barrier alone")]
    [InlineData(2, "yellow is cut when others wait")]
    [InlineData(3, "a green ends while walkers cross")]
    [InlineData(4, "red clearance is skipped")]
    public void Spin_finds_an_error_that_is_planted_in_the_model(int plant, string what)
    {
        _model.Build([string.Create(CultureInfo.InvariantCulture, $"-DPLANT={plant}")], ["-DSAFETY", "-DNOCLAIM"]);

        Assert.True(_model.Verify().Contains("errors: 1", StringComparison.Ordinal), what);
    }

    [Fact]
    [Trait("rule", "C07")]
    public void Spin_finds_a_rotation_that_lets_the_side_street_wait_forever()
    {
        _model.Build(["-DPLANT=5"], []);

        Assert.Contains("errors: 1", _model.Verify("-a", "-N", "served4"), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("rule", "C08")]
    public void What_the_real_controller_shows_is_what_the_model_allows()
    {
        for (var seed = 0; seed < 2; seed++)
        {
            var rows = Follow(seed, 600);
            Assert.True(IsAllowed(rows), $"seed {seed}");
        }
    }

    [Fact]
    [Trait("rule", "C08")]
    public void A_controller_that_breaks_a_rule_once_is_not_what_the_model_allows()
    {
        var rows = Follow(1, 300);
        var yellow = rows.FindLastIndex(r => r[1] == 2);
        var clear = rows.FindLastIndex(r => r[1] == 3);
        var green = rows.FindLastIndex(r => r[0] == 4 && r[1] == 1);
        Assert.True(yellow > 0 && clear > 0 && green > 0);

        Assert.False(IsAllowed([.. rows.Where((_, i) => i != yellow)]), "a yellow that is a tick short");
        Assert.False(IsAllowed([.. rows.Where((_, i) => i != clear)]), "a red clearance that is skipped");
        Assert.False(IsAllowed([.. rows.Select((r, i) => i == green ? [r[0], r[1], 6, 1, r[4]] : r)]), "a green across the barrier");
    }

    /// <summary>What the real controller shows under random calls: phase and signal of each ring, and the walkers.</summary>
    private static List<byte[]> Follow(int seed, int rows)
    {
        PhaseTiming Phase(byte number, byte ring, byte group) => new()
        {
            Number = number,
            Ring = ring,
            BarrierGroup = group,
            MinimumGreenMs = 1000,
            PassageMs = 400,
            MaximumMs = 4000,
            YellowMs = 3000,
            RedClearanceMs = 500,
        };
        var program = new ControllerProgram(
            [Phase(1, 1, 1), Phase(2, 1, 1), Phase(4, 1, 2) with { WalkMs = 500, PedestrianClearanceMs = 1000 }, Phase(6, 2, 1), Phase(8, 2, 2)]);
        var random = new RandomNumbers(31, seed);
        var state = new ControllerState();
        var log = new EventBuffer();
        var shown = new List<byte[]>();
        var calls = 0u;
        for (var row = 0; row < rows; row++)
        {
            var flipped = program.Phases[random.NextInt(5)].Number;
            calls = random.NextInt(3) == 0 ? calls ^ ((uint)1 << flipped) : calls;
            var pressed = random.NextInt(20) == 0 ? (uint)1 << 4 : 0;
            for (var tick = 0; tick < TicksPerRow; tick++)
            {
                ControllerStep.Step(
                    program, state,
                    new ControllerInputs
                    {
                        TimeMs = (row * TicksPerRow + tick) * 100L,
                        LocalDayMs = (row * TicksPerRow + tick) * 100,
                        Pattern = ControllerStep.FreePattern,
                        VehicleCalls = calls,
                        Extensions = calls,
                        PedestrianPresses = tick == 0 ? pressed : 0,
                    },
                    log);
            }

            log.Clear();
            shown.Add([.. Ring(1), .. Ring(2), (byte)state.PedestrianOf(4)]);
        }

        Assert.Equal([0, 1, 2, 4], shown.Select(r => (int)r[0]).Distinct().Order());
        Assert.Contains(shown, r => r[4] == 2);
        return shown;

        byte[] Ring(byte ring)
        {
            var timing = program.Phases.FirstOrDefault(p => p.Ring == ring && state.IntervalOf(p.Number) != VehicleInterval.Red);
            return [timing?.Number ?? 0, timing is null ? (byte)0 : (byte)state.IntervalOf(timing.Number)];
        }
    }

    private bool IsAllowed(List<byte[]> rows) => _model.IsAllowed(rows, "-DMINIMUM=2", "-DMAXIMUM=3", "-DYELLOW_TIME=6", "-DCLEAR_TIME=1", "-DWALK_TIME=1", "-DFLASH_TIME=2");
}
