using System.Globalization;
using Crosstown.Core.Data;
using Crosstown.Core.Networks;

namespace Crosstown.Simulation.Osm;

/// <summary>Makes a road network with signals from an OpenStreetMap file, XML or protocol buffers.</summary>
/// <remarks>
/// Streets for cars from motorways to living streets; lanes, turn lanes, limits, one-way streets, turn restrictions, signals and the crossings at them.
/// The map does not know programs: each signal gets a plain one by axis. Nothing about the map's editors is read.
/// </remarks>
public static class OsmNetworkReader
{
    /// <summary>Reads a file.</summary>
    /// <param name="stream">The file, not compressed; it need not seek.</param>
    /// <param name="source">Its name, for messages.</param>
    /// <param name="problems">Gets a problem for each element that is left out (XT737).</param>
    /// <param name="limits">Caps on its size; null for the defaults.</param>
    /// <exception cref="ProblemException">XT735: it is no such file, or damaged; XT736: it is too large; XT738: it has no street.</exception>
    public static RoadNetwork Read(Stream stream, string source, ICollection<Problem> problems, OsmLimits? limits = null)
    {
        var map = new OsmMap(source, limits ?? new OsmLimits(), problems);
        var buffered = new BufferedStream(stream, 64 * 1024);
        var first = new byte[4];
        var got = buffered.ReadAtLeast(first, 4, throwOnEndOfStream: false);
        using var whole = new HeadStream(first.AsMemory(0, got), buffered);
        if (got == 4 && first[0] == 0)
        {
            OsmPbfReader.Read(whole, source, map);
        }
        else
        {
            OsmXmlReader.Read(whole, source, map);
        }

        map.Finish();
        return new OsmStreets(map, source).Build();
    }

    /// <summary>A stream whose first bytes were already taken.</summary>
    private sealed class HeadStream(ReadOnlyMemory<byte> head, Stream rest) : Stream
    {
        private ReadOnlyMemory<byte> _head = head;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            if (_head.IsEmpty)
            {
                return rest.Read(buffer, offset, count);
            }

            var taken = Math.Min(count, _head.Length);
            _head[..taken].CopyTo(buffer.AsMemory(offset));
            _head = _head[taken..];
            return taken;
        }

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}

/// <summary>What a kind of street is when nothing else is said.</summary>
/// <param name="Rank">The higher goes first.</param>
/// <param name="Lanes">In one direction.</param>
/// <param name="SpeedKmh">Its limit.</param>
internal readonly record struct StreetKind(int Rank, int Lanes, double SpeedKmh)
{
    public static StreetKind? Of(string highway) => highway switch
    {
        "motorway" => new StreetKind(13, 2, 110),
        "motorway_link" => new StreetKind(12, 1, 60),
        "trunk" => new StreetKind(11, 2, 90),
        "trunk_link" => new StreetKind(10, 1, 60),
        "primary" => new StreetKind(9, 1, 50),
        "primary_link" => new StreetKind(8, 1, 50),
        "secondary" => new StreetKind(7, 1, 50),
        "secondary_link" => new StreetKind(6, 1, 50),
        "tertiary" => new StreetKind(5, 1, 50),
        "tertiary_link" => new StreetKind(4, 1, 50),
        "unclassified" => new StreetKind(3, 1, 50),
        "residential" => new StreetKind(2, 1, 40),
        "living_street" => new StreetKind(1, 1, 20),
        _ => null,
    };

    /// <summary>A limit in m/s; null when the text is no speed.</summary>
    public static double? ReadSpeed(string? text)
    {
        if (text is null)
        {
            return null;
        }

        var isMiles = text.EndsWith("mph", StringComparison.Ordinal);
        var number = text.Replace("mph", "", StringComparison.Ordinal).Replace("km/h", "", StringComparison.Ordinal).Trim();
        return double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value is > 0 and <= 200
            ? value * (isMiles ? 0.44704 : 1 / 3.6)
            : null;
    }
}
