using Crosstown.Core.Data;
using Crosstown.Core.Street;
using Crosstown.Logs.Formats;
using Crosstown.Logs.Store;
using Crosstown.Server.City;
using Crosstown.Server.Imports;

namespace Crosstown.Server.Live.Intake;

/// <summary>Content that came in.</summary>
/// <param name="Name">As its sender calls it: where it names the signal it is looked at, and shown only as <see cref="SourceName"/> lets it; never a path of ours.</param>
/// <param name="Open">Opens the content; closed by the reader.</param>
internal sealed record IntakeFile(string Name, Func<Stream> Open);

/// <summary>What the sender says that the content may not.</summary>
/// <param name="Zone">IANA zone of the clocks of signals that are not known; null for the city's.</param>
/// <param name="Signal">The signal of content that names none; null looks at the name.</param>
internal sealed record IntakeWords(string? Zone, SignalId? Signal);

/// <summary>Reads logs into the running store. The same content again adds nothing (rule R06).</summary>
internal sealed class IntakeRun(LiveEvents events, CityModel city, IntakeLog log, TimeProvider time)
{
    /// <summary>Takes files or a batch; done when all of it is on the disk (rule R01).</summary>
    /// <exception cref="ProblemException">XT101: the zone that was named is none.</exception>
    /// <exception cref="AppendRefusedException">A part was not taken; sending all of it again is right.</exception>
    public async Task<IntakeReport> TakeAsync(IReadOnlyList<IntakeFile> files, IntakeDoor door, IntakeWords words, CancellationToken stop)
    {
        var started = time.GetUtcNow().ToUnixTimeMilliseconds();
        var issues = new DataIssueLog();
        using var sink = new IntakeSink(events, stop);
        var summaries = await Task.Run(() => files.Select(f => Read(f, words, sink, issues)).ToList(), stop).ConfigureAwait(false);
        var receipt = await sink.EndAsync().ConfigureAwait(false);
        var report = new IntakeReport(
            door, started, time.GetUtcNow().ToUnixTimeMilliseconds(), summaries, receipt.Taken, receipt.Added, receipt.Refused + summaries.Sum(f => f.RowsRefused), issues);
        log.Add(report);
        return report;
    }

    /// <summary>Whether a signal is configured, or has events.</summary>
    public bool Knows(SignalId signal) => city.Now.Configurations.Find(signal) is not null || events.FindZone(signal) is not null;

    private FileSummary Read(IntakeFile file, IntakeWords words, IntakeSink sink, DataIssueLog issues)
    {
        var now = city.Now;
        var settings = new ReadSettings
        {
            Zone = words.Zone ?? now.Zone,
            Signal = words.Signal ?? (SignalName.TryFromFileName(Path.GetFileName(file.Name.AsSpan()), out var named) ? named : null),
            ZoneOfSignal = signal => now.Configurations.Find(signal)?.Zone ?? events.FindZone(signal),
        };
        using var content = file.Open();
        return LogFiles.Read(content, SourceName.Of(file.Name), settings, sink, issues).Files[0];
    }
}
