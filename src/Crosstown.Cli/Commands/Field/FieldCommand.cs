using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Crosstown.Control.Ntcip;
using Crosstown.Control.Snmp;
using Crosstown.Core.Data;

namespace Crosstown.Cli.Commands.Field;

/// <summary><c>crosstown field read --host ADDRESS [--port N] [--credentials FILE] [--phase-groups N] [--preempts N] [--detectors LIST]</c>: what a controller in the field shows now. It has no way to change anything there.</summary>
internal static class FieldCommand
{
    private const int MostPreempts = 40;
    private const int MostChannels = 255;

    public static Command Create()
    {
        var host = new Option<string>("--host") { Description = "The controller's address, never a name: names change.", HelpName = "ADDRESS", Required = true };
        var port = new Option<int>("--port") { Description = "Where its SNMP agent listens.", HelpName = "N", DefaultValueFactory = _ => UdpLink.UsualPort };
        var credentials = new Option<string?>("--credentials")
        {
            Description = $"A file of mode 600 with the SNMP version and user; without it, its text is taken from the environment variable {FieldCredentials.Variable}.",
            HelpName = "FILE",
        };
        var groups = new Option<int>("--phase-groups") { Description = "Groups of eight phases to read, 1 or 2.", HelpName = "N", DefaultValueFactory = _ => 1 };
        var preempts = new Option<int>("--preempts") { Description = "Preempts to look at, from 1.", HelpName = "N", DefaultValueFactory = _ => 0 };
        var detectors = new Option<string>("--detectors") { Description = "Detector channels whose volume and occupancy are read, such as 1-8,12.", HelpName = "LIST", DefaultValueFactory = _ => "" };
        var read = new Command("read", "Read once what the controller shows: phases, detectors, alarms, who commands it and the pattern in effect. Prints JSON.") { host, port, credentials, groups, preempts, detectors };
        read.SetAction((result, stop) => ReadAsync(
            result.GetRequiredValue(host), result.GetRequiredValue(port), result.GetValue(credentials), result.GetRequiredValue(groups), result.GetRequiredValue(preempts), result.GetRequiredValue(detectors), stop));
        return new Command("field", "Read traffic signal controllers over NTCIP 1202 (SNMP).") { read };
    }

