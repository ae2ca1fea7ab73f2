using System.Globalization;
using Crosstown.Core.Events;
using Crosstown.Core.Time;

namespace Crosstown.Tests.Drawing;

/// <summary>Reads a drawing of a signal as text and gives the events that its controller would have logged.</summary>
/// <remarks>
/// One instruction or row a line; blank lines and lines that start with <c>#</c> are skipped.
/// <code>
/// start 2024-05-13T15:00:00Z   first moment of every row; without it, <see cref="DefaultStartMs"/>
/// mark 500ms                   length of one letter in the rows that follow (ms, s, m or h); without it, 1s
/// phase 2    RRGGGGfYCRR       a row: what it is, which one, and one letter per mark
/// at 12.3s 131 5               one event: time from the start, code, parameter
/// repeat 20                    lays all rows end to end 20 times; 'at' events stay single. All rows must then be equally long
/// </code>
/// Spaces inside a row only group the letters. A letter followed by a number stands that many times: <c>R20 G30 Y4 C2</c>.
/// A second row with the same name goes on where the first one ended.
///
/// An event is logged where a row's letter changes, at the start of the new letter's mark. The first letter of a row is what held before the
/// log began: it logs nothing, so a row that begins with <c>G</c> or <c>#</c> draws a log that opens in the middle of a green or an actuation.
/// <c>?</c> is a gap in the data: nothing is logged in it nor at either end, whatever changed meanwhile.
///
/// The rows and what they log:
/// <code>
/// phase n      G green: 0 and 1 as it begins, 7 as it ends.  Y yellow: 8, then 9.  C red clearance: 10, then 11.  R red: 12
///              o, m, f: a yellow mark that follows green and logs 4 gap-out, 5 max-out or 6 force-off as well
///              so YR (no red clearance) logs 9 and 12, YCR logs 9 and 10, later 11 and 12, and GR (yellow lost) logs 7 and 12
/// ped n        W walk: 21.  F flashing don't walk: 22.  . solid don't walk: 23.  K dark: 24
/// overlap A    G green: 61.  T trailing green: 62.  Y yellow: 63.  C red clearance: 64.  R red: 65.  K dark: 66.  Letter, or number with A = 1
/// pedoverlap A W walk: 67.  F clearance: 68.  . solid don't walk: 69.  K dark: 70
/// det n        # on: 82.  . off: 81
/// button n     # pressed: 90.  . released: 89
/// arrow n      # flashing yellow arrow: 32.  . ends: 33
/// call n       # call: 43.  . dropped: 44
/// hold n       # 41.  . 42
/// omit n       # 46.  . 47
/// preempt n    # input on: 102.  . off: 104
/// priority n   # check-in: 112.  . check-out: 115
/// </code>
/// </remarks>
internal static class Strip
{
    /// <summary>2024-01-01T12:00:00Z: where a drawing without a <c>start</c> line begins. A whole quarter of an hour, so that bins begin there.</summary>
    public const long DefaultStartMs = 1_704_110_400_000;

    private const char Gap = '?';

    /// <summary>The drawn events in their total order.</summary>
    /// <exception cref="FormatException">A line cannot be read; the message names the line and what is allowed.</exception>
    public static ControllerEvent[] Read(string drawing) => Parse(drawing).Events;

    /// <summary>From the drawing's start to the end of its longest row, or just after its last <c>at</c> event when that is later.</summary>
    /// <exception cref="FormatException">A line cannot be read.</exception>
    public static TimeRange RangeOf(string drawing) => Parse(drawing).Range;

    private static (ControllerEvent[] Events, TimeRange Range) Parse(string drawing)
    {
        var startMs = DefaultStartMs;
        var markMs = 1000L;
        var times = 1;
        var rows = new List<Row>();
        var single = new List<(long AfterMs, ushort Code, short Parameter)>();
        var number = 0;
        foreach (var raw in drawing.Split('\n'))
        {
            number++;
            var line = raw.Trim();
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            var words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            switch (words[0])
            {
                case "start":
                    startMs = ReadStart(words, number, line);
                    break;
                case "mark":
                    markMs = words.Length == 2 ? ReadLength(words[1], number, line) : throw Wrong(number, line, "write: mark 1s");
                    if (markMs == 0)
                    {
                        throw Wrong(number, line, "a mark is longer than 0 ms");
                    }

                    break;
                case "repeat":
                    if (words.Length != 2 || !int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out times) || times < 1)
                    {
                        throw Wrong(number, line, "write: repeat 20");
                    }

                    break;
                case "at":
                    single.Add(ReadSingle(words, number, line));
                    break;
                default:
                    AddRow(rows, words, markMs, number, line);
                    break;
            }
        }

