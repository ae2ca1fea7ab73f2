using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Crosstown.Control.Classics;
using Crosstown.Control.Traci;
using Crosstown.Core;
using Crosstown.Core.Networks;
using Crosstown.Simulation.Vehicles;
using Crosstown.Timing.Guard;

namespace Crosstown.Control.Tests.Failure;

/// <summary>The real SUMO behind a line that loses and delays orders, with somebody else who steps and a clock that goes back.</summary>
public sealed class MeddledSumoTests
{
    private static readonly RoadProfile s_profile = RoadProfile.Bench;

    [Theory]
    [Trait("rule", "C05")]
    [InlineData(0, 0, 0)]
    [InlineData(0.2, 0, 0)]
    [InlineData(0.1, 4, 0)]
    [InlineData(0, 0, 9)]
    [InlineData(0.1, 3, 15)]
    public void What_the_simulator_really_shows_is_lawful(double lossShare, int mostDelayS, int jumpS)
    {
        using var sumo = DrawnSumo.Start();
        using var line = new MeddlingLine(sumo.Port, 500, lossShare, mostDelayS, jumpS);
        var record = Drive(sumo, line.Port);

        Assert.True(line.Shown.Count >= 500, $"{line.Shown.Count} steps");
        Assert.Equal(0, record.RefusedStates);
        Assert.Empty(record.FallenBack);
        Assert.Equal(lossShare > 0, record.Astray > 0);
        Assert.Equal(jumpS > 0, line.Shown[^1].AtS - DrawnSumo.BeginS > 520);
        var scenario = Scenario.Read(file => File.OpenRead(Path.Combine(sumo.Folder, file)));
        foreach (var (signal, place) in new[] { ("x0", 0), ("x1", 1) })
        {
            var card = new SignalCard(scenario.Network, scenario.Reference.Single(p => p.Signal == signal));
            var guard = new StateGuard(card, s_profile, DrawnSumo.BeginS, line.Shown[0].States[place]);
            foreach (var (atS, states) in line.Shown)
            {
                var against = guard.Judge(atS, states[place]);
                Assert.True(against.IsEmpty, $"{signal}, second {atS}: {string.Join("; ", against)}");
                guard.Note(atS, states[place]);
            }

            Assert.InRange(line.Shown.Select(s => s.States[place]).Aggregate((0, ""), (a, s) => (a.Item1 + (a.Item2 == s ? 0 : 1), s)).Item1, 20, 400);
        }
    }

