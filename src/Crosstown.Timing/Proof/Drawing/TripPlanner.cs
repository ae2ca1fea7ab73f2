using Crosstown.Core;

namespace Crosstown.Timing.Proof.Drawing;

/// <summary>A vehicle's way: when it begins, and which stop lines it crosses.</summary>
internal sealed record PlannedTrip(double DepartS, List<Way> Ways);

/// <summary>Sends as many vehicles over every stop line as the demand asks for.</summary>
/// <remarks>
/// Vehicles enter at random moments, in every ten minutes as many as asked for. At a stop line each draws where it goes on from an urn that holds every way as often as is still owed,
/// so that counts hold while the order is left to chance.
/// </remarks>
internal sealed class TripPlanner(FlowSketch sketch)
{
    private const double SliceS = 600;

    /// <summary>Vehicles by which a way may be ahead of what is owed, all ways of a group together.</summary>
    private const double Urn = 12;

    /// <summary>No way crosses more stop lines: one that does goes in circles.</summary>
    private const int MostStopLines = 60;

    public List<PlannedTrip> Plan(double startS, double endS, ulong seed)
    {
        var entries = new List<(double TimeS, int Group)>();
        for (var g = 0; g < sketch.Entering.Length; g++)
        {
            var random = new RandomNumbers(seed, 1, g);
            var owed = random.NextDouble();
            for (var from = startS; from < endS; from += SliceS)
            {
                var to = Math.Min(endS, from + SliceS);
                owed += sketch.Entering[g] * (to - from) / 3600;
                for (; owed >= 1; owed--)
                {
                    entries.Add((random.Between(from, to), g));
                }
            }
        }

        entries.Sort();
        var urns = new Dictionary<int, (RandomNumbers Random, int[] Taken, double[] Shares)>();
        var trips = new List<PlannedTrip>(entries.Count);
        foreach (var (time, entry) in entries)
        {
            var ways = new List<Way>();
            for (var g = entry; g >= 0 && ways.Count < MostStopLines;)
            {
                if (!urns.TryGetValue(g, out var urn))
                {
                    var sum = sketch.Ways[g].Sum(w => w.VehPerHour);
                    urns[g] = urn = (new RandomNumbers(seed, 2, g), new int[sketch.Ways[g].Count], [.. sketch.Ways[g].Select(w => w.VehPerHour / sum)]);
                }

                var way = sketch.Ways[g][Draw(urn.Random, urn.Taken, urn.Shares)];
                ways.Add(way);
                g = way.ToGroup;
            }

            trips.Add(new PlannedTrip(time, ways));
        }

        return trips;
    }

    private static int Draw(RandomNumbers random, int[] taken, double[] shares)
    {
        var total = taken.Sum() + Urn;
        var sum = 0.0;
        for (var i = 0; i < taken.Length; i++)
        {
            sum += Math.Max(0, (shares[i] * total) - taken[i]);
        }

        var left = random.NextDouble() * sum;
        var last = 0;
        for (var i = 0; i < taken.Length; i++)
        {
            var owed = Math.Max(0, (shares[i] * total) - taken[i]);
            if (owed > 0)
            {
                last = i;
                left -= owed;
                if (left < 0)
                {
                    break;
                }
            }
        }

        taken[last]++;
        return last;
    }
}
