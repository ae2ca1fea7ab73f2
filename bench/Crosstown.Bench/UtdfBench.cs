using System.Diagnostics;
using Crosstown.Core.Data;
using Crosstown.Timing.Utdf;

namespace Crosstown.Bench;

/// <summary>How fast a city's UTDF file is read, brought into the timing model and written.</summary>
internal static class UtdfBench
{
    private const int Passes = 9;

    public static bool Run(string? shared)
    {
        var bytes = shared is null ? MakeTown(250) : File.ReadAllBytes(Path.Combine(shared, "data", "utdf", "tempe_az_synchro8.csv"));
        Console.WriteLine(shared is null ? "Input: a made-up grid of 250 signals." : "Input: the Tempe model.");
        double Seconds(Action act)
        {
            var start = Stopwatch.GetTimestamp();
            act();
            return Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        UtdfDocument document = null!;
        UtdfNetwork network = null!;
        var (first, read, model, write) = (0.0, double.MaxValue, double.MaxValue, double.MaxValue);
        for (var pass = 0; pass < Passes; pass++)
        {
            var readS = Seconds(() => document = UtdfDocument.Read(new MemoryStream(bytes), "bench", new DataIssueLog()));
            var modelS = Seconds(() => network = UtdfNetwork.Read(document, new UtdfNetworkOptions(), new DataIssueLog()));
            var writeS = Seconds(() => Write(document, network));
            first = pass == 0 ? readS : first;
            (read, model, write) = (Math.Min(read, readS), Math.Min(model, modelS), Math.Min(write, writeS));
        }

        Console.WriteLine($"       {document.LineCount:N0} lines, {network.Network.Signals.Length} signals, {network.Network.Groups.Length:N0} lane groups");
        Console.WriteLine($"       into the timing model {model * 1000:N0} ms; a plan that moves every offset written in {write * 1000:N0} ms");
        Console.WriteLine($"       the first read of the process {first * 1000:N0} ms");
        using var output = new MemoryStream();
        document.Write(output);
        var isMet = Figures.Hold("bytes that differ after reading and writing", output.ToArray().AsSpan().SequenceEqual(bytes) ? 0 : 1, "", 0, atLeast: false);
        return isMet & Figures.Hold("read of a city and its timing model", read + model, "s", 0.15, atLeast: false);
    }

    private static void Write(UtdfDocument document, UtdfNetwork network)
    {
        var moved = network.Today with
        {
            Patterns = [.. network.Today.Patterns.Select(p => p is null ? null : p with { OffsetMs = (p.OffsetMs + 7_000) % p.CycleMs })],
        };
        UtdfPlans.Write(document, network, moved);
    }

    /// <summary>A street of signals in the combined format.</summary>
    private static byte[] MakeTown(int signals)
    {
        var text = new System.Text.StringBuilder();
        void Section(string name, string header, Func<int, IEnumerable<string>> rows)
        {
            text.Append('[').Append(name).Append("]\n").Append(name).Append('\n').Append(header).Append('\n');
            for (var i = 1; i <= signals; i++)
            {
                text.AppendJoin('\n', rows(i)).Append('\n');
            }

            text.Append('\n');
        }

        string Up(int i) => i > 1 ? $"{i - 1}" : "9001";
        string Down(int i) => i < signals ? $"{i + 1}" : "9002";
        text.Append("[Network]\nNetwork Settings\nRECORDNAME,DATA\nUTDFVERSION,8\nMetric,0\n\n");
        Section("Nodes", "INTID,TYPE,X,Y,Z", i => [$"{i},0,{i * 1000},0,0"]);
        Section("Links", "RECORDNAME,INTID,NB,SB,EB,WB", i => [$"Up ID,{i},,,{Up(i)},{Down(i)}", $"Distance,{i},,,1000,1000", $"Speed,{i},,,35,35", $"Time,{i},,,19.5,19.5"]);
        Section("Lanes", "RECORDNAME,INTID,NBL,NBT,NBR,SBL,SBT,SBR,EBL,EBT,EBR,WBL,WBT,WBR", i =>
        [
            $"Up Node,{i},9003,9003,9003,9004,9004,9004,{Up(i)},{Up(i)},{Up(i)},{Down(i)},{Down(i)},{Down(i)}",
            $"Dest Node,{i},{Up(i)},9004,{Down(i)},{Down(i)},9003,{Up(i)},9004,{Down(i)},9003,9003,{Up(i)},9004",
            $"Lanes,{i},1,1,0,1,1,0,1,2,0,1,2,0",
            $"Shared,{i},0,2,,0,2,,0,2,,0,2,",
            $"Phase1,{i},3,8,,7,4,,5,2,,1,6,",
            $"SatFlow,{i},1770,1800,0,1770,1800,0,1770,3500,0,1770,3500,0",
            $"Volume,{i},50,200,50,50,200,50,80,800,60,80,800,60",
            .. Enumerable.Range(0, 45).Select(k => $"Detail{k},{i},0,0,0,0,0,0,0,0,0,0,0,0"),
        ]);
        Section("Timeplans", "RECORDNAME,INTID,DATA", i => [$"Control Type,{i},3", $"Cycle Length,{i},90", $"Referenced To,{i},3", $"Reference Phase,{i},206", $"Offset,{i},{i * 13 % 90}"]);
        Section("Phases", "RECORDNAME,INTID,D1,D2,D3,D4,D5,D6,D7,D8", i =>
        [
            $"BRP,{i},111,112,211,212,121,122,221,222",
            $"MinGreen,{i},5,10,5,7,5,10,5,7",
            $"MaxGreen,{i},10,34,10,16,10,34,10,16",
            $"Yellow,{i},3.5,4,3.5,4,3.5,4,3.5,4",
            $"AllRed,{i},1,1.5,1,1.5,1,1.5,1,1.5",
            .. Enumerable.Range(0, 15).Select(k => $"Detail{k},{i},0,0,0,0,0,0,0,0"),
        ]);
        return System.Text.Encoding.UTF8.GetBytes(text.ToString());
    }
}
