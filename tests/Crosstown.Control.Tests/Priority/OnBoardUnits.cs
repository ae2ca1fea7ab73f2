using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Crosstown.Control.Priority;
using Crosstown.Core.Networks;

namespace Crosstown.Control.Tests.Priority;

/// <summary>Plays the units on board of buses and rescue vehicles in SUMO: sees where they are, which no part of the product can, and asks for priority.</summary>
/// <remarks>It speaks for itself on the connection of the signals' client, between two of that client's messages.</remarks>
public sealed class OnBoardUnits(Stream stream, RoadNetwork network, IReadOnlyDictionary<string, PriorityServer> servers, bool helpsBuses, bool helpsRescue)
{
    private const double BusMps = 12;
    private const double RescueMps = 15;
    private const double BusAccelerationMps2 = 1.2;
    private const double BehindStopM = 85;
    private const int ExpiryS = 10;

    private readonly Dictionary<string, int> _edges = network.Edges.Select((e, i) => (e.Name, i)).ToDictionary(e => e.Name, e => e.i, StringComparer.Ordinal);
    private readonly Dictionary<string, Drive> _drives = new(StringComparer.Ordinal);
    private byte[] _answer = new byte[1 << 16];
    private int _at;

    /// <summary>Reads where all of them are, and speaks to the servers.</summary>
    /// <param name="nowS">Seconds of the clock.</param>
    /// <param name="routes">Edges on the way of each, by name of the vehicle.</param>
    public void Tell(int nowS, IReadOnlyDictionary<string, PriorityWorld.Line> routes)
    {
        var present = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in ListVehicles())
        {
            if (routes.TryGetValue(name, out var line) && (line.IsBus ? helpsBuses : helpsRescue))
            {
                present.Add(name);
                if (!_drives.TryGetValue(name, out var drive))
                {
                    _drives[name] = drive = new Drive(line);
                }

                Move(drive, ReadText(name, 0x50), ReadNumber(name, 0x56), ReadNumber(name, 0x40), nowS);
            }
        }

