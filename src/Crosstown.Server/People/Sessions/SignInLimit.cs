using System.Net;
using System.Security.Cryptography;

namespace Crosstown.Server.People.Sessions;

/// <summary>How often one place of the network may try to sign in, whatever the accounts.</summary>
/// <remarks>Places are known by a keyed hash that lives in memory alone; the key is made anew each day (rule P18).</remarks>
internal sealed class SignInLimit(TimeProvider time)
{
    /// <summary>Attempts in one window. A city behind one address signs in at the start of a shift.</summary>
    public const int Most = 60;

    private const int MostPlaces = 20_000;

    public static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, int> _counts = [];
    private byte[] _key = RandomNumberGenerator.GetBytes(32);
    private long _keyDay;
    private long _window;

    /// <summary>Counts an attempt; false when there were too many.</summary>
    public bool Take(IPAddress? from)
    {
        var now = time.GetUtcNow();
        var (day, window) = (now.ToUnixTimeSeconds() / 86_400, now.UtcTicks / Window.Ticks);
        lock (_gate)
        {
            if (day != _keyDay)
            {
                _key = RandomNumberGenerator.GetBytes(32);
                _keyDay = day;
                _counts.Clear();
            }

            if (window != _window || _counts.Count > MostPlaces)
            {
                _window = window;
                _counts.Clear();
            }

            var place = BitConverter.ToUInt64(HMACSHA256.HashData(_key, (from ?? IPAddress.None).GetAddressBytes()));
            return (_counts[place] = _counts.GetValueOrDefault(place) + 1) <= Most;
        }
    }
}
