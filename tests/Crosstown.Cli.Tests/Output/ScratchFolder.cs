using System.Collections.Immutable;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Core.Time;
using Crosstown.Logs;

namespace Crosstown.Cli.Tests.Output;

/// <summary>A folder that is gone after the test.</summary>
internal sealed class ScratchFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("crosstown-test-");

    public string Path => _folder.FullName;

    /// <summary>Puts a file into the folder and tells its path.</summary>
    public string Write(string name, string text)
    {
        var path = System.IO.Path.Combine(Path, name);
        File.WriteAllText(path, text);
        return path;
    }

    public void Dispose() => _folder.Delete(recursive: true);
}

/// <summary>A data folder that holds no events.</summary>
internal sealed class NoEvents : IEventSource
{
    public ImmutableArray<SignalId> ListSignals() => [];

    public LocalTimeMap ClockOf(SignalId signal) => LocalTimeMap.Utc;

    public TimeRange? FindRange(SignalId signal) => null;

    public IEventReader Open(SignalId signal, TimeRange range) => throw new InvalidOperationException($"Signal {signal} has no events.");
}

/// <summary>One signal's events in memory.</summary>
internal sealed class OneSignal(SignalId signal, ControllerEvent[] events) : IEventSource, IEventReader
{
    private bool _isRead;

    public ImmutableArray<SignalId> ListSignals() => [signal];

    public LocalTimeMap ClockOf(SignalId asked) => LocalTimeMap.Utc;

    public TimeRange? FindRange(SignalId asked) => events.Length == 0 ? null : new TimeRange(events[0].TimeMs, events[^1].TimeMs + 1);

    public IEventReader Open(SignalId asked, TimeRange range) => this;

    public bool Next(out ReadOnlySpan<ControllerEvent> block)
    {
        block = _isRead ? [] : events;
        _isRead = true;
        return !block.IsEmpty;
    }

    public void Dispose() => _isRead = false;
}
