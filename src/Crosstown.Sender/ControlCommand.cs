using Crosstown.Core.Controllers;

namespace Crosstown.Sender;

/// <summary>All that can ever be written to a controller: phases to hold, phases whose green is to end, and a pattern to run (rule C02).</summary>
/// <remarks>It is made of approvals alone, which only the guard makes, or is nothing at all (rule C03).</remarks>
internal sealed class ControlCommand
{
    private ControlCommand(uint holds, uint forceOffs, byte pattern) => (Holds, ForceOffs, Pattern) = (holds, forceOffs, pattern);

    /// <summary>No hold, no force-off, no pattern: the controller runs its own plan.</summary>
    public static ControlCommand Nothing { get; } = new(0, 0, 0);

    /// <summary>Bit n for phase n.</summary>
    public uint Holds { get; }

    /// <summary>Bit n for phase n.</summary>
    public uint ForceOffs { get; }

    /// <summary>1-253 a pattern, 254 free, 0 for none.</summary>
    public byte Pattern { get; }

    public bool IsNothing => Holds == 0 && ForceOffs == 0 && Pattern == 0;

    public static ControlCommand Of(IEnumerable<ApprovedAdvice> approvals)
    {
        var (holds, forceOffs, pattern) = (0u, 0u, (byte)0);
        foreach (var advice in approvals.Select(a => a.Advice))
        {
            switch (advice.Kind)
            {
                case AdviceKind.Hold:
                    holds |= (uint)1 << advice.Number;
                    break;
                case AdviceKind.ForceOff:
                    forceOffs |= (uint)1 << advice.Number;
                    break;
                default:
                    pattern = advice.Number;
                    break;
            }
        }

        return new ControlCommand(holds, forceOffs, pattern);
    }

    public bool IsSame(ControlCommand other) => Holds == other.Holds && ForceOffs == other.ForceOffs && Pattern == other.Pattern;
}