    private static async Task<int> ReadAsync(string host, int port, string? credentials, int groups, int preempts, string detectors, CancellationToken stop)
    {
        var problems = new List<Problem>();
        if (!IPAddress.TryParse(host, out var address))
        {
            problems.Add(new Problem("XT760", "--host", $"'{host}' is no address: names are not looked up."));
        }

        Limit("--port", port, 1, 65_535);
        Limit("--phase-groups", groups, 1, NtcipObjects.MostGroups);
        Limit("--preempts", preempts, 0, MostPreempts);
        var channels = ReadChannels(detectors, problems);
        if (problems.Count > 0)
        {
            throw new ProblemException(problems);
        }

        var access = FieldCredentials.Read(credentials);
        var weaknesses = access.ListWeaknesses();
        foreach (var weakness in weaknesses)
        {
            await Console.Error.WriteLineAsync($"XT783 {credentials ?? FieldCredentials.Variable}: {weakness} Choose others, at the controller too.").ConfigureAwait(false);
        }

        using var link = new UdpLink(new IPEndPoint(address!, port));
        using var client = new SnmpClient(link, access, new SnmpPatience(), TimeProvider.System, BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))));
        using var reader = new NtcipReader(client, new NtcipQuery { PhaseGroups = groups, Preempts = preempts, Detectors = channels }, TimeProvider.System);
        try
        {
            Write(await reader.ReadAsync(stop).ConfigureAwait(false));
        }
        catch (SnmpException e)
        {
            await Console.Error.WriteLineAsync($"Failed: {e.Message}").ConfigureAwait(false);
            return CommandLine.Failed;
        }

        return weaknesses.Count > 0 ? CommandLine.DoneWithProblems : CommandLine.Done;

        void Limit(string option, int value, int least, int most)
        {
            if (value < least || value > most)
            {
                problems.Add(new Problem("XT760", option, string.Create(CultureInfo.InvariantCulture, $"{value} is not within {least} to {most}.")));
            }
        }
    }

    private static ImmutableArray<int> ReadChannels(string list, List<Problem> problems)
    {
        var channels = new SortedSet<int>();
        foreach (var part in list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var ends = part.Split('-');
            if (ends.Length <= 2 && Number(ends[0]) is { } first && Number(ends[^1]) is { } last && first <= last)
            {
                channels.UnionWith(Enumerable.Range(first, last - first + 1));
            }
            else
            {
                problems.Add(new Problem("XT760", "--detectors", $"'{part}' is neither a channel of 1 to {MostChannels} nor a range of them."));
            }
        }

        return [.. channels];

        static int? Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= MostChannels ? number : null;
    }

    private static void Write(ControllerSnapshot shown)
    {
        using var json = new Utf8JsonWriter(Console.OpenStandardOutput(), new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteNumber("version", 1);
        json.WriteNumber("answered_share", Math.Round(shown.AnsweredShare, 3));
        json.WriteStartObject("phases");
        Phases("reds", shown.Reds);
        Phases("yellows", shown.Yellows);
        Phases("greens", shown.Greens);
        Phases("dont_walks", shown.DontWalks);
        Phases("pedestrian_clearances", shown.PedestrianClearances);
        Phases("walks", shown.Walks);
        Phases("vehicle_calls", shown.VehicleCalls);
        Phases("pedestrian_calls", shown.PedestrianCalls);
        Phases("on", shown.PhaseOns);
        Phases("next", shown.PhaseNexts);
        json.WriteEndObject();
        json.WriteString("control", Word(shown.Control));
        json.WriteString("flash", Word(shown.Flash));
        Bits("alarms_1", shown.Alarms1);
        Bits("alarms_2", shown.Alarms2);
        Bits("short_alarms", shown.ShortAlarms);
        Number("pattern", shown.Pattern);
        json.WriteString("free", Word(shown.Free));
        Number("cycle_left_s", shown.CycleLeftS);
        Number("since_reference_s", shown.SinceReferenceS);
        Number("backup_s", shown.BackupS);
        json.WriteStartArray("preempts");
        foreach (var preempt in shown.Preempts)
        {
            json.WriteStringValue(Word(preempt));
        }

        json.WriteEndArray();
        json.WriteStartArray("detectors");
        foreach (var detector in shown.Detectors)
        {
            json.WriteStartObject();
            json.WriteNumber("channel", detector.Channel);
            Number("volume_veh", detector.VolumeVeh);
            Number("occupancy", detector.Occupancy);
            json.WriteString("fault", Word(detector.Fault));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        Number("period_number", shown.PeriodNumber);
        Number("period_s", shown.PeriodS);
        json.WriteEndObject();
        json.Flush();

        static string? Word<T>(T? word)
            where T : struct, Enum => word is { } known ? JsonNamingPolicy.SnakeCaseLower.ConvertName(known.ToString()) : null;

        void Number(string name, double? value)
        {
            if (value is { } known)
            {
                json.WriteNumber(name, known);
            }
            else
            {
                json.WriteNull(name);
            }
        }

        void Phases(string name, uint? mask)
        {
            if (mask is not { } known)
            {
                json.WriteNull(name);
                return;
            }

            json.WriteStartArray(name);
            for (var phase = 1; phase < 32; phase++)
            {
                if ((known >> phase & 1) != 0)
                {
                    json.WriteNumberValue(phase);
                }
            }

            json.WriteEndArray();
        }

        // A bit that the standard, as we know it, has no word for is told by its number.
        void Bits<T>(string name, T? alarms)
            where T : struct, Enum
        {
            if (alarms is not { } known)
            {
                json.WriteNull(name);
                return;
            }

            json.WriteStartArray(name);
            var octet = Convert.ToInt32(known, CultureInfo.InvariantCulture);
            for (var bit = 0; bit < 8; bit++)
            {
                if ((octet >> bit & 1) != 0)
                {
                    var alarm = (T)Enum.ToObject(typeof(T), 1 << bit);
                    json.WriteStringValue(Enum.IsDefined(alarm) ? Word<T>(alarm) : string.Create(CultureInfo.InvariantCulture, $"bit_{bit}"));
                }
            }

            json.WriteEndArray();
        }
    }
}
