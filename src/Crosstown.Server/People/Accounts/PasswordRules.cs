using System.Collections.Frozen;
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

    private static readonly FrozenSet<string> s_words = new[]
    {
        "password", "passwort", "passphrase", "passcode", "letmein", "welcome", "admin", "administrator", "root", "login", "signin", "secret", "changeme", "default", "master",
        "qwerty", "qwertz", "azerty", "asdfgh", "asdfghjkl", "zxcvbn", "zxcvbnm", "qazwsx", "iloveyou", "monkey", "dragon", "football", "baseball", "basketball", "hockey", "soccer",
        "sunshine", "princess", "superman", "batman", "starwars", "pokemon", "shadow", "michael", "jordan", "jennifer", "jessica", "daniel", "charlie", "thomas", "ashley", "hunter",
        "ranger", "trustno", "whatever", "freedom", "summer", "winter", "spring", "autumn", "monday", "friday", "january", "february", "october", "november", "december", "september",
        "america", "traffic", "signal", "signals", "controller", "intersection", "street", "streets", "crosstown", "city", "county", "maxtime", "econolite", "siemens", "mccain", "naztec",
        "trafficware", "atspm", "engineer", "operator", "operations", "control", "computer", "internet", "server", "database", "service", "support", "testing", "test", "guest",
        "temporary", "abcdef", "abcdefgh", "hello", "flower", "cheese", "orange", "banana", "cookie", "chocolate", "purple", "silver", "golden", "diamond", "thunder", "mustang", "corvette",
        "ferrari", "porsche", "harley", "yankees", "cowboys", "steelers", "lakers", "eagles", "matrix", "ninja", "killer", "jesus", "angel", "lovely", "family", "forever", "nothing",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly string[] s_runs = ["01234567890123456789", "98765432109876543210", "abcdefghijklmnopqrstuvwxyz", "zyxwvutsrqponmlkjihgfedcba", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qazwsxedcrfvtgbyhnujm", "1qaz2wsx3edc4rfv"];

    public Task<IdentityResult> ValidateAsync(UserManager<Account> manager, Account user, string? password) =>
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

        var folded = Fold(password);
        return password.ToLowerInvariant().Distinct().Count() < FewestDifferent || OwnLetters(folded, name) < FewestOwn && OwnLetters(password.ToLowerInvariant(), name) < FewestOwn
            ? "The password is one of those that are guessed first: a common word, the account's name, or a run of the keyboard, made longer. Take several unrelated words."
            : null;
    }

    /// <summary>Letters, digits and signs that belong to no common word, run, or the account's name. Digits at the end count for nothing.</summary>
    private static int OwnLetters(string text, string name)
    {
        var rest = text;
        if (name.Length > 2)
        {
            rest = rest.Replace(name.ToLowerInvariant(), "", StringComparison.Ordinal);
        }

        foreach (var word in s_words.OrderByDescending(w => w.Length))
        {
            rest = rest.Replace(word, "", StringComparison.Ordinal);
        }

        rest = WithoutRuns(rest).TrimEnd("0123456789!?.-_*#$ ".ToCharArray()).TrimStart("0123456789!?.-_*#$ ".ToCharArray());
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

    /// <summary>Lower case, with the usual look-alikes as the letters they stand for.</summary>
    private static string Fold(string password)
    {
        var folded = password.ToLowerInvariant().ToCharArray();
        for (var i = 0; i < folded.Length; i++)
        {
            folded[i] = folded[i] switch { '0' => 'o', '1' or '!' => 'i', '3' => 'e', '4' or '@' => 'a', '5' or '$' => 's', '7' => 't', var c => c };
        }

        return new string(folded);
    }
}
