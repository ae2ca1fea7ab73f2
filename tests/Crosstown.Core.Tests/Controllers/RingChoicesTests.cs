using Crosstown.Core.Controllers;
using Crosstown.Core.Events;

namespace Crosstown.Core.Tests.Controllers;

/// <summary>What can follow a set of greens, held to what the controller's engine really does when it is held and forced off so.</summary>
public sealed class RingChoicesTests
{
    private static ControllerProgram Program(bool hasRecalls) => new(
        Enumerable.Range(1, 8).Select(n => new PhaseTiming
        {
            Number = (byte)n,
            Ring = (byte)(n <= 4 ? 1 : 2),
            BarrierGroup = (byte)(n is 1 or 2 or 5 or 6 ? 1 : 2),
            MinimumGreenMs = n % 2 == 1 ? 5000 : 7000,
            MaximumMs = 30_000,
            YellowMs = 4000,
            RedClearanceMs = n % 2 == 1 ? 1000 : 2000,
            DualEntry = n % 2 == 0,
            Recall = hasRecalls && n is 2 or 6 ? Recall.Minimum : Recall.None,
        }));

    private static bool IsSettled(ControllerProgram program, ControllerState state) =>
        state.Greens != 0 && program.Phases.All(p => state.IntervalOf(p.Number) is not (VehicleInterval.Yellow or VehicleInterval.RedClearance));

    [Theory]
    [InlineData(true, 1)]
    [InlineData(true, 2)]
    [InlineData(false, 3)]
    [InlineData(false, 4)]
    public void Whatever_is_chosen_of_the_list_comes_next_in_the_engine(bool hasRecalls, ulong seed)
    {
        var program = Program(hasRecalls);
        var random = new RandomNumbers(seed);
        var (state, log) = (new ControllerState(), new EventBuffer());
        var inputs = new ControllerInputs { Pattern = ControllerStep.FreePattern };
        var sets = new uint[RingChoices.Most];
        var chosen = 0;
        var kinds = new HashSet<(uint, uint)>();
        void Step()
        {
            inputs.TimeMs += ControllerStep.TickMs;
            ControllerStep.Step(program, state, inputs, log);
            log.Clear();
        }

        // Every ring has been green once, so that nothing of the start is remembered.
        inputs.VehicleCalls = program.AllPhases;
        for (var i = 0; i < 3000; i++)
        {
            Step();
        }

        for (var episode = 0; episode < 400; episode++)
        {
            while (!IsSettled(program, state) || program.Phases.Any(p => Bits.Has(state.Greens, p.Number) && inputs.TimeMs - state.GreenStartOf(p.Number) < p.MinimumGreenMs))
            {
                (inputs.Holds, inputs.ForceOffs) = (state.Greens, 0);
                Step();
            }

            var greens = state.Greens;
            inputs.Holds = greens;
            inputs.VehicleCalls = (uint)random.NextInt(1 << 8) << 1;
            Step();
            var count = RingChoices.List(program, greens, state.VehiclesWaiting | state.WalkersWaiting, sets);
            if (count == 0)
            {
                continue;
            }

            var wanted = sets[random.NextInt(count)];
            Assert.Equal(0u, RingChoices.FindSkipped(program, greens, wanted) & inputs.VehicleCalls & ~greens);
            (inputs.Holds, inputs.ForceOffs) = (greens & wanted, greens & ~wanted);
            Step();
            (inputs.Holds, inputs.ForceOffs) = (greens & wanted, 0);
            while (!IsSettled(program, state))
            {
                Step();
            }

            Assert.True(state.Greens == wanted, $"From {greens:b} with calls {inputs.VehicleCalls:b} to {wanted:b}, and {state.Greens:b} came.");
            kinds.Add((greens, wanted));
            chosen++;
        }

        Assert.True(chosen > 250 && kinds.Count > 20, $"{chosen} changes of {kinds.Count} kinds.");
    }

    [Fact]
    public void What_lies_between_must_be_without_a_call_and_a_recall_lies_there_always()
    {
        static uint Of(params int[] phases) => phases.Aggregate(0u, (mask, p) => mask | ((uint)1 << p));
        var (free, recalled) = (Program(hasRecalls: false), Program(hasRecalls: true));

        Assert.Equal(0u, RingChoices.FindSkipped(recalled, Of(2, 6), Of(3, 7)));
        Assert.Equal(Of(3, 7), RingChoices.FindSkipped(recalled, Of(2, 6), Of(4, 8)));
        Assert.Equal(Of(7), RingChoices.FindSkipped(recalled, Of(2, 6), Of(3, 8)));
        Assert.Equal(0u, RingChoices.FindSkipped(recalled, Of(1, 6), Of(2, 6)));
        Assert.Null(RingChoices.FindSkipped(recalled, Of(1, 6), Of(3, 7)));
        Assert.Equal(Of(2), RingChoices.FindSkipped(free, Of(1, 6), Of(3, 7)));
        Assert.Null(RingChoices.FindSkipped(recalled, Of(4, 8), Of(3, 7)));
        Assert.Equal(Of(1, 2, 5, 6), RingChoices.FindSkipped(free, Of(4, 8), Of(3, 7)));
        Assert.Null(RingChoices.FindSkipped(free, Of(2, 6), Of(2, 6)));
        Assert.Equal([Of(1, 5), Of(2, 5), Of(1, 6), Of(2, 6), Of(3, 7), Of(4, 7), Of(3, 8), Of(4, 8)], RingChoices.ListWhole(free).Order());
    }

    [Fact]
    public void A_list_that_is_too_short_is_refused() => Assert.Throws<ArgumentException>(() => RingChoices.List(Program(false), 1 << 2, 0, new uint[4]));
}
