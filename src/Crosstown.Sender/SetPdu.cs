using System.Formats.Asn1;
using Crosstown.Control.Ntcip;
using Crosstown.Control.Snmp;

namespace Crosstown.Sender;

/// <summary>Writes the one request that changes a controller. No other program has this, and it takes nothing but a <see cref="ControlCommand"/>.</summary>
internal static class SetPdu
{
    private const int SetTag = 3;

    /// <summary>The objects that a command is written to, with the values for it; all of them every time.</summary>
    public static IReadOnlyList<SnmpVariable> ListVariables(ControlCommand command, int groups)
    {
        var variables = new List<SnmpVariable>();
        for (var group = 1; group <= groups; group++)
        {
            variables.Add(new SnmpVariable(NtcipObjects.PhaseHold(group), SnmpValue.OfNumber(OctetOf(command.Holds, group))));
            variables.Add(new SnmpVariable(NtcipObjects.PhaseForceOff(group), SnmpValue.OfNumber(OctetOf(command.ForceOffs, group))));
        }

        variables.Add(new SnmpVariable(NtcipObjects.SystemPatternControl, SnmpValue.OfNumber(command.Pattern)));
        return variables;
    }

    public static void Write(AsnWriter writer, int id, ControlCommand command, int groups)
    {
        using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, SetTag)))
        {
            writer.WriteInteger(id);
            writer.WriteInteger(0);
            writer.WriteInteger(0);
            using (writer.PushSequence())
            {
                foreach (var variable in ListVariables(command, groups))
                {
                    using (writer.PushSequence())
                    {
                        writer.WriteObjectIdentifier(variable.Name.ToString());
                        variable.Value.Write(writer);
                    }
                }
            }
        }
    }

    /// <summary>Eight phases of a set as the octet of their group: bit 0 is its first phase.</summary>
    private static byte OctetOf(uint phases, int group) => (byte)(phases >> (((group - 1) * 8) + 1));
}
