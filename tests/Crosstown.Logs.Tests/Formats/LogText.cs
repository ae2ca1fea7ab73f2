using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using Crosstown.Core.Events;
using Crosstown.Core.Time;

namespace Crosstown.Logs.Tests.Formats;

/// <summary>Writes log files of every kind as the field does, for tests to read back and to damage.</summary>
internal static class LogText
{
    public const string CsvHeader = "TimeStamp,DeviceId,EventId,Parameter";

    /// <summary>Events of a busy minute or two: 7 detections a second, phases and a vendor code, in time order.</summary>
    public static ControllerEvent[] Events(int count, long startMs)
    {
        var events = new ControllerEvent[count];
        for (var i = 0; i < count; i++)
        {
            events[i] = (i % 11) switch
            {
                0 => new ControllerEvent(startMs + (i * 100L), 1, (short)(1 + (i % 8))),
                5 => new ControllerEvent(startMs + (i * 100L), 8, (short)(1 + (i % 8))),
                7 => new ControllerEvent(startMs + (i * 100L), 300, (short)(i % 97)),
                _ => new ControllerEvent(startMs + (i * 100L), (ushort)(81 + (i % 2)), (short)(1 + (i % 64))),
            };
        }

        return events;
    }

    public static string Local(LocalTimeMap clock, long utcMs, string format = "yyyy-MM-dd'T'HH:mm:ss.fff") =>
        DateTime.UnixEpoch.AddMilliseconds(clock.ToLocalMs(utcMs)).ToString(format, CultureInfo.InvariantCulture);

    public static string Csv(IEnumerable<ControllerEvent> events, LocalTimeMap? clock = null, string signal = "227") =>
        CsvHeader + "\n" + string.Concat(events.Select(e =>
            string.Create(CultureInfo.InvariantCulture, $"{Local(clock ?? LocalTimeMap.Utc, e.TimeMs)},{signal},{e.Code},{e.Parameter}\n")));

    public static string Ndjson(IEnumerable<ControllerEvent> events, string signal = "227") => string.Concat(events.Select(e =>
        string.Create(CultureInfo.InvariantCulture, $"{{\"timestamp\":\"{Local(LocalTimeMap.Utc, e.TimeMs)}\",\"signal\":\"{signal}\",\"eventCode\":{e.Code},\"eventParam\":{e.Parameter}}}\n")));

    public static string MaxTime(IEnumerable<ControllerEvent> events, string number = "227", int firstId = 100) =>
        $"<?xml version=\"1.0\" encoding=\"utf-8\"?><EventResponses><EventResponse><Description><IntersectionNumber>{number}</IntersectionNumber><IP>10.9.8.7</IP>"
        + "<MAC>1,2,3,4,5,6</MAC><StartTime>1-1-2024 00:00:0.0</StartTime><PhasesInUse>1,2</PhasesInUse></Description>"
        + string.Concat(events.Select((e, i) => string.Create(
            CultureInfo.InvariantCulture,
            $"<Event ID=\"{firstId + i}\" TimeStamp=\"{Local(LocalTimeMap.Utc, e.TimeMs, "M-d-yyyy HH:m:s.f")}\" EventTypeID=\"{e.Code}\" Parameter=\"{e.Parameter}\"/>\n")))
        + "</EventResponse></EventResponses>\n";

    /// <summary>A <c>.dat</c> with its start on the wall clock, and records given as code, parameter and tenths of a second.</summary>
    public static byte[] Dat(string start, params ReadOnlySpan<(int Code, int Parameter, int Tenths)> records)
    {
        var header = string.Concat(new[]
        {
            "Version #:,3.",
            "ECON_10.1.2.3_2024_01_01_0000.dat",
            "Intersection #:,10.1.2.3",
            "IP Address:,10.1.2.3",
            "MAC Address:,00:04:81:aa:bb:cc",
            "Controller Data Log Beginning:,1/1/2024,00:00:00.0",
            "Phases in use:,1,2,3,4",
        }.Select(line => $"{start},{line}\n"));
        var bytes = new byte[header.Length + (records.Length * 4)];
        Encoding.ASCII.GetBytes(header, bytes);
        for (var i = 0; i < records.Length; i++)
        {
            var at = header.Length + (i * 4);
            bytes[at] = (byte)records[i].Code;
            bytes[at + 1] = (byte)records[i].Parameter;
            BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(at + 2), (ushort)records[i].Tenths);
        }

        return bytes;
    }

    public static byte[] Gzip(params ReadOnlySpan<byte[]> members)
    {
        using var packed = new MemoryStream();
        foreach (var member in members)
        {
            using var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true);
            gzip.Write(member);
        }

        return packed.ToArray();
    }

    public static byte[] Zlib(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            zlib.Write(content);
        }

        return packed.ToArray();
    }
}
