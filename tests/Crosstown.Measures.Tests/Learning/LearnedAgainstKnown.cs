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
        var (precision, recall) = Score("phase", (detector, learned) => learned.Phase is { } phase ? phase == detector.Phase : null);

        Assert.True(precision >= 0.95, $"precision {precision:0.000}");
        Assert.True(recall >= 0.8, $"recall {recall:0.000}");
    }

    /// <summary>Counting zones and red-light zones differ only in a speed filter inside the detector, which no log shows: they are one role here.</summary>
    [Fact]
    [Trait("Category", SharedData.Category)]
    public void The_role_of_a_detector_is_right_nine_times_in_ten()
    {
        var (precision, recall) = Score("role", (detector, learned) => learned.Functions == DetectorFunctions.None ? null : learned.Functions == RoleOf(detector));

        Assert.True(precision >= 0.9, $"precision {precision:0.000}");
        Assert.True(recall >= 0.7, $"recall {recall:0.000}");
    }

    private static DetectorFunctions RoleOf(Detector detector) =>
        detector.Has(DetectorFunctions.LaneByLaneSpeed) ? DetectorFunctions.LaneByLaneCount : detector.Functions;

    /// <param name="judge">Right, wrong, or null where nothing is said.</param>
    private (double Precision, double Recall) Score(string what, Func<Detector, Detector, bool?> judge)
    {
        var (said, right, known) = (0, 0, 0);
        foreach (var signal in KnownSignal.ListAll())
        {
            var learned = SignalLearner.Learn(signal.Signal, LocalTimeMap.Utc, signal.Log);
            foreach (var detector in signal.Detectors)
            {
                var answer = learned.Detectors.FirstOrDefault(d => d.Channel == detector.Channel);
                var verdict = answer is null ? null : judge(detector, answer);
                known++;
                said += verdict is null ? 0 : 1;
                right += verdict == true ? 1 : 0;
                if (verdict != true)
                {
                    var basis = learned.Evidence.FirstOrDefault(e => e.Field == $"detectors/{detector.Channel}/{what}")?.Basis ?? "not in the log";
                    output.WriteLine(
                        $"{signal.Name}: channel {detector.Channel} ({detector.Functions}, phase {detector.Phase}) {(verdict is null ? "unknown" : $"learnt {answer!.Functions}, phase {answer.Phase}")}: {basis}");
                }
            }
        }

        var precision = (double)right / said;
        var recall = (double)right / known;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what} of detector: precision {precision:0.000}, recall {recall:0.000} of {known}"));
        return (precision, recall);
    }
}
