using Crosstown.Core.Data;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Logs.Store;
using Crosstown.Logs.Zones;
using Crosstown.Measures;
using Crosstown.Measures.Options;
using Crosstown.Server.City;
using Crosstown.Server.Measuring;
using Crosstown.Server.Query;
using Crosstown.Server.Tests.Live;
using Crosstown.Server.Towns;
using Crosstown.Simulation.Towns;

namespace Crosstown.Server.Tests.Api;

public sealed class KeptMeasuresTests : IAsyncLifetime
{
    private const string Zone = "America/Los_Angeles";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("crosstown-kept-");
    private readonly DataIssueLog _issues = new();
    private HandClock _clock = null!;
    private LiveEvents _events = null!;
    private MeasureStore _store = null!;
    private KeptMeasures _kept = null!;
    private CityModel _city = null!;
    private SignalId _signal;
    private long _startMs;

    public async ValueTask InitializeAsync()
    {
        var local = ZoneRules.For(Zone).Map;
        _startMs = Town.DefaultStartMs - local.OffsetMs(Town.DefaultStartMs);
        var town = Town.Create(3, 1, local, _startMs);
        TownFolder.Write(town, _folder.FullName);
        _signal = town.Signals[0].Signal;
        var log = new List<ControllerEvent>();
        new TownSimulation(town, _startMs).Advance(_startMs + (50 * 3_600_000L), (_, events) => log.AddRange(events));
        _events = LiveEvents.Open(_folder.FullName, _issues);
        await _events.AppendAsync(_signal, Zone, log.ToArray());
        _clock = new HandClock(DateTimeOffset.FromUnixTimeMilliseconds(_startMs + (50 * 3_600_000L)));
        Open();
    }

