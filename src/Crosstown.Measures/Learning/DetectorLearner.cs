using System.Globalization;
using Crosstown.Core.Street;

namespace Crosstown.Measures.Learning;

/// <summary>Says which phase each detector belongs to, what it is for, and how far it lies from the stop bar.</summary>
/// <remarks>
/// Three kinds of evidence, in the order of their strength: a detector whose hits make the phase's calls is wired to it; a detector in one lane with such a one
/// shares its phase; and a detector at the stop bar is emptied by its own green. What does not reach the levels in <see cref="LearningLimits"/> stays unknown.
/// </remarks>
internal sealed class DetectorLearner
{
    private readonly IReadOnlyList<ChannelFacts> _channels;
    private readonly byte[] _phases;
    private readonly List<LaneLink> _links;
    private readonly int[] _lane;
    private readonly (int Phase, double Confidence, string Basis)[] _belongs;

    public DetectorLearner(IReadOnlyList<ChannelFacts> channels, byte[] phases)
    {
        _channels = channels;
        _phases = phases;
        _links = LaneLinks.Find(channels);
        _lane = [.. Enumerable.Range(0, channels.Count)];
        _belongs = new (int, double, string)[channels.Count];
        foreach (var link in _links.OrderByDescending(l => l.Deviations))
        {
            Join(link);
        }

        foreach (var lane in Enumerable.Range(0, channels.Count).GroupBy(LaneOf))
        {
            Decide([.. lane]);
        }
    }

    /// <summary>One detector per channel that the log knows, with its evidence.</summary>
    public (List<Detector> Detectors, List<Evidence> Evidence) Learn()
    {
        var detectors = new List<Detector>();
        var evidence = new List<Evidence>();
        for (var c = 0; c < _channels.Count; c++)
        {
            var (phase, confidence, basis) = _belongs[c];
            var field = string.Create(CultureInfo.InvariantCulture, $"detectors/{_channels[c].Channel}");
            evidence.Add(new Evidence($"{field}/phase", phase < 0 ? "unknown" : _phases[phase].ToString(CultureInfo.InvariantCulture), confidence, basis));
            var (functions, roleConfidence, roleBasis) = RoleOf(c);
            evidence.Add(new Evidence($"{field}/role", functions == DetectorFunctions.None ? "unknown" : functions.ToString(), roleConfidence, roleBasis));
            var travelMs = functions == DetectorFunctions.AdvanceCount ? FindTravelMs(c) : null;
            if (travelMs is { } travel)
            {
                evidence.Add(new Evidence($"{field}/travel_time_s", (travel / 1000.0).ToString(CultureInfo.InvariantCulture), 0.8, "Lag at which hits at the stop bar of the same lane follow."));
            }

            detectors.Add(new Detector
            {
                Channel = _channels[c].Channel,
                Phase = phase < 0 ? null : _phases[phase],
                Functions = functions,
                TravelTimeS = travelMs / 1000.0,
            });
        }

        return (detectors, evidence);
    }

    private int LaneOf(int channel)
    {
        while (_lane[channel] != channel)
        {
            channel = _lane[channel];
        }

        return channel;
    }

    /// <summary>Puts two detectors into one lane, unless each is surely wired to a phase of its own.</summary>
    private void Join(LaneLink link)
    {
        var (a, b) = (LaneOf(link.First), LaneOf(link.Second));
        if (a == b)
        {
            return;
        }

        var wiredA = WiredIn(a);
        var wiredB = WiredIn(b);
        if (wiredA is null || wiredB is null || wiredA == wiredB)
        {
            _lane[b] = a;
        }
    }

    private int? WiredIn(int lane)
    {
        for (var c = 0; c < _channels.Count; c++)
        {
            if (LaneOf(c) == lane && FindWiredPhase(c) is { } phase)
            {
                return phase;
            }
        }

        return null;
    }

    /// <summary>The phase whose calls a channel surely makes.</summary>
    private int? FindWiredPhase(int channel)
    {
        var calls = _channels[channel].CallDeviations;
        var (best, second) = BestTwo(calls);
        return best >= 0 && _channels[channel].OnMs.Count >= LearningLimits.FewestActuations / 2 && calls[best] >= LearningLimits.CallsSurely
            && _channels[channel].CallShare[best] >= LearningLimits.CallsOften
            && calls[best] >= LearningLimits.CallsClearly * Math.Max(1, second < 0 ? 0 : calls[second])
            ? best
            : null;
    }

    private void Decide(int[] lane)
    {
        var wired = lane.Select(FindWiredPhase).OfType<int>().Distinct().ToArray();
        foreach (var c in lane)
        {
            _belongs[c] = FindWiredPhase(c) is { } own
                ? (own, 0.98, $"Calls of the phase come and go with this channel, {Number(_channels[c].CallDeviations[own])} standard deviations above chance.")
                : wired.Length == 1 && !DisplayContradicts(c, wired[0])
                    ? (wired[0], 0.97, $"Lies in one lane with a channel that calls the phase: hits follow at a fixed lag, {Number(StrongestLink(c))} standard deviations above their surroundings.")
                    : ByDisplay(wired.Length == 1 ? [c] : lane);
        }
    }

