using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Threading.Channels;
using Crosstown.Control.Ntcip;
using Crosstown.Control.Snmp;
using Crosstown.Core.Controllers;
using Crosstown.Core.Data;
using Crosstown.Core.Street;
using Crosstown.Timing.Guard;

namespace Crosstown.Sender;

/// <summary>Runs the senders of a folder's signals until its lines end.</summary>
internal sealed class SenderRun(string folder, TimeProvider time)
{
    private const int TickMs = 500;
    private const int ReadMs = 450;
    private const int SaveMs = 2000;

    // What merely counts on is kept once a minute.
    private const int SavesPerMinute = 60_000 / SaveMs;
    private const int MostWaiting = 16;

    /// <summary>Reads lines and answers them. What was sent is taken back before it returns.</summary>
    /// <param name="lines">What the sender is told; its end ends the run.</param>
    /// <param name="answers">Takes a line for each that was answered, and alarms.</param>
    /// <exception cref="ProblemException">The folder cannot be worked from.</exception>
    public async Task RunAsync(TextReader lines, TextWriter answers, CancellationToken stop)
    {
        var signals = SenderFolder.Read(folder);
        Directory.CreateDirectory(Path.Combine(folder, SenderFolder.Leases));
        var kept = SenderFolder.ReadState(folder).ToDictionary(k => k.Signal);
        var oneAtATime = new Lock();
        void Say(string line)
        {
            lock (oneAtATime)
            {
                answers.WriteLine(line);
                answers.Flush();
            }
        }

        var holder = RandomNumberGenerator.GetInt32(int.MaxValue) * (1L << 31) | (long)RandomNumberGenerator.GetInt32(1, int.MaxValue);
        var running = signals.ToDictionary(s => s.Signal, s => new Line(s, kept.GetValueOrDefault(s.Signal), folder, holder, time, Say));
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        try
        {
            var loops = running.Values.Select(line => line.RunAsync(end.Token)).ToList();
            var saving = SaveAsync(running, end.Token);
            foreach (var line in running.Values)
            {
                Say($"watching {line.Signal}");
            }

            // A console blocks whoever reads it, and does not stop to read when it is told to: the reading has a thread of its own, which is then left behind.
            await Task.WhenAny(Task.Run(() => ReadAsync(lines, running, Say, stop), CancellationToken.None), Task.Delay(Timeout.Infinite, stop)).ConfigureAwait(false);
            await end.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll([.. loops, saving]).ConfigureAwait(false);
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(SignalSender.LongestBackupS), time);
            await Task.WhenAll(running.Values.Select(line => line.Sender.StopAsync(patience.Token))).ConfigureAwait(false);
            SenderFolder.WriteState(folder, running.Values.Select(l => l.Keep()));
        }
        finally
        {
            foreach (var line in running.Values)
            {
                line.Dispose();
            }
        }
    }

    private static async Task ReadAsync(TextReader lines, Dictionary<SignalId, Line> running, Action<string> say, CancellationToken stop)
    {
        void Refuse(SignalAdvice advice, string why) => say(string.Create(CultureInfo.InvariantCulture, $"refused {advice.Signal} {advice.Fence}: {why}"));
        try
        {
            while (await lines.ReadLineAsync(stop).ConfigureAwait(false) is { } text)
            {
                try
                {
                    if (AdviceLine.Parse(text) is not { } advice)
                    {
                        foreach (var line in running.Values)
                        {
                            line.Sender.Heartbeat();
                        }
                    }
                    else if (!running.TryGetValue(advice.Signal, out var line))
                    {
                        Refuse(advice, "XT781 This sender has no such signal.");
                    }
                    else if (!line.TryPut(advice))
                    {
                        Refuse(advice, "XT789 Too much advice waits for this signal.");
                    }
                }
                catch (ProblemException e)
                {
                    say($"refused: {e.Problems[0].Code} {e.Problems[0].Message}");
                }
            }
        }
        catch (OperationCanceledException)
        {
            // A person ends it: what was sent is taken back.
        }
    }

    private async Task SaveAsync(Dictionary<SignalId, Line> running, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(SaveMs), time);
        ImmutableArray<(long, int, bool)> before = [];
        try
        {
            for (var saves = 0; await timer.WaitForNextTickAsync(stop).ConfigureAwait(false); saves++)
            {
                List<KeptSignal> kept = [.. running.Values.Select(l => l.Keep())];
                ImmutableArray<(long, int, bool)> now = [.. kept.Select(k => (k.LastFence, k.CleanDays, k.IsDirty))];
                if (saves % SavesPerMinute == 0 || !now.SequenceEqual(before))
                {
                    SenderFolder.WriteState(folder, kept);
                    before = now;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The run saves once more when all has ended.
        }
    }

    /// <summary>One signal with its own packets, its own lease and its own time: no other waits for it.</summary>
    private sealed class Line : IDisposable
    {
        private readonly Channel<SignalAdvice> _waiting = Channel.CreateBounded<SignalAdvice>(MostWaiting);
        private readonly UdpLink _link;
        private readonly SnmpClient _client;
        private readonly NtcipReader _reader;
        private readonly TimeProvider _time;

        public Line(SenderSignal signal, KeptSignal? kept, string folder, long holder, TimeProvider time, Action<string> say)
        {
            _time = time;
            _link = new UdpLink(signal.Device);
            var seed = new byte[sizeof(ulong)];
            RandomNumberGenerator.Fill(seed);
            _client = new SnmpClient(_link, signal.Access, new SnmpPatience { TimeoutMs = 500, Retries = 1 }, time, BitConverter.ToUInt64(seed));
            _reader = new NtcipReader(_client, new NtcipQuery { PhaseGroups = signal.PhaseGroups, Preempts = signal.Preempts, IntervalMs = ReadMs }, time);
            Sender = new SignalSender(new SignalParts
            {
                Signal = signal.Signal,
                Facts = signal.Facts,
                Guard = new PlanGuard(),
                Reader = _reader,
                Writer = new ControlWriter(_client, signal.PhaseGroups),
                Lease = new SignalLease(new LeaseFile(Path.Combine(folder, SenderFolder.Leases, signal.Signal.Value)), holder, time),
                Shadow = kept is null ? new ShadowRecord() : ShadowRecord.Of(kept.CleanDays, kept.ElapsedMs, kept.HeardMs, kept.Judged, kept.IsDirty),
                LastFence = kept?.LastFence ?? 0,
                IsMeantToAdvise = signal.IsMeantToAdvise,
                Time = time,
                Say = say,
            });
        }

        public SignalSender Sender { get; }

        public SignalId Signal => Sender.Signal;

        public bool TryPut(SignalAdvice advice) => _waiting.Writer.TryWrite(advice);

        public KeptSignal Keep() =>
            new(Signal, Sender.LastFence, Sender.Shadow.CleanDays, Sender.Shadow.ElapsedMs, Sender.Shadow.HeardMs, Sender.Shadow.Judged, Sender.Shadow.IsDirty);

        public async Task RunAsync(CancellationToken stop)
        {
            try
            {
                for (; ; )
                {
                    var tickAt = _time.GetTimestamp();
                    await Sender.TickAsync(stop).ConfigureAwait(false);
                    while (_time.GetElapsedTime(tickAt).TotalMilliseconds is < TickMs and var passed)
                    {
                        using var rest = new CancellationTokenSource(TimeSpan.FromMilliseconds(TickMs - passed), _time);
                        using var either = CancellationTokenSource.CreateLinkedTokenSource(rest.Token, stop);
                        try
                        {
                            await Sender.AdviseAsync(await _waiting.Reader.ReadAsync(either.Token).ConfigureAwait(false), stop).ConfigureAwait(false);
                        }
                        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
                        {
                            break;
                        }
                    }
                }
            }
            catch (OperationCanceledException)
            {
                // The run ends: what was sent is taken back by the one that ended it.
            }
        }

        public void Dispose()
        {
            Sender.Dispose();
            _reader.Dispose();
            _client.Dispose();
            _link.Dispose();
        }
    }
}