    public async ValueTask DisposeAsync()
    {
        await _events.DisposeAsync();
        _folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    private void Open()
    {
        _city = new CityModel(_folder.FullName, _issues);
        _store = MeasureStore.Open(_folder.FullName);
        _kept = new KeptMeasures(_store, _events, _city, _issues);
    }

    private int Roll()
    {
        var due = _kept.ListDue(_clock.NowMs).ToArray();
        foreach (var (signal, day) in due)
        {
            _kept.Close(signal, day);
        }

        return due.Length;
    }

    private DateOnly Day(int number) => KeptMeasures.DayOf(_kept.ClockOf(_signal), _startMs).AddDays(number);

    private string FileOf(DateOnly day) => Directory.GetFiles(Path.Combine(_folder.FullName, "measures", $"{day:yyyy-MM-dd}")).Single();

    [Fact]
    public void A_closed_day_says_what_its_events_say_table_by_table()
    {
        Assert.Equal(2, Roll());
        Assert.Equal(0, Roll());
        var range = KeptMeasures.RangeOf(_kept.ClockOf(_signal), Day(1));
        var filled = 0;
        foreach (var measure in MeasureCatalog.All)
        {
            var computed = SignalTables.Run(_events, [measure], _city.Now.Configurations.Find(_signal)!, range, new MeasureOptions(), new DataIssueLog());
            foreach (var table in measure.TablesIn(DefinitionSet.Crosstown).Where(t => KeptMeasures.Tables.ContainsKey(t.Name)))
            {
                var kept = _kept.ReadTables(_signal, Day(1), [table])[0];
                var expected = computed.Find(_signal, table.Name)?.Rows;
                Assert.Equal(expected?.Count ?? 0, kept?.Count ?? 0);
                for (var row = 0; row < (kept?.Count ?? 0); row++)
                {
                    Assert.Equal(expected!.Nulls(row), kept!.Nulls(row));
                    Assert.Equal(expected.Cells(row), kept.Cells(row));
                }

                filled += kept is null ? 0 : 1;
            }
        }

        Assert.True(filled > 25, $"{filled} tables");
        Assert.InRange(new FileInfo(FileOf(Day(1))).Length, 1000, 300_000);
    }

    [Fact]
    [Trait("rule", "P13")]
    public void Raw_tables_and_tables_finer_than_a_bin_are_never_kept()
    {
        Assert.All(KeptMeasures.Tables.Keys, t => Assert.False(TableTiers.IsRaw(t), t));
        Assert.DoesNotContain("coordination-arrivals", KeptMeasures.Tables.Keys);
        Assert.DoesNotContain("split-failures-by-cycle", KeptMeasures.Tables.Keys);
        Assert.False(KeptMeasures.Keeps(TableCatalog.Find("timing-and-actuation")!));
        Assert.True(KeptMeasures.Keeps(TableCatalog.Find("watchdog-report")!));
    }

    [Fact]
    [Trait("rule", "R05")]
    public void Every_flipped_byte_of_a_kept_day_is_found_reported_and_mended_from_the_events()
    {
        Roll();
        var path = FileOf(Day(1));
        var good = File.ReadAllBytes(path);
        var schemas = KeptMeasures.Tables.Values.ToArray();
        for (var at = 0; at < good.Length; at += Math.Max(1, good.Length / 200))
        {
            var bad = (byte[])good.Clone();
            bad[at] ^= 0x40;
            File.WriteAllBytes(path, bad);
            var found = new DataIssueLog();
            _store.Read(_signal, Day(1), schemas, found);
            Assert.True(found.CountOf(DataIssueKind.DamagedBlock) > 0, $"byte {at} of {good.Length}");
        }

        _kept.ReadTables(_signal, Day(1), [.. schemas]);
        Assert.True(_issues.CountOf(DataIssueKind.DamagedBlock) > 0);
        Assert.Equal(1, Roll());
        Assert.Equal(good, File.ReadAllBytes(path));
    }

    [Fact]
    public async Task Late_events_and_another_configuration_close_a_day_anew()
    {
        Roll();
        var before = File.ReadAllBytes(FileOf(Day(0)));
        await _events.AppendAsync(_signal, Zone, new ControllerEvent[] { new(_startMs + 3_600_000, EventCode.DetectorOn, 60), new(_startMs + 3_600_500, EventCode.DetectorOff, 60) });
        Assert.False(_kept.IsGood(_signal, Day(0)));
        Assert.Equal(1, Roll());
        Assert.NotEqual(before, File.ReadAllBytes(FileOf(Day(0))));

        var file = Path.Combine(_folder.FullName, "signals", $"{_signal}.json");
        await File.WriteAllTextAsync(file, (await File.ReadAllTextAsync(file)).Replace("\"isCoordinated\": true", "\"isCoordinated\": false", StringComparison.Ordinal));
        _city.Reload(_issues);
        Assert.Equal(2, Roll());
        Open();
        Assert.Equal(0, Roll());
    }

    [Fact]
    public async Task Events_that_came_while_nobody_marked_them_are_noticed_at_the_start()
    {
        Roll();
        var unmarked = new KeptMeasures(_store, _events, _city, _issues);
        await _events.AppendAsync(_signal, Zone, new ControllerEvent[] { new(_startMs + 3_600_000, EventCode.DetectorOn, 60) });
        Open();
        Assert.True(_kept.IsGood(_signal, Day(0)));
        _kept.Check(_signal, Day(0));
        _kept.Check(_signal, Day(1));
        Assert.Equal((_signal, Day(0)), Assert.Single(_kept.ListDue(_clock.NowMs)));
        Assert.NotNull(unmarked);
    }

    [Fact]
    public async Task A_day_whose_raw_events_are_deleted_is_answered_from_what_was_kept()
    {
        Roll();
        var run = new TableRun(_events, _kept);
        var range = new TimeRange(_startMs, _startMs + (48 * 3_600_000L));
        var request = new TableRequest
        {
            Source = TableCatalog.Find("approach-volume")!, Options = new MeasureOptions(), Changes = "", Range = range, Times = TimeStyle.Utc, Format = AnswerFormat.Json,
        };
        var before = Rows(run, request);
        await _events.DeleteBeforeAsync(DateOnly.FromDateTime(DateTime.UnixEpoch.AddMilliseconds(_startMs)).AddDays(10), TestContext.Current.CancellationToken);
        Assert.Null(_events.FindRange(_signal));
        Open();
        var after = Rows(run: new TableRun(_events, _kept), request);
        Assert.True(before.Count > 100, $"{before.Count}");
        Assert.Equal(before.Count, after.Count);
        Assert.Equal(before.Cells(before.Count - 1), after.Cells(after.Count - 1));
        Assert.Equal(Zone, _kept.ClockOf(_signal).Zone);
    }

    [Fact]
    public void A_day_that_is_not_over_is_not_closed()
    {
        _clock.Jump(TimeSpan.FromHours(-2) + TimeSpan.FromMinutes(20));
        Assert.Equal(Day(0), Assert.Single(_kept.ListDue(_clock.NowMs)).Day);
    }

    private RowBuffer Rows(TableRun run, TableRequest request)
    {
        var rows = new RowBuffer(request.Source.Schema, 256);
        foreach (var _ in run.Run(request, [_signal], _city.Now, new RowSink(rows)))
        {
        }

        return rows;
    }
}
