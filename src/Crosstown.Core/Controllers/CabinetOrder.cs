namespace Crosstown.Core.Controllers;

/// <summary>What approved advice asks of a cabinet until its next word; the default asks nothing, and the cabinet's own plan runs.</summary>
/// <remarks>It can only be made of approvals, so that nothing reaches a controller that the guard has not passed.</remarks>
public readonly record struct CabinetOrder
{
    private CabinetOrder(byte? pattern, uint holds, uint forceOffs) => (Pattern, Holds, ForceOffs) = (pattern, holds, forceOffs);

    /// <summary>The pattern to run instead of the schedule's, 254 for free; null for the schedule's.</summary>
    public byte? Pattern { get; }

    /// <summary>Phases whose green is held; bit n for phase n.</summary>
    public uint Holds { get; }

    /// <summary>Phases whose green is ended.</summary>
    public uint ForceOffs { get; }

    /// <summary>True when it asks something.</summary>
    public bool AsksAnything => Pattern is not null || Holds != 0 || ForceOffs != 0;

    /// <summary>This and one more.</summary>
    public CabinetOrder With(ApprovedAdvice approved)
    {
        var (number, bit) = (approved.Advice.Number, (uint)1 << approved.Advice.Number);
        return approved.Advice.Kind switch
        {
            AdviceKind.ChoosePattern => new(number, Holds, ForceOffs),
            AdviceKind.Hold => new(Pattern, Holds | bit, ForceOffs & ~bit),
            _ => new(Pattern, Holds & ~bit, ForceOffs | bit),
        };
    }
}