        foreach (var gone in _drives.Keys.Except(present).ToArray())
        {
            _drives[gone].Wave?.End(nowS);
            _drives.Remove(gone);
        }
    }

    /// <summary>Vehicles that are on the road or will be.</summary>
    public int ReadExpected()
    {
        Ask(0xAB, 0x7D, "");
        return BinaryPrimitives.ReadInt32BigEndian(Take(4));
    }

    /// <summary>Ends the simulation; the client finds the connection closed.</summary>
    public void Close()
    {
        Span<byte> message = [0, 0, 0, 6, 2, 0x7F];
        stream.Write(message);
        Receive();
        stream.Dispose();
    }

    private void Move(Drive drive, string road, double placeM, double speedMps, int nowS)
    {
        // On a junction it has left the edge before.
        var onRoute = drive.Line.Edges.IndexOf(road);
        var place = onRoute >= 0 ? onRoute : drive.Place + (drive.IsInside ? 0 : 1);
        drive.IsInside = onRoute < 0;
        placeM = onRoute < 0 ? 0 : placeM;
        for (; drive.Place < place; drive.Place++)
        {
            drive.Wave?.Pass(nowS);
            if (drive.Number is { } passed)
            {
                Server(drive, drive.Place)!.Pass(passed, nowS);
            }

            (drive.Number, drive.IsRefused) = (null, false);
        }

        var ahead = drive.Line.Edges.Count - 1 - place;
        if (ahead == 0)
        {
            return;
        }

        if (!drive.Line.IsBus)
        {
            drive.Wave ??= new GreenWave(Enumerable.Range(0, ahead).Select(i => new WaveStep(Server(drive, place + i)!, Edge(drive, place + i), Edge(drive, place + i + 1))), ExpiryS);
            var arrivals = new int[ahead];
            var wayM = -placeM;
            for (var i = 0; i < ahead; i++)
            {
                wayM += network.Lanes[network.Edges[Edge(drive, place + i)].Lanes[0]].LengthM + (i > 0 ? 20 : 0);
                arrivals[i] = nowS + (int)Math.Round(wayM / RescueMps);
            }

            drive.Wave.Expect(arrivals, nowS);
        }
        else if (!drive.IsRefused && !(drive.Line.StopEdges.Contains(drive.Line.Edges[place]) && placeM < BehindStopM))
        {
            var server = Server(drive, place)!;
            var restM = network.Lanes[network.Edges[Edge(drive, place)].Lanes[0]].LengthM - placeM;
            var serviceS = nowS + (int)Math.Round((restM / BusMps) + (Math.Max(0, BusMps - speedMps) * Math.Min(1, restM / 60) / BusAccelerationMps2 / 2));
            if (drive.Number is { } number)
            {
                server.Update(number, serviceS, serviceS + 2, nowS + ExpiryS);
            }
            else
            {
                drive.Number = server.Open(
                    new PriorityRequest
                    {
                        Role = PriorityRole.Transit,
                        Approach = Edge(drive, place),
                        Links = server.ListLinks(Edge(drive, place), Edge(drive, place + 1)),
                        ServiceS = serviceS,
                        DepartureS = serviceS + 2,
                        ExpiryS = nowS + ExpiryS,
                    },
                    nowS).Number;
                drive.IsRefused = drive.Number is null;
            }
        }
    }

    private int Edge(Drive drive, int place) => _edges[drive.Line.Edges[place]];

    private PriorityServer? Server(Drive drive, int place) => servers.GetValueOrDefault(network.Junctions[network.Edges[Edge(drive, place)].To].Name);

    private List<string> ListVehicles()
    {
        Ask(0xA4, 0x00, "");
        var count = BinaryPrimitives.ReadInt32BigEndian(Take(4));
        var names = new List<string>(count);
        for (var i = 0; i < count; i++)
        {
            names.Add(TakeText());
        }

        return names;
    }

    private string ReadText(string name, byte variable)
    {
        Ask(0xA4, variable, name);
        return TakeText();
    }

    private double ReadNumber(string name, byte variable)
    {
        Ask(0xA4, variable, name);
        return BinaryPrimitives.ReadDoubleBigEndian(Take(8));
    }

    /// <summary>Sends one read and stands behind the type of its value.</summary>
    private void Ask(byte domain, byte variable, string name)
    {
        var text = Encoding.UTF8.GetBytes(name);
        var message = new byte[4 + 7 + text.Length];
        BinaryPrimitives.WriteInt32BigEndian(message, message.Length);
        message[4] = (byte)(7 + text.Length);
        (message[5], message[6]) = (domain, variable);
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(7), text.Length);
        text.CopyTo(message.AsSpan(11));
        stream.Write(message);
        Receive();
        _ = Take(2);
        var result = Take(1)[0];
        var reason = TakeText();
        if (result != 0)
        {
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"SUMO refused 0x{domain:X2} 0x{variable:X2} of '{name}': {reason}"));
        }

        _ = Take(1)[0] == 0 ? Take(4) : default;
        _ = Take(2);
        _ = TakeText();
        _ = Take(1);
    }

    private void Receive()
    {
        Span<byte> head = stackalloc byte[4];
        stream.ReadExactly(head);
        var length = BinaryPrimitives.ReadInt32BigEndian(head) - 4;
        if (_answer.Length < length)
        {
            _answer = new byte[length * 2];
        }

        stream.ReadExactly(_answer, 0, length);
        _at = 0;
    }

    private ReadOnlySpan<byte> Take(int bytes)
    {
        _at += bytes;
        return _answer.AsSpan(_at - bytes, bytes);
    }

    private string TakeText() => Encoding.UTF8.GetString(Take(BinaryPrimitives.ReadInt32BigEndian(Take(4))));

    private sealed class Drive(PriorityWorld.Line line)
    {
        public PriorityWorld.Line Line { get; } = line;

        public int Place { get; set; }

        public bool IsInside { get; set; }

        public GreenWave? Wave { get; set; }

        public int? Number { get; set; }

        public bool IsRefused { get; set; }
    }
}
