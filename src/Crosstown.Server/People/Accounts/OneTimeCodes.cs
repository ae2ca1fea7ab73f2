using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Identity;

namespace Crosstown.Server.People.Accounts;

/// <summary>The second factor: six digits that change every 30 s (RFC 6238), each taken once.</summary>
/// <remarks>Identity's own provider looks at the wall clock, takes codes two and a half minutes old, and takes each as often as it comes.</remarks>
internal sealed class OneTimeCodes(AccountStore store, TimeProvider time) : IUserTwoFactorTokenProvider<Account>
{
    public const string Name = "one-time-codes";

    private const int StepSeconds = 30;
    private const int Digits = 1_000_000;
    private const string Base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    public Task<bool> CanGenerateTwoFactorTokenAsync(UserManager<Account> users, Account user) => Task.FromResult(user.SecondFactorEnabled);

    public Task<string> GenerateAsync(string purpose, UserManager<Account> users, Account user) =>
        throw new NotSupportedException("Codes are made by the person's own authenticator.");

    /// <summary>True for the code of this step, or of one step before or after it for clocks that differ, when neither it nor a later one was used.</summary>
    public async Task<bool> ValidateAsync(string purpose, string token, UserManager<Account> users, Account user)
    {
        var key = await store.GetAuthenticatorKeyAsync(user, CancellationToken.None).ConfigureAwait(false);
        var given = token.Replace(" ", "", StringComparison.Ordinal);
        if (key is null || given.Length != 6 || !int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out var code))
        {
            return false;
        }

        var now = StepAt(time.GetUtcNow());
        for (var step = now - 1; step <= now + 1; step++)
        {
            if (CodeAt(key, step) == code)
            {
                return await store.UseStepAsync(user, step, CancellationToken.None).ConfigureAwait(false);
            }
        }

        return false;
    }

    public static long StepAt(DateTimeOffset at) => at.ToUnixTimeSeconds() / StepSeconds;

    /// <param name="key">The secret in base 32, as authenticators take it.</param>
    public static int CodeAt(string key, long step)
    {
        Span<byte> counter = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
        Span<byte> hash = stackalloc byte[HMACSHA1.HashSizeInBytes];
#pragma warning disable CA5350 // Authenticator apps know no other hash here, and HMAC does not rest on what SHA-1 has lost.
        HMACSHA1.HashData(Decode(key), counter, hash);
#pragma warning restore CA5350
        return (BinaryPrimitives.ReadInt32BigEndian(hash[(hash[^1] & 0xF)..]) & int.MaxValue) % Digits;
    }

    private static byte[] Decode(string text)
    {
        var bytes = new byte[text.Length * 5 / 8];
        var (bits, held, at) = (0, 0, 0);
        foreach (var letter in text)
        {
            bits = (bits << 5) | Base32.IndexOf(letter, StringComparison.Ordinal);
            held += 5;
            if (held >= 8)
            {
                held -= 8;
                bytes[at++] = (byte)(bits >> held);
                bits &= (1 << held) - 1;
            }
        }

        return bytes;
    }
}
