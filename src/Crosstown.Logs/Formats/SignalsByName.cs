using System.Text;
using Crosstown.Core.Data;
using Crosstown.Core.Street;

namespace Crosstown.Logs.Formats;

/// <summary>The signals of a file by the names that its rows give; allocates only when a name is met for the first time.</summary>
internal sealed class SignalsByName
{
    private readonly LogReading _reading;
    private readonly Dictionary<string, SignalEvents> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SignalEvents>.AlternateLookup<ReadOnlySpan<char>> _lookup;

    public SignalsByName(LogReading reading)
    {
        _reading = reading;
        _lookup = _byName.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>Where the events of a signal go; null, with the row refused and the name not kept, when it is no name of a signal.</summary>
    public SignalEvents? Find(ReadOnlySpan<byte> text, long position)
    {
        Span<char> name = stackalloc char[SignalId.MaxLength + 1];
        name = name[..Encoding.Latin1.GetChars(text[..Math.Min(text.Length, name.Length)], name)];
        if (_lookup.TryGetValue(name, out var events))
        {
            return events;
        }

        if (!SignalName.TryParse(name, out var id))
        {
            _reading.RefuseRow(DataIssueKind.PrivacyRefused, position, [], $"{SignalName.Refusal}; the row is left out and the name is not kept");
            return null;
        }

        return _byName[id.Value] = _reading.For(id);
    }
}
