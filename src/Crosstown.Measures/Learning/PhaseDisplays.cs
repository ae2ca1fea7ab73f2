using Crosstown.Core.Events;

namespace Crosstown.Measures.Learning;

/// <summary>Every phase's display over time, cut finely enough to tell who discharges when.</summary>
/// <remarks>
/// Classes: 0 not known; 1 red; 2 the first 5 s of red; 3 to 6 green by its age (to 2, 8, 20 s, older); 7 yellow. A queue starts to move about two seconds
/// into green and has mostly left after twenty.
/// </remarks>
internal sealed class PhaseDisplays
{
    public const int Classes = 8;
    public const int FirstGreen = 3;

    private readonly List<(long TimeMs, char Kind)>[] _changes = new List<(long, char)>[256];

    public PhaseDisplays(ReadOnlySpan<ControllerEvent> events)
    {
        var served = new SortedSet<byte>();
        foreach (ref readonly var e in events)
        {
            var kind = e.Code switch
            {
                EventCode.PhaseBeginGreen => 'G',
                EventCode.PhaseBeginYellow => 'Y',
                EventCode.PhaseEndYellow or EventCode.PhaseBeginRedClearance or EventCode.PhaseInactive => 'R',
                _ => ' ',
            };
            if (kind == ' ' || e.Parameter is < 1 or > 255)
            {
                continue;
            }

            var changes = _changes[e.Parameter] ??= [];
            if (changes.Count == 0 || changes[^1].Kind != kind)
            {
                changes.Add((e.TimeMs, kind));
            }

            if (kind == 'G')
            {
                served.Add((byte)e.Parameter);
            }
        }

        Phases = [.. served];
        StartMs = events.Length > 0 ? events[0].TimeMs : 0;
        EndMs = events.Length > 0 ? events[^1].TimeMs + 1 : 0;
    }

    /// <summary>The phases that showed green, rising.</summary>
    public byte[] Phases { get; }

    public long StartMs { get; }

    public long EndMs { get; }

    /// <summary>A phase's changes of display, in time order: G, Y or R.</summary>
    public IReadOnlyList<(long TimeMs, char Kind)> Changes(byte phase) => _changes[phase] ?? [];

    /// <summary>Walks through a phase's display: the class and the age of red at rising moments.</summary>
    public Walker Walk(byte phase) => new(Changes(phase));

    /// <summary>Milliseconds that a phase spent in each class.</summary>
    public long[] TimeInClass(byte phase)
    {
        var time = new long[Classes];
        var changes = Changes(phase);
        for (var i = 0; i < changes.Count; i++)
        {
            var start = changes[i].TimeMs;
            var end = i + 1 < changes.Count ? changes[i + 1].TimeMs : EndMs;
            switch (changes[i].Kind)
            {
                case 'G':
                    time[3] += Overlap(start, end, 0, 2_000);
                    time[4] += Overlap(start, end, 2_000, 8_000);
                    time[5] += Overlap(start, end, 8_000, 20_000);
                    time[6] += Math.Max(0, end - start - 20_000);
                    break;
                case 'Y':
                    time[7] += end - start;
                    break;
                default:
                    time[2] += Overlap(start, end, 0, 5_000);
                    time[1] += Math.Max(0, end - start - 5_000);
                    break;
            }
        }

        return time;
    }

    /// <summary>Milliseconds during which each phase of a list was green or yellow together with each other one.</summary>
    public long TogetherMs(byte a, byte b)
    {
        long together = 0;
        var spansB = ListGoing(b);
        var j = 0;
        foreach (var (start, end) in ListGoing(a))
        {
            while (j < spansB.Count && spansB[j].EndMs <= start)
            {
                j++;
            }

            for (var k = j; k < spansB.Count && spansB[k].StartMs < end; k++)
            {
                together += Math.Min(end, spansB[k].EndMs) - Math.Max(start, spansB[k].StartMs);
            }
        }

        return together;
    }

    /// <summary>The spans in which a phase showed green or yellow.</summary>
    public List<(long StartMs, long EndMs)> ListGoing(byte phase)
    {
        var spans = new List<(long, long)>();
        var changes = Changes(phase);
        for (var i = 0; i < changes.Count; i++)
        {
            if (changes[i].Kind == 'G')
            {
                var j = i + 1;
                while (j < changes.Count && changes[j].Kind == 'Y')
                {
                    j++;
                }

                spans.Add((changes[i].TimeMs, j < changes.Count ? changes[j].TimeMs : EndMs));
            }
        }

        return spans;
    }

    private static long Overlap(long start, long end, long from, long to) => Math.Max(0, Math.Min(end, start + to) - (start + from));

    /// <summary>A place in a phase's changes that moves forward only.</summary>
    internal struct Walker(IReadOnlyList<(long TimeMs, char Kind)> changes)
    {
        private int _next;

        /// <summary>The class of display at a moment not before the last one asked for.</summary>
        public int ClassAt(long timeMs, out bool isDeepRed)
        {
            while (_next < changes.Count && changes[_next].TimeMs <= timeMs)
            {
                _next++;
            }

            isDeepRed = false;
            if (_next == 0)
            {
                return 0;
            }

            var (start, kind) = changes[_next - 1];
            var age = timeMs - start;
            if (kind == 'R')
            {
                isDeepRed = age >= LearningLimits.DeepRedMs;
                return age < 5_000 ? 2 : 1;
            }

            return kind == 'Y' ? 7 : age < 2_000 ? 3 : age < 8_000 ? 4 : age < 20_000 ? 5 : 6;
        }
    }
}
