using System.Collections.Immutable;
using Crosstown.Core.Data;

namespace Crosstown.Timing.Demand.Profiles;

/// <summary>When vehicles arrive at a stop line and when it is green, by second of the cycle, as measured.</summary>
/// <param name="Arrivals">Vehicles by second of the cycle; the same clock for all signals of a corridor.</param>
/// <param name="Green">Share of cycles, 0-1, in which that second was green.</param>
public sealed record MeasuredApproach(ImmutableArray<double> Arrivals, ImmutableArray<double> Green)
{
    /// <summary>Arrivals that meet green.</summary>
    /// <param name="arrivalsBy">Seconds by which arrivals come later.</param>
    /// <param name="greenBy">Seconds by which green begins and ends later.</param>
    public double OnGreen(int arrivalsBy, int greenBy)
    {
        var n = Arrivals.Length;
        var shift = (((arrivalsBy - greenBy) % n) + n) % n;
        var sum = 0.0;
        for (var t = 0; t < n; t++)
        {
            var at = t + shift;
            sum += Arrivals[t] * Green[at < n ? at : at - n];
        }

        return sum;
    }
}

/// <summary>A link of a corridor between neighboring signals, with what arrives at its far ends.</summary>
/// <param name="Forward">At the second signal, from the first; null when not measured.</param>
/// <param name="Backward">At the first signal, from the second; null when not measured.</param>
public sealed record PivotLink(MeasuredApproach? Forward, MeasuredApproach? Backward);

/// <summary>What a corridor would gain.</summary>
/// <param name="OffsetChangeS">By signal: seconds to add to its offset, 0 to cycle - 1; the first stays.</param>
/// <param name="Links">By link: arrivals on green of both directions by trial change of the second signal, 0 to cycle - 1 seconds.</param>
/// <param name="OnGreenBefore">Arrivals on green of all links today.</param>
/// <param name="OnGreenAfter">As predicted, travel times and platoons being what they are.</param>
/// <param name="Arrivals">All arrivals.</param>
public sealed record PivotResult(
    ImmutableArray<int> OffsetChangeS, ImmutableArray<ImmutableArray<double>> Links, double OnGreenBefore, double OnGreenAfter, double Arrivals);

/// <summary>Offsets of a corridor from measured arrivals alone: no model, no geometry, not even distances.</summary>
/// <remarks>
/// Day and Bullock 2011. Moving the second signal's offset moves its green under forward arrivals, and moves what it sends backward to the first. Each
/// link takes the change with the most arrivals on green of both directions; what a signal is moved by moves all after it as well, so that links
/// that are settled keep their relation. Cyclic: what leaves the cycle at its end comes in at its begin.
/// </remarks>
public static class LinkPivot
{
    /// <summary>Best change of every offset.</summary>
    /// <param name="links">In order along the corridor; at least one, all of one cycle.</param>
    /// <param name="forwardWeight">Weight of forward arrivals beside backward ones, 0-1; half for equal.</param>
    /// <exception cref="ProblemException">Profiles differ in length, or the weight is outside 0-1.</exception>
    public static PivotResult Optimize(IReadOnlyList<PivotLink> links, double forwardWeight = 0.5)
    {
        var approaches = links.SelectMany(l => new[] { l.Forward, l.Backward }).OfType<MeasuredApproach>().ToList();
        var lengths = approaches.SelectMany(a => new[] { a.Arrivals.Length, a.Green.Length }).Distinct().ToList();
        if (lengths.Count != 1 || lengths[0] == 0)
        {
            throw new ProblemException(
                "XT694", "links", $"Profiles of {string.Join(", ", lengths.Order())} s: at least one is needed, and all must be of one cycle, a figure per second.");
        }

        if (forwardWeight is not (>= 0 and <= 1))
        {
            throw new ProblemException("XT695", "forward weight", $"{forwardWeight}: a weight is 0 to 1, and 0.5 for both directions alike.");
        }

        var cycleS = lengths[0];
        var changes = new int[links.Count + 1];
        var tables = ImmutableArray.CreateBuilder<ImmutableArray<double>>(links.Count);
        var (before, after) = (0.0, 0.0);
        for (var i = 0; i < links.Count; i++)
        {
            var link = links[i];
            var table = new double[cycleS];
            var bestChange = 0;
            var bestScore = double.NegativeInfinity;
            for (var change = 0; change < cycleS; change++)
            {
                var forward = link.Forward?.OnGreen(0, change) ?? 0;
                var backward = link.Backward?.OnGreen(change, 0) ?? 0;
                table[change] = forward + backward;
                var score = (forwardWeight * forward) + ((1 - forwardWeight) * backward);
                if (score > bestScore + 1e-9)
                {
                    (bestScore, bestChange) = (score, change);
                }
            }

            before += table[0];
            after += table[bestChange];
            tables.Add([.. table]);

            // The signal moves against its neighbor, which itself has moved.
            changes[i + 1] = (changes[i] + bestChange) % cycleS;
        }

        return new PivotResult([.. changes], tables.ToImmutable(), before, after, approaches.Sum(a => a.Arrivals.Sum()));
    }
}
