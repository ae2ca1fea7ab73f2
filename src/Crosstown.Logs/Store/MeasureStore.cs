using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.IO.Compression;
using Crosstown.Core.Data;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;

namespace Crosstown.Logs.Store;

/// <summary>What the kept measures of a signal's day were made from.</summary>
/// <param name="StartMs">Begin of the local day, ms UTC.</param>
/// <param name="EndMs">Its end.</param>
/// <param name="EventCount">Events of any code that the day had: more of them later means that the day is to be computed anew.</param>
/// <param name="Configuration">Fingerprint of the configuration that was in force.</param>
/// <param name="Definitions">Fingerprint of the tables and the program that wrote them.</param>
public sealed record MeasureDayHead(long StartMs, long EndMs, long EventCount, ulong Configuration, ulong Definitions);

/// <summary>Measures of closed days, kept for good: <c>measures/2024-05-13/s227.day</c> holds all kept tables of signal 227 and that local day.</summary>
/// <remarks>
/// A file is frames, as a segment is: a head with the place of every table, then the tables, column by column, packed, each with its checksum (rule
/// R05). A file is written under a passing name, synced and renamed (rule R04), so that a day is there whole or not at all. Any number of threads may
/// use the store; one writes a given day at a time.
/// </remarks>
public sealed class MeasureStore
{
    private const string DayFormat = "yyyy-MM-dd";
    private const string Ending = ".day";
    private const string PassingEnding = ".part";
    private const int MostTables = 200;
    private const int MostColumns = 64;
    private const int MostWords = 4096;
    private const int MostNameLength = 100;
    private const int MostRows = 4 << 20;
    private const int Quality = 5;
    private const int WindowBits = 20;
    private const uint DayFrame = 'X' | ('T' << 8) | ('K' << 16) | ('1' << 24);
    private const uint TableFrame = 'X' | ('T' << 8) | ('R' << 16) | ('1' << 24);

    private readonly Disk _disk;
    private readonly string _root;
    private readonly ConcurrentDictionary<SignalId, SortedSet<DateOnly>> _days = new();

    private MeasureStore(string dataFolder, Disk disk)
    {
        _disk = disk;
        _root = Path.Combine(dataFolder, "measures");
    }

    /// <summary>Opens the kept measures of a data folder; there may be none yet.</summary>
    public static MeasureStore Open(string dataFolder) => Open(dataFolder, new Disk());

