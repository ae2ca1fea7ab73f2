namespace Crosstown.Control.Snmp;

/// <summary>Why an exchange with a device failed.</summary>
public enum SnmpFault
{
    /// <summary>What came is no SNMP message, or not one that belongs here.</summary>
    Malformed,

    /// <summary>A message is longer than allowed.</summary>
    TooLarge,

    /// <summary>Nothing came in time.</summary>
    Timeout,

    /// <summary>The network refuses to bring anything there.</summary>
    Unreachable,

    /// <summary>The digest is wrong: another key, or a changed message.</summary>
    WrongDigest,

    /// <summary>The device and we do not agree on its time.</summary>
    NotInTimeWindow,

    /// <summary>The engine is not the one that is asked.</summary>
    UnknownEngine,

    /// <summary>The device does not know this user.</summary>
    UnknownUser,

    /// <summary>The device, or its answer, has not the level of security that is asked for.</summary>
    SecurityLevel,

    /// <summary>It cannot be decrypted.</summary>
    Decryption,

    /// <summary>The device answered that it will not, with an error status.</summary>
    Refused,
}

/// <summary>An exchange with a device failed. Its message holds no secret and nothing that the device sent but numbers.</summary>
public sealed class SnmpException(SnmpFault fault, string message, int errorStatus = 0, int errorIndex = 0) : Exception(message)
{
    public SnmpFault Fault { get; } = fault;

    /// <summary>What the device answered, RFC 3416 section 3; 0 unless <see cref="Fault"/> is refused.</summary>
    public int ErrorStatus { get; } = errorStatus;

    /// <summary>The variable that is meant, from 1; 0 for none.</summary>
    public int ErrorIndex { get; } = errorIndex;
}
