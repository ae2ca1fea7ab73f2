using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Crosstown.Core.Data;

namespace Crosstown.Simulation.Osm;

/// <summary>Reads OpenStreetMap's protocol-buffer format, block by block.</summary>
/// <remarks>Fields that name an editor, an edit or a time are stepped over unread.</remarks>
internal sealed class OsmPbfReader
{
    private const int LargestHeader = 64 * 1024;
    private const int LargestBlock = 32 * 1024 * 1024;

    private readonly string _source;
    private readonly OsmMap _map;
    private string[] _words = [];
    private long _granularity;
    private long _latitudeOffset;
    private long _longitudeOffset;

    private OsmPbfReader(string source, OsmMap map)
    {
        _source = source;
        _map = map;
    }

    public static void Read(Stream stream, string source, OsmMap map) => new OsmPbfReader(source, map).ReadBlocks(stream);

    private void ReadBlocks(Stream stream)
    {
        var length = new byte[4];
        for (var block = 0; ; block++)
        {
            var got = stream.ReadAtLeast(length, 4, throwOnEndOfStream: false);
            if (got == 0)
            {
                if (block == 0)
                {
                    throw Wrong(block, "it is empty");
                }

                return;
            }

            var headerLength = got == 4 ? BinaryPrimitives.ReadInt32BigEndian(length) : -1;
            if (headerLength is <= 0 or > LargestHeader)
            {
                throw Wrong(block, $"its header is {headerLength} bytes long; 1 to {LargestHeader} are allowed");
            }

            var (type, size) = ReadHeader(ReadBytes(stream, headerLength, block), block);
            if (size is < 0 or > LargestBlock)
            {
                throw Wrong(block, $"it is {size} bytes long; at most {LargestBlock} are allowed");
            }

            var blob = ReadBytes(stream, size, block);
            if (block == 0 && type != "OSMHeader")
            {
                throw Wrong(block, "the first block must be an OSMHeader");
            }

            try
            {
                if (type == "OSMHeader")
                {
                    CheckFeatures(Unpack(blob, block));
                }
                else if (type == "OSMData")
                {
                    ReadPrimitives(Unpack(blob, block));
                }
            }
            catch (InvalidDataException e)
            {
                throw Wrong(block, e.Message);
            }
        }
    }

    private ProblemException Wrong(int block, string what) => new("XT735", $"{_source} block {block}", $"The file cannot be read: {what}.");

    private byte[] ReadBytes(Stream stream, int count, int block)
    {
        var bytes = new byte[count];
        return stream.ReadAtLeast(bytes, count, throwOnEndOfStream: false) == count ? bytes : throw Wrong(block, "it ends inside a block");
    }

    private (string Type, int Size) ReadHeader(byte[] bytes, int block)
    {
        var (type, size) = ("", -1);
        try
        {
            var fields = new Fields(bytes);
            while (fields.Next())
            {
                if (fields.Number == 1)
                {
                    type = Encoding.UTF8.GetString(fields.Bytes);
                }
                else if (fields.Number == 3)
                {
                    size = (int)Math.Min(int.MaxValue, fields.Value);
                }
            }
        }
        catch (InvalidDataException e)
        {
            throw Wrong(block, e.Message);
        }

        return (type, size);
    }

    private byte[] Unpack(byte[] blob, int block)
    {
        var fields = new Fields(blob);
        while (fields.Next())
        {
            if (fields.Number == 1)
            {
                return fields.Bytes.ToArray();
            }

            if (fields.Number == 3)
            {
                using var zlib = new ZLibStream(new MemoryStream(fields.Bytes.ToArray()), CompressionMode.Decompress);
                using var whole = new MemoryStream();
                var part = new byte[64 * 1024];
                int got;
                while ((got = zlib.Read(part)) > 0)
                {
                    if (whole.Length + got > LargestBlock)
                    {
                        throw Wrong(block, $"it unpacks to more than {LargestBlock} bytes");
                    }

                    whole.Write(part, 0, got);
                }

                return whole.ToArray();
            }
        }

        throw Wrong(block, "it is packed in a way other than zlib");
    }

    private void CheckFeatures(byte[] header)
    {
        var fields = new Fields(header);
        while (fields.Next())
        {
            if (fields.Number == 4 && Encoding.UTF8.GetString(fields.Bytes) is var feature && feature is not ("OsmSchema-V0.6" or "DenseNodes"))
            {
                throw new ProblemException("XT735", _source, $"It needs the feature '{feature}', which is not known: export it without.");
            }
        }
    }

