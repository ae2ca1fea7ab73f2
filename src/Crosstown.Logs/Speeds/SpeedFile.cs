using System.Globalization;
using System.Text;
using Crosstown.Core.Data;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Logs.Configuration;
using Crosstown.Logs.Formats;
using Crosstown.Logs.Zones;

namespace Crosstown.Logs.Speeds;

/// <summary>Reads speeds of advance detectors from a table: time, detector, miles per hour, and the signal where the table names it.</summary>
/// <remarks>
/// Readings go from the file into memory and from there into bins of a measure. No store takes them (rule P11). A detector is named by its channel, or as
/// ATSPM does by the signal's number followed by two digits of channel.
/// </remarks>
public static class SpeedFile
{
    /// <summary>Most bytes of a file: it is held whole. A busy signal's day takes under 2 MB.</summary>
    public const int MaxFileBytes = 64 << 20;

    /// <summary>Speeds above are no vehicle's: 150 miles per hour.</summary>
    public const int MaxMph = 150;

    /// <summary>Readings by signal, in time order.</summary>
    /// <param name="path">A CSV file.</param>
    /// <param name="zone">IANA zone of the clock; null reads it as UTC.</param>
    /// <param name="unnamed">The signal of tables that name none.</param>
    /// <param name="issues">Takes what is wrong; good rows around it are kept.</param>
    /// <exception cref="ProblemException">XT102: no such file. XT101: no such zone. XT103: the file is too large, or lacks a column.</exception>
    public static IReadOnlyDictionary<SignalId, SpeedReading[]> Read(string path, string? zone, SignalId? unnamed, DataIssueLog issues)
    {
        if (!File.Exists(path))
        {
            throw new ProblemException("XT102", path, "There is no such file.");
        }

        if (new FileInfo(path).Length > MaxFileBytes)
        {
            throw new ProblemException("XT103", path, $"The file has more than {MaxFileBytes} bytes, the limit for speeds; give a day at a time.");
        }

        var table = CsvTable.Read(File.ReadAllText(path, Encoding.UTF8), path, issues);
        var (time, detector, speed, signal) = (
            table.Column("timestamp", "time", "datetime"), table.Column("detectorid", "detector", "channel"), table.Column("mph", "speed", "speedmph"),
            table.Column("signal", "signalid", "locationid"));
        if (time < 0 || detector < 0 || speed < 0)
        {
            throw new ProblemException("XT103", path, $"Speeds need columns TimeStamp, DetectorId (or Channel) and Mph; the header has {string.Join(", ", table.Header)}.");
        }

        var clock = zone is null ? null : new WallClock(ZoneRules.For(zone));
        var bySignal = new SortedDictionary<SignalId, List<SpeedReading>>();
        foreach (var (line, fields) in table.Rows)
        {
            var owner = signal < 0 ? unnamed : SignalId.TryParse(fields[signal].AsSpan().Trim(), out var named) ? named : null;
            if (owner is not { } id)
            {
                issues.Add(DataIssueKind.BadRow, path, line, "", "the row names no signal, and none was given (--signal); it is left out");
            }
            else if (!TryRead(fields, time, detector, speed, id, clock, out var reading))
            {
                issues.Add(DataIssueKind.BadRow, path, line, "", $"a time, a channel 1-255 and a speed 1-{MaxMph} mph are needed; the row is left out");
            }
            else
            {
                if (!bySignal.TryGetValue(id, out var readings))
                {
                    bySignal[id] = readings = [];
                }

                readings.Add(reading);
            }
        }

        table.ReportUnused(issues);
        return bySignal.ToDictionary(s => s.Key, s => s.Value.OrderBy(r => r.TimeMs).ToArray());
    }

    private static bool TryRead(string[] fields, int time, int detector, int speed, SignalId signal, WallClock? clock, out SpeedReading reading)
    {
        reading = default;
        var name = fields[detector].Trim();
        if (name.Length == signal.Value.Length + 2 && name.StartsWith(signal.Value, StringComparison.Ordinal))
        {
            name = name[signal.Value.Length..];
        }

        if (!TimestampText.TryParse(Encoding.ASCII.GetBytes(fields[time].Trim()), out var timeMs, out var isUtc)
            || !byte.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var channel) || channel == 0
            || !double.TryParse(fields[speed], NumberStyles.Float, CultureInfo.InvariantCulture, out var mph) || !(mph is >= 1 and <= MaxMph))
        {
            return false;
        }

        reading = new SpeedReading(isUtc || clock is null ? timeMs : clock.Read(timeMs).FirstUtcMs, channel, (byte)Math.Round(mph));
        return true;
    }
}
