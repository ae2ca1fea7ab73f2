using Crosstown.Core.Data;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Logs.Configuration;
using Crosstown.Logs.Store;
using Crosstown.Measures.Options;
using Crosstown.Server.City;
using Crosstown.Server.Imports;
using Crosstown.Server.Live;
using Crosstown.Server.Measuring;

namespace Crosstown.Server.Tests.Live;

public sealed class LiveMeasuresTests : IDisposable
{
    private const string Zone = "America/Denver";

    // Local midnight of 13 May 2026 in Denver, 6 hours behind UTC.
    private static readonly DateTimeOffset s_midnight = new(2026, 5, 13, 6, 0, 0, TimeSpan.Zero);
    private static readonly SignalId s_signal = SignalId.Parse("12");
    private static readonly TimeRange s_day = new(s_midnight.ToUnixTimeMilliseconds(), s_midnight.AddDays(1).ToUnixTimeMilliseconds());

    private readonly PassingFolder _folder = PassingFolder.Create();
    private readonly DataIssueLog _issues = new();
    private readonly HandClock _clock = new(s_midnight);

    public LiveMeasuresTests()
    {
        Directory.CreateDirectory(Path.Combine(_folder.Path, "signals"));
        Configure(MadeLog.Configuration(s_signal));
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Rows_of_a_day_that_came_in_pieces_late_and_over_a_restart_are_those_of_one_run(int seed)
    {
        var random = new Random(seed);
        var log = MadeLog.Make(seed, s_day.StartMs - 3_600_000, s_day.EndMs + 1_800_000);
        var city = new CityModel(_folder.Path, _issues);
        var sent = 0;
        var restarts = 0;
        foreach (var part in new[] { log.Length / 3, log.Length / 2, log.Length })
        {
            await using var events = LiveEvents.Open(_folder.Path, _issues);
            using var live = new LiveMeasures(events, city, _clock);
            await live.StartAsync(CancellationToken.None);
            var withheld = new List<ControllerEvent>();
            while (sent < part)
            {
                var piece = log[sent..Math.Min(part, sent + random.Next(1000, 4000))].ToList();
                sent += piece.Count;
                withheld.Add(piece[5]);
                piece.RemoveAt(5);
                piece.AddRange(piece.Take(20).ToArray());
                if (random.Next(3) == 0)
                {
                    piece.AddRange(withheld);
                    withheld.Clear();
                }

                var shuffled = piece.ToArray();
                random.Shuffle(shuffled);

                // The wall clock stays within the day: the rows asked for are today's.
                _clock.Jump(DateTimeOffset.FromUnixTimeMilliseconds(Math.Min(s_day.EndMs - 1000, log[sent - 1].TimeMs)) - _clock.GetUtcNow());
                _clock.Advance(TimeSpan.FromMilliseconds(10));
                await events.AppendAsync(s_signal, Zone, shuffled);
                await live.AdvanceAsync(CancellationToken.None);
            }

            await events.AppendAsync(s_signal, Zone, withheld.ToArray());
            await live.AdvanceAsync(CancellationToken.None);
            _clock.Advance(TimeSpan.FromMinutes(2));
            _clock.Jump(TimeSpan.FromMinutes(-2));
            await live.AdvanceAsync(CancellationToken.None);
            restarts += live.RestartCountOf(s_signal);
            if (part == log.Length)
            {
                Assert.Equal(s_day, live.DayOf(s_signal));
                var batch = SignalTables.Run(events, LiveMeasures.Headline, city.Now.Current[s_signal], s_day, new MeasureOptions(), _issues);
                foreach (var table in LiveMeasures.Kept)
                {
                    Assert.Equal(Text(batch.Find(s_signal, table.Name)), Text(live.Rows(s_signal, table.Name)));
                }

                Assert.True(live.Rows(s_signal, "detector-volume")!.Count >= 4 * 96);
                Assert.True(live.Rows(s_signal, "split-failures")!.Count > 0);
                Assert.True(live.Rows(s_signal, "detector-health")!.Count > 0);
                Assert.Single(Enumerable.Range(0, live.Rows(s_signal, "watchdog-days")!.Count));
            }

            await live.StopAsync(CancellationToken.None);
        }

        Assert.True(restarts > 0, $"seed {seed}: no late event made the day be measured again");
    }

    [Fact]
    public async Task A_new_day_begins_at_local_midnight_with_its_own_rows()
    {
        await using var events = LiveEvents.Open(_folder.Path, _issues);
        using var live = new LiveMeasures(events, new CityModel(_folder.Path, _issues), _clock);
        var noon = s_day.StartMs + (12 * 3_600_000);
        _clock.Advance(TimeSpan.FromHours(23));
        await events.AppendAsync(s_signal, Zone, MadeLog.Make(1, noon, s_day.EndMs + 3_600_000));
        await live.AdvanceAsync(CancellationToken.None);
        Assert.Equal(noon, live.Rows(s_signal, "arrivals-on-green")!.Column("time").Time(0));

        _clock.Advance(TimeSpan.FromHours(1.5));
        await live.AdvanceAsync(CancellationToken.None);

        Assert.Equal(s_day.EndMs, live.DayOf(s_signal)!.Value.StartMs);
        Assert.Equal(s_day.EndMs, live.Rows(s_signal, "arrivals-on-green")!.Column("time").Time(0));
        Assert.Null(live.Rows(s_signal, "phase-terminations"));
    }

    [Fact]
    public async Task A_changed_configuration_measures_the_day_again()
    {
        await using var events = LiveEvents.Open(_folder.Path, _issues);
        var city = new CityModel(_folder.Path, _issues);
        using var live = new LiveMeasures(events, city, _clock);
        await events.AppendAsync(s_signal, Zone, MadeLog.Make(1, s_day.StartMs, s_day.StartMs + 7_200_000));
        await live.AdvanceAsync(CancellationToken.None);
        Assert.NotNull(live.Rows(s_signal, "split-failures"));

        Configure(MadeLog.Configuration(s_signal) with { Detectors = [] });
        city.Reload(_issues);
        await live.AdvanceAsync(CancellationToken.None);

        Assert.Null(live.Rows(s_signal, "split-failures"));
    }

    [Fact]
    public void Packed_rows_come_back_bit_for_bit()
    {
        var schema = new TableSchema
        {
            Name = "all-kinds",
            Columns =
            [
                new("time", ColumnType.Time, "", "A time."), new("signal", ColumnType.Signal, "", "A signal."), new("count", ColumnType.Integer, "", "A number."),
                new("share", ColumnType.Real, "", "A real."), new("seen", ColumnType.Boolean, "", "A flag."),
            ],
        };
        var random = new Random(7);
        var rows = new RowBuffer(schema);
        for (var row = 0; row < 500; row++)
        {
            rows.Time(random.NextInt64());
            _ = random.Next(4) == 0 ? rows.Null() : rows.Integer(random.NextInt64(long.MinValue, long.MaxValue));
            _ = random.Next(4) == 0 ? rows.Null() : rows.Real(random.Next(3) == 0 ? random.Next(20) / 4.0 : random.NextDouble() * Math.Pow(10, random.Next(-300, 300)));
            rows.Boolean(random.Next(2) == 0);
        }

        var packed = new PackedRows(schema);
        packed.Add(rows);
        packed.Clear();
        packed.Add(rows);
        packed.Add(rows);
        var unpacked = packed.Unpack();

        Assert.Equal(1000, unpacked.Count);
        for (var row = 0; row < 1000; row++)
        {
            Assert.Equal(rows.Nulls(row % 500), unpacked.Nulls(row));
            Assert.Equal(rows.Cells(row % 500), unpacked.Cells(row));
        }
    }

    private void Configure(SignalConfiguration configuration)
    {
        using var file = File.Create(Path.Combine(_folder.Path, "signals", "12.json"));
        SignalFiles.Write(file, configuration);
    }

    private static string Text(TableRows? rows)
    {
        if (rows is null)
        {
            return "";
        }

        using var text = new MemoryStream();
        for (var row = 0; row < rows.Count; row++)
        {
            text.Write(System.Text.Encoding.UTF8.GetBytes(string.Join(',', rows.Cells(row).ToArray()) + $" {rows.Nulls(row)}\n"));
        }

        return System.Text.Encoding.UTF8.GetString(text.ToArray());
    }
}
