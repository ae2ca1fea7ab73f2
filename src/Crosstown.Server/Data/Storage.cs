using Crosstown.Logs.Store;
using Crosstown.Server.Configuration;
using Crosstown.Server.Hosting;
using Crosstown.Server.Learning;
using Crosstown.Server.Measuring;
using Crosstown.Server.Store.Records;
using Dapper;

namespace Crosstown.Server.Data;

/// <summary>Room on the disk of the data folder, in bytes.</summary>
/// <param name="FreeBytes">What this program may still take.</param>
internal readonly record struct DiskRoom(long FreeBytes, long TotalBytes);

/// <summary>Says how much room there is.</summary>
/// <param name="Read">Asks the system; a test says what it likes.</param>
internal sealed record DiskGauge(Func<DiskRoom> Read)
{
    public static DiskGauge Of(string folder) => new(() => new DriveInfo(Path.GetFullPath(folder)) is var drive ? new DiskRoom(drive.AvailableFreeSpace, drive.TotalSize) : default);
}

/// <summary>What a kind of data takes on the disk.</summary>
/// <param name="Kind">One of <see cref="Storage.Kinds"/>.</param>
internal sealed record KindSize(string Kind, long Bytes);

/// <summary>How much a kind of data grew a day, on average.</summary>
/// <param name="BytesPerDay">Null while there is less than a day to reckon from.</param>
/// <param name="Days">Days that it was reckoned from.</param>
internal sealed record KindGrowth(string Kind, long? BytesPerDay, int Days);

/// <summary>What lies in the data folder, by kind, how it grows, and when the disk would be full.</summary>
internal sealed class Storage(ServerSettings settings, LiveEvents events, RecordStore records, TimeProvider time)
{
    public const string RawEvents = "raw-events";
    public const string Measures = "measures";
    private const string Journal = "journal";
    private const string Records = "records";
    private const string ConfigurationKind = "configuration";
    private const string Other = "other";
    private const int GrowthDays = 7;
    private const int MostDaysAhead = 3650;
    private static readonly TimeSpan s_goodFor = TimeSpan.FromMinutes(5);

    private readonly Lock _one = new();
    private IReadOnlyList<KindSize> _sizes = [];
    private long? _readAt;

    /// <summary>All kinds, in the order in which they are shown.</summary>
    public static IReadOnlyList<string> Kinds { get; } = [RawEvents, Journal, Measures, Records, ConfigurationKind, Other];

    /// <summary>What each kind takes; read again when it is older than five minutes, because a state's folder has a million files.</summary>
    public IReadOnlyList<KindSize> Sizes()
    {
        lock (_one)
        {
            if (_readAt is not { } at || time.GetElapsedTime(at) > s_goodFor)
            {
                (_sizes, _readAt) = (ReadSizes(), time.GetTimestamp());
            }

            return _sizes;
        }
    }

    /// <summary>Keeps today's sizes; a later call of the same day replaces them.</summary>
    public Task KeepSizesAsync(CancellationToken stop)
    {
        lock (_one)
        {
            _readAt = null;
        }

        var day = DataDays.NumberOf(time.GetUtcNow().ToUnixTimeMilliseconds());
        var rows = Sizes().Select(s => new { day, kind = s.Kind, bytes = s.Bytes }).ToArray();
        return records.WriteAsync(
            (connection, transaction) => connection.ExecuteAsync(
                "insert into data_size (day, kind, bytes) values (@day, @kind, @bytes) on conflict (day, kind) do update set bytes = excluded.bytes", rows, transaction),
            stop);
    }

