using System.Globalization;

namespace Crosstown.Control.Snmp;

/// <summary>The name of a managed object: numbers from the root of the tree of all names, such as 1.3.6.1.2.1.1.3.0.</summary>
public sealed class ObjectIdentifier : IEquatable<ObjectIdentifier>
{
    /// <summary>Most numbers that a name has (RFC 3416, 4.1).</summary>
    public const int MostNumbers = 128;

    private readonly uint[] _numbers;

    /// <param name="numbers">2 to 128; the first is 0, 1 or 2, and the second below 40 unless the first is 2.</param>
    /// <exception cref="ArgumentException">The numbers are no name.</exception>
    public ObjectIdentifier(params ReadOnlySpan<uint> numbers)
    {
        if (!IsName(numbers))
        {
            throw new ArgumentException($"A name has 2 to {MostNumbers} numbers, the first 0 to 2 and the second below 40 unless the first is 2.", nameof(numbers));
        }

        _numbers = numbers.ToArray();
    }

    /// <summary>At least two.</summary>
    public ReadOnlySpan<uint> Numbers => _numbers;

    /// <summary>Reads the usual form, numbers with dots between.</summary>
    /// <exception cref="FormatException">The text is no name.</exception>
    public static ObjectIdentifier Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parts = text.Split('.');
        var numbers = new uint[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            if (!uint.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[i]))
            {
                throw new FormatException($"'{text}' is no object identifier: numbers with dots between.");
            }
        }

        return IsName(numbers) ? new ObjectIdentifier(numbers) : throw new FormatException($"'{text}' is no object identifier.");
    }

    /// <summary>The order in which agents walk: number by number, a shorter name before those that it begins.</summary>
    public static int Compare(ObjectIdentifier one, ObjectIdentifier other)
    {
        ArgumentNullException.ThrowIfNull(one);
        ArgumentNullException.ThrowIfNull(other);
        return one.Numbers.SequenceCompareTo(other.Numbers);
    }

    /// <summary>The name with more numbers at its end.</summary>
    public ObjectIdentifier With(params ReadOnlySpan<uint> more) => new([.. _numbers, .. more]);

    /// <summary>True when the name begins with another, or is the same.</summary>
    public bool IsBelow(ObjectIdentifier root)
    {
        ArgumentNullException.ThrowIfNull(root);
        return Numbers.StartsWith(root.Numbers);
    }

    public bool Equals(ObjectIdentifier? other) => other is not null && Numbers.SequenceEqual(other.Numbers);

    public override bool Equals(object? obj) => Equals(obj as ObjectIdentifier);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var number in _numbers)
        {
            hash.Add(number);
        }

        return hash.ToHashCode();
    }

    public override string ToString() => string.Join('.', _numbers.Select(n => n.ToString(CultureInfo.InvariantCulture)));

    /// <summary>The name that BER content octets stand for; null when they are none.</summary>
    internal static ObjectIdentifier? FromContent(ReadOnlySpan<byte> content)
    {
        // Some agents send no octets, or one, for the empty name 0.0.
        if (content.IsEmpty)
        {
            return new ObjectIdentifier(0, 0);
        }

        Span<uint> numbers = stackalloc uint[MostNumbers];
        var count = 1;
        ulong number = 0;
        foreach (var octet in content)
        {
            number = (number << 7) | (octet & 0x7Fu);
            if (number > uint.MaxValue)
            {
                return null;
            }

            if (octet >= 0x80)
            {
                continue;
            }

            if (count == MostNumbers)
            {
                return null;
            }

            if (count == 1)
            {
                numbers[0] = (uint)Math.Min(number / 40, 2);
                number -= numbers[0] * 40;
            }

            numbers[count++] = (uint)number;
            number = 0;
        }

        return content[^1] < 0x80 ? new ObjectIdentifier(numbers[..count]) : null;
    }

    private static bool IsName(ReadOnlySpan<uint> numbers) => numbers.Length is >= 2 and <= MostNumbers && numbers[0] <= 2 && (numbers[0] == 2 ? numbers[1] <= uint.MaxValue - 80 : numbers[1] < 40);
}