    [Fact]
    public void A_clock_that_goes_back_is_a_fault_with_both_times()
    {
        using var sumo = DrawnSumo.Start();
        using var line = new MeddlingLine(sumo.Port, 500, 0, 0, 0, backAtStep: 60);

        var fault = Assert.Throws<TraciException>(() => Drive(sumo, line.Port));

        Assert.Equal(TraciFault.ClockWentBack, fault.Fault);
        Assert.Contains("159 s to 110 s", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Steps_of_half_a_second_are_decided_on_once_a_second()
    {
        using var sumo = DrawnSumo.Start(stepS: 0.5);
        using var line = new MeddlingLine(sumo.Port, 400, 0, 0, 0);
        var record = Drive(sumo, line.Port);

        Assert.InRange(record.StepMs.Length, 199, 202);
        Assert.Equal((0, 0), (record.RefusedStates, record.Astray));
    }

    private static TraciRecord Drive(DrawnSumo sumo, int port)
    {
        var scenario = Scenario.Read(file => File.OpenRead(Path.Combine(sumo.Folder, file)));
        using var client = TraciClient.Connect("127.0.0.1", port, TimeSpan.FromSeconds(20));
        return TraciRun.Drive(client, scenario.Network, scenario.Equipment, scenario.Reference, s_profile, new TraciSettings
        {
            Controller = site => new ActuatedController(site, s_profile),
            Guard = (card, nowS, state) => new StateGuard(card, s_profile, nowS, state),
        });
    }

    /// <summary>Stands between a client and SUMO. Asks SUMO after each step what the signals show, and takes orders out of messages to pass them on late or never; hangs up after some steps.</summary>
    private sealed class MeddlingLine : IDisposable
    {
        private const byte Step = 0x02;
        private const byte Change = 0xC2;
        private const byte GetSignal = 0xA2;
        private const byte GetSimulation = 0xAB;
        private static readonly byte[] s_clock = [0x66, 0x00, 0x0B];
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly RandomNumbers _random = new(11);
        private readonly List<(int AtStep, byte[] Command)> _late = [];
        private readonly Thread _thread;
        private readonly (int Steps, double LossShare, int MostDelay, int JumpS, int BackAtStep) _plan;
        private NetworkStream _sumo = null!;
        private int _steps;

        public MeddlingLine(int sumoPort, int steps, double lossShare, int mostDelayS, int jumpS, int backAtStep = int.MaxValue)
        {
            _plan = (steps, lossShare, mostDelayS, jumpS, backAtStep);
            _listener.Start();
            Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
            _thread = new Thread(() => Run(sumoPort)) { IsBackground = true };
            _thread.Start();
        }

        public int Port { get; }

        /// <summary>Second from which on, and what the signals showed until the next.</summary>
        public List<(int AtS, string[] States)> Shown { get; } = [];

        public void Dispose()
        {
            _listener.Stop();
            _thread.Join(TimeSpan.FromSeconds(10));
        }

        private void Run(int sumoPort)
        {
            try
            {
                using var client = _listener.AcceptTcpClient();
                using var sumo = TraciRelay.Connect(sumoPort);
                _sumo = sumo.GetStream();
                while (_steps < _plan.Steps && TraciRelay.Take(client.GetStream()) is { } asked)
                {
                    client.GetStream().Write(Pass(asked));
                }
            }
            catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
            {
                // Either side may go first.
            }
        }

        private byte[] Pass(byte[] asked)
        {
            var (kept, taken) = (new List<byte[]>(), 0);
            var isStep = false;
            for (var at = 4; at < asked.Length;)
            {
                var length = asked[at] == 0 ? BinaryPrimitives.ReadInt32BigEndian(asked.AsSpan(at + 1)) : asked[at];
                var command = asked[at..(at + length)];
                var kind = asked[at] == 0 ? command[5] : command[1];
                isStep |= kind == Step;
                at += length;
                if (kind != Change || Shown.Count == 0)
                {
                    kept.Add(command);
                    continue;
                }

                taken++;
                if (_random.NextDouble() >= _plan.LossShare)
                {
                    _late.Add((_steps + _random.NextInt(_plan.MostDelay + 1), command));
                }
            }

            foreach (var (_, command) in _late.Where(l => l.AtStep == _steps))
            {
                Ask(command);
            }

            // Somebody else steps, too.
            for (var extra = 0; isStep && _plan.JumpS > 0 && _steps % 50 == 49 && extra < _plan.JumpS; extra++)
            {
                Ask([10, Step, 0, 0, 0, 0, 0, 0, 0, 0]);
                Look();
            }

            var answer = Ask([.. kept.SelectMany(k => k)]);
            if (isStep)
            {
                _steps++;
                Look();
                if (_steps == _plan.BackAtStep && answer.AsSpan().IndexOf(s_clock) is var clock and >= 0)
                {
                    BinaryPrimitives.WriteDoubleBigEndian(answer.AsSpan(clock + 3), BinaryPrimitives.ReadDoubleBigEndian(answer.AsSpan(clock + 3)) - 50);
                }
            }

            byte[] whole = [.. Enumerable.Repeat(new byte[] { 7, Change, 0, 0, 0, 0, 0 }, taken).SelectMany(s => s), .. answer.AsSpan(4)];
            return [.. Number(whole.Length + 4), .. whole];
        }

        /// <summary>Notes the state of the step that was just made: it was shown for the second before the clock's.</summary>
        private void Look()
        {
            var clock = Ask([7, GetSimulation, 0x66, 0, 0, 0, 0]);
            var atS = (int)Math.Round(BinaryPrimitives.ReadDoubleBigEndian(clock.AsSpan(clock.Length - 8))) - 1;
            Shown.Add((atS, [.. new[] { "x0", "x1" }.Select(StateOf)]));
        }

        private string StateOf(string signal)
        {
            var answer = Ask([(byte)(7 + signal.Length), GetSignal, 0x20, .. Number(signal.Length), .. Encoding.ASCII.GetBytes(signal)]);
            return Encoding.ASCII.GetString(answer.AsSpan(answer.Length - 2));
        }

        private byte[] Ask(byte[] commands)
        {
            _sumo.Write([.. Number(commands.Length + 4), .. commands]);
            return TraciRelay.Take(_sumo) ?? throw new IOException("SUMO went.");
        }

        private static byte[] Number(int value)
        {
            var bytes = new byte[4];
            BinaryPrimitives.WriteInt32BigEndian(bytes, value);
            return bytes;
        }
    }
}
