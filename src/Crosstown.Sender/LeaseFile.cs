using System.Globalization;
using System.Text;

namespace Crosstown.Sender;

/// <summary>A lease in a file that the senders of a city share: whoever changes it has it open alone.</summary>
internal sealed class LeaseFile(string path) : ILeaseRecord
{
    private const int MostOctets = 100;

    public void Exchange(Func<LeaseEntry?, LeaseEntry?> change)
    {
        using var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        var octets = new byte[MostOctets];
        var text = Encoding.ASCII.GetString(octets, 0, file.ReadAtLeast(octets, MostOctets, throwOnEndOfStream: false));
        var before = Parse(text);
        var after = change(before);
        if (after is null || after == before)
        {
            return;
        }

        // One line of one length, written at once, so that it is never half of two.
        file.Position = 0;
        file.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{after.Fence:D19} {after.Holder:D19} {after.Beats:D19}\n")));
    }

    private static LeaseEntry? Parse(string text)
    {
        var parts = text.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length == 0)
        {
            return null;
        }

        // A damaged line belongs to somebody unknown until it has stood still long enough.
        var numbers = parts.Select(p => long.TryParse(p, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1).ToArray();
        return numbers.Length == 3 && !numbers.Contains(-1) ? new LeaseEntry(numbers[0], numbers[1], numbers[2]) : new LeaseEntry(0, -1, text.Length);
    }
}
