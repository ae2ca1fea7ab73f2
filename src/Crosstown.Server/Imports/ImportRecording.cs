using System.Threading.Channels;
using Crosstown.Core.Street;
using Crosstown.Server.Live.Intake;
using Crosstown.Server.Operations;
using Crosstown.Server.Store.Records;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Crosstown.Server.Imports;

/// <summary>Keeps the running server's intake with the records, one after the other; nobody who brings events waits for it.</summary>
internal sealed class ImportRecording : BackgroundService
{
    /// <summary>Reports that wait; beyond them the oldest are not recorded, and that is logged.</summary>
    private const int MostWaiting = 1_000;

    private readonly Channel<IntakeReport> _waiting;
    private readonly IntakeLog _intake;
    private readonly ImportRecords _records;
    private readonly ILogger<ImportRecording> _log;

    public ImportRecording(IntakeLog intake, ImportRecords records, ILogger<ImportRecording> log)
    {
        (_intake, _records, _log) = (intake, records, log);
        _waiting = Channel.CreateBounded<IntakeReport>(
            new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropOldest },
            _ => log.LogWarning(LogEvents.ImportRecordFailed, "More imports come than can be recorded; one is not in the list of imports"));
        intake.Added += Take;
    }

    public override void Dispose()
    {
        _intake.Added -= Take;
        base.Dispose();
    }

    /// <summary>A report as it is recorded.</summary>
    public static ImportRecord ToRecord(IntakeReport report) => new()
    {
        Door = report.Door switch { IntakeDoor.Push => ImportDoor.Push, IntakeDoor.Folder => ImportDoor.Poll, _ => ImportDoor.Upload },
        StartedMs = report.StartedMs,
        EndedMs = report.EndedMs,
        Files = [.. report.Files.Select(f => new ImportedFile(SourceName.Of(f.Source), f.Format, f.Signals is [SignalId only] ? only.Value : null, f.Signals.Length, f.Events, f.RowsRefused, f.Bytes))],
        EventsAdded = report.Added,
        Duplicates = report.Duplicates,
        Issues = report.Issues,
    };

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // What waits when the server stops is recorded before it ends.
        using var stopping = stoppingToken.Register(() => _waiting.Writer.TryComplete());
        await foreach (var report in _waiting.Reader.ReadAllAsync(CancellationToken.None))
        {
            try
            {
                await _records.KeepAsync(ToRecord(report), CancellationToken.None);
            }
            catch (RecordsUnavailableException e)
            {
                _log.LogWarning(LogEvents.ImportRecordFailed, "An import is stored and not recorded: {Code}", e.Problem.Code);
            }
        }
    }

    private void Take(IntakeReport report) => _waiting.Writer.TryWrite(report);
}