    /// <summary>Growth a day: of raw events from the segments of the last whole days, of the rest from the sizes that were kept.</summary>
    public IReadOnlyList<KindGrowth> Growth()
    {
        var today = DataDays.NumberOf(time.GetUtcNow().ToUnixTimeMilliseconds());
        var raw = events.ListDayBytes().Where(d => DataDays.NumberOf(d.Key) is var day && day < today && day >= today - GrowthDays).Select(d => d.Value).ToList();
        using var connection = records.Open();
        var kept = connection.Query<(long Day, string Kind, long Bytes)>("select day, kind, bytes from data_size where day >= @first order by day", new { first = today - GrowthDays }).ToLookup(r => r.Kind, StringComparer.Ordinal);
        return [.. Kinds.Select(kind =>
        {
            if (kind == RawEvents)
            {
                return new KindGrowth(kind, raw.Count == 0 ? null : (long)raw.Average(), raw.Count);
            }

            var rows = kept[kind].ToList();
            return rows.Count > 1 && rows[^1].Day - rows[0].Day is > 0 and var days
                ? new KindGrowth(kind, (rows[^1].Bytes - rows[0].Bytes) / days, (int)days)
                : new KindGrowth(kind, null, 0);
        })];
    }

    /// <summary>When the disk is full if all goes on as it does, ms UTC; null when it never is, or in ten years, or nothing is known of growth.</summary>
    /// <param name="rawDays">Days that raw events are kept: beyond them, what comes and what is deleted are the same.</param>
    public long? FullMs(DiskRoom room, IReadOnlyList<KindGrowth> growth, int rawDays)
    {
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        var today = DataDays.NumberOf(nowMs);
        var raw = growth.FirstOrDefault(g => g.Kind == RawEvents)?.BytesPerDay ?? 0;
        var rest = growth.Where(g => g.Kind != RawEvents).Sum(g => g.BytesPerDay ?? 0);
        var byDay = events.ListDayBytes().ToDictionary(d => DataDays.NumberOf(d.Key), d => d.Value);
        double used = 0;
        for (var ahead = 1; ahead <= MostDaysAhead; ahead++)
        {
            var leaving = today + ahead - 1 - rawDays;
            used += raw + rest - (leaving < today ? byDay.GetValueOrDefault(leaving) : raw);
            if (used >= room.FreeBytes)
            {
                return nowMs + (ahead * DayCoverage.DayMs);
            }
        }

        return null;
    }

    private List<KindSize> ReadSizes()
    {
        var (raw, journal, measures, kept, configuration, other) = (0L, 0L, 0L, 0L, 0L, 0L);
        var root = new DirectoryInfo(settings.Data);
        foreach (var file in root.EnumerateFiles())
        {
            if (file.Name.StartsWith(RecordStore.FileName, StringComparison.Ordinal))
            {
                kept += file.Length;
            }
            else if (file.Name == Corridors.FileName)
            {
                configuration += file.Length;
            }
            else
            {
                other += file.Length;
            }
        }

        foreach (var folder in root.EnumerateDirectories())
        {
            switch (folder.Name)
            {
                case "events":
                    journal += SizeOf(new DirectoryInfo(Path.Combine(folder.FullName, "journal")));
                    raw += SizeOf(folder) - journal;
                    break;
                case "measures":
                    measures += SizeOf(folder);
                    break;
                case SignalConfigurations.Folder or ConfigurationStore.ReplacedFolder or ProposalFiles.Folder:
                    configuration += SizeOf(folder);
                    break;
                default:
                    other += SizeOf(folder);
                    break;
            }
        }

        return [new(RawEvents, raw), new(Journal, journal), new(Measures, measures), new(Records, kept), new(ConfigurationKind, configuration), new(Other, other)];
    }

    /// <summary>Bytes of all files of a folder; one that goes away meanwhile counts nothing.</summary>
    private static long SizeOf(DirectoryInfo folder)
    {
        long bytes = 0;
        if (!folder.Exists)
        {
            return 0;
        }

        foreach (var file in folder.EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint }))
        {
            try
            {
                bytes += file.Length;
            }
            catch (FileNotFoundException)
            {
                continue;
            }
        }

        return bytes;
    }
}
