using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Core.Time;

namespace Crosstown.Measures.Learning;

/// <summary>Learns a signal's configuration from its log alone: detectors, phases, overlaps, buttons and patterns, each with its evidence.</summary>
public static class SignalLearner
{
    /// <summary>Events that a caller should show at most; later ones add little. About two days of a busy signal.</summary>
    public const int MostEvents = 2_000_000;

    /// <summary>Learns from events in the total order; with none, a configuration in which nothing is known.</summary>
    /// <param name="signal">Whose events they are.</param>
    /// <param name="clock">The signal's wall clock.</param>
    /// <param name="events">Sorted; an hour at least tells something, a day most.</param>
    public static SignalConfiguration Learn(SignalId signal, LocalTimeMap clock, ReadOnlySpan<ControllerEvent> events)
    {
        var displays = new PhaseDisplays(events);
        var channels = ChannelFacts.ReadAll(events, displays);
        var (detectors, detectorEvidence) = new DetectorLearner(channels, displays.Phases).Learn();
        var (buttons, buttonEvidence) = PedestrianLearner.Learn(events);
        var (overlaps, overlapEvidence) = OverlapLearner.Learn(events, displays);
        var (phases, phaseEvidence) = TimingLearner.LearnPhases(events, displays);
        var (patterns, patternEvidence) = TimingLearner.LearnPatterns(events, clock, phases);
        return new SignalConfiguration
        {
            Signal = signal,
            Zone = clock.Zone,
            Detectors = [.. detectors],
            PedestrianButtons = [.. buttons],
            Overlaps = [.. overlaps],
            Phases = [.. phases],
            Patterns = [.. patterns],
            Evidence = [.. detectorEvidence, .. buttonEvidence, .. overlapEvidence, .. phaseEvidence, .. patternEvidence],
        };
    }
}
