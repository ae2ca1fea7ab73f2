using System.Globalization;
using Crosstown.Core.Events;
using Crosstown.Core.Street;

namespace Crosstown.Measures.Tests;

/// <summary>Reads reference logs and detector lists as plainly as can be, so that the tests do not lean on the readers they will be compared with.</summary>
internal static class EventLog
{
    /// <summary>Distinct events by signal, in the total order; local times are read as UTC.</summary>
    public static SortedDictionary<SignalId, ControllerEvent[]> Read(string path, string signalColumn = "DeviceId", string onlySignal = "0")
    {
        using var reader = new StreamReader(path);
        var header = reader.ReadLine()!.Split(',');
        var (time, signal, code, parameter) =
            (Array.IndexOf(header, "TimeStamp"), Array.IndexOf(header, signalColumn), Array.IndexOf(header, "EventId"), Array.IndexOf(header, "Parameter"));
        var bySignal = new SortedDictionary<SignalId, HashSet<ControllerEvent>>();
        while (reader.ReadLine() is { } line)
        {
            var cells = line.Split(',');
            var id = SignalId.Parse(signal < 0 ? onlySignal : cells[signal]);
            if (!bySignal.TryGetValue(id, out var events))
            {
                bySignal[id] = events = [];
            }

            events.Add(new ControllerEvent(
                TimeMs(cells[time]), ushort.Parse(cells[code], CultureInfo.InvariantCulture), short.Parse(cells[parameter], CultureInfo.InvariantCulture)));
        }

        return new(bySignal.ToDictionary(p => p.Key, p => p.Value.Order().ToArray()));
    }

    public static long TimeMs(string text) => new DateTimeOffset(DateTime.Parse(text, CultureInfo.InvariantCulture), TimeSpan.Zero).ToUnixTimeMilliseconds();

    /// <summary>Detector lists with columns DeviceId, Phase, Function, Detector.</summary>
    public static Dictionary<SignalId, SignalConfiguration> ReadOregonDetectors(string path) => File.ReadLines(path).Skip(1)
        .Select(l => l.Split(','))
        .GroupBy(c => SignalId.Parse(c[0]))
        .ToDictionary(g => g.Key, g => new SignalConfiguration
        {
            Signal = g.Key,
            Detectors =
            [
                .. g.Select(c => new Detector
                {
                    Channel = byte.Parse(c[3], CultureInfo.InvariantCulture),
                    Phase = byte.Parse(c[1], CultureInfo.InvariantCulture),
                    Functions = c[2].Replace(" ", "", StringComparison.Ordinal).ToUpperInvariant() switch
                    {
                        "ADVANCE" => DetectorFunctions.AdvanceCount,
                        "PRESENCE" => DetectorFunctions.StopBarPresence,
                        "YELLOW_RED" => DetectorFunctions.LaneByLaneSpeed,
                        "STOPBARCOUNT" => DetectorFunctions.LaneByLaneCount,
                        var other => throw new InvalidDataException(other),
                    },
                }),
            ],
        });
}
