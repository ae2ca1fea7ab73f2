using System.Globalization;
using Crosstown.Core.Events;

namespace Crosstown.Server.Polling;

/// <summary>How far a source has been read. What is lost of it only makes some of the log be read again, which changes nothing.</summary>
internal sealed class SourceMemory
{
    /// <summary>Events are asked for again from so long before the newest, since a controller may log several in one tenth of a second.</summary>
    public const long OverlapMs = 1000;

    /// <summary>Most events remembered one by one; a controller whose clock is ahead sends the same ones each time.</summary>
    private const int MostRecent = 20_000;

    private readonly HashSet<ControllerEvent> _recent = [];

    /// <summary>The newest event taken, ms UTC; null before the first.</summary>
    public long? NewestMs { get; private set; }

    /// <summary>What orders the newest file taken; null before the first.</summary>
    public string? FileMark { get; private set; }

    /// <summary>How many events of that file were taken; it may have grown since.</summary>
    public int FileEvents { get; private set; }

    /// <summary>Length of that file when it was taken, in bytes.</summary>
    public long FileBytes { get; private set; }

    /// <summary>As it is saved: the newest event and the mark of the newest file.</summary>
    public string Text => string.Create(CultureInfo.InvariantCulture, $"{NewestMs} {FileMark}");

    /// <summary>Reads what was saved; anything else is as if nothing was.</summary>
    public static SourceMemory Parse(string? text)
    {
        var memory = new SourceMemory();
        if (text?.IndexOf(' ', StringComparison.Ordinal) is > -1 and var space)
        {
            memory.NewestMs = long.TryParse(text.AsSpan(0, space), NumberStyles.None, CultureInfo.InvariantCulture, out var newest) ? newest : null;
            memory.FileMark = space + 1 < text.Length ? text[(space + 1)..] : null;
        }

        return memory;
    }

    public bool IsRecent(in ControllerEvent e) => _recent.Contains(e);

    public void TakeFile(string mark, long bytes, int events) => (FileMark, FileBytes, FileEvents) = (mark, bytes, events);

    /// <param name="mostMs">Later events are no mark.</param>
    public void Take(IReadOnlyList<ControllerEvent> events, long mostMs)
    {
        foreach (var e in events)
        {
            if (e.TimeMs <= mostMs)
            {
                NewestMs = Math.Max(NewestMs ?? e.TimeMs, e.TimeMs);
            }
        }

        _recent.UnionWith(events);
        var from = (NewestMs ?? 0) - OverlapMs;
        _recent.RemoveWhere(e => e.TimeMs < from);
        if (_recent.Count > MostRecent)
        {
            _recent.Clear();
        }
    }

    /// <summary>Begins at a moment, where nothing is known of earlier readings.</summary>
    public void BeginAt(long ms) => NewestMs ??= ms;
}