    internal static MeasureStore Open(string dataFolder, Disk disk)
    {
        var store = new MeasureStore(dataFolder, disk);
        if (!Directory.Exists(store._root))
        {
            return store;
        }

        foreach (var folder in Directory.EnumerateDirectories(store._root))
        {
            if (!DateOnly.TryParseExact(Path.GetFileName(folder), DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
            {
                continue;
            }

            foreach (var file in Directory.EnumerateFiles(folder))
            {
                var name = Path.GetFileName(file);
                if (name.EndsWith(PassingEnding, StringComparison.Ordinal))
                {
                    disk.RemoveFile(file);
                }
                else if (name.StartsWith('s') && name.EndsWith(Ending, StringComparison.Ordinal) && SignalId.TryParse(name.AsSpan(1, name.Length - 1 - Ending.Length), out var signal))
                {
                    store.Remember(signal, day);
                }
            }
        }

        return store;
    }

    /// <summary>The days that are kept of a signal, sorted.</summary>
    public IReadOnlyList<DateOnly> ListDays(SignalId signal)
    {
        if (!_days.TryGetValue(signal, out var days))
        {
            return [];
        }

        lock (days)
        {
            return [.. days];
        }
    }

    /// <summary>The signals of which days are kept, in their order.</summary>
    public IReadOnlyList<SignalId> ListSignals() => [.. _days.Keys.Order()];

    public bool Has(SignalId signal, DateOnly day)
    {
        if (!_days.TryGetValue(signal, out var days))
        {
            return false;
        }

        lock (days)
        {
            return days.Contains(day);
        }
    }

    /// <summary>Bytes on the disk.</summary>
    public long CountBytes() => Directory.Exists(_root) ? Directory.EnumerateFiles(_root, "*" + Ending, SearchOption.AllDirectories).Sum(f => new FileInfo(f).Length) : 0;

    /// <summary>Keeps a day; an earlier version of it is replaced. Done when it is on the disk.</summary>
    /// <param name="tables">One buffer a table; empty ones are kept as empty tables.</param>
    /// <exception cref="IOException">The disk failed; what was kept before is still there.</exception>
    public void Write(SignalId signal, DateOnly day, MeasureDayHead head, IReadOnlyList<RowBuffer> tables)
    {
        var body = new ByteWriter();
        var places = new List<(string Name, int Start, int Length)>();
        foreach (var table in tables)
        {
            var start = Frame.Begin(body);
            AddPacked(body, Encode(table));
            Frame.End(body, start, TableFrame);
            places.Add((table.Schema.Name, start, body.Length - start));
        }

        var file = new ByteWriter();
        var begin = Frame.Begin(file);
        file.AddSigned(head.StartMs);
        file.AddSigned(head.EndMs);
        file.AddNumber((ulong)head.EventCount);
        file.AddNumber(head.Configuration);
        file.AddNumber(head.Definitions);
        file.AddNumber((ulong)places.Count);
        foreach (var (name, start, length) in places)
        {
            file.AddText(name);
            file.AddNumber((ulong)start);
            file.AddNumber((ulong)length);
        }

        Frame.End(file, begin, DayFrame);
        file.Add(body.Written);

        var folder = FolderOf(day);
        _disk.MakeFolder(folder);
        var path = PathOf(signal, day);
        var passing = path + PassingEnding;
        using (var handle = _disk.MakeFile(passing))
        {
            _disk.Write(handle, passing, file.Written, 0);
            _disk.Sync(handle, passing);
        }

        _disk.Rename(passing, path);
        _disk.SyncFolder(folder);
        Remember(signal, day);
    }

    /// <summary>What a day was made from; null when it is not kept, or its head is damaged.</summary>
    /// <param name="issues">Takes what is found damaged; it is not shared between threads.</param>
    public MeasureDayHead? ReadHead(SignalId signal, DateOnly day, DataIssueLog issues) => Load(signal, day, issues)?.Head;

    /// <summary>Reads rows of a day as they were kept.</summary>
    /// <param name="schemas">The tables wanted, as the program has them today: columns that were not kept are missing, and words are found by their text.</param>
    /// <param name="issues">Takes what is found damaged; it is not shared between threads.</param>
    /// <returns>One buffer a table; null for a table that was not kept, or is damaged. Null when the day is not there at all.</returns>
    public RowBuffer?[]? Read(SignalId signal, DateOnly day, IReadOnlyList<TableSchema> schemas, DataIssueLog issues)
    {
        if (Load(signal, day, issues) is not { } file)
        {
            return null;
        }

        var found = new RowBuffer?[schemas.Count];
        for (var i = 0; i < found.Length; i++)
        {
            if (!file.Places.TryGetValue(schemas[i].Name, out var place))
            {
                continue;
            }

            var frame = place.Start + place.Length <= file.Body.Length ? file.Body.AsSpan(place.Start, place.Length) : [];
            found[i] = Frame.IsGood(frame, TableFrame) ? Decode(frame[Frame.HeaderLength..], schemas[i]) : null;
            if (found[i] is null)
            {
                issues.Add(DataIssueKind.DamagedBlock, NameOf(signal, day), place.Start, schemas[i].Name, "The kept measures of this table and day are damaged; they are computed anew while the raw events are there.");
            }
        }

        return found;
    }

    private sealed record LoadedDay(MeasureDayHead Head, Dictionary<string, (int Start, int Length)> Places, byte[] Body);

    private LoadedDay? Load(SignalId signal, DateOnly day, DataIssueLog issues)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(PathOf(signal, day));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }

        if (Frame.IsGood(bytes, DayFrame))
        {
            var length = Frame.HeaderLength + (int)Frame.LengthOf(bytes);
            var reader = new ByteReader(bytes.AsSpan(Frame.HeaderLength, length - Frame.HeaderLength));
            var head = new MeasureDayHead(reader.TakeSigned(), reader.TakeSigned(), (long)reader.TakeNumber(), reader.TakeNumber(), reader.TakeNumber());
            var places = new Dictionary<string, (int Start, int Length)>(StringComparer.Ordinal);
            var count = reader.TakeNumber(MostTables);
            for (var i = 0; i < count && reader.IsGood; i++)
            {
                places[reader.TakeText(MostNameLength)] = (reader.TakeNumber(Frame.MaxLength), reader.TakeNumber(Frame.MaxLength));
            }

            if (reader.IsGood)
            {
                return new LoadedDay(head, places, bytes[length..]);
            }
        }

        issues.Add(DataIssueKind.DamagedBlock, NameOf(signal, day), 0, "", "The head of the kept measures of this day is damaged; they are computed anew while the raw events are there.");
        return null;
    }

