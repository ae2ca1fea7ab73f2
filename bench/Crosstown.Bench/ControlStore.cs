using System.Collections.Concurrent;
using System.Diagnostics;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Crosstown.Bench;

/// <summary>Runs trials through the judge, which is not part of the product, and keeps what it said, a file a run.</summary>
/// <remarks>What our controllers did is kept by the code that did it: after a change of the code it is run again. What SUMO's programs did is kept by SUMO's version.</remarks>
internal sealed class ControlStore
{
    private static readonly string[] Parts = ["crosstown.dll", "Crosstown.Control.dll", "Crosstown.Core.dll", "Crosstown.Simulation.dll", "Crosstown.Timing.dll"];

    private readonly string _judge;
    private readonly string _ownFolder;
    private readonly string _sumoFolder;
    private readonly ConcurrentDictionary<string, ControlScore?> _read = new(StringComparer.Ordinal);

    /// <param name="shared">The folder of reference data with the judge.</param>
    /// <param name="keep">Where results are kept.</param>
    /// <param name="sumo">SUMO's version.</param>
    public ControlStore(string shared, DirectoryInfo keep, string sumo)
    {
        _judge = Path.Combine(shared, "tools", "score-control");
        _ownFolder = keep.CreateSubdirectory($"own-{Print(Parts)}").FullName;
        _sumoFolder = keep.CreateSubdirectory($"sumo-{sumo}").FullName;
        PriorityFolder = keep.CreateSubdirectory($"priority-{Print([.. Parts, "Crosstown.Bench.dll"])}").FullName;
        Options = Start(Program, ["control", "--help"], out _);
    }

    /// <summary>Where runs of priority are kept.</summary>
    public string PriorityFolder { get; }

    /// <summary>What <c>crosstown control</c> can be told.</summary>
    private string Options { get; }

    /// <summary>True when <c>crosstown control</c> can be told that detectors fail.</summary>
    public bool CanFailDetectors => Options.Contains("--fail-detectors", StringComparison.Ordinal);

    private static string Program => Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "crosstown.exe" : "crosstown");

    /// <summary>False for a program of SUMO's that the place does not have, and for what the verb cannot be told.</summary>
    public bool IsAvailable(ControlTrial trial) =>
        (trial.FailedPercent == 0 || CanFailDetectors) && (trial.Method.Program is not { } file || File.Exists(Path.Combine(trial.World.Folder, "baselines", file)));

    /// <summary>What was said of a run; null when it was not run.</summary>
    public ControlScore? Find(ControlTrial trial) => _read.GetOrAdd(PathOf(trial), static path =>
    {
        if (!File.Exists(path))
        {
            return null;
        }

        using var json = JsonDocument.Parse(File.ReadAllText(path));
        return ControlScore.Read(json.RootElement.GetProperty("run"), json.RootElement.TryGetProperty("own", out var own) ? own : null);
    });

    /// <summary>Runs a trial, unless it was run before.</summary>
    public ControlScore Run(ControlTrial trial)
    {
        if (Find(trial) is { } known)
        {
            return known;
        }

        var path = PathOf(trial);
        var (report, record) = ($"{path}.report", $"{path}.record");
        File.Delete(record);
        string[] how = trial.Method switch
        {
            { Own: { } own } => ["--controller", string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"'{Program}' control --traci 127.0.0.1:{{port}} --scenario {{dir}} --controller {own} --sensing {(trial.SensesLoops ? "loops" : "area")} --profile {trial.World.Profile} --seed {{seed}} --record '{record}'"
                + $"{(trial.FailedPercent > 0 ? $" --fail-detectors {trial.FailedPercent / 100.0} --fail-kind mixed" : "")}"),
                "--sensing", trial.SensesLoops ? "loops" : "area"],
            { Program: { } file } => ["--program", Path.Combine(trial.World.Folder, "baselines", file)],
            _ => ["--reference"],
        };
        var said = Start(
            _judge,
            [
                trial.World.Folder, .. how, "--seeds", Text(trial.Seed), "--profile", trial.World.Profile, "--scale", Text(trial.Scale), "--jitter", Text(trial.JitterS), .. trial.IsCut ? ["--cut"] : (string[])[],
                "--out", report, "--brief",
            ],
            out var code);
        if (code != 0)
        {
            throw new InvalidOperationException($"score-control ended with {code} at {trial.Key}: {said}");
        }

        using (var json = JsonDocument.Parse(File.ReadAllText(report)))
        using (var stream = File.Create($"{path}.part"))
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            writer.WritePropertyName("run");
            json.RootElement.GetProperty("scenarios").EnumerateObject().Single().Value.GetProperty("runs")[0].WriteTo(writer);
            if (File.Exists(record))
            {
                using var own = JsonDocument.Parse(File.ReadAllText(record));
                writer.WritePropertyName("own");
                own.RootElement.WriteTo(writer);
            }

            writer.WriteEndObject();
        }

        File.Move($"{path}.part", path, overwrite: true);
        File.Delete(report);
        File.Delete(record);
        _read.TryRemove(path, out _);
        return Find(trial)!;
    }

    private string PathOf(ControlTrial trial) => Path.Combine(trial.Method.Own is null ? _sumoFolder : _ownFolder, $"{trial.Key}.json");

    private static string Text(double value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static string Start(string program, string[] arguments, out int code)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["SUMO_HOME"] = Environment.GetEnvironmentVariable("SUMO_HOME") ?? "/usr/share/sumo";
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        code = process.ExitCode;
        return output + errors.GetAwaiter().GetResult();
    }

    /// <summary>Tells builds apart that act differently: what methods do, their names and texts, and not by whom and when they were built.</summary>
    private static string Print(string[] files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in files)
        {
            using var image = new PEReader(File.OpenRead(Path.Combine(AppContext.BaseDirectory, file)));
            var data = image.GetMetadataReader();
            foreach (var method in data.MethodDefinitions.Select(data.GetMethodDefinition))
            {
                hash.AppendData(Encoding.UTF8.GetBytes(data.GetString(method.Name)));
                if (method.RelativeVirtualAddress != 0)
                {
                    hash.AppendData(image.GetMethodBody(method.RelativeVirtualAddress).GetILBytes() ?? []);
                }
            }

            // The names of constant data say what they hold.
            foreach (var field in data.FieldDefinitions.Select(data.GetFieldDefinition))
            {
                hash.AppendData(Encoding.UTF8.GetBytes(data.GetString(field.Name)));
            }

            for (var text = System.Reflection.Metadata.Ecma335.MetadataTokens.UserStringHandle(1); !text.IsNil; text = System.Reflection.Metadata.Ecma335.MetadataReaderExtensions.GetNextHandle(data, text))
            {
                hash.AppendData(Encoding.UTF8.GetBytes(data.GetUserString(text)));
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..12];
    }
}
