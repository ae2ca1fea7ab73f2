using Crosstown.Control.Ntcip;
using Crosstown.Control.Snmp;

namespace Crosstown.Sender;

/// <summary>What stands in the objects that commands are written to, and what decides what it means. Null is not answered.</summary>
/// <param name="BackupS">After so many seconds without a write the controller forgets them; 0 for never.</param>
/// <param name="Holds">Bit n for phase n.</param>
/// <param name="ForceOffs">Bit n for phase n; the controller clears one when the green has ended.</param>
/// <param name="Pattern">0 for none.</param>
/// <param name="Greens">Bit n for phase n.</param>
internal sealed record ControlReading(int? BackupS, uint? Holds, uint? ForceOffs, int? Pattern, uint? Greens)
{
    public bool IsWhole => BackupS is not null && Holds is not null && ForceOffs is not null && Pattern is not null && Greens is not null;

    /// <summary>Whether the controller says that it has what was written: all of it, and nothing else. A force-off may be gone where the green is.</summary>
    public bool Shows(ControlCommand command) =>
        Holds == command.Holds && Pattern == command.Pattern && Greens is { } greens && (ForceOffs & ~command.ForceOffs) == 0 && (command.ForceOffs & ~ForceOffs & greens) == 0;
}

/// <summary>Nobody holds the signal, or somebody else does: nothing may be written.</summary>
internal sealed class LeaseLostException() : Exception("The signal's lease was lost before the packet was made.");

/// <summary>The only code that changes a controller.</summary>
internal sealed class ControlWriter(SnmpClient client, int groups)
{
    /// <summary>Writes a command.</summary>
    /// <param name="isHolder">Asked again for every packet.</param>
    /// <exception cref="SnmpException">It was not acknowledged as it was sent: the controller has it, or not.</exception>
    /// <exception cref="LeaseLostException">Nothing was sent after the lease was lost.</exception>
    public async Task WriteAsync(ControlCommand command, Func<bool> isHolder, CancellationToken stop)
    {
        var answer = await client.Exchange.AskAsync(
            (access, engine, id, salt) =>
            {
                if (!isHolder())
                {
                    throw new LeaseLostException();
                }

                return access is UserAccess ? MessageFrame.Encode(access, engine, id, salt, writer => SetPdu.Write(writer, id, command, groups))
                    : throw new InvalidOperationException("Commands are sent by SNMP 3 alone.");
            },
            stop).ConfigureAwait(false);
        if (answer.ErrorStatus != 0)
        {
            throw new SnmpException(SnmpFault.Refused, $"The controller refused the command with error {answer.ErrorStatus}, variable {answer.ErrorIndex}.", answer.ErrorStatus, answer.ErrorIndex);
        }
    }

    /// <summary>Reads what a command is written to.</summary>
    /// <exception cref="SnmpException">The controller did not answer.</exception>
    public async Task<ControlReading> ReadAsync(CancellationToken stop)
    {
        List<ObjectIdentifier> names = [NtcipObjects.UnitBackupTime, NtcipObjects.SystemPatternControl];
        for (var group = 1; group <= groups; group++)
        {
            names.AddRange([NtcipObjects.PhaseHold(group), NtcipObjects.PhaseForceOff(group), NtcipObjects.PhaseStatus(PhaseStatusColumn.Greens, group)]);
        }

        var values = (await client.GetAsync(names, stop).ConfigureAwait(false)).ToDictionary(v => v.Name, v => v.Value.Number);
        uint? Phases(Func<int, ObjectIdentifier> name)
        {
            var phases = 0u;
            for (var group = 1; group <= groups; group++)
            {
                if (values[name(group)] is not (>= 0 and <= 255))
                {
                    return null;
                }

                phases |= (uint)values[name(group)]!.Value << (((group - 1) * 8) + 1);
            }

            return phases;
        }

        return new ControlReading(
            values[NtcipObjects.UnitBackupTime] is >= 0 and <= 65_535 and var backup ? (int)backup : null,
            Phases(NtcipObjects.PhaseHold),
            Phases(NtcipObjects.PhaseForceOff),
            values[NtcipObjects.SystemPatternControl] is >= 0 and <= 255 and var pattern ? (int)pattern : null,
            Phases(g => NtcipObjects.PhaseStatus(PhaseStatusColumn.Greens, g)));
    }
}