    private static ByteWriter Encode(RowBuffer rows)
    {
        var to = new ByteWriter();
        var columns = rows.Schema.Columns;
        to.AddNumber((ulong)rows.Count);
        to.AddNumber((ulong)columns.Count(c => c.Type != ColumnType.Signal));
        for (var i = 0; i < columns.Length; i++)
        {
            if (columns[i].Type == ColumnType.Signal)
            {
                continue;
            }

            to.AddText(columns[i].Name);
            to.AddByte((byte)columns[i].Type);
            to.AddNumber((ulong)columns[i].Words.Length);
            foreach (var word in columns[i].Words)
            {
                to.AddText(word);
            }

            var nulls = to.Take((rows.Count + 7) / 8);
            nulls.Clear();
            for (var row = 0; row < rows.Count; row++)
            {
                nulls[row >> 3] |= rows.IsNull(row, i) ? (byte)(1 << (row & 7)) : (byte)0;
            }

            long last = 0;
            for (var row = 0; row < rows.Count; row++)
            {
                if (rows.IsNull(row, i))
                {
                    continue;
                }

                var bits = rows.Bits(row, i);
                if (columns[i].Type is ColumnType.Real or ColumnType.Single)
                {
                    System.Buffers.Binary.BinaryPrimitives.WriteInt64LittleEndian(to.Take(sizeof(long)), bits);
                }
                else
                {
                    to.AddSigned(bits - last);
                    last = bits;
                }
            }
        }

        return to;
    }

    private static void AddPacked(ByteWriter to, ByteWriter plain)
    {
        to.AddNumber((ulong)plain.Length);
        var room = ArrayPool<byte>.Shared.Rent(BrotliEncoder.GetMaxCompressedLength(plain.Length));
        try
        {
            if (!BrotliEncoder.TryCompress(plain.Written, room, out var written, Quality, WindowBits))
            {
                throw new InvalidOperationException($"{plain.Length} bytes could not be packed.");
            }

            to.Add(room.AsSpan(0, written));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(room);
        }
    }

    private static RowBuffer? Decode(ReadOnlySpan<byte> packed, TableSchema schema)
    {
        var outer = new ByteReader(packed);
        var plain = new byte[outer.TakeNumber(Frame.MaxLength)];
        if (!outer.IsGood || !BrotliDecoder.TryDecompress(outer.Take(outer.Left), plain, out var length) || length != plain.Length)
        {
            return null;
        }

        var reader = new ByteReader(plain);
        var count = reader.TakeNumber(MostRows);
        var columnCount = reader.TakeNumber(MostColumns);
        var width = schema.Columns.Length;
        if (!reader.IsGood || (long)count * columnCount / 8 > plain.Length)
        {
            return null;
        }

        var cells = new long[count * width];
        var nulls = new ulong[count];
        var allMissing = 0UL;
        for (var i = 0; i < width; i++)
        {
            allMissing |= schema.Columns[i].Type == ColumnType.Signal ? 0 : 1UL << i;
        }

        Array.Fill(nulls, allMissing);
        for (var c = 0; c < columnCount && reader.IsGood; c++)
        {
            var name = reader.TakeText(MostNameLength);
            var type = (ColumnType)reader.TakeByte();
            var words = new string[reader.TakeNumber(MostWords)];
            for (var w = 0; w < words.Length; w++)
            {
                words[w] = reader.TakeText(MostNameLength);
            }

            var missing = reader.Take((count + 7) / 8);
            var target = -1;
            for (var i = 0; i < width; i++)
            {
                target = schema.Columns[i].Name == name && schema.Columns[i].Type == type ? i : target;
            }

            long last = 0;
            for (var row = 0; row < count && reader.IsGood; row++)
            {
                if ((missing[row >> 3] >> (row & 7) & 1) != 0)
                {
                    continue;
                }

                long bits;
                if (type is ColumnType.Real or ColumnType.Single)
                {
                    var taken = reader.Take(sizeof(long));
                    bits = taken.IsEmpty ? 0 : System.Buffers.Binary.BinaryPrimitives.ReadInt64LittleEndian(taken);
                }
                else
                {
                    bits = last += reader.TakeSigned();
                }

                if (type == ColumnType.Word && target >= 0)
                {
                    bits = bits >= 0 && bits < words.Length ? schema.Columns[target].Words.IndexOf(words[bits]) : -1;
                }

                if (target >= 0 && (type != ColumnType.Word || bits >= 0))
                {
                    cells[(row * width) + target] = bits;
                    nulls[row] &= ~(1UL << target);
                }
            }
        }

        if (!reader.IsGood)
        {
            return null;
        }

        var rows = new RowBuffer(schema, Math.Max(1, count));
        for (var row = 0; row < count; row++)
        {
            rows.AddRow(cells.AsSpan(row * width, width), nulls[row]);
        }

        return rows;
    }

    private void Remember(SignalId signal, DateOnly day)
    {
        var days = _days.GetOrAdd(signal, _ => []);
        lock (days)
        {
            days.Add(day);
        }
    }

    private string FolderOf(DateOnly day) => Path.Combine(_root, day.ToString(DayFormat, CultureInfo.InvariantCulture));

    private string PathOf(SignalId signal, DateOnly day) => Path.Combine(FolderOf(day), $"s{signal.Value}{Ending}");

    private static string NameOf(SignalId signal, DateOnly day) => string.Create(CultureInfo.InvariantCulture, $"measures/{day:yyyy-MM-dd}/s{signal.Value}{Ending}");
}
