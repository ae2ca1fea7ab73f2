using Crosstown.Core.Street;

namespace Crosstown.Cli.Demo;

/// <summary>How much of what was learned of detectors is right, and how much was said at all.</summary>
/// <param name="Known">Detectors whose truth is known.</param>
/// <param name="Said">Of these, for how many something was said.</param>
/// <param name="Right">Of these, for how many it is true.</param>
internal sealed record LearnedScore(int Known, int Said, int Right)
{
    /// <summary>Right over said; null when nothing was said.</summary>
    public double? Precision => Said == 0 ? null : (double)Right / Said;

    /// <summary>Right over known; null when nothing is known.</summary>
    public double? Recall => Known == 0 ? null : (double)Right / Known;

    /// <summary>Compares the phase of each detector.</summary>
    public static LearnedScore OfPhases(IEnumerable<SignalConfiguration> truth, IEnumerable<SignalConfiguration> learned) =>
        Score(truth, learned, (known, said) => said.Phase is { } phase ? phase == known.Phase : null);

    /// <summary>Compares what each detector is for.</summary>
    /// <remarks>A zone that counts and one that also filters by speed look alike in a log: they are one role here.</remarks>
    public static LearnedScore OfRoles(IEnumerable<SignalConfiguration> truth, IEnumerable<SignalConfiguration> learned) =>
        Score(truth, learned, (known, said) => said.Functions == DetectorFunctions.None ? null : (RoleOf(said) & RoleOf(known)) != 0);

    private static DetectorFunctions RoleOf(Detector detector) =>
        detector.Has(DetectorFunctions.LaneByLaneSpeed) ? detector.Functions | DetectorFunctions.LaneByLaneCount : detector.Functions;

    private static LearnedScore Score(IEnumerable<SignalConfiguration> truth, IEnumerable<SignalConfiguration> learned, Func<Detector, Detector, bool?> judge)
    {
        var bySignal = learned.ToDictionary(c => c.Signal);
        var (known, said, right) = (0, 0, 0);
        foreach (var configuration in truth)
        {
            foreach (var detector in configuration.Detectors)
            {
                var answer = bySignal.GetValueOrDefault(configuration.Signal)?.Detectors.FirstOrDefault(d => d.Channel == detector.Channel);
                var verdict = answer is null ? null : judge(detector, answer);
                known++;
                said += verdict is null ? 0 : 1;
                right += verdict == true ? 1 : 0;
            }
        }

        return new LearnedScore(known, said, right);
    }
}
