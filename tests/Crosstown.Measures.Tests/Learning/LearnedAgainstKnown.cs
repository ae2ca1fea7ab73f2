using System.Globalization;
using Crosstown.Core.Street;
using Crosstown.Core.Time;
using Crosstown.Measures.Learning;

namespace Crosstown.Measures.Tests.Learning;

/// <summary>What is learnt of signals whose configuration is known: how much of what is said is right, and how much is said.</summary>
public sealed class LearnedAgainstKnown(ITestOutputHelper output)
{
    [Fact]
    [Trait("Category", SharedData.Category)]
    public void The_phase_of_a_detector_is_right_nineteen_times_in_twenty_and_said_for_four_in_five()
    {
        var (said, right, known) = (0, 0, 0);
        foreach (var (name, configuration, truth) in KnownSignals())
        {
            var learned = configuration.Detectors.ToDictionary(d => d.Channel);
            var (saidHere, rightHere) = (0, 0);
            foreach (var (channel, phase) in truth)
            {
                if (learned.TryGetValue(channel, out var detector) && detector.Phase is { } answer)
                {
                    saidHere++;
                    rightHere += answer == phase ? 1 : 0;
                    if (answer != phase)
                    {
                        output.WriteLine($"{name}: channel {channel} is phase {phase}, learnt {answer}: {Basis(configuration, channel)}");
                    }
                }
                else
                {
                    output.WriteLine($"{name}: channel {channel} of phase {phase} is unknown: {Basis(configuration, channel)}");
                }
            }

            output.WriteLine($"{name}: {rightHere} right of {saidHere} said of {truth.Count} known");
            said += saidHere;
            right += rightHere;
            known += truth.Count;
        }

        var precision = (double)right / said;
        var recall = (double)right / known;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"phase of detector: precision {precision:0.000}, recall {recall:0.000} of {known}"));

        Assert.True(precision >= 0.95, $"precision {precision:0.000}");
        Assert.True(recall >= 0.8, $"recall {recall:0.000}");
    }

    private static string Basis(SignalConfiguration configuration, byte channel) =>
        configuration.Evidence.FirstOrDefault(e => e.Field == $"detectors/{channel}/phase")?.Basis ?? "not in the log";

    /// <summary>Every reference signal with known detectors that the log shows at least once.</summary>
    private static IEnumerable<(string Name, SignalConfiguration Learned, Dictionary<byte, byte> Truth)> KnownSignals()
    {
        foreach (var folder in new[] { "odot-3h", "odot-1136" })
        {
            var known = EventLog.ReadOregonDetectors(SharedData.PathTo($"data/hires/{folder}/detectors.csv"));
            foreach (var (signal, log) in EventLog.Read(SharedData.PathTo($"data/hires/{folder}/events.csv")))
            {
                yield return ($"{folder} {signal}", SignalLearner.Learn(signal, LocalTimeMap.Utc, log), known[signal].Detectors.ToDictionary(d => d.Channel, d => d.Phase!.Value));
            }
        }

        var approaches = File.ReadLines(SharedData.PathTo("data/hires/udot-7185/approaches.csv")).Skip(1).Select(l => l.Split(',')).ToDictionary(
            c => c[0], c => byte.Parse(c[5] != "0" ? c[5] : c[7], CultureInfo.InvariantCulture));
        var truth = File.ReadLines(SharedData.PathTo("data/hires/udot-7185/detectors.csv")).Skip(1).Select(l => l.Split(','))
            .Where(c => approaches.ContainsKey(c[6]))
            .ToDictionary(c => byte.Parse(c[2], CultureInfo.InvariantCulture), c => approaches[c[6]]);
        var (utah, events) = EventLog.Read(SharedData.PathTo("data/hires/udot-7185/events_2017-10-17_17h.csv"), onlySignal: "7185").Single();
        yield return ("udot-7185", SignalLearner.Learn(utah, LocalTimeMap.Utc, events), truth);
    }
}
