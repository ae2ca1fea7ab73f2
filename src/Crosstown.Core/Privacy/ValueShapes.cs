using System.Buffers;
using System.Collections.Frozen;
using System.Text;

namespace Crosstown.Core.Privacy;

/// <summary>Recognizes values that are shaped like an identifier of a person, vehicle or device, or like a recording (rule P07).</summary>
/// <remarks>
/// Looks anywhere in the value, so that an address inside a sentence is found too. Nothing is kept: the answer is the shape alone.
/// Ordinary feed values pass: numbers, wall-clock and epoch times, coordinates, signal ids, street names. A ten-digit number that is a valid
/// North American dial number is refused, because nothing in the value tells them apart.
/// </remarks>
public static class ValueShapes
{
    private const int HardwareAddressDigits = 12;
    private const int ChassisNumberLength = 17;
    private const int HandsetNumberLength = 15;
    private const int GroupLimit = 24;
    private const int StackChars = 512;

    /// <summary>Short runs of letters that street and detector names are full of; they do not make a name look random.</summary>
    private static readonly FrozenSet<string> StreetWords = new[]
    {
        "nb", "sb", "eb", "wb", "ne", "nw", "se", "sw", "st", "nd", "rd", "th", "ave", "av", "blvd", "hwy", "dr", "ln", "ct", "pl", "pkwy", "fwy", "rt", "lt", "thru",
        "ph", "det", "sr", "us", "or", "ut", "ca", "ped", "adv", "max", "min", "sig", "int", "on", "off", "of", "at", "to",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> StreetWordsBySpan =
        StreetWords.GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly SearchValues<char> Vowels = SearchValues.Create("aeiouyAEIOUY");

    private static readonly SearchValues<string> RecordingUris =
        SearchValues.Create(["data:image/", "data:audio/", "data:video/"], StringComparison.OrdinalIgnoreCase);

    /// <summary>The shape for which a value is refused; null when it may pass.</summary>
    public static Refusal? Find(ReadOnlySpan<char> value)
    {
        if (value.Length < 6)
        {
            return null;
        }

        int digits = 0, hexLetters = 0, letters = 0, ats = 0, beyondAscii = 0;
        foreach (var c in value)
        {
            if (char.IsAsciiDigit(c))
            {
                digits++;
            }
            else if (char.IsAsciiLetter(c))
            {
                letters++;
                hexLetters += char.IsAsciiHexDigit(c) ? 1 : 0;
            }
            else if (c == '@')
            {
                ats++;
            }
            else if (c > 126)
            {
                beyondAscii++;
            }
        }

        if (digits == value.Length && digits < 10)
        {
            return null;
        }

        if (IsRecordingText(value, beyondAscii > 0))
        {
            return Refusal.Recording;
        }

        if (ats > 0 && HasMailbox(value))
        {
            return Refusal.Mailbox;
        }

        if (digits + hexLetters >= HardwareAddressDigits && FindHardwareAddress(value) is { } address)
        {
            return address;
        }

        if (letters + digits >= PrivacyLimits.OpaqueCodeLength - 4 && FindCode(value) is { } code)
        {
            return code;
        }

        return digits >= 8 && !IsDecimal(value) ? FindDialNumber(value) : null;
    }

    /// <summary>As <see cref="Find(ReadOnlySpan{char})"/>, with what the field's name says about short values.</summary>
    /// <param name="field">The field's name, in any case style.</param>
    /// <param name="value">Its value as written.</param>
    public static Refusal? FindIn(ReadOnlySpan<char> field, ReadOnlySpan<char> value)
    {
        switch (ForbiddenWords.FindKind(field))
        {
            case ForbiddenKind.RegistrationMark when CountLettersAndDigits(value) is >= 2 and <= 12:
                return Refusal.RegistrationMark;
            case ForbiddenKind.Contact when CountDigits(value) is >= 7 and <= 15:
                return Refusal.DialNumber;
            default:
                return Find(value);
        }
    }

    /// <summary>As <see cref="Find(ReadOnlySpan{char})"/> for UTF-8 or raw bytes.</summary>
    public static Refusal? Find(ReadOnlySpan<byte> value)
    {
        if (value.Length < 6)
        {
            return null;
        }

        if (IsRecording(value))
        {
            return Refusal.Recording;
        }

        char[]? rented = null;
        var chars = value.Length <= StackChars ? stackalloc char[StackChars] : (rented = ArrayPool<char>.Shared.Rent(value.Length));
        var found = Find(chars[..Encoding.UTF8.GetChars(value, chars)]);
        if (rented is not null)
        {
            ArrayPool<char>.Shared.Return(rented, clearArray: true);
        }

        return found;
    }

    /// <summary>Whether bytes start as a picture, sound or film does (magic numbers of the formats' own specifications).</summary>
    public static bool IsRecording(ReadOnlySpan<byte> head)
    {
        if (head.Length < 8)
        {
            return false;
        }

        return head[0] switch
        {
            0xFF => (head[1] == 0xD8 && head[2] == 0xFF) || IsAudioFrame(head),
            0x89 => head[1..].StartsWith("PNG\r\n"u8),
            (byte)'G' => head.StartsWith("GIF87a"u8) || head.StartsWith("GIF89a"u8),
            (byte)'B' => head.Length >= 14 && head[1] == 'M' && head[6] == 0 && head[7] == 0 && head[8] == 0 && head[9] == 0,
            (byte)'I' => head.StartsWith("II*\0"u8) || (head.StartsWith("ID3"u8) && head[3] is >= 2 and <= 4 && head[4] < 16),
            (byte)'M' => head.StartsWith("MM\0*"u8),
            (byte)'R' => head.StartsWith("RIFF"u8) && head.Length >= 12
                && (head[8..].StartsWith("WEBP"u8) || head[8..].StartsWith("WAVE"u8) || head[8..].StartsWith("AVI "u8)),
            (byte)'O' => head.StartsWith("OggS\0"u8),
            (byte)'f' => head.StartsWith("fLaC\0"u8),
            (byte)'F' => head.StartsWith("FLV\u0001"u8),
            (byte)'#' => head.StartsWith("#!AMR"u8),
            0x1A => head[1] == 0x45 && head[2] == 0xDF && head[3] == 0xA3,
            0x30 => head[1] == 0x26 && head[2] == 0xB2 && head[3] == 0x75,
            0 => head[4..].StartsWith("ftyp"u8) || (head.StartsWith("\0\0\u0001"u8) && head[3] is 0xBA or 0xB3),
            _ => false,
        };
    }

    /// <summary>MPEG audio layer 2 or 3: sync word, then a legal version, layer, bit rate and sampling rate.</summary>
    private static bool IsAudioFrame(ReadOnlySpan<byte> head) =>
        (head[1] & 0xE0) == 0xE0 && (head[1] & 0x18) != 0x08 && (head[1] & 0x06) is 0x02 or 0x04
        && (head[2] & 0xF0) is not (0xF0 or 0) && (head[2] & 0x0C) != 0x0C;

    private static bool IsRecordingText(ReadOnlySpan<char> value, bool beyondAscii)
    {
        if (value.ContainsAny(RecordingUris))
        {
            return true;
        }

        Span<byte> head = stackalloc byte[18];
        if (beyondAscii || value[..Math.Min(12, value.Length)].ContainsAnyInRange('\0', '\u0008'))
        {
            // Raw bytes that some reader took for text, one byte a character.
            var length = 0;
            while (length < Math.Min(value.Length, head.Length) && value[length] <= 255)
            {
                head[length] = (byte)value[length];
                length++;
            }

            if (IsRecording(head[..length]))
            {
                return true;
            }
        }

        // A recording in base64 may stand behind a prefix such as "photo=" or a quote.
        for (var start = 0; value.Length - start >= 24;)
        {
            var token = TokenAt(value, start);
            if (token.Length >= 24 && Convert.TryFromBase64Chars(token[..24], head, out var written) && IsRecording(head[..written]))
            {
                return true;
            }

            start += Math.Max(1, token.Length);
        }

        return false;
    }

    private static bool HasMailbox(ReadOnlySpan<char> value)
    {
        for (var at = value.IndexOf('@'); at >= 0;)
        {
            if (at > 0 && IsMailboxLocal(value[at - 1]) && IsDomain(value[(at + 1)..]))
            {
                return true;
            }

            var next = value[(at + 1)..].IndexOf('@');
            at = next < 0 ? -1 : at + 1 + next;
        }

        return false;

        static bool IsMailboxLocal(char c) => char.IsLetterOrDigit(c) || c is '.' or '_' or '%' or '+' or '-' or '\'' or '"';
    }

    /// <summary>Whether text starts with a domain name of two labels or more.</summary>
    /// <remarks>A last label in title case is a street (<c>OR8@St.Johns</c>), unless it is one of the common endings.</remarks>
    private static bool IsDomain(ReadOnlySpan<char> text)
    {
        var end = 0;
        while (end < text.Length && (char.IsLetterOrDigit(text[end]) || text[end] is '.' or '-'))
        {
            end++;
        }

        var domain = text[..end].TrimEnd('.');
        var dot = domain.LastIndexOf('.');
        if (dot < 1 || domain.Length - dot - 1 is < 2 or > 24)
        {
            return false;
        }

        var last = domain[(dot + 1)..];
        if (last.StartsWith("xn--", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        int upper = 0, lower = 0;
        foreach (var c in last)
        {
            if (!char.IsLetter(c))
            {
                return false;
            }

            upper += char.IsUpper(c) ? 1 : 0;
            lower += char.IsUpper(c) ? 0 : 1;
        }

        return upper == 0 || lower == 0 || last.Equals("com", StringComparison.OrdinalIgnoreCase) || last.Equals("org", StringComparison.OrdinalIgnoreCase)
            || last.Equals("net", StringComparison.OrdinalIgnoreCase) || last.Equals("gov", StringComparison.OrdinalIgnoreCase);
    }

    private static Refusal? FindHardwareAddress(ReadOnlySpan<char> value)
    {
        for (var i = 0; i + HardwareAddressDigits <= value.Length; i++)
        {
            if (!char.IsAsciiHexDigit(value[i]) || (i > 0 && (char.IsAsciiLetterOrDigit(value[i - 1]) || IsJoint(value, i - 1))))
            {
                continue;
            }

            var rest = value[i..];
            foreach (var separator in ":-.")
            {
                if (CountGroups(rest, separator, 2) is var pairs && (pairs == 6 || pairs == 8))
                {
                    var text = rest[..((pairs * 3) - 1)];
                    if (separator == ':' || HasHexLetter(text))
                    {
                        return pairs == 6 ? Refusal.HardwareAddress : Refusal.OpaqueCode;
                    }
                }
            }

            var bare = SegmentLength(rest);
            var isBare = bare == HardwareAddressDigits || (bare == HardwareAddressDigits + 2 && rest.StartsWith("0x", StringComparison.OrdinalIgnoreCase));
            if ((CountGroups(rest, '.', 4) == 3 && HasHexLetter(rest[..14]))
                || (isBare && IsHexNotNumber(rest[(bare - HardwareAddressDigits)..bare]))
                || (CountGroups(rest, '-', 6) == 2 && IsHexNotNumber(rest[..6]) && IsHexNotNumber(rest[7..13]))
                || (CountGroups(rest, ':', 6) == 2 && HasHexLetter(rest[..13]))
                || (CountGroups(rest, '-', 4) == 3 && HasHexLetter(rest[..14])))
            {
                return Refusal.HardwareAddress;
            }
        }

        return null;

        // A sign between two hexadecimal digits: what follows is the middle of something longer.
        static bool IsJoint(ReadOnlySpan<char> text, int at) => text[at] is ':' or '-' or '.' && at > 0 && char.IsAsciiHexDigit(text[at - 1]);
    }

    /// <summary>How many groups of exactly so many hexadecimal digits start the text, joined by one sign; 0 when a group is longer.</summary>
    private static int CountGroups(ReadOnlySpan<char> text, char separator, int size)
    {
        var groups = 0;
        for (var i = 0; ;)
        {
            var end = i;
            while (end < text.Length && char.IsAsciiHexDigit(text[end]))
            {
                end++;
            }

            if (end - i != size || (end < text.Length && char.IsAsciiLetter(text[end])))
            {
                return 0;
            }

            groups++;
            if (end >= text.Length - 1 || text[end] != separator || !char.IsAsciiHexDigit(text[end + 1]))
            {
                return groups;
            }

            i = end + 1;
        }
    }

    /// <summary>Chassis and handset numbers, and codes that look random, in the runs of letters and digits of a value.</summary>
    private static Refusal? FindCode(ReadOnlySpan<char> value)
    {
        for (var start = 0; start < value.Length;)
        {
            var length = SegmentLength(value[start..]);
            if (length >= HandsetNumberLength && FindCodeIn(value.Slice(start, length)) is { } found)
            {
                return IsDecimalPart(value, start) ? null : found;
            }

            start += length + 1;
        }

        for (var start = 0; value.Length - start >= PrivacyLimits.OpaqueCodeLength;)
        {
            var token = TokenAt(value, start);
            if (token.Length >= PrivacyLimits.OpaqueCodeLength && (HasUuid(token) || LooksRandom(token)))
            {
                return Refusal.OpaqueCode;
            }

            start += Math.Max(1, token.Length);
        }

        return null;

        // Many digits behind a decimal point are a number.
        static bool IsDecimalPart(ReadOnlySpan<char> text, int start) =>
            start >= 2 && text[start - 1] == '.' && char.IsAsciiDigit(text[start - 2]) && IsDecimal(text);
    }

    private static Refusal? FindCodeIn(ReadOnlySpan<char> run)
    {
        var isDigits = !run.ContainsAnyExceptInRange('0', '9');
        if (isDigits)
        {
            return run.Length == HandsetNumberLength ? HasLuhnDigit(run) && !IsTime(run) ? Refusal.HandsetNumber : null
                : IsTime(run) ? null : Refusal.OpaqueCode;
        }

        if (run.Length == ChassisNumberLength && HasChassisDigit(run))
        {
            return Refusal.ChassisNumber;
        }

        var hex = run.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? run[2..] : run;
        return hex.Length >= PrivacyLimits.OpaqueCodeLength && IsHexNotNumber(hex) ? Refusal.OpaqueCode : null;
    }

    private static bool HasUuid(ReadOnlySpan<char> token)
    {
        for (var i = 0; i + 36 <= token.Length; i++)
        {
            var text = token.Slice(i, 36);
            if (text[8] == '-' && text[13] == '-' && text[18] == '-' && text[23] == '-' && IsHex(text[..8]) && IsHex(text[9..13])
                && IsHex(text[14..18]) && IsHex(text[19..23]) && IsHex(text[24..]))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a base64 token looks drawn at random rather than written by a person.</summary>
    /// <remarks>
    /// Random text changes between upper case, lower case and digits at most of its places and holds few runs that look like words.
    /// Names change case at word starts only, and their runs are words or the abbreviations of street names.
    /// </remarks>
    private static bool LooksRandom(ReadOnlySpan<char> token)
    {
        var text = token.TrimEnd('=');
        var isPadded = text.Length < token.Length && token.Length % 4 == 0;
        int upper = 0, lower = 0, digits = 0, signs = 0, changes = 0, wordLetters = 0;
        for (var i = 0; i < text.Length;)
        {
            // A run: digits, signs, capitals, or small letters with the capital that starts them.
            var end = i + 1;
            if (char.IsAsciiDigit(text[i]))
            {
                while (end < text.Length && char.IsAsciiDigit(text[end]))
                {
                    end++;
                }

                digits += end - i;
            }
            else if (char.IsAsciiLetterLower(text[i]) || (char.IsAsciiLetterUpper(text[i]) && end < text.Length && char.IsAsciiLetterLower(text[end])))
            {
                while (end < text.Length && char.IsAsciiLetterLower(text[end]))
                {
                    end++;
                }

                upper += char.IsAsciiLetterUpper(text[i]) ? 1 : 0;
                lower += end - i - (char.IsAsciiLetterUpper(text[i]) ? 1 : 0);
                wordLetters += (end - i >= 4 && text[i..end].ContainsAny(Vowels)) || StreetWordsBySpan.Contains(text[i..end]) ? end - i : 0;
            }
            else if (char.IsAsciiLetterUpper(text[i]))
            {
                while (end < text.Length && char.IsAsciiLetterUpper(text[end]) && (end + 1 >= text.Length || !char.IsAsciiLetterLower(text[end + 1])))
                {
                    end++;
                }

                upper += end - i;
                wordLetters += StreetWordsBySpan.Contains(text[i..end]) ? end - i : 0;
            }
            else
            {
                signs++;
            }

            changes += i > 0 ? 1 : 0;
            i = end;
        }

        var letters = upper + lower;
        if (text.Length < PrivacyLimits.OpaqueCodeLength - 2 || letters < 4 || signs * 6 > text.Length || wordLetters * 2 >= letters)
        {
            return false;
        }

        var share = (double)changes / (text.Length - 1);
        var isMixed = upper > 0 && lower > 0;
        return isMixed
            ? isPadded || share >= 0.25
            : digits >= 3 && share >= 0.3;
    }

    /// <summary>Finds numbers that one can dial among runs of digits and the signs that people put between them.</summary>
    private static Refusal? FindDialNumber(ReadOnlySpan<char> value)
    {
        Span<Group> groups = stackalloc Group[GroupLimit];
        for (var i = 0; i < value.Length;)
        {
            if (!char.IsAsciiDigit(value[i]))
            {
                i++;
                continue;
            }

            var count = ReadGroups(value, ref i, groups);
            for (var first = 0; first < count; first++)
            {
                if (first > 0 && !groups[first].IsApart && !groups[first].HasPlus)
                {
                    continue;
                }

                for (var end = first + 1; end <= count; end++)
                {
                    if ((end == count || groups[end].IsApart || groups[end].HasPlus) && FindDialNumber(value, groups[first..end]) is { } found)
                    {
                        return found;
                    }
                }
            }
        }

        return null;
    }

    private readonly record struct Group(int Start, int Length, bool IsApart, bool HasPlus, char Separator)
    {
        public ReadOnlySpan<char> Of(ReadOnlySpan<char> value) => value.Slice(Start, Length);
    }

    /// <summary>Reads groups of digits up to something that no dial number holds; leaves out groups that letters or colons touch.</summary>
    private static int ReadGroups(ReadOnlySpan<char> value, ref int i, Span<Group> groups)
    {
        var count = 0;
        var separator = ' ';
        var isApart = true;
        var hasPlus = false;
        for (var back = i - 1; back >= 0 && (value[back] is '(' or '+' || IsDialSign(value[back])); back--)
        {
            hasPlus |= value[back] == '+';
        }

        var touchesBefore = i > 0 && (char.IsLetter(value[i - 1]) || value[i - 1] is '_' || (value[i - 1] == ':' && i > 1 && char.IsAsciiDigit(value[i - 2])));
        while (i < value.Length)
        {
            var start = i;
            while (i < value.Length && char.IsAsciiDigit(value[i]))
            {
                i++;
            }

            var isExtension = i + 1 < value.Length && value[i] is 'x' or 'X' && char.IsAsciiDigit(value[i + 1]);
            var touchesAfter = i < value.Length
                && ((char.IsLetter(value[i]) && !isExtension) || value[i] == '_' || (value[i] == ':' && i + 1 < value.Length && char.IsAsciiDigit(value[i + 1])));
            if (touchesAfter)
            {
                // The group belongs to a word or a clock time, and so does what is joined to it without a blank.
                while (count > 0 && !isApart)
                {
                    count--;
                    isApart = groups[count].IsApart;
                }

                i++;
                return count;
            }

            if (touchesBefore)
            {
                touchesBefore = false;
                count = 0;
            }
            else if (count < groups.Length)
            {
                groups[count++] = new Group(start, i - start, isApart, hasPlus, separator);
            }
            else
            {
                return count;
            }

            hasPlus = false;
            isApart = false;
            separator = '\0';
            var signs = 0;
            while (i < value.Length && (value[i] is '(' or ')' or '+' || IsDialSign(value[i])) && signs++ < 4)
            {
                hasPlus |= value[i] == '+';
                isApart |= char.IsWhiteSpace(value[i]);
                separator = separator == ')' || (value[i] == ' ' && separator != '\0') ? separator : value[i];
                i++;
            }

            if (i >= value.Length || !char.IsAsciiDigit(value[i]))
            {
                return count;
            }
        }

        return count;
    }

    private static Refusal? FindDialNumber(ReadOnlySpan<char> value, ReadOnlySpan<Group> groups)
    {
        var digits = 0;
        var points = 0;
        foreach (var group in groups)
        {
            digits += group.Length;
        }

        foreach (var group in groups[1..])
        {
            points += group.Separator == '.' ? 1 : 0;
        }

        var first = groups[0].Of(value);
        if (IsDate(value, groups) || (groups.Length == 1 && IsTime(first)))
        {
            return null;
        }

        if (HasSizes(groups, 2, 6, 6, 1) || HasSizes(groups, 6, 2, 6, 1) || HasSizes(groups, 8, 6, 1))
        {
            return HasLuhnDigit(value, groups) ? Refusal.HandsetNumber : null;
        }

        if (HasSizes(groups, 4, 4, 4, 4) && groups[1].Separator == groups[3].Separator && HasLuhnDigit(value, groups))
        {
            return Refusal.OpaqueCode;
        }

        if (groups[0].HasPlus)
        {
            // "+40.76-111.89/" is a place (ISO 6709) and "+40.7612345" a number.
            var isPlace = points >= 2 && first.Length <= 3 && groups.Length >= 4 && groups[1].Separator == '.' && groups[3].Separator == '.'
                && groups[2].Separator is '-' or '+';
            var isNumber = groups.Length == 2 && points == 1 && groups[1].Length < 9;
            return first[0] != '0' && digits is >= 8 and <= 15 && !isPlace && !isNumber ? Refusal.DialNumber : null;
        }

        if (IsNorthAmerican(value, groups))
        {
            return Refusal.DialNumber;
        }

        if (first[0] != '0')
        {
            return null;
        }

        // With the prefix for abroad: 0044 20 7946 0958.
        if (first.Length >= 4 && first[1] == '0' && first[2] is >= '1' and <= '9')
        {
            var joined = groups.Length == 1;
            return (joined ? digits is >= 12 and <= 17 && first[2] is '3' or '4' : digits is >= 11 and <= 17) ? Refusal.DialNumber : null;
        }

        if (first.Length < 2 || first[1] == '0' || points == 1)
        {
            return null;
        }

        if (groups.Length == 1)
        {
            return digits is >= 10 and <= 12 ? Refusal.DialNumber : null;
        }

        return digits is >= 9 and <= 12 && groups.Length <= 6 && first.Length <= 6 && !IsCounting(value, groups) && !HasShortGroup(groups) && !AreClockTimes(value, groups)
            ? Refusal.DialNumber
            : null;

        static bool HasShortGroup(ReadOnlySpan<Group> groups)
        {
            foreach (var group in groups)
            {
                if (group.Length < 2)
                {
                    return true;
                }
            }

            return false;
        }
    }

    private static bool IsNorthAmerican(ReadOnlySpan<char> value, ReadOnlySpan<Group> groups)
    {
        if (groups[0].Length == 1 && value[groups[0].Start] == '1' && groups.Length > 1)
        {
            return IsNorthAmerican(value, groups[1..]);
        }

        var first = groups[0].Of(value);
        if (first.Length == 11 && first[0] == '1')
        {
            return groups.Length == 1 && IsAreaCode(first[1..4]) && IsAreaCode(first[4..7], isExchange: true);
        }

        if (first.Length == 10)
        {
            return groups.Length == 1 && IsAreaCode(first[..3]) && IsAreaCode(first[3..6], isExchange: true);
        }

        if (HasSizes(groups, 3, 7))
        {
            return groups[1].Separator is ')' or '-' or ' ' && IsAreaCode(first) && IsAreaCode(groups[1].Of(value)[..3], isExchange: true);
        }

        return HasSizes(groups, 3, 3, 4)
            && (groups[1].Separator == groups[2].Separator || groups[1].Separator is ')' or '/')
            && IsAreaCode(first) && IsAreaCode(groups[1].Of(value), isExchange: true);

        static bool IsAreaCode(ReadOnlySpan<char> code, bool isExchange = false) =>
            code[0] >= '2' && (isExchange || code[1] != '9') && !(code[1] == '1' && code[2] == '1');
    }

    private static bool HasSizes(ReadOnlySpan<Group> groups, params ReadOnlySpan<int> sizes)
    {
        if (groups.Length != sizes.Length)
        {
            return false;
        }

        for (var i = 0; i < sizes.Length; i++)
        {
            if (groups[i].Length != sizes[i])
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether groups start as a date does: year first or last, four digits between 1900 and 2099.</summary>
    private static bool IsDate(ReadOnlySpan<char> value, ReadOnlySpan<Group> groups)
    {
        if (groups.Length < 3 || groups[1].Separator != groups[2].Separator)
        {
            return false;
        }

        return (IsYear(groups[0].Of(value)) && groups[1].Length <= 2 && groups[2].Length <= 2)
            || (groups[0].Length <= 2 && groups[1].Length <= 2 && IsYear(groups[2].Of(value)));

        static bool IsYear(ReadOnlySpan<char> text) => text.Length == 4 && (text.StartsWith("19") || text.StartsWith("20"));
    }

    /// <summary>Whether groups count up by one, as a list of channels does.</summary>
    private static bool IsCounting(ReadOnlySpan<char> value, ReadOnlySpan<Group> groups)
    {
        for (var i = 1; i < groups.Length; i++)
        {
            if (Number(groups[i].Of(value)) != Number(groups[i - 1].Of(value)) + 1)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether all groups are times of day without a colon, as <c>0600 0900 1500</c>.</summary>
    private static bool AreClockTimes(ReadOnlySpan<char> value, ReadOnlySpan<Group> groups)
    {
        foreach (var group in groups)
        {
            if (group.Length != 4 || Number(group.Of(value)) is var time && (time > 2400 || time % 100 > 59))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsDialSign(char c) => c is ' ' or '-' or '.' or '/' or '\u00A0' or '\u2010' or '\u2011' or '\u2012' or '\u2013' or '\u202F';

    /// <summary>Whether digits are a moment: compact wall clock, or milli-, micro- or nanoseconds, ticks or file time of the years 1970 to 2100.</summary>
    private static bool IsTime(ReadOnlySpan<char> digits)
    {
        if (digits.Length is >= 8 and <= 17 && IsCompactDate(digits))
        {
            return true;
        }

        if (digits.Length is < 16 or > 19)
        {
            return false;
        }

        var value = Number(digits);
        return digits.Length switch
        {
            16 => value <= 4_102_444_800_000_000,
            18 => value is (>= 621_355_968_000_000_000 and <= 662_380_416_000_000_000) or (>= 116_444_736_000_000_000 and <= 157_469_184_000_000_000),
            19 => value is > 0 and <= 4_102_444_800_000_000_000,
            _ => false,
        };
    }

    /// <summary>yyyyMMdd or MMddyyyy, then whole hours, minutes, seconds and fractions as far as the digits go.</summary>
    private static bool IsCompactDate(ReadOnlySpan<char> digits)
    {
        var yearFirst = Number(digits[..4]) is >= 1970 and < 2100 && IsMonthDay(digits[4..8]);
        var yearLast = Number(digits[4..8]) is >= 1970 and < 2100 && IsMonthDay(digits[..4]);
        if (!yearFirst && !yearLast)
        {
            return false;
        }

        var clock = digits[8..];
        return (clock.Length < 2 || Number(clock[..2]) < 24) && (clock.Length < 4 || Number(clock[2..4]) < 60) && (clock.Length < 6 || Number(clock[4..6]) < 60);

        static bool IsMonthDay(ReadOnlySpan<char> text) => Number(text[..2]) is >= 1 and <= 12 && Number(text[2..]) is >= 1 and <= 31;
    }

    /// <summary>The digits' value; -1 when it does not fit 63 bits.</summary>
    private static long Number(ReadOnlySpan<char> digits)
    {
        var value = 0L;
        foreach (var c in digits)
        {
            if (value > (long.MaxValue - 9) / 10)
            {
                return -1;
            }

            value = (value * 10) + (c - '0');
        }

        return value;
    }

    private static bool HasLuhnDigit(ReadOnlySpan<char> digits)
    {
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            var d = digits[^(i + 1)] - '0';
            d = (i & 1) == 1 ? d * 2 : d;
            sum += d > 9 ? d - 9 : d;
        }

        return sum % 10 == 0 && digits.ContainsAnyExcept('0');
    }

    private static bool HasLuhnDigit(ReadOnlySpan<char> value, ReadOnlySpan<Group> groups)
    {
        Span<char> digits = stackalloc char[20];
        var length = 0;
        foreach (var group in groups)
        {
            group.Of(value).CopyTo(digits[length..]);
            length += group.Length;
        }

        return HasLuhnDigit(digits[..length]);
    }

    /// <summary>Check digit at the ninth place: weighted sum modulo 11 (49 CFR 565.15).</summary>
    private static bool HasChassisDigit(ReadOnlySpan<char> text)
    {
        ReadOnlySpan<byte> weights = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];

        // Values of A to Z; 0 marks I, O and Q, which are not allowed.
        ReadOnlySpan<byte> letterValues = [1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 2, 3, 4, 5, 0, 7, 0, 9, 2, 3, 4, 5, 6, 7, 8, 9];
        var sum = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var c = char.ToUpperInvariant(text[i]);
            int value;
            if (char.IsAsciiDigit(c))
            {
                value = c - '0';
            }
            else if (char.IsAsciiLetterUpper(c) && letterValues[c - 'A'] != 0)
            {
                value = letterValues[c - 'A'];
            }
            else
            {
                return false;
            }

            sum += value * weights[i];
        }

        var check = char.ToUpperInvariant(text[8]);
        return (sum % 11) switch { 10 => check == 'X', var digit => check == '0' + digit };
    }

    private static bool HasHexLetter(ReadOnlySpan<char> text) =>
        text.ContainsAnyInRange('a', 'f') || text.ContainsAnyInRange('A', 'F');

    private static bool IsHex(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (!char.IsAsciiHexDigit(c))
            {
                return false;
            }
        }

        return text.Length > 0;
    }

    /// <summary>Hexadecimal with a letter in it that is not merely the exponent of a number.</summary>
    private static bool IsHexNotNumber(ReadOnlySpan<char> text)
    {
        if (!IsHex(text) || !text.ContainsAnyExceptInRange('0', '9'))
        {
            return false;
        }

        var exponent = text.IndexOfAny('e', 'E');
        return exponent <= 0 || text[..exponent].ContainsAnyExceptInRange('0', '9') || text[(exponent + 1)..].ContainsAnyExceptInRange('0', '9')
            || exponent == text.Length - 1;
    }

    /// <summary>Whether the whole value is a number with a minus, a decimal point or an exponent.</summary>
    private static bool IsDecimal(ReadOnlySpan<char> value)
    {
        var text = value.Trim();
        var isNegative = text.Length > 0 && text[0] == '-';
        var i = SkipDigits(text, isNegative ? 1 : 0);
        var hasPoint = i < text.Length && text[i] == '.';
        i = SkipDigits(text, hasPoint ? i + 1 : i);
        var hasExponent = i < text.Length && text[i] is 'e' or 'E';
        if (hasExponent)
        {
            i++;
            i = SkipDigits(text, i < text.Length && text[i] is '+' or '-' ? i + 1 : i);
        }

        return i == text.Length && (isNegative || hasPoint || hasExponent);

        static int SkipDigits(ReadOnlySpan<char> text, int from)
        {
            while (from < text.Length && char.IsAsciiDigit(text[from]))
            {
                from++;
            }

            return from;
        }
    }

    private static int CountDigits(ReadOnlySpan<char> value)
    {
        var count = 0;
        foreach (var c in value)
        {
            count += char.IsAsciiDigit(c) ? 1 : 0;
        }

        return count;
    }

    private static int CountLettersAndDigits(ReadOnlySpan<char> value)
    {
        var count = 0;
        foreach (var c in value)
        {
            count += char.IsLetterOrDigit(c) ? 1 : 0;
        }

        return count;
    }

    /// <summary>Length of the run of letters and digits that starts the text.</summary>
    private static int SegmentLength(ReadOnlySpan<char> text)
    {
        var end = 0;
        while (end < text.Length && char.IsAsciiLetterOrDigit(text[end]))
        {
            end++;
        }

        return end;
    }

    /// <summary>The run of base64 characters from a place on, with its padding.</summary>
    private static ReadOnlySpan<char> TokenAt(ReadOnlySpan<char> value, int start)
    {
        var end = start;
        while (end < value.Length && (char.IsAsciiLetterOrDigit(value[end]) || value[end] is '+' or '/' or '-' or '_'))
        {
            end++;
        }

        while (end < value.Length && value[end] == '=' && end > start)
        {
            end++;
        }

        return value[start..end];
    }
}
