using System.Buffers;
using System.Text;
using Crosstown.Core.Data;

namespace Crosstown.Logs.Formats;

/// <summary>What a data issue may repeat of a value that came from outside.</summary>
/// <remarks>
/// A value that is wrong may be anything, also what rule P07 keeps out. Short whole numbers and things shaped like a date are repeated as they
/// stand, for they are what an engineer needs to see; of all else only the shape is shown: each digit as <c>9</c>, each letter as <c>a</c>.
/// </remarks>
public static class IssueText
{
    private const int LongestNumber = 8;
    private const int LongestDate = 34;
    private static readonly SearchValues<char> DateCharacters = SearchValues.Create("0123456789-/.:, TZtzAPMapm+");

    /// <summary>The value, or its shape.</summary>
    public static string Value(ReadOnlySpan<byte> value)
    {
        var cut = value[..Math.Min(value.Length, DataIssue.MaxValueLength)];
        var text = string.Create(cut.Length, cut, static (chars, bytes) =>
        {
            for (var i = 0; i < chars.Length; i++)
            {
                chars[i] = bytes[i] is >= 0x20 and < 0x7f ? (char)bytes[i] : '?';
            }
        });
        return IsNumber(text) || IsDate(text) ? text : Shape(text);
    }

    /// <summary>A field's name: names are counted, so that whoever owns the file can see what is dropped. One that does not look like a name is shown as its shape.</summary>
    public static string Name(ReadOnlySpan<byte> name)
    {
        var text = Encoding.UTF8.GetString(name[..Math.Min(name.Length, EventFields.MaxNameBytes)]);
        return text.Count(char.IsAsciiDigit) > 3 || !text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or ' ' or ':') ? Shape(text) : text;
    }

    private static bool IsNumber(string text) =>
        text.Length is > 0 and <= LongestNumber && text.AsSpan(text[0] is '-' or '+' ? 1 : 0).IndexOfAnyExceptInRange('0', '9') < 0;

    private static bool IsDate(string text)
    {
        var separator = text.AsSpan().IndexOfAny('-', '/', '.');
        if (separator is not (1 or 2 or 4) || text.Length > LongestDate || text.AsSpan(0, separator).IndexOfAnyExceptInRange('0', '9') >= 0)
        {
            return false;
        }

        var rest = text.AsSpan(separator + 1);
        var next = rest.IndexOf(text[separator]);
        return next is 1 or 2 && rest.IndexOfAnyExcept(DateCharacters) < 0 && rest.Contains(':');
    }

    private static string Shape(string text) => string.Create(text.Length, text, static (shape, from) =>
    {
        for (var i = 0; i < shape.Length; i++)
        {
            shape[i] = char.IsDigit(from[i]) ? '9' : char.IsLetter(from[i]) ? 'a' : char.IsControl(from[i]) ? '?' : from[i];
        }
    });
}