        return Draw(startMs, times, rows, single);
    }

    private static (ControllerEvent[] Events, TimeRange Range) Draw(
        long startMs, int times, List<Row> rows, List<(long AfterMs, ushort Code, short Parameter)> single)
    {
        var lengthMs = rows.Count == 0 ? 0 : rows.Max(r => r.LengthMs);
        if (times > 1 && rows.Find(r => r.LengthMs != lengthMs) is { } shorter)
        {
            throw new FormatException(
                $"repeat needs rows of one length: row '{shorter.Kind.Name} {shorter.Number}' is {shorter.LengthMs} ms long, the longest {lengthMs} ms.");
        }

        var events = new List<ControllerEvent>();
        foreach (var row in rows)
        {
            row.Log(startMs, times, events);
        }

        var endMs = startMs + (lengthMs * times);
        foreach (var (afterMs, code, parameter) in single)
        {
            events.Add(new ControllerEvent(startMs + afterMs, code, parameter));
            endMs = Math.Max(endMs, startMs + afterMs + 1);
        }

        events.Sort();
        return ([.. events], new TimeRange(startMs, endMs));
    }

    private static void AddRow(List<Row> rows, string[] words, long markMs, int lineNumber, string line)
    {
        var kind = RowKind.All.FirstOrDefault(k => k.Name == words[0])
            ?? throw Wrong(lineNumber, line, $"a line starts with start, mark, at, repeat, {string.Join(", ", RowKind.All.Select(k => k.Name))}");
        if (words.Length < 3)
        {
            throw Wrong(lineNumber, line, $"write: {kind.Name} {(kind.IsLettered ? "A" : "2")} and the drawing");
        }

        short number;
        if (kind.IsLettered && words[1].Length == 1 && words[1][0] is >= 'A' and <= 'Z')
        {
            number = (short)(words[1][0] - 'A' + 1);
        }
        else if (!short.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out number))
        {
            throw Wrong(lineNumber, line, $"'{words[1]}' is no number of a {kind.Name}");
        }

        var row = rows.Find(r => r.Kind == kind && r.Number == number);
        if (row is null)
        {
            row = new Row(kind, number);
            rows.Add(row);
        }

        foreach (var word in words.AsSpan(2))
        {
            for (var i = 0; i < word.Length; i++)
            {
                var letter = word[i];
                if (letter != Gap && !kind.Letters.Contains(letter, StringComparison.Ordinal))
                {
                    throw Wrong(lineNumber, line, $"'{letter}' means nothing in a {kind.Name} row: it has {kind.Letters} and {Gap}");
                }

                var digits = i + 1;
                while (digits < word.Length && char.IsAsciiDigit(word[digits]))
                {
                    digits++;
                }

                var count = digits == i + 1 ? 1 : int.Parse(word.AsSpan(i + 1, digits - i - 1), NumberStyles.None, CultureInfo.InvariantCulture);
                if (count < 1)
                {
                    throw Wrong(lineNumber, line, $"'{letter}' cannot stand 0 times");
                }

                row.Runs.Add((letter, count * markMs));
                i = digits - 1;
            }
        }
    }

    private static long ReadStart(string[] words, int lineNumber, string line) =>
        words.Length == 2 && DateTimeOffset.TryParse(
            words[1], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var start)
            ? start.ToUnixTimeMilliseconds()
            : throw Wrong(lineNumber, line, "write: start 2024-05-13T15:00:00Z");

    private static (long AfterMs, ushort Code, short Parameter) ReadSingle(string[] words, int lineNumber, string line) =>
        words.Length == 4
        && ushort.TryParse(words[2], NumberStyles.None, CultureInfo.InvariantCulture, out var code)
        && short.TryParse(words[3], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var parameter)
            ? (ReadLength(words[1], lineNumber, line), code, parameter)
            : throw Wrong(lineNumber, line, "write: at 12.3s 131 5 (time from the start, code, parameter)");

    private static long ReadLength(string word, int lineNumber, string line)
    {
        var (unit, unitMs) = word.EndsWith("ms", StringComparison.Ordinal) ? ("ms", 1m)
            : word.EndsWith('s') ? ("s", 1000m)
            : word.EndsWith('m') ? ("m", 60_000m)
            : word.EndsWith('h') ? ("h", 3_600_000m)
            : throw Wrong(lineNumber, line, $"'{word}' has no unit: ms, s, m or h");
        var ms = decimal.TryParse(word.AsSpan(0, word.Length - unit.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            ? value * unitMs
            : throw Wrong(lineNumber, line, $"'{word}' is no length of time");
        return ms == decimal.Truncate(ms) ? (long)ms : throw Wrong(lineNumber, line, $"'{word}' is no whole number of milliseconds");
    }

    private static FormatException Wrong(int lineNumber, string line, string why) => new($"Line {lineNumber} of the drawing, '{line}': {why}.");

    /// <summary>A kind of row and what it logs.</summary>
    /// <param name="Name">First word of the row.</param>
    /// <param name="Letters">The letters it may hold, beside the gap.</param>
    /// <param name="IsLettered">Numbered A, B, … on drawings.</param>
    /// <param name="LogChange">Adds the codes of a change from one letter to another.</param>
    private sealed record RowKind(string Name, string Letters, bool IsLettered, Action<char, char, List<ushort>> LogChange)
    {
        public static readonly RowKind[] All =
        [
            new("phase", "GYCRomf", false, LogPhaseChange),
            new("ped", "WF.K", false, (_, to, codes) => codes.Add(to switch
            {
                'W' => EventCode.PedestrianBeginWalk,
                'F' => EventCode.PedestrianBeginClearance,
                '.' => EventCode.PedestrianBeginDontWalk,
                _ => EventCode.PedestrianDark,
            })),
            new("overlap", "GTYCRK", true, (_, to, codes) => codes.Add(to switch
            {
                'G' => EventCode.OverlapBeginGreen,
                'T' => EventCode.OverlapBeginTrailingGreen,
                'Y' => EventCode.OverlapBeginYellow,
                'C' => EventCode.OverlapBeginRedClearance,
                'R' => EventCode.OverlapOff,
                _ => EventCode.OverlapDark,
            })),
            new("pedoverlap", "WF.K", true, (_, to, codes) => codes.Add(to switch
            {
                'W' => EventCode.PedestrianOverlapBeginWalk,
                'F' => EventCode.PedestrianOverlapBeginClearance,
                '.' => EventCode.PedestrianOverlapBeginDontWalk,
                _ => EventCode.PedestrianOverlapDark,
            })),
            OnOff("det", EventCode.DetectorOn, EventCode.DetectorOff),
            OnOff("button", EventCode.PedestrianDetectorOn, EventCode.PedestrianDetectorOff),
            OnOff("arrow", EventCode.FlashingYellowArrowBegin, EventCode.FlashingYellowArrowEnd),
            OnOff("call", EventCode.PhaseCallRegistered, EventCode.PhaseCallDropped),
            OnOff("hold", EventCode.PhaseHoldOn, EventCode.PhaseHoldOff),
            OnOff("omit", EventCode.PhaseOmitOn, EventCode.PhaseOmitOff),
            OnOff("preempt", EventCode.PreemptInputOn, EventCode.PreemptInputOff),
            OnOff("priority", EventCode.TransitPriorityCheckIn, EventCode.TransitPriorityCheckOut),
        ];

        private static RowKind OnOff(string name, ushort on, ushort off) => new(name, "#.", false, (_, to, codes) => codes.Add(to == '#' ? on : off));

        private static void LogPhaseChange(char from, char to, List<ushort> codes)
        {
            var toYellow = to is 'Y' or 'o' or 'm' or 'f';
            var fromYellow = from is 'Y' or 'o' or 'm' or 'f';
            if (fromYellow && toYellow)
            {
                return;
            }

            if (from == 'G')
            {
                codes.Add(EventCode.PhaseGreenTermination);
                if (to is 'o' or 'm' or 'f')
                {
                    codes.Add(to == 'o' ? EventCode.PhaseGapOut : to == 'm' ? EventCode.PhaseMaxOut : EventCode.PhaseForceOff);
                }
            }
            else if (fromYellow)
            {
                codes.Add(EventCode.PhaseEndYellow);
            }
            else if (from == 'C')
            {
                codes.Add(EventCode.PhaseEndRedClearance);
            }

            switch (to)
            {
                case 'G':
                    codes.Add(EventCode.PhaseOn);
                    codes.Add(EventCode.PhaseBeginGreen);
                    break;
                case 'C':
                    codes.Add(EventCode.PhaseBeginRedClearance);
                    break;
                case 'R':
                    codes.Add(EventCode.PhaseInactive);
                    break;
                default:
                    codes.Add(EventCode.PhaseBeginYellow);
                    break;
            }
        }
    }

    private sealed class Row(RowKind kind, short number)
    {
        public RowKind Kind { get; } = kind;

        public short Number { get; } = number;

        public List<(char Letter, long LengthMs)> Runs { get; } = [];

        public long LengthMs => Runs.Sum(r => r.LengthMs);

        public void Log(long startMs, int times, List<ControllerEvent> events)
        {
            var codes = new List<ushort>();
            var before = Gap;
            var timeMs = startMs;
            for (var i = 0; i < times; i++)
            {
                foreach (var (letter, lengthMs) in Runs)
                {
                    if (before != Gap && letter != Gap && before != letter)
                    {
                        codes.Clear();
                        Kind.LogChange(before, letter, codes);
                        foreach (var code in codes)
                        {
                            events.Add(new ControllerEvent(timeMs, code, Number));
                        }
                    }

                    before = letter;
                    timeMs += lengthMs;
                }
            }
        }
    }
}