    /// <summary>Vehicles that turn out of a lane pass its upstream detector too: a detector that empties in another phase's green is that phase's.</summary>
    private bool DisplayContradicts(int channel, int phase)
    {
        var facts = _channels[channel];
        var best = BestTwo(facts.DisplayFit).Best;
        return best != phase && facts.DeepRedShare[phase] > LearningLimits.DeparturesInRed && facts.DeepRedShare[best] <= LearningLimits.DeparturesInRed
            && facts.DisplayFit[best] >= LearningLimits.DisplayContradicts * facts.DisplayFit[phase];
    }

    /// <summary>The phase whose greens empty a lane's detectors.</summary>
    private (int Phase, double Confidence, string Basis) ByDisplay(int[] lane)
    {
        var hits = lane.Sum(c => _channels[c].OnMs.Count);
        if (hits < LearningLimits.FewestActuations || _phases.Length == 0)
        {
            return (-1, 0, $"Only {hits} actuations.");
        }

        var fit = new double[_phases.Length];
        var deepRed = new double[_phases.Length];
        foreach (var c in lane)
        {
            for (var p = 0; p < _phases.Length; p++)
            {
                fit[p] += _channels[c].DisplayFit[p] * _channels[c].OnMs.Count / hits;
                deepRed[p] += _channels[c].DeepRedShare[p] * _channels[c].OnMs.Count / hits;
            }
        }

        var (best, second) = BestTwo(fit);
        var ratio = second < 0 || fit[second] <= 0 ? double.PositiveInfinity : fit[best] / fit[second];
        var basis = $"Display of phase {_phases[best]} explains the hits {Number(ratio)} times as well as the next best; {Number(100 * deepRed[best])} % end deep in its red.";
        var leastRed = deepRed.Min();
        return ratio >= LearningLimits.DisplayClearly && deepRed[best] <= leastRed + 0.05 && fit[best] >= 0.3
            ? (best, Math.Min(0.96, 0.9 + (0.1 * (ratio - 1))), basis)
            : (-1, 0, basis);
    }

    private (DetectorFunctions Role, double Confidence, string Basis) RoleOf(int c)
    {
        var channel = _channels[c];
        var phase = _belongs[c].Phase;
        if (phase < 0 || channel.OnMs.Count < LearningLimits.FewestActuations)
        {
            return (DetectorFunctions.None, 0, "The phase is not known, or there are too few actuations.");
        }

        var leadMs = FindTravelMs(c);
        var deepRed = channel.DeepRedShare[phase];
        var basis =
            $"{Number(100 * deepRed)} % of hits end deep in red, {Number(100 * channel.RedOccupancy[phase])} % of red is occupied, nine in ten hits last up to {Number(channel.LongHitMs / 1000.0)} s, "
            + (leadMs is { } lead ? $"hits lead those of the same lane by {Number(lead / 1000)} s." : "no detector of the lane follows.");
        if (leadMs >= LearningLimits.ShortestLeadMs && channel.LongHitMs < LearningLimits.PassingMs)
        {
            return (DetectorFunctions.AdvanceCount, 0.92, basis);
        }

        if (channel.RedOccupancy[phase] <= LearningLimits.EmptyInRed)
        {
            return (DetectorFunctions.LaneByLaneCount, 0.9, basis);
        }

        if (deepRed <= LearningLimits.DeparturesInRed)
        {
            return (DetectorFunctions.StopBarPresence, 0.88, basis);
        }

        // Right turns on red empty a zone at the stop bar too; what tells it from one upstream is that vehicles stand on it and that none is passed later.
        return leadMs >= LearningLimits.ShortestLeadMs ? (DetectorFunctions.None, 0, basis)
            : channel.LongHitMs >= 2 * LearningLimits.PassingMs ? (DetectorFunctions.StopBarPresence, 0.85, basis)
            : leadMs is null && channel.LongHitMs < LearningLimits.PassingMs ? (DetectorFunctions.AdvanceCount, 0.8, basis)
            : (DetectorFunctions.None, 0, basis);
    }

    /// <summary>Lag to the last detector that the vehicles of the same lane pass; null when none follows.</summary>
    private double? FindTravelMs(int c)
    {
        var lags = _links.Where(l => l.First == c && l.LagMs > 0 && LaneOf(l.Second) == LaneOf(c) && _belongs[l.Second].Phase == _belongs[c].Phase).Select(l => (double)l.LagMs).ToArray();
        return lags.Length == 0 ? null : lags.Max();
    }

    private double StrongestLink(int c) => _links.Where(l => l.First == c || l.Second == c).Select(l => l.Deviations).DefaultIfEmpty().Max();

    private static (int Best, int Second) BestTwo(double[] values)
    {
        var (best, second) = (-1, -1);
        for (var i = 0; i < values.Length; i++)
        {
            if (best < 0 || values[i] > values[best])
            {
                (best, second) = (i, best);
            }
            else if (second < 0 || values[i] > values[second])
            {
                second = i;
            }
        }

        return (best, second);
    }

    private static string Number(double value) => double.IsInfinity(value) ? "many" : value.ToString("0.##", CultureInfo.InvariantCulture);
}