    private void ReadPrimitives(byte[] bytes)
    {
        (_granularity, _latitudeOffset, _longitudeOffset) = (100, 0, 0);
        var fields = new Fields(bytes);
        while (fields.Next())
        {
            switch (fields.Number)
            {
                case 1:
                    ReadWords(fields.Bytes);
                    break;
                case 17:
                    _granularity = (int)fields.Value;
                    break;
                case 19:
                    _latitudeOffset = (long)fields.Value;
                    break;
                case 20:
                    _longitudeOffset = (long)fields.Value;
                    break;
                default:
                    break;
            }
        }

        fields = new Fields(bytes);
        while (fields.Next())
        {
            if (fields.Number == 2)
            {
                ReadGroup(fields.Bytes);
            }
        }
    }

    private void ReadWords(ReadOnlySpan<byte> bytes)
    {
        var words = new List<string>();
        var fields = new Fields(bytes);
        while (fields.Next())
        {
            if (fields.Number == 1)
            {
                words.Add(Encoding.UTF8.GetString(fields.Bytes));
            }
        }

        _words = [.. words];
    }

    private void ReadGroup(ReadOnlySpan<byte> bytes)
    {
        var fields = new Fields(bytes);
        while (fields.Next())
        {
            switch (fields.Number)
            {
                case 1:
                    ReadNode(fields.Bytes);
                    break;
                case 2:
                    ReadDense(fields.Bytes);
                    break;
                case 3:
                    ReadWay(fields.Bytes);
                    break;
                case 4:
                    ReadRelation(fields.Bytes);
                    break;
                default:
                    break;
            }
        }
    }

    private void ReadNode(ReadOnlySpan<byte> bytes)
    {
        long id = 0, latitude = 0, longitude = 0;
        List<ulong> keys = [], values = [];
        var fields = new Fields(bytes);
        while (fields.Next())
        {
            switch (fields.Number)
            {
                case 1:
                    id = Fields.Unfold(fields.Value);
                    break;
                case 2:
                    fields.ListInto(keys);
                    break;
                case 3:
                    fields.ListInto(values);
                    break;
                case 8:
                    latitude = Fields.Unfold(fields.Value);
                    break;
                case 9:
                    longitude = Fields.Unfold(fields.Value);
                    break;
                default:
                    break;
            }
        }

        _map.AddNode(id, Degrees(latitude, _latitudeOffset), Degrees(longitude, _longitudeOffset), Tags(keys, values));
    }

    private void ReadDense(ReadOnlySpan<byte> bytes)
    {
        List<ulong> ids = [], latitudes = [], longitudes = [], words = [];
        var fields = new Fields(bytes);
        while (fields.Next())
        {
            switch (fields.Number)
            {
                case 1:
                    fields.ListInto(ids);
                    break;
                case 8:
                    fields.ListInto(latitudes);
                    break;
                case 9:
                    fields.ListInto(longitudes);
                    break;
                case 10:
                    fields.ListInto(words);
                    break;
                default:
                    break;
            }
        }

        if (latitudes.Count != ids.Count || longitudes.Count != ids.Count)
        {
            throw new InvalidDataException($"it has {ids.Count} nodes, {latitudes.Count} latitudes and {longitudes.Count} longitudes");
        }

        long id = 0, latitude = 0, longitude = 0;
        var word = 0;
        for (var i = 0; i < ids.Count; i++)
        {
            id += Fields.Unfold(ids[i]);
            latitude += Fields.Unfold(latitudes[i]);
            longitude += Fields.Unfold(longitudes[i]);
            Dictionary<string, string>? tags = null;
            for (; word + 1 < words.Count && words[word] != 0; word += 2)
            {
                AddTag(ref tags, words[word], words[word + 1]);
            }

            word++;
            _map.AddNode(id, Degrees(latitude, _latitudeOffset), Degrees(longitude, _longitudeOffset), tags);
        }
    }

    private void ReadWay(ReadOnlySpan<byte> bytes)
    {
        long id = 0;
        List<ulong> keys = [], values = [], steps = [];
        var fields = new Fields(bytes);
        while (fields.Next())
        {
            switch (fields.Number)
            {
                case 1:
                    id = (long)fields.Value;
                    break;
                case 2:
                    fields.ListInto(keys);
                    break;
                case 3:
                    fields.ListInto(values);
                    break;
                case 8:
                    fields.ListInto(steps);
                    break;
                default:
                    break;
            }
        }

        long node = 0;
        var nodes = new List<long>(steps.Count);
        foreach (var step in steps)
        {
            nodes.Add(node += Fields.Unfold(step));
        }

        _map.AddWay(id, nodes, Tags(keys, values));
    }

