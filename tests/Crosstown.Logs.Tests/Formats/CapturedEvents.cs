using System.Text;
using Crosstown.Core.Data;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Logs.Formats;

namespace Crosstown.Logs.Tests.Formats;

/// <summary>What a reader made of some bytes: events in the order delivered, issues, and the summary.</summary>
internal sealed class CapturedEvents : IEventSink
{
    private readonly List<(SignalId Signal, string Zone, ControllerEvent Event)> _events = [];

    public DataIssueLog Issues { get; } = new();

    public FileSummary Summary { get; private set; } = null!;

    public IReadOnlyList<(SignalId Signal, string Zone, ControllerEvent Event)> All => _events;

    public ControllerEvent[] Events => [.. _events.Select(e => e.Event)];

    /// <summary>Every value and sentence that the issues keep.</summary>
    public string IssueText => string.Join('\n', Issues.ListExamples().Select(i => $"{i.Kind} {i.Source}:{i.Position} '{i.Value}' {i.Assumed}"));

    public static CapturedEvents Read(string text, ReadSettings? settings = null) => Read(Encoding.UTF8.GetBytes(text), settings);

    public static CapturedEvents Read(byte[] bytes, ReadSettings? settings = null, string name = "log")
    {
        var captured = new CapturedEvents();
        using var stream = new MemoryStream(bytes);
        captured.Summary = LogFiles.Read(stream, name, settings ?? new ReadSettings(), captured, captured.Issues).Files[0];
        return captured;
    }

    public static CapturedEvents ReadFile(string path, ReadSettings? settings = null)
    {
        var captured = new CapturedEvents();
        captured.Summary = LogFiles.Read(path, settings ?? new ReadSettings(), captured, captured.Issues).Files[0];
        return captured;
    }

    public void Add(SignalId signal, string zone, ReadOnlySpan<ControllerEvent> events)
    {
        foreach (var e in events)
        {
            _events.Add((signal, zone, e));
        }
    }

    public ControllerEvent[] Of(string signal) => [.. _events.Where(e => e.Signal.Value == signal).Select(e => e.Event)];

    public long CountOf(DataIssueKind kind) => Issues.CountOf(kind);

    public DataIssue Only(DataIssueKind kind) => Assert.Single(Issues.ListExamples(), i => i.Kind == kind);

    /// <summary>A moment written as ISO 8601 in UTC.</summary>
    public static long Utc(string iso) =>
        DateTimeOffset.Parse(iso, System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AssumeUniversal).ToUnixTimeMilliseconds();
}
