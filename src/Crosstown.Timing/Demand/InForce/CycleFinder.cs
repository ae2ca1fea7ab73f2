using Crosstown.Core.Time;
using Crosstown.Timing.Demand.Reading;

namespace Crosstown.Timing.Demand.InForce;

/// <summary>A time in which one cycle length and one offset rule, found without a word of the coordinator.</summary>
/// <param name="When">Ms UTC.</param>
/// <param name="CycleS">Null for free operation.</param>
/// <param name="Share">Share of coordinated greens, 0-1, that end at one place of the cycle.</param>
internal sealed record CycleSegment(TimeRange When, int? CycleS, double Share);

/// <summary>Finds cycle lengths from when coordinated greens end.</summary>
/// <remarks>
/// A coordinated green ends at its yield point, cycle after cycle, however early it began. Folded by the true cycle its ends fall on one place, by any
/// other they scatter: the fullest place counts, which is the autocorrelation at all lags together. Cycles that walks, priority or a transition
/// shifted fall elsewhere and do not move it. Every divisor of the cycle folds as well, so the longest of the multiples that still fold is taken.
/// </remarks>
internal static class CycleFinder
{
    public const int ShortestS = 30;
    public const int LongestS = 255;

    private const int Cycles = LongestS - ShortestS + 1;
    private const long SlotMs = 900_000;

    // Ends that a change of plan must explain better before it is believed, and the least length of a plan in slots: less would fit chance.
    private const double ChangePenalty = 8;
    private const int ShortestPlan = 2;
    private const int FewestEnds = 4;

    /// <summary>How wide a place is, and which share of all ends must lie at it. The second is for controllers that yield to a call within a window.</summary>
    private static readonly (int PlaceMs, double LeastShare)[] Sharpness = [(500, 0.3), (5000, 0.6)];

    /// <summary>The cycle on which ends of green fall together.</summary>
    /// <param name="ends">Per coordinated phase: ends of green in ms after local midnight, of one plan.</param>
    /// <returns>Null when there are too few, or none fits.</returns>
    public static (int CycleS, double Share)? Find(IReadOnlyList<long[]> ends)
    {
        var count = ends.Sum(e => e.Length);
        if (count < FewestEnds)
        {
            return null;
        }

        foreach (var (placeMs, leastShare) in Sharpness)
        {
            var folds = new Folds(ends.Count, placeMs);
            for (var phase = 0; phase < ends.Count; phase++)
            {
                foreach (var end in ends[phase])
                {
                    folds.Add(phase, end);
                }
            }

            if (folds.Longest() is var (cycleS, hits) && hits >= Math.Max(FewestEnds, leastShare * count))
            {
                return (cycleS, hits / (double)count);
            }
        }

        return null;
    }

    /// <summary>Cuts a time into plans by optimal segmentation, day by day.</summary>
    /// <param name="log">The signal's log.</param>
    /// <param name="phases">Coordinated phases.</param>
    /// <param name="range">Ms UTC.</param>
    public static List<CycleSegment> Segment(SignalLog log, IReadOnlyList<int> phases, TimeRange range)
    {
        var segments = new List<CycleSegment>();
        var from = range.StartMs;
        while (from < range.EndMs)
        {
            var midnight = from - log.LocalDayMs(from) + SignalLog.DayMs;
            var to = Math.Min(range.EndMs, midnight);
            segments.AddRange(SegmentDay(log, phases, new TimeRange(from, to)));
            from = to;
        }

        return segments;
    }

    private static List<CycleSegment> SegmentDay(SignalLog log, IReadOnlyList<int> phases, TimeRange day)
    {
        var firstSlot = day.StartMs / SlotMs;
        var slots = (int)(((day.EndMs - 1) / SlotMs) - firstSlot + 1);
        var gains = Gains(log, phases, day, firstSlot, slots);
        var best = new double[slots + 1];
        var cameFrom = new int[slots + 1];
        for (var to = 1; to <= slots; to++)
        {
            best[to] = double.NegativeInfinity;
            for (var from = 0; from <= Math.Max(0, to - ShortestPlan); from++)
            {
                var value = best[from] + gains[from][to] - ChangePenalty;
                if (value > best[to])
                {
                    (best[to], cameFrom[to]) = (value, from);
                }
            }
        }

        var segments = new List<CycleSegment>();
        for (var to = slots; to > 0; to = cameFrom[to])
        {
            var when = new TimeRange(Math.Max(day.StartMs, (firstSlot + cameFrom[to]) * SlotMs), Math.Min(day.EndMs, (firstSlot + to) * SlotMs));
            var found = Find([.. phases.Select(p => EndsIn(log, p, when))]);
            segments.Add(new CycleSegment(when, found?.CycleS, found?.Share ?? 0));
        }

        segments.Reverse();
        return segments;
    }

