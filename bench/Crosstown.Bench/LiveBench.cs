using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Logs.Configuration;
using Crosstown.Server.Hosting;
using Crosstown.Server.Measuring;

namespace Crosstown.Bench;

/// <summary>A city's live events through <c>POST /api/v1/events</c> into a server of its own process, while charts are asked for.</summary>
internal static class LiveBench
{
    private const int BarSignals = 2_500;
    private const int EventsPerSecond = 25;
    private const double MostAgeSeconds = 5;

    /// <summary>How often a signal's events are sent, as a poller brings them.</summary>
    private const int PeriodMs = 2_000;

    private const int Senders = 16;
    private const int ChartsPerSecond = 5;

    /// <summary>More memory than before by this much still counts as flat: what is measured moves with the collector.</summary>
    private const double FlatGrowth = 1.15;

    public static bool Run(string[] options)
    {
        var minutes = Option(options, "--minutes", 1);
        var signals = (int)Option(options, "--signals", BarSignals);
        var folder = Directory.CreateTempSubdirectory("crosstown-live-").FullName;
        try
        {
            return MeasureAsync(folder, signals, TimeSpan.FromMinutes(minutes)).GetAwaiter().GetResult();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The server's process: ends when its input does.</summary>
    public static async Task<int> ServeAsync(string data)
    {
        await using var app = ServerHost.Create(new ServerSettings { Data = data, Urls = "http://127.0.0.1:0", IsTown = true }, TimeProvider.System);
        await app.StartAsync();
        Console.WriteLine(app.Urls.First());
        await Console.In.ReadLineAsync();
        await app.StopAsync();
        return 0;
    }

    private static double Option(string[] options, string name, double otherwise)
    {
        var at = Array.IndexOf(options, name);
        return at >= 0 && at + 1 < options.Length ? double.Parse(options[at + 1], CultureInfo.InvariantCulture) : otherwise;
    }

    private static async Task<bool> MeasureAsync(string folder, int signals, TimeSpan length)
    {
        var data = Path.Combine(folder, "data");
        WriteConfigurations(data, signals);
        using var server = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["child", "serve", data]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        try
        {
            var address = new Uri(await ReadAddressAsync(server) + "/api/v1/");
            using var handler = new SocketsHttpHandler { MaxConnectionsPerServer = Senders + 4 };
            using var client = new HttpClient(handler) { BaseAddress = address };
            await SignInAsync(client);
            using var sender = new HttpClient(handler, disposeHandler: false) { BaseAddress = address };
            sender.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await MakeTokenAsync(client));
            var run = new LiveRun(client, sender, signals);
            using var end = new CancellationTokenSource();
            var watch = WatchAsync(server, end.Token);
            var charts = run.AskForChartsAsync(end.Token);
            var (cpu, started) = (server.TotalProcessorTime, Stopwatch.GetTimestamp());
            await run.SendAsync(length);
            var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
            await end.CancelAsync();
            await charts;
            var memory = await watch;
            server.Refresh();
            return Print(run, signals, seconds, (server.TotalProcessorTime - cpu).TotalSeconds, memory, data);
        }
        finally
        {
            server.StandardInput.Close();
            if (!server.WaitForExit(TimeSpan.FromMinutes(2)))
            {
                server.Kill();
            }
        }
    }

    /// <summary>The address that the server says, after what it logs before; what it says later is read past.</summary>
    private static async Task<string> ReadAddressAsync(Process server)
    {
        while (await server.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("http", StringComparison.Ordinal))
            {
                _ = server.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
                return line;
            }
        }

        throw new InvalidOperationException("The server did not start.");
    }

