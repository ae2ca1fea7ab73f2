using System.Buffers;
using System.Net;
using Crosstown.Core.Privacy;
using Crosstown.Core.Street;

namespace Crosstown.Logs.Formats;

/// <summary>Signal ids as files write them. An address of the controller is none, although it would fit (rule P10), nor is a number shaped like a person's or vehicle's (rule P07).</summary>
public static class SignalName
{
    /// <summary>Why a name was refused, for issues.</summary>
    public static readonly string Refusal =
        $"the signal's name is not 1 to {SignalId.MaxLength} letters, digits, '_', '.' or '-', or is an address or shaped like somebody's number";

    private const int HardwareAddressDigits = 12;
    private static readonly SearchValues<char> Letters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    /// <summary>False when the text is no signal id, or has a shape that the privacy gate refuses.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out SignalId id) =>
        SignalId.TryParse(text, out id) && !(text.Count('.') == 3 && IPAddress.TryParse(text, out _)) && !IsHardwareAddress(text) && ValueShapes.Find(text) is null;

    /// <summary>The number in <c>word_number_year_…</c>; anything else, such as an address in that place, names no signal.</summary>
    public static bool TryFromFileName(ReadOnlySpan<char> fileName, out SignalId id)
    {
        id = default;
        Span<Range> parts = stackalloc Range[4];
        if (fileName.Split(parts, '_') < 4)
        {
            return false;
        }

        var word = fileName[parts[0]];
        var number = fileName[parts[1]];
        var year = fileName[parts[2]];
        return word.Length > 0 && word.IndexOfAnyExcept(Letters) < 0
            && number.IndexOfAnyExceptInRange('0', '9') < 0
            && year.Length == 4 && (year[0] == '1' || year[0] == '2') && year.IndexOfAnyExceptInRange('0', '9') < 0
            && TryParse(number, out id);
    }

    private static bool IsHardwareAddress(ReadOnlySpan<char> text)
    {
        var digits = 0;
        var letters = 0;
        foreach (var c in text)
        {
            if (char.IsAsciiHexDigit(c))
            {
                digits++;
                letters += char.IsAsciiLetter(c) ? 1 : 0;
            }
            else if (c is not ('.' or '-'))
            {
                return false;
            }
        }

        return digits == HardwareAddressDigits && letters > 0;
    }
}
