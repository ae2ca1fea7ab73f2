namespace Crosstown.Control.Snmp;

/// <summary>What is known of the engine of a device: its keys for our user, and its clock as it runs on ours.</summary>
internal sealed class UsmEngine
{
    // RFC 3414, 2.2.3.
    private const int WindowS = 150;

    private readonly TimeProvider _time;
    private int _latestS;
    private long _heardAt;

    public UsmEngine(UserAccess access, ReadOnlySpan<byte> id, TimeProvider time)
    {
        Access = access;
        Id = id.ToArray();
        _time = time;
        _heardAt = time.GetTimestamp();
        AuthenticationKey = UsmKeys.Localize(access.Authentication, UsmKeys.FromPassword(access.Authentication, access.AuthenticationPassword.Octets), id);
        PrivacyKey = UsmKeys.Localize(access.Authentication, UsmKeys.FromPassword(access.Authentication, access.PrivacyPassword.Octets), id);
    }

    public UserAccess Access { get; }

    public byte[] Id { get; }

    public byte[] AuthenticationKey { get; }

    public byte[] PrivacyKey { get; }

    /// <summary>How often the engine has started; 0 until it said so in a message that is authentic.</summary>
    public int Boots { get; private set; }

    /// <summary>Its clock now, s since it started.</summary>
    public int TimeS => Boots == 0 ? 0 : (int)Math.Min(_latestS + _time.GetElapsedTime(_heardAt).TotalSeconds, int.MaxValue);

    /// <summary>Takes the clock of an authentic message, RFC 3414, 3.2 7b.</summary>
    /// <returns>False when the message is too old, or from a start before the last.</returns>
    public bool Take(int boots, int timeS)
    {
        if (boots > Boots || (boots == Boots && timeS > _latestS))
        {
            (Boots, _latestS, _heardAt) = (boots, timeS, _time.GetTimestamp());
        }

        return boots == Boots && boots != int.MaxValue && timeS >= TimeS - WindowS;
    }
}