    private static bool Print(LiveRun run, int signals, double seconds, double cpu, List<long> memory, string data)
    {
        var bar = (double)BarSignals * EventsPerSecond;
        var rate = run.Acknowledged / seconds;
        var (half, quarter) = (memory.Count / 2, Math.Max(1, memory.Count / 4));
        var (early, late) = (memory.Skip(quarter).Take(Math.Max(1, half - quarter)).Average(), memory.TakeLast(quarter).Average());
        Console.WriteLine($"       {signals:N0} signals x {EventsPerSecond} events/s for {seconds:N0} s: {run.Acknowledged:N0} events acknowledged in {run.Batches:N0} batches, {run.Failures:N0} refused or failed");
        Console.WriteLine($"       batch p50 {run.BatchMs.At(0.5):N0} ms, p99 {run.BatchMs.At(0.99):N0} ms; {run.ChartMs.Count:N0} charts p50 {run.ChartMs.At(0.5):N0} ms, p95 {run.ChartMs.At(0.95):N0} ms, {run.ChartFailures} failed");
        Console.WriteLine($"       server: {cpu / seconds * 100:N0} % of a processor; memory {memory[0] / 1e6:N0} MB at the start, {early / 1e6:N0} MB in the second quarter, {late / 1e6:N0} MB in the last, {memory.Max() / 1e6:N0} MB at most; {FolderBytes(data) / 1e6:N0} MB on the disk");
        var isMet = Figures.Hold("live intake sustained", rate / bar, "of 2,500 x 25 events/s", Math.Min(1, signals / (double)BarSignals) * 0.995, atLeast: true, $"{rate:N0} events/s");
        isMet &= Figures.Hold("data age p50", run.AgeMs.At(0.5) / 1000, "s", MostAgeSeconds, atLeast: false, "from the event to its acknowledgement, waiting for its batch included");
        isMet &= Figures.Hold("data age p99", run.AgeMs.At(0.99) / 1000, "s", MostAgeSeconds, atLeast: false);
        return isMet & Figures.Hold("memory late to early", late / early, "", FlatGrowth, atLeast: false, "flat");
    }

    private static long FolderBytes(string data) => new DirectoryInfo(data).EnumerateFiles("*", SearchOption.AllDirectories).Sum(f => f.Length);

    /// <summary>Resident memory of the server, once every two seconds.</summary>
    private static async Task<List<long>> WatchAsync(Process server, CancellationToken stop)
    {
        var memory = new List<long>();
        while (true)
        {
            server.Refresh();
            memory.Add(server.WorkingSet64);
            try
            {
                await Task.Delay(2_000, stop);
            }
            catch (OperationCanceledException)
            {
                return memory;
            }
        }
    }

    private static async Task SignInAsync(HttpClient client)
    {
        using var session = JsonDocument.Parse(await client.GetStringAsync(new Uri("session", UriKind.Relative)));
        if (session.RootElement.GetProperty("antiforgery").GetString() is { } antiforgery)
        {
            client.DefaultRequestHeaders.Add("RequestVerificationToken", antiforgery);
        }

        client.DefaultRequestHeaders.Add("Crosstown-Reason", "routine-check");
    }

    /// <summary>The token of the program that sends: it may ask far oftener than a person.</summary>
    private static async Task<string> MakeTokenAsync(HttpClient client)
    {
        using var answer = await client.PostAsync(new Uri("source-tokens", UriKind.Relative), new StringContent("{\"name\":\"bench\"}", System.Text.Encoding.UTF8, "application/json"));
        answer.EnsureSuccessStatusCode();
        using var made = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return made.RootElement.GetProperty("token").GetString()!;
    }

