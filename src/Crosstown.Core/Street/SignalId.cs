namespace Crosstown.Core.Street;

/// <summary>The agency's own name for a signal: the number on the cabinet.</summary>
/// <remarks>
/// One to fifteen letters, digits, <c>_</c>, <c>.</c> or <c>-</c>, starting with a letter or digit: long enough for every agency's numbers, too
/// short for the serial numbers, hashes and device addresses that rule P07 keeps out. It names a folder too, so nothing else is let in.
/// Ids sort as people expect: by number where both are numbers, else as text.
/// </remarks>
public readonly record struct SignalId : IComparable<SignalId>
{
    /// <summary>The longest id, in characters.</summary>
    public const int MaxLength = 15;

    private readonly string? _value;

    private SignalId(string value) => _value = value;

    /// <summary>The id as the agency writes it.</summary>
    public string Value => _value ?? "";

    /// <exception cref="ArgumentException"><paramref name="text"/> is no signal id; the message says what is allowed.</exception>
    public static SignalId Parse(string text) =>
        TryParse(text, out var id)
            ? id
            : throw new ArgumentException(
                $"'{text}' is no signal id: 1 to {MaxLength} letters, digits, '_', '.' or '-', starting with a letter or digit.", nameof(text));

    /// <summary>False when the text is no signal id.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out SignalId id)
    {
        id = default;
        if (text.Length is 0 or > MaxLength || !char.IsAsciiLetterOrDigit(text[0]))
        {
            return false;
        }

        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '.' or '-'))
            {
                return false;
            }
        }

        id = new SignalId(text.ToString());
        return true;
    }

    public int CompareTo(SignalId other)
    {
        var thisIsNumber = long.TryParse(Value, System.Globalization.NumberStyles.None, null, out var a);
        var otherIsNumber = long.TryParse(other.Value, System.Globalization.NumberStyles.None, null, out var b);
        if (thisIsNumber != otherIsNumber)
        {
            return thisIsNumber ? -1 : 1;
        }

        var byNumber = thisIsNumber ? a.CompareTo(b) : 0;
        return byNumber != 0 ? byNumber : string.CompareOrdinal(Value, other.Value);
    }

    public static bool operator <(SignalId left, SignalId right) => left.CompareTo(right) < 0;

    public static bool operator >(SignalId left, SignalId right) => left.CompareTo(right) > 0;

    public static bool operator <=(SignalId left, SignalId right) => left.CompareTo(right) <= 0;

    public static bool operator >=(SignalId left, SignalId right) => left.CompareTo(right) >= 0;

    public override string ToString() => Value;
}
