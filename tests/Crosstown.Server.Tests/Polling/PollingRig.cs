using System.Net;
using Crosstown.Core.Data;
using Crosstown.Core.Street;
using Crosstown.Logs.Store;
using Crosstown.Server.City;
using Crosstown.Server.Hosting;
using Crosstown.Server.Imports;
using Crosstown.Server.Live;
using Crosstown.Server.People.Audit;
using Crosstown.Server.Polling;
using Crosstown.Server.Store.Records;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace Crosstown.Server.Tests.Polling;

/// <summary>The polling part of a server on a folder of its own, without its pages.</summary>
internal sealed class PollingRig : IAsyncDisposable
{
    public const string Zone = "America/Denver";

    private readonly PassingFolder _folder = PassingFolder.Create();
    private readonly RecordStore _records;
    private readonly AddressGuard _guard;
    private readonly MaxTimePoller _maxTime;

    public PollingRig(
        TimeProvider? clock = null, PollLimits? limits = null, NameLookUp? lookUp = null, bool allowLoopback = true, IPoller? poller = null, params IEnumerable<(string Key, string Value)> settings)
    {
        Clock = clock ?? TimeProvider.System;
        Limits = limits ?? new PollLimits();
        Issues = new DataIssueLog();
        _records = RecordStore.Open(_folder.Path, null, Clock);
        Events = LiveEvents.Open(_folder.Path, Issues);
        States = new SignalStates(Events, Clock);
        Configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value))).Build();
        Settings = SourceSettings.Read(Configuration, new ServerSettings { Data = _folder.Path }) with { AllowLoopback = allowLoopback };
        Accounts = new SourceAccounts(Configuration);
        Rules = new SourceRules(new CityModel(_folder.Path, Issues), Accounts, Settings);
        Catalog = new SourceCatalog(_records, new AuditLog(_records, Clock), Clock);
        _guard = new AddressGuard(allowLoopback, lookUp ?? Dns.GetHostAddressesAsync, Clock);
        _maxTime = new MaxTimePoller(_guard, Limits);
        Scheduler = new PollScheduler(
            Catalog,
            Rules,
            States,
            new Dictionary<SourceKind, IPoller>
            {
                [SourceKind.MaxTimeHttp] = poller ?? _maxTime,
                [SourceKind.Ftp] = new FtpPoller(_guard, Accounts),
                [SourceKind.Sftp] = new SftpPoller(_guard, Accounts, Settings),
                [SourceKind.Folder] = new FolderPoller(Settings),
            },
            Limits,
            Events.AppendAsync,
            Clock,
            NullLogger<PollScheduler>.Instance);
    }

    public TimeProvider Clock { get; }

    public PollLimits Limits { get; }

    public DataIssueLog Issues { get; }

    public LiveEvents Events { get; }

    public SignalStates States { get; }

    public IConfiguration Configuration { get; }

    public SourceSettings Settings { get; }

    public SourceAccounts Accounts { get; }

    public SourceRules Rules { get; }

    public SourceCatalog Catalog { get; }

    public PollScheduler Scheduler { get; }

    public string Folder => _folder.Path;

    /// <summary>Keeps a source as an administrator's request does.</summary>
    public async Task<Source> AddAsync(string signal, SourceKind kind, string address, int intervalS = 60, string? path = null, string? account = null, string? reportedAs = null)
    {
        var source = await Catalog.AddAsync(Rules.Check(0, new SourceRequest(signal, kind, address, path, intervalS, Zone, account, reportedAs)), "tester", CancellationToken.None);
        Scheduler.Reload();
        return source;
    }

    /// <summary>Adds a source and reads it once.</summary>
    public async Task<PollAnswer> ReadOnceAsync(string signal, SourceKind kind, string address, string? path = null, string? account = null, string? reportedAs = null)
    {
        var source = await AddAsync(signal, kind, address, 60, path, account, reportedAs);
        return (await Scheduler.TestAsync(source.Id, CancellationToken.None))!;
    }

    public int CountEvents(string signal)
    {
        var id = SignalId.Parse(signal);
        if (Events.FindRange(id) is not { } range)
        {
            return 0;
        }

        var count = 0;
        using var reader = Events.Open(id, range);
        while (reader.Next(out var block))
        {
            count += block.Length;
        }

        return count;
    }

    public async ValueTask DisposeAsync()
    {
        await Scheduler.StopAsync(CancellationToken.None);
        Scheduler.Dispose();
        _maxTime.Dispose();
        _guard.Dispose();
        States.Dispose();
        await Events.DisposeAsync();
        _records.Dispose();
        _folder.Dispose();
    }
}