    private static long[] EndsIn(SignalLog log, int phase, TimeRange when) =>
        [.. log.Services[phase].Where(s => when.Contains(s.YellowMs) && !log.IsDisturbed(s.YellowMs)).Select(s => log.LocalDayMs(s.YellowMs))];

    /// <summary>By first and last slot: ends that the best cycle gathers at one place, or what free operation would by chance.</summary>
    private static double[][] Gains(SignalLog log, IReadOnlyList<int> phases, TimeRange day, long firstSlot, int slots)
    {
        var ends = new List<(int Phase, long DayMs)>[slots];
        for (var slot = 0; slot < slots; slot++)
        {
            ends[slot] = [];
        }

        for (var p = 0; p < phases.Count; p++)
        {
            foreach (var service in log.Services[phases[p]])
            {
                if (day.Contains(service.YellowMs) && !log.IsDisturbed(service.YellowMs))
                {
                    ends[(int)((service.YellowMs / SlotMs) - firstSlot)].Add((p, log.LocalDayMs(service.YellowMs)));
                }
            }
        }

        var gains = new double[slots][];
        var folds = Sharpness.Select(s => new Folds(phases.Count, s.PlaceMs)).ToArray();
        for (var from = 0; from < slots; from++)
        {
            gains[from] = new double[slots + 1];
            Array.ForEach(folds, f => f.Clear());
            var count = 0;
            for (var to = from; to < slots; to++)
            {
                foreach (var (phase, dayMs) in ends[to])
                {
                    Array.ForEach(folds, f => f.Add(phase, dayMs));
                }

                count += ends[to].Count;
                var gain = Sharpness[0].LeastShare * count;
                for (var i = 0; i < folds.Length; i++)
                {
                    // A wide place gathers as many by chance as it is wider: only what goes beyond its own least share counts.
                    gain = Math.Max(gain, folds[i].Best() - ((Sharpness[i].LeastShare - Sharpness[0].LeastShare) * count));
                }

                gains[from][to + 1] = gain;
            }
        }

        return gains;
    }

    /// <summary>Ends of green folded by every cycle length, with the fullest place of each.</summary>
    private sealed class Folds
    {
        private readonly int _phases;
        private readonly int _placeMs;
        private readonly int[] _first = new int[Cycles + 1];
        private readonly ushort[] _places;
        private readonly int[] _fullest;

        public Folds(int phases, int placeMs)
        {
            (_phases, _placeMs) = (phases, placeMs);
            for (var cycle = 0; cycle < Cycles; cycle++)
            {
                // Two rows of places, half a place apart: what falls on a border of one lies inside the other.
                _first[cycle + 1] = _first[cycle] + (2 * phases * PlacesOf(cycle));
            }

            _places = new ushort[_first[Cycles]];
            _fullest = new int[Cycles * phases];
        }

        public void Clear()
        {
            Array.Clear(_places);
            Array.Clear(_fullest);
        }

        public void Add(int phase, long dayMs)
        {
            for (var cycle = 0; cycle < Cycles; cycle++)
            {
                var cycleMs = (cycle + ShortestS) * 1000;
                var at = (int)(dayMs % cycleMs);
                var places = PlacesOf(cycle);
                var row = _first[cycle] + (2 * phase * places);
                var inFirst = ++_places[row + (at / _placeMs)];
                var inSecond = ++_places[row + places + (((at + (_placeMs / 2)) % cycleMs) / _placeMs)];
                var fullest = Math.Max(inFirst, inSecond);
                ref var best = ref _fullest[(cycle * _phases) + phase];
                best = Math.Max(best, fullest);
            }
        }

        /// <summary>Ends at the fullest places under the best cycle.</summary>
        public int Best()
        {
            var best = 0;
            for (var cycle = 0; cycle < Cycles; cycle++)
            {
                best = Math.Max(best, HitsOf(cycle));
            }

            return best;
        }

        /// <summary>The best cycle, or the longest multiple of it that gathers nearly as many: a divisor gathers all that its multiple does, and more by chance.</summary>
        public (int CycleS, int Hits) Longest()
        {
            var best = Enumerable.Range(0, Cycles).MaxBy(HitsOf);
            var hits = HitsOf(best);
            for (var times = LongestS / (best + ShortestS); times >= 2; times--)
            {
                var multiple = ((best + ShortestS) * times) - ShortestS;
                if (HitsOf(multiple) >= 0.8 * hits)
                {
                    return (multiple + ShortestS, HitsOf(multiple));
                }
            }

            return (best + ShortestS, hits);
        }

        private int HitsOf(int cycle)
        {
            var hits = 0;
            for (var phase = 0; phase < _phases; phase++)
            {
                hits += _fullest[(cycle * _phases) + phase];
            }

            return hits;
        }

        private int PlacesOf(int cycle) => (((cycle + ShortestS) * 1000) + _placeMs - 1) / _placeMs;
    }
}
