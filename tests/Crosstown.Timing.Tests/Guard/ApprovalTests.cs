using System.Reflection;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Crosstown.Core.Controllers;
using Crosstown.Core.Data;
using Crosstown.Timing.Guard;

namespace Crosstown.Timing.Tests.Guard;

public sealed class ApprovalTests
{
    private static readonly OpCode[] Codes = [.. typeof(OpCodes).GetFields().Select(f => (OpCode)f.GetValue(null)!)];

    [Fact]
    [Trait("rule", "C03")]
    public void Only_the_guard_makes_approvals()
    {
        foreach (var approval in new[] { typeof(ApprovedPlan), typeof(ApprovedAdvice) })
        {
            Assert.True(approval.IsSealed);
            Assert.All(approval.GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic), c => Assert.True(c.IsAssembly));
            Assert.All(approval.GetProperties(), p => Assert.Null(p.SetMethod));
            Assert.Equal([$"{typeof(PlanGuard).FullName}.Check"], ListMakers(approval));
        }
    }

    [Fact]
    [Trait("rule", "C03")]
    public void Only_the_guard_gives_verdicts()
    {
        Assert.Equal([$"{typeof(PlanGuard).FullName}.Check"], ListMakers(typeof(PlanVerdict)));
        Assert.Equal([$"{typeof(PlanGuard).FullName}.Check"], ListMakers(typeof(AdviceVerdict)));
        Assert.Equal([typeof(PlanGuard)], new[] { typeof(ControllerStep).Assembly, typeof(PlanGuard).Assembly }.SelectMany(a => a.GetTypes()).Where(t => t.IsClass && t.IsAssignableTo(typeof(IPlanGuard))));
    }

    [Fact]
    public void The_look_at_who_makes_what_sees_a_maker() =>
        Assert.Contains($"{typeof(PlanGuard).FullName}.CheckSignal", ListMakers(typeof(PatternRules)));

    [Fact]
    [Trait("rule", "C03")]
    public void Timing_reaches_into_Core_for_approvals_alone()
    {
        // Core's inside is open to Timing so that the guard can make approvals; whoever uses more of it needs a public member.
        var core = typeof(ControllerStep).Assembly;
        using var file = new PEReader(File.OpenRead(typeof(PlanGuard).Assembly.Location));
        var metadata = file.GetMetadataReader();
        const BindingFlags all = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;
        var used = metadata.MemberReferences
            .Select(metadata.GetMemberReference)
            .Where(m => m.Parent.Kind == HandleKind.TypeReference)
            .Select(m => (Type: FindType(core, metadata.GetTypeReference((TypeReferenceHandle)m.Parent), metadata), Name: metadata.GetString(m.Name)))
            .Where(m => m.Type is not null && (!m.Type.IsVisible || m.Type.GetMember(m.Name, all).All(found => found is MethodBase { IsAssembly: true } or FieldInfo { IsAssembly: true })))
            .Select(m => $"{m.Type!.Name}{m.Name}")
            .Distinct().Order(StringComparer.Ordinal);
        Assert.Equal(["AdviceVerdict.ctor", "ApprovedAdvice.ctor", "ApprovedPlan.ctor", "PlanVerdict.ctor"], used);
    }

    [Fact]
    public void A_refused_plan_has_no_approval_and_says_every_reason()
    {
        var verdict = new PlanGuard().Check([Crossing.On(2, s => s with { SpeedMph = null, WidthFt = null })], Crossing.Timed(p => p with { OffsetMs = 90_000 }));
        Assert.Null(verdict.Approval);
        var refusal = Assert.Throws<ProblemException>(verdict.GetApproval);
        Assert.Equal(["XT621", "XT621", "XT632"], refusal.Problems.Select(p => p.Code));
        Assert.Equal("signal 1004, phase 2", refusal.Problems[0].Where);
        Assert.Equal("signal 1004, pattern 3, offset", refusal.Problems[2].Where);
        Assert.Equal("Offset of 90 s: 0 or more and below the cycle of 90 s. (C03)", refusal.Problems[2].Message);
    }

    private static Type? FindType(Assembly core, TypeReference reference, MetadataReader metadata) =>
        core.GetType($"{metadata.GetString(reference.Namespace)}.{metadata.GetString(reference.Name)}");

    /// <summary>The methods of Core and Timing that make an object of a type, by their code.</summary>
    private static IEnumerable<string> ListMakers(Type made)
    {
        const BindingFlags all = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        return new[] { typeof(ControllerStep).Assembly, typeof(PlanGuard).Assembly }
            .SelectMany(a => a.GetTypes())
            .SelectMany(t => t.GetMethods(all).Concat<MethodBase>(t.GetConstructors(all)))
            .Where(m => Makes(m, made))
            .Select(m => $"{m.DeclaringType!.FullName}.{m.Name}")
            .Distinct();
    }

    private static bool Makes(MethodBase method, Type made)
    {
        var code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        for (var at = 0; at < code.Length;)
        {
            var value = code[at] == 0xFE ? (short)(0xFE00 | code[at + 1]) : code[at];
            var operation = Array.Find(Codes, c => c.Value == value);
            at += operation.Size;
            if (operation == OpCodes.Newobj || operation == OpCodes.Call || operation == OpCodes.Ldftn)
            {
                var target = method.Module.ResolveMethod(
                    BitConverter.ToInt32(code, at), method.DeclaringType!.GetGenericArguments(), method.IsGenericMethod ? method.GetGenericArguments() : null);
                if (target is ConstructorInfo && target.DeclaringType == made)
                {
                    return true;
                }
            }

            at += operation.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(code, at)),
                _ => 4,
            };
        }

        return false;
    }
}