    private static void WriteConfigurations(string data, int signals)
    {
        var folder = Path.Combine(data, SignalConfigurations.Folder);
        Directory.CreateDirectory(folder);
        for (var i = 1; i <= signals; i++)
        {
            var configuration = new SignalConfiguration
            {
                Signal = SignalId.Parse($"{i}"),
                Zone = LiveRun.Zone,
                Phases = [new PhaseConfiguration { Number = 2 }, new PhaseConfiguration { Number = 4 }],
                Approaches =
                [
                    new Approach { Id = "north", Direction = TravelDirection.Northbound, SpeedLimitMph = 35, Protected = SignalGroup.Phase(2) },
                    new Approach { Id = "east", Direction = TravelDirection.Eastbound, SpeedLimitMph = 35, Protected = SignalGroup.Phase(4) },
                ],
                Detectors =
                [
                    new Detector { Channel = 1, Phase = 2, ApproachId = "north", Functions = DetectorFunctions.AdvanceCount, StopBarDistanceFt = 300 },
                    new Detector { Channel = 2, Phase = 2, ApproachId = "north", Functions = DetectorFunctions.StopBarPresence },
                    new Detector { Channel = 3, Phase = 4, ApproachId = "east", Functions = DetectorFunctions.AdvanceCount, StopBarDistanceFt = 300 },
                    new Detector { Channel = 4, Phase = 4, ApproachId = "east", Functions = DetectorFunctions.StopBarPresence },
                ],
            };
            using var file = File.Create(Path.Combine(folder, $"{i}.json"));
            SignalFiles.Write(file, configuration);
        }
    }

    /// <summary>Counts of durations, to the hundredth of a second below two minutes.</summary>
    internal sealed class Durations
    {
        private const int StepMs = 10;
        private readonly long[] _counts = new long[12_001];
        private long _count;

        public long Count => Interlocked.Read(ref _count);

        public void Add(double ms, long times = 1)
        {
            Interlocked.Add(ref _counts[Math.Clamp((int)(ms / StepMs), 0, _counts.Length - 1)], times);
            Interlocked.Add(ref _count, times);
        }

        /// <summary>The duration in ms below which a share of all lies, to the end of its step.</summary>
        public double At(double share)
        {
            long below = 0;
            for (var i = 0; i < _counts.Length; i++)
            {
                below += _counts[i];
                if (below >= share * Count)
                {
                    return (i + 1) * StepMs;
                }
            }

            return _counts.Length * StepMs;
        }
    }

    /// <summary>The senders, and who asks for charts.</summary>
    private sealed class LiveRun(HttpClient client, HttpClient sender, int signals)
    {
        public const string Zone = "America/Denver";

        private const long TickMs = 100;
        private static readonly string[] s_charts = ["phase-terminations", "approach-volume", "coordination-diagram"];

        private readonly long[] _sentToMs = new long[signals];
        private long _acknowledged;
        private long _batches;
        private long _failures;
        private long _chartFailures;

        public long Acknowledged => Interlocked.Read(ref _acknowledged);

        public long Batches => Interlocked.Read(ref _batches);

        public long Failures => Interlocked.Read(ref _failures);

        public long ChartFailures => Interlocked.Read(ref _chartFailures);

        public Durations AgeMs { get; } = new();

        public Durations BatchMs { get; } = new();

        public Durations ChartMs { get; } = new();

        /// <summary>Sends every signal's events once a period until the time is over, its turns spread evenly over the period.</summary>
        public async Task SendAsync(TimeSpan length)
        {
            var startMs = NowMs();
            Array.Fill(_sentToMs, startMs - (startMs % TickMs));
            var endMs = startMs + (long)length.TotalMilliseconds;
            await Task.WhenAll(Enumerable.Range(0, Senders).Select(sender => Task.Run(async () =>
            {
                for (long round = 1; ; round++)
                {
                    for (var signal = sender; signal < signals; signal += Senders)
                    {
                        var dueMs = startMs + (round * PeriodMs) + ((long)signal * PeriodMs / signals);
                        if (dueMs >= endMs)
                        {
                            return;
                        }

                        var early = dueMs - NowMs();
                        if (early > 0)
                        {
                            await Task.Delay((int)early);
                        }

                        await SendAsync(signal);
                    }
                }
            })));
        }