    private void ReadRelation(ReadOnlySpan<byte> bytes)
    {
        long id = 0;
        List<ulong> keys = [], values = [], roles = [], steps = [], kinds = [];
        var fields = new Fields(bytes);
        while (fields.Next())
        {
            switch (fields.Number)
            {
                case 1:
                    id = (long)fields.Value;
                    break;
                case 2:
                    fields.ListInto(keys);
                    break;
                case 3:
                    fields.ListInto(values);
                    break;
                case 8:
                    fields.ListInto(roles);
                    break;
                case 9:
                    fields.ListInto(steps);
                    break;
                case 10:
                    fields.ListInto(kinds);
                    break;
                default:
                    break;
            }
        }

        if (roles.Count != steps.Count || kinds.Count != steps.Count)
        {
            throw new InvalidDataException($"relation {id} has {steps.Count} members, {roles.Count} roles and {kinds.Count} kinds");
        }

        long member = 0;
        var members = new List<(char, long, string)>(steps.Count);
        for (var i = 0; i < steps.Count; i++)
        {
            member += Fields.Unfold(steps[i]);
            members.Add((kinds[i] == 0 ? 'n' : kinds[i] == 1 ? 'w' : 'r', member, Word(roles[i])));
        }

        _map.AddRelation(id, members, Tags(keys, values));
    }

    private double Degrees(long value, long offset) => (offset + (_granularity * value)) / 1e9;

    private string Word(ulong index) => index < (ulong)_words.Length ? _words[index] : throw new InvalidDataException($"it refers to word {index} of {_words.Length}");

    private Dictionary<string, string>? Tags(List<ulong> keys, List<ulong> values)
    {
        if (keys.Count != values.Count)
        {
            throw new InvalidDataException($"an element has {keys.Count} keys and {values.Count} values");
        }

        Dictionary<string, string>? tags = null;
        for (var i = 0; i < keys.Count; i++)
        {
            AddTag(ref tags, keys[i], values[i]);
        }

        return tags;
    }

    private void AddTag(ref Dictionary<string, string>? tags, ulong key, ulong value)
    {
        var name = Word(key);
        if (OsmMap.IsKept(name))
        {
            (tags ??= new(StringComparer.Ordinal))[name] = OsmMap.Cut(Word(value));
        }
    }

    /// <summary>The fields of one message, in order.</summary>
    private ref struct Fields(ReadOnlySpan<byte> message)
    {
        private ReadOnlySpan<byte> _left = message;
        private bool _isPacked;

        public int Number { get; private set; }

        /// <summary>Of a field of numbers.</summary>
        public ulong Value { get; private set; }

        /// <summary>Of a field of bytes; empty for a number.</summary>
        public ReadOnlySpan<byte> Bytes { get; private set; }

        public bool Next()
        {
            if (_left.IsEmpty)
            {
                return false;
            }

            var tag = TakeNumber(ref _left);
            Number = (int)Math.Min(int.MaxValue, tag >> 3);
            Bytes = [];
            Value = 0;
            _isPacked = (tag & 7) == 2;
            switch (tag & 7)
            {
                case 0:
                    Value = TakeNumber(ref _left);
                    break;
                case 1:
                    Take(8);
                    break;
                case 2:
                    var length = TakeNumber(ref _left);
                    Bytes = length <= (ulong)_left.Length ? Take((int)length) : throw new InvalidDataException("a field is longer than what is left");
                    break;
                case 5:
                    Take(4);
                    break;
                default:
                    throw new InvalidDataException($"a field has the unknown wire type {tag & 7}");
            }

            return true;
        }

        /// <summary>Adds the numbers of a packed field, or the one of a plain field.</summary>
        public readonly void ListInto(List<ulong> list)
        {
            if (!_isPacked)
            {
                list.Add(Value);
                return;
            }

            var left = Bytes;
            while (!left.IsEmpty)
            {
                list.Add(TakeNumber(ref left));
            }
        }

        /// <summary>A signed number from the form that keeps small ones short.</summary>
        public static long Unfold(ulong value) => (long)(value >> 1) ^ -(long)(value & 1);

        private ReadOnlySpan<byte> Take(int count)
        {
            if (count > _left.Length)
            {
                throw new InvalidDataException("a field is longer than what is left");
            }

            var taken = _left[..count];
            _left = _left[count..];
            return taken;
        }

        private static ulong TakeNumber(ref ReadOnlySpan<byte> left)
        {
            ulong value = 0;
            for (var i = 0; i < 10 && i < left.Length; i++)
            {
                value |= (ulong)(left[i] & 0x7F) << (7 * i);
                if (left[i] < 0x80)
                {
                    left = left[(i + 1)..];
                    return value;
                }
            }

            throw new InvalidDataException("a number has no end");
        }
    }
}
