namespace Crosstown.Core.Privacy;

/// <summary>Why the privacy gate refuses a value: the shape that it has (rule P07).</summary>
public enum Refusal
{
    /// <summary>A network card's hardware address (EUI-48) with colons, dashes, dots or bare.</summary>
    HardwareAddress,

    /// <summary>A vehicle's 17-character chassis number (ISO 3779) with a right check digit.</summary>
    ChassisNumber,

    /// <summary>A handset's 15-digit number with a right Luhn digit.</summary>
    HandsetNumber,

    /// <summary>What a vehicle wears at its bumper, in a field that says so.</summary>
    RegistrationMark,

    /// <summary>An internet mailbox (RFC 5321).</summary>
    Mailbox,

    /// <summary>A number that one can dial: North American, E.164, or a common European form.</summary>
    DialNumber,

    /// <summary>A random-looking code of 16 or more characters: hexadecimal, base64, UUID, or digits that are no time.</summary>
    OpaqueCode,

    /// <summary>A picture, sound or film by its first bytes, raw, in base64 or in a data URI.</summary>
    Recording,
}