        public async Task AskForChartsAsync(CancellationToken stop)
        {
            var random = new Random(1);
            try
            {
                while (true)
                {
                    await Task.Delay(1_000 / ChartsPerSecond, stop);
                    var started = Stopwatch.GetTimestamp();
                    var toMs = NowMs();
                    var table = s_charts[random.Next(s_charts.Length)];
                    using var answer = await client.GetAsync(
                        new Uri(string.Create(CultureInfo.InvariantCulture, $"signals/{random.Next(signals) + 1}/tables/{table}?from={toMs - 900_000}&to={toMs}"), UriKind.Relative), stop);
                    await answer.Content.ReadAsByteArrayAsync(stop);
                    ChartMs.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
                    if (!answer.IsSuccessStatusCode && Interlocked.Increment(ref _chartFailures) == 1)
                    {
                        Console.WriteLine($"       a chart failed: {table}, {(int)answer.StatusCode}");
                    }
                }
            }
            catch (OperationCanceledException)
            {
                // The time is over.
            }
        }

        /// <summary>Sends what a signal logged since its last batch that was taken.</summary>
        private async Task SendAsync(int signal)
        {
            var toMs = NowMs() / TickMs * TickMs;
            var fromMs = _sentToMs[signal];
            using var content = new ByteArrayContent(Write(signal, fromMs, toMs, out var count));
            content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
            var started = Stopwatch.GetTimestamp();
            try
            {
                using var answer = await sender.PostAsync(new Uri("events?zone=" + Zone, UriKind.Relative), content);
                if (answer.StatusCode != HttpStatusCode.OK)
                {
                    if (Interlocked.Increment(ref _failures) == 1)
                    {
                        Console.WriteLine($"       a batch was refused: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
                    }

                    return;
                }
            }
            catch (HttpRequestException)
            {
                Interlocked.Increment(ref _failures);
                return;
            }

            BatchMs.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            var nowMs = NowMs();
            for (var at = fromMs; at < toMs; at += TickMs)
            {
                AgeMs.Add(nowMs - at, EventsAt(at));
            }

            _sentToMs[signal] = toMs;
            Interlocked.Add(ref _acknowledged, count);
            Interlocked.Increment(ref _batches);
        }

        private static int EventsAt(long ms) => ms / TickMs % 2 == 0 ? 3 : 2;

        /// <summary>Two phases that take turns, arrivals and presence on 40 channels: 25 events a second, on the grid that controllers log on.</summary>
        private static byte[] Write(int signal, long fromMs, long toMs, out int count)
        {
            using var bytes = new MemoryStream(8_192);
            Span<byte> line = stackalloc byte[160];
            count = 0;
            for (var at = fromMs; at < toMs; at += TickMs)
            {
                for (var i = 0; i < EventsAt(at); i++)
                {
                    var (code, parameter) = EventAt(signal, at, i);
                    System.Text.Unicode.Utf8.TryWrite(
                        line,
                        CultureInfo.InvariantCulture,
                        $"{{\"timestamp\":\"{DateTimeOffset.FromUnixTimeMilliseconds(at):yyyy-MM-ddTHH:mm:ss.fffZ}\",\"signal\":\"{signal + 1}\",\"code\":{code},\"parameter\":{parameter}}}\n",
                        out var written);
                    bytes.Write(line[..written]);
                    count++;
                }
            }

            return bytes.ToArray();
        }

        private static (int Code, int Parameter) EventAt(int signal, long ms, int place)
        {
            var inCycle = (ms + (signal * 700L)) / TickMs % 600;
            if (place == 0)
            {
                // Begin green, minimum green complete, begin yellow, begin red clearance, end of it: each half of a minute for one of the phases.
                var (phase, at) = inCycle < 300 ? (2, inCycle) : (4, inCycle - 300);
                switch (at)
                {
                    case 0:
                        return (EventCode.PhaseBeginGreen, phase);
                    case 250:
                        return (EventCode.PhaseBeginYellow, phase);
                    case 285:
                        return (EventCode.PhaseBeginRedClearance, phase);
                    case 299:
                        return (EventCode.PhaseEndRedClearance, phase);
                    default:
                        break;
                }
            }

            var step = (ms / TickMs * 3) + place + (signal * 7L);
            return (step / 40 % 2 == 0 ? EventCode.DetectorOn : EventCode.DetectorOff, 1 + (int)(step * 17 % 40));
        }

        private static long NowMs() => TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
    }
}
