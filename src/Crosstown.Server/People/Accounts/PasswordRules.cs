using System.Text;
using Microsoft.AspNetCore.Identity;

namespace Crosstown.Server.People.Accounts;

/// <summary>Which passwords are taken: 12 to 128 characters of any kind, but none that is guessed first.</summary>
/// <remarks>
/// OWASP ASVS 5.0.0, chapter 6.2: length, no rules of composition, no forced change, and a comparison with common passwords. Since twelve characters are asked for,
/// what is common are short common words made longer: repeated, with digits around, with the usual look-alikes, or runs along the keyboard. The list is our own.
/// </remarks>
internal sealed class PasswordRules : IPasswordValidator<Account>
{
    public const int Shortest = 12;
    public const int Longest = 128;

    /// <summary>Fewer different characters than this is a pattern, not a password.</summary>
    private const int FewestDifferent = 5;

    /// <summary>What must be left of a password once common words are taken out.</summary>
    private const int FewestOwn = 5;

    private const int PhraseWords = 4;

    private static readonly char[] s_padding = [.. "0123456789!?.-_*#$ "];

    private static readonly string[] s_byLength =
    [.. new[]
    {
        "password", "passwort", "passphrase", "passcode", "letmein", "welcome", "admin", "administrator", "root", "login", "signin", "secret", "changeme", "default", "master",
        "qwerty", "qwertz", "azerty", "asdfgh", "asdfghjkl", "zxcvbn", "zxcvbnm", "qazwsx", "iloveyou", "monkey", "dragon", "football", "baseball", "basketball", "hockey", "soccer",
        "sunshine", "princess", "superman", "batman", "starwars", "pokemon", "shadow", "michael", "jordan", "jennifer", "jessica", "daniel", "charlie", "thomas", "ashley", "hunter",
        "ranger", "trustno", "whatever", "freedom", "summer", "winter", "spring", "autumn", "monday", "friday", "january", "february", "october", "november", "december", "september",
        "america", "traffic", "signal", "signals", "controller", "intersection", "street", "streets", "crosstown", "city", "county", "maxtime", "econolite", "siemens", "mccain", "naztec",
        "trafficware", "atspm", "engineer", "operator", "operations", "control", "computer", "internet", "server", "database", "service", "support", "testing", "test", "guest",
        "temporary", "abcdef", "abcdefgh", "hello", "flower", "cheese", "orange", "banana", "cookie", "chocolate", "purple", "silver", "golden", "diamond", "thunder", "mustang", "corvette",
        "ferrari", "porsche", "harley", "yankees", "cowboys", "steelers", "lakers", "eagles", "matrix", "ninja", "killer", "jesus", "angel", "lovely", "family", "forever", "nothing",
    }.OrderByDescending(w => w.Length)];

    private static readonly string[] s_runs = ["01234567890123456789", "98765432109876543210", "abcdefghijklmnopqrstuvwxyz", "zyxwvutsrqponmlkjihgfedcba", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qazwsxedcrfvtgbyhnujm", "1qaz2wsx3edc4rfv"];

    public Task<IdentityResult> ValidateAsync(UserManager<Account> users, Account user, string? password) =>
        Task.FromResult(Find(password ?? "", user.Name) is { } why ? IdentityResult.Failed(new IdentityError { Code = "XT361", Description = why }) : IdentityResult.Success);

    /// <summary>Why a password is not taken; null when it is.</summary>
    /// <param name="name">The account's name, which its password may not lean on.</param>
    public static string? Find(string password, string name)
    {
        if (password.Length < Shortest)
        {
            return $"The password has {password.Length} characters; it needs at least {Shortest}.";
        }

        if (password.Length > Longest)
        {
            return $"The password has {password.Length} characters; at most {Longest} are taken.";
        }

        var lower = password.ToLowerInvariant();
        return lower.Distinct().Count() < FewestDifferent || OwnLetters(Fold(lower), name) < FewestOwn || OwnLetters(lower, name) < FewestOwn
            ? "The password is one of those that are guessed first: a common word, the account's name, or a run of the keyboard, made longer. Take several unrelated words."
            : null;
    }

    /// <summary>How many different letters, digits and signs belong to no common word, run, or the account's name. Digits and signs at the ends count for nothing.</summary>
    /// <remarks>Four different common words are a phrase of their own, though each of them is common.</remarks>
    private static int OwnLetters(string text, string name)
    {
        var rest = text;
        if (name.Length > 2)
        {
            rest = rest.Replace(name.ToLowerInvariant(), "", StringComparison.Ordinal);
        }

        var found = 0;
        foreach (var word in s_byLength)
        {
            var without = rest.Replace(word, "", StringComparison.Ordinal);
            found += without.Length < rest.Length ? 1 : 0;
            rest = without;
        }

        if (found >= PhraseWords)
        {
            return int.MaxValue;
        }

        rest = WithoutRuns(rest).Trim(s_padding);
        return rest.Distinct().Count();
    }

    private static string WithoutRuns(string text)
    {
        const int shortest = 4;
        var left = new StringBuilder();
        for (var i = 0; i < text.Length;)
        {
            var length = s_runs.Max(run => RunAt(text, i, run));
            if (length >= shortest)
            {
                i += length;
            }
            else
            {
                left.Append(text[i++]);
            }
        }

        return left.ToString();
    }

    private static int RunAt(string text, int at, string run)
    {
        var from = run.IndexOf(text[at], StringComparison.Ordinal);
        var length = 0;
        while (from >= 0 && from + length < run.Length && at + length < text.Length && run[from + length] == text[at + length])
        {
            length++;
        }

        return length;
    }

    /// <summary>The usual look-alikes as the letters they stand for.</summary>
    private static string Fold(string lower)
    {
        var folded = lower.ToCharArray();
        for (var i = 0; i < folded.Length; i++)
        {
            folded[i] = folded[i] switch { '0' => 'o', '1' or '!' => 'i', '3' => 'e', '4' or '@' => 'a', '5' or '$' => 's', '7' => 't', var c => c };
        }

        return new string(folded);
    }
}
