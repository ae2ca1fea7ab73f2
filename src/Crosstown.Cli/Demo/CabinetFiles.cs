using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Simulation.Towns;

namespace Crosstown.Cli.Demo;

/// <summary>Writes simulated events as the files that cabinets leave: an hour a file, in the maker's own format, on the cabinet's wall clock.</summary>
/// <remarks>What the headers of real files say of the controller's addresses is left out: there are none.</remarks>
internal sealed class CabinetFiles
{
    private const int RecordBytes = 4;
    private const int TenthMs = 100;
    private const int HourMs = 3_600_000;

    private readonly string _folder;
    private readonly Town _town;
    private readonly Dictionary<SignalId, long> _nextXmlId = [];
    private readonly HashSet<string> _paths = new(StringComparer.Ordinal);

    /// <param name="folder">Made when it is not there; a folder per signal is made in it.</param>
    /// <param name="town">Says whose cabinet is of which make.</param>
    public CabinetFiles(string folder, Town town) => (_folder, _town) = (folder, town);

    public int FileCount => _paths.Count;

    public long ByteCount { get; private set; }

    public long EventCount { get; private set; }

    /// <summary>Writes one signal's events of about an hour.</summary>
    /// <exception cref="ArgumentException">An event does not fit into the maker's format.</exception>
    public void Write(SignalId signal, ReadOnlySpan<ControllerEvent> events)
    {
        if (events.Length == 0)
        {
            return;
        }

        // A clock that is set back leaves events behind the hour's start: the file then starts with the first of them.
        var startMs = Math.Min(events[0].TimeMs, events[^1].TimeMs / HourMs * HourMs);
        startMs -= startMs % TenthMs;
        var folder = Path.Combine(_folder, signal.Value);
        Directory.CreateDirectory(folder);
        var local = DateTime.UnixEpoch.AddMilliseconds(_town.LocalTime.ToLocalMs(startMs));
        var isXml = _town.FindSignal(signal)!.Vendor == Vendor.MaxTime;
        var stem = string.Create(CultureInfo.InvariantCulture, $"{(isXml ? "maxtime" : "econolite")}_{signal}_{local:yyyy_MM_dd_HHmm}");
        var path = Path.Combine(folder, stem + (isXml ? ".xml.gz" : ".datZ"));
        for (var n = 2; !_paths.Add(path); n++)
        {
            path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{stem}_{n}{(isXml ? ".xml.gz" : ".datZ")}"));
        }

        using (var file = File.Create(path))
        {
            if (isXml)
            {
                using var packed = new GZipStream(file, CompressionLevel.Fastest);
                WriteXml(packed, signal, local, events);
            }
            else
            {
                using var packed = new ZLibStream(file, CompressionLevel.Fastest);
                WriteDat(packed, startMs, local, events);
            }
        }

        EventCount += events.Length;
        ByteCount += new FileInfo(path).Length;
    }

    private static void WriteDat(Stream stream, long startMs, DateTime local, ReadOnlySpan<ControllerEvent> events)
    {
        var start = local.ToString("M-d-yyyy HH:mm:ss.f", CultureInfo.InvariantCulture);
        stream.Write(Encoding.ASCII.GetBytes(
            $"{start},Version #:,3\n{start},Crosstown town\n{start},Intersection #:,0\n{start},IP Address:,\n{start},MAC Address:,\n{start},Controller Data Log Beginning:,{start}\n{start},Phases in use:,1,2,3,4,5,6,7,8\n"));
        var records = new byte[events.Length * RecordBytes];
        for (var i = 0; i < events.Length; i++)
        {
            var tenths = (events[i].TimeMs - startMs) / TenthMs;
            if (events[i].Code > byte.MaxValue || events[i].Parameter is < 0 or > byte.MaxValue || tenths > ushort.MaxValue)
            {
                throw new ArgumentException($"Event {events[i].Code} [{events[i].Parameter}] at tenth {tenths} does not fit into a record of {RecordBytes} bytes.", nameof(events));
            }

            var record = records.AsSpan(i * RecordBytes, RecordBytes);
            record[0] = (byte)events[i].Code;
            record[1] = (byte)events[i].Parameter;
            BinaryPrimitives.WriteUInt16BigEndian(record[2..], (ushort)tenths);
        }

        stream.Write(records);
    }

    private void WriteXml(Stream stream, SignalId signal, DateTime start, ReadOnlySpan<ControllerEvent> events)
    {
        var id = _nextXmlId.GetValueOrDefault(signal, 1);
        var text = new StringBuilder(events.Length * 88);
        text.Append(
            CultureInfo.InvariantCulture,
            $"<?xml version=\"1.0\" encoding=\"utf-8\"?><EventResponses><EventResponse><Description><IntersectionNumber>{signal}</IntersectionNumber><StartTime>{start:M-d-yyyy HH:mm:ss.f}</StartTime><PhasesInUse>1,2,3,4,5,6,7,8</PhasesInUse></Description>");
        foreach (ref readonly var e in events)
        {
            var local = DateTime.UnixEpoch.AddMilliseconds(_town.LocalTime.ToLocalMs(e.TimeMs));
            text.Append(CultureInfo.InvariantCulture, $"<Event ID=\"{id++}\" TimeStamp=\"{local:M-d-yyyy HH:mm:ss.f}\" EventTypeID=\"{e.Code}\" Parameter=\"{e.Parameter}\"/>\n");
        }

        text.Append("</EventResponse></EventResponses>\n");
        _nextXmlId[signal] = id;
        using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        writer.Write(text);
    }
}
