using System.Globalization;
using Crosstown.Core;
using Crosstown.Timing.Guard;

namespace Crosstown.Timing.Tests.Guard;

public sealed class PlanGuardTests
{
    // Fewer where hundreds of mutants of the guard are each put through all of it.
    private static readonly int Plans = int.Parse(Environment.GetEnvironmentVariable("CROSSTOWN_GUARD_PLANS") ?? "1000", CultureInfo.InvariantCulture);
    private static readonly PlanGuard Guard = new();
    private static readonly List<GoodPlan> Made = [];

    [Fact]
    [Trait("rule", "C03")]
    [Trait("rule", "C17")]
    public void Every_good_plan_is_approved()
    {
        for (var seed = 0; seed < Plans; seed++)
        {
            var plan = Plan(seed);
            var verdict = Guard.Check([plan.Facts], plan.Proposal);
            Assert.True(verdict.Problems.IsEmpty, $"seed {seed}: {string.Join(" | ", verdict.Problems.Select(p => p.ToProblem()))}");
            Assert.Same(plan.Proposal, verdict.GetApproval().Proposal);
            Assert.Same(plan.Facts, verdict.GetApproval().Facts[0]);
        }
    }

    public static TheoryData<int, string> Kinds() => [.. PlantedFault.All.Select((f, i) => (i, f.Name))];

    [Theory]
    [Trait("rule", "C17")]
    [MemberData(nameof(Kinds))]
    public void Every_bad_plan_of_a_kind_is_refused_with_the_kinds_own_code(int kind, string name)
    {
        var fault = PlantedFault.All[kind];
        Assert.Equal(name, fault.Name);
        var planted = 0;
        for (var seed = 0; planted < Plans; seed++)
        {
            Assert.True(seed < 100 + (12 * Plans), $"only {planted} plans had a place for it");
            var plan = Plan(seed);
            if (fault.Plant(plan, new RandomNumbers(7, seed, kind)) is not var (facts, proposal))
            {
                continue;
            }

            planted++;
            var verdict = Guard.Check([facts], proposal);
            var codes = verdict.Problems.Select(p => p.Code).Distinct().Order().ToList();
            Assert.Null(verdict.Approval);
            Assert.True(codes.Contains(fault.Code), $"seed {seed}: {fault.Name} gave {string.Join(", ", codes)}");
            Assert.True(!codes.Except(fault.AlsoAllowed).Except([fault.Code]).Any(), $"seed {seed}: {fault.Name} also gave {string.Join(" | ", verdict.Problems.Select(p => p.ToProblem()))}");
        }
    }

    /// <summary>The good plan of a seed; each is made once.</summary>
    private static GoodPlan Plan(int seed)
    {
        while (Made.Count <= seed)
        {
            Made.Add(GoodPlan.Make(Made.Count));
        }

        return Made[seed];
    }
}
