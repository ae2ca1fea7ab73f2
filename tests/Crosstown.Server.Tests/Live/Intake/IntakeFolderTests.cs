using Crosstown.Logs.Store;
using Crosstown.Server.Live.Intake;
using Crosstown.Server.Tests.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace Crosstown.Server.Tests.Live.Intake;

/// <summary>Files that are dropped into a folder.</summary>
public sealed class IntakeFolderTests : IAsyncDisposable
{
    private static readonly CancellationToken Stop = TestContext.Current.CancellationToken;
    private readonly HandClock _clock = new(TimeProvider.System.GetUtcNow());
    private readonly string _inbox = Directory.CreateTempSubdirectory("crosstown-inbox-").FullName;
    private DeskServer? _server;

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        Directory.Delete(_inbox, recursive: true);
    }

    [Fact]
    [Trait("rule", "R06")]
    public async Task A_file_is_taken_once_it_has_stopped_growing_and_the_same_again_adds_nothing()
    {
        var folder = await StartAsync(keepDays: 0);
        var (first, rest) = (LogLines.Make(1, 100), LogLines.Make(2, 100, LogLines.StartMs + 3_600_000));
        await DropAsync("a.csv", LogLines.Csv("5", first));
        Assert.Equal(0, await folder.LookAsync(Stop));
        await DropAsync("a.csv", LogLines.Csv("5", [.. first, .. rest]));
        Assert.Equal(0, await folder.LookAsync(Stop));
        Assert.Equal(1, await folder.LookAsync(Stop));

        var expected = LogLines.SortedDistinct([.. first, .. rest]);
        Assert.Empty(Directory.EnumerateFiles(_inbox, "*", SearchOption.AllDirectories));
        Assert.Equal(expected, LogLines.Read(Events, "5"));

        await DropAsync("again.csv", LogLines.Csv("5", first));
        await LookTwiceAsync(folder);

        Assert.Equal(expected, LogLines.Read(Events, "5"));
        Assert.Equal([0L, expected.Count], _server!.Get<IntakeLog>().List().Select(r => r.Added));
        Assert.All(_server.Get<IntakeLog>().List(), r => Assert.Equal(IntakeDoor.Folder, r.Door));
    }

    [Fact]
    [Trait("rule", "P10")]
    public async Task Taken_files_are_kept_as_long_as_told_and_unknown_ones_a_week_under_names_of_our_own()
    {
        var folder = await StartAsync(keepDays: 2);
        await DropAsync("signal-10.20.30.40.csv", LogLines.Csv("5", LogLines.Make(3, 50)));
        await DropAsync("letter.txt", "Dear city");
        await LookTwiceAsync(folder);

        var done = Assert.Single(Directory.EnumerateFiles(Path.Combine(_inbox, "done")));
        var refused = Assert.Single(Directory.EnumerateFiles(Path.Combine(_inbox, "refused")));
        Assert.DoesNotContain("10.20.30.40", done, StringComparison.Ordinal);
        Assert.DoesNotContain("letter", refused, StringComparison.Ordinal);
        Assert.Equal(0, await folder.LookAsync(Stop));

        _clock.Advance(TimeSpan.FromDays(3));
        await folder.LookAsync(Stop);
        Assert.False(File.Exists(done));
        Assert.True(File.Exists(refused));
        _clock.Advance(TimeSpan.FromDays(5));
        await folder.LookAsync(Stop);
        Assert.False(File.Exists(refused));
    }

    [Fact]
    public async Task A_folder_named_like_a_known_signal_says_whose_an_unnamed_log_is()
    {
        var folder = await StartAsync(keepDays: 0);
        var known = LogLines.Make(4, 10);
        await Events.AppendAsync(Core.Street.SignalId.Parse("77"), "America/Denver", known, Stop);
        var unnamed = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"TimeStamp,EventId,Parameter\n{DateTimeOffset.FromUnixTimeMilliseconds(LogLines.StartMs - 60_000):yyyy-MM-dd'T'HH:mm:ss.fff'Z'},1,2\n");
        await DropAsync(Path.Combine("77", "log.csv"), unnamed);
        await DropAsync(Path.Combine("20240513", "log.csv"), unnamed);
        await LookTwiceAsync(folder);

        Assert.Equal(known.Distinct().Count() + 1, LogLines.Read(Events, "77").Count);
        Assert.Equal(["77"], Events.ListSignals().Select(s => s.Value));
    }

    private LiveEvents Events => _server!.Get<LiveEvents>();

    private async Task<IntakeFolder> StartAsync(int keepDays)
    {
        _server = await DeskServer.StartAsync();
        return new IntakeFolder(new IntakeSettings { Folder = _inbox, KeepDays = keepDays }, _server.Get<IntakeRun>(), _clock, NullLogger<IntakeFolder>.Instance);
    }

    private async Task DropAsync(string name, string text)
    {
        var path = Path.Combine(_inbox, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllTextAsync(path, text, Stop);
    }

    private static async Task LookTwiceAsync(IntakeFolder folder)
    {
        await folder.LookAsync(Stop);
        await folder.LookAsync(Stop);
    }
}
