using System.Collections.Immutable;
using System.Globalization;
using Crosstown.Core;
using Crosstown.Core.Data;

namespace Crosstown.Timing.Proof;

/// <summary>A measured figure of 15 minutes: mean delay, travel time, or share of arrivals on green.</summary>
/// <param name="Day">Days since 1970-01-01 on the local calendar.</param>
/// <param name="Minute">Minutes after local midnight at which it begins.</param>
/// <param name="Value">In the measure's unit.</param>
/// <param name="Weight">Vehicles that it is of; bins with more count more. 0 leaves it out.</param>
public readonly record struct MeasuredBin(int Day, int Minute, double Value, double Weight);

/// <summary>What is compared.</summary>
/// <param name="Name">As it stands in the sentence, such as <c>delay</c>.</param>
/// <param name="Unit">Such as <c>s</c> or <c>%</c>.</param>
/// <param name="LowerIsBetter">True for delay and travel time, false for arrivals on green.</param>
public sealed record ProofMeasure(string Name, string Unit, bool LowerIsBetter);

/// <summary>How a comparison ended.</summary>
public enum ProofVerdict
{
    /// <summary>Too few days or bins to say anything.</summary>
    TooFew,

    /// <summary>The whole interval lies on the better side.</summary>
    Better,

    /// <summary>The whole interval lies on the worse side.</summary>
    Worse,

    /// <summary>The interval holds zero: no difference can be shown.</summary>
    NoDifference,
}

/// <summary>A measured before and after.</summary>
/// <param name="Verdict">How it ended.</param>
/// <param name="Sentence">Whether it worked, in one sentence.</param>
/// <param name="Before">Mean before, over matched bins, weighted; null when too few.</param>
/// <param name="After">Mean after.</param>
/// <param name="Difference">After less before.</param>
/// <param name="Low">Lower end of the interval of the difference.</param>
/// <param name="High">Upper end.</param>
/// <param name="DaysBefore">Days that were matched.</param>
/// <param name="DaysAfter">Days that were matched.</param>
/// <param name="Pairs">Weekday and time-of-day cells that both periods have.</param>
public sealed record ProofResult(
    ProofVerdict Verdict, string Sentence, double? Before, double? After, double? Difference, double? Low, double? High, int DaysBefore, int DaysAfter, int Pairs);

/// <summary>Compares measured figures of the same weekdays and times of day before and after a change.</summary>
/// <remarks>
/// Each weekday and quarter of an hour that both periods have is a pair. Its difference is weighted by the vehicles of both sides, so a change of
/// volume moves no weight. The interval comes from drawing anew by how much whole days differ from their weekday's mean: bins of one day are not
/// independent. Weather, roadworks and holidays are not known here; the sentence says what was compared, not why it changed.
/// </remarks>
public static class BeforeAfter
{
    /// <summary>Fewest days of each period for a verdict: with fewer, drawing days anew says nothing of their spread.</summary>
    public const int FewestDays = 3;

    private const int FewestPairs = 4;
    private const int Draws = 2000;

    /// <summary>Compares two periods.</summary>
    /// <param name="before">Figures of the days before; any order.</param>
    /// <param name="after">Figures of the days after.</param>
    /// <param name="measure">What they are.</param>
    /// <param name="confidence">Of the interval, above 0.5 and below 1.</param>
    /// <param name="seed">The same seed gives the same interval.</param>
    /// <exception cref="ProblemException">The confidence is outside its limits, a day is in both periods, or a figure is not finite.</exception>
    public static ProofResult Compare(
        IReadOnlyList<MeasuredBin> before, IReadOnlyList<MeasuredBin> after, ProofMeasure measure, double confidence = 0.95, ulong seed = 1)
    {
        Check(before, after, confidence);
        var first = Period.Of(before);
        var second = Period.Of(after);
        var cells = first.Cells.Intersect(second.Cells).Order().ToList();
        var daysBefore = first.DaysWith(cells);
        var daysAfter = second.DaysWith(cells);
        if (daysBefore.Count < FewestDays || daysAfter.Count < FewestDays || cells.Count < FewestPairs)
        {
            return new ProofResult(
                ProofVerdict.TooFew,
                $"It cannot be said whether it worked: {Days(daysBefore.Count)} before and {Days(daysAfter.Count)} after share {cells.Count} times of the week; {FewestDays} days each and {FewestPairs} times are needed.",
                null, null, null, null, null, daysBefore.Count, daysAfter.Count, cells.Count);
        }

        var weights = first.Weights(cells).Zip(second.Weights(cells), (a, b) => 2 / ((1 / a) + (1 / b))).ToArray();
        var total = weights.Sum();
        double Mean(Period period) => period.Means(cells).Zip(weights, (m, w) => m * w).Sum() / total;
        var (meanBefore, meanAfter) = (Mean(first), Mean(second));
        var random = new RandomNumbers(seed, daysBefore.Count, daysAfter.Count);
        var luckBefore = new DayLuck(first, cells, weights, daysBefore);
        var luckAfter = new DayLuck(second, cells, weights, daysAfter);
        var draws = new List<double>(Draws);
        for (var i = 0; i < Draws; i++)
        {
            draws.Add(meanAfter - meanBefore + luckAfter.Draw(random) - luckBefore.Draw(random));
        }

        draws.Sort();
        var tail = (1 - confidence) / 2;
        var (low, high) = (draws[(int)(tail * (draws.Count - 1))], draws[(int)Math.Ceiling((1 - tail) * (draws.Count - 1))]);
        var difference = meanAfter - meanBefore;
        var isBetter = measure.LowerIsBetter ? high < 0 : low > 0;
        var isWorse = measure.LowerIsBetter ? low > 0 : high < 0;
        var verdict = isBetter ? ProofVerdict.Better : isWorse ? ProofVerdict.Worse : ProofVerdict.NoDifference;
        return new ProofResult(
            verdict, Sentence(verdict, measure, meanBefore, meanAfter, low, high, confidence, daysBefore.Count, daysAfter.Count), meanBefore, meanAfter, difference, low, high,
            daysBefore.Count, daysAfter.Count, cells.Count);
    }

    private static void Check(IReadOnlyList<MeasuredBin> before, IReadOnlyList<MeasuredBin> after, double confidence)
    {
        var problems = new List<Problem>();
        if (confidence is not (> 0.5 and < 1))
        {
            problems.Add(new Problem("XT696", "confidence", $"{confidence}: an interval's confidence is above 0.5 and below 1, such as 0.95."));
        }

        var both = before.Select(b => b.Day).Intersect(after.Select(b => b.Day)).Order().ToList();
        if (both.Count > 0)
        {
            problems.Add(new Problem("XT697", "periods", $"{both.Count} days are before and after at once, the first of them day {both[0]} since 1970: let the periods not overlap."));
        }

        foreach (var bin in before.Concat(after).Where(b => !double.IsFinite(b.Value) || !double.IsFinite(b.Weight) || b.Weight < 0 || b.Minute is < 0 or >= 1440).Take(1))
        {
            problems.Add(new Problem("XT698", $"day {bin.Day}, minute {bin.Minute}", $"Value {bin.Value}, weight {bin.Weight}: both are finite, the weight 0 or more, the minute 0 to 1439."));
        }

        if (problems.Count > 0)
        {
            throw new ProblemException(problems);
        }
    }

    private static int Weekday(int day) => (int)((((day + 3L) % 7) + 7) % 7);

    private static string Sentence(
        ProofVerdict verdict, ProofMeasure measure, double before, double after, double low, double high, double confidence, int daysBefore, int daysAfter)
    {
        var change = before == 0 ? "" : $" ({Signed(100 * (after - before) / Math.Abs(before))} %)";
        var facts = $"{measure.Name} went from {Number(before)} to {Number(after)} {measure.Unit}{change}, {Number(100 * confidence)} % interval of the change {Signed(low)} to {Signed(high)} {measure.Unit}, "
            + $"same weekdays and times of {Days(daysBefore)} before and {Days(daysAfter)} after";
        return verdict switch
        {
            ProofVerdict.Better => $"It worked: {facts}.",
            ProofVerdict.Worse => $"It made things worse: {facts}.",
            _ => $"No difference can be shown: {facts}.",
        };
    }

    private static string Days(int count) => count == 1 ? "1 day" : $"{count.ToString(CultureInfo.InvariantCulture)} days";

    private static string Number(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);

    private static string Signed(double value) => value.ToString("+0.#;-0.#;0", CultureInfo.InvariantCulture);

    /// <summary>One period's figures by day.</summary>
    private sealed class Period
    {
        private readonly Dictionary<int, Dictionary<int, (double Sum, double Weight)>> _byDay = [];

        public HashSet<(int Weekday, int Minute)> Cells { get; } = [];

        public static Period Of(IReadOnlyList<MeasuredBin> bins)
        {
            var period = new Period();
            foreach (var bin in bins.Where(b => b.Weight > 0))
            {
                if (!period._byDay.TryGetValue(bin.Day, out var day))
                {
                    period._byDay[bin.Day] = day = [];
                }

                var known = day.GetValueOrDefault(bin.Minute);
                day[bin.Minute] = (known.Sum + (bin.Value * bin.Weight), known.Weight + bin.Weight);
                period.Cells.Add((Weekday(bin.Day), bin.Minute));
            }

            return period;
        }

        public List<int> DaysWith(List<(int Weekday, int Minute)> cells)
        {
            var wanted = cells.ToHashSet();
            return [.. _byDay.Where(d => d.Value.Keys.Any(m => wanted.Contains((Weekday(d.Key), m)))).Select(d => d.Key).Order()];
        }

        /// <summary>By cell: weighted mean of its days.</summary>
        public double[] Means(List<(int Weekday, int Minute)> cells) => [.. cells.Select(c => Bins(c).Sum(b => b.Sum) / Bins(c).Sum(b => b.Weight))];

        /// <summary>By cell: mean weight of one of its days.</summary>
        public double[] Weights(List<(int Weekday, int Minute)> cells) => [.. cells.Select(c => Bins(c).Average(b => b.Weight))];

        /// <summary>By how much a day's figures differ from the means of their cells, weighted; null for a day with none of the cells.</summary>
        public double? Difference(int day, List<(int Weekday, int Minute)> cells, double[] means)
        {
            var (sum, weight) = (0.0, 0.0);
            for (var i = 0; i < cells.Count; i++)
            {
                if (cells[i].Weekday == Weekday(day) && _byDay[day].TryGetValue(cells[i].Minute, out var bin))
                {
                    sum += bin.Sum - (means[i] * bin.Weight);
                    weight += bin.Weight;
                }
            }

            return weight > 0 ? sum / weight : null;
        }

        private IEnumerable<(double Sum, double Weight)> Bins((int Weekday, int Minute) cell) =>
            _byDay.Where(d => Weekday(d.Key) == cell.Weekday && d.Value.ContainsKey(cell.Minute)).Select(d => d.Value[cell.Minute]);
    }

    /// <summary>What chance does to a period's mean: each weekday's days have differences from its mean, drawn from those that were seen.</summary>
    private sealed class DayLuck
    {
        private readonly List<double> _seen = [];
        private readonly List<(int Days, double Share)> _weekdays = [];

        public DayLuck(Period period, List<(int Weekday, int Minute)> cells, double[] weights, List<int> days)
        {
            var means = period.Means(cells);
            var total = weights.Sum();
            var byWeekday = days.GroupBy(Weekday).OrderBy(g => g.Key).Select(g => g.ToList()).ToList();
            foreach (var weekday in byWeekday)
            {
                _weekdays.Add((weekday.Count, Enumerable.Range(0, cells.Count).Where(i => cells[i].Weekday == Weekday(weekday[0])).Sum(i => weights[i]) / total));
                if (weekday.Count > 1)
                {
                    // The mean of few days lies nearer to them than the true one does.
                    var widened = Math.Sqrt(weekday.Count / (weekday.Count - 1.0));
                    _seen.AddRange(weekday.Select(d => period.Difference(d, cells, means)).Where(v => v is not null).Select(v => v!.Value * widened));
                }
            }

            if (_seen.Count < FewestDays)
            {
                // Every weekday came once: how they differ from one another is then the only measure of chance, and a wide one.
                var overall = means.Zip(weights, (m, w) => m * w).Sum() / total;
                double[] flat = [.. means.Select(_ => overall)];
                _seen = [.. days.Select(d => period.Difference(d, cells, flat)).Where(v => v is not null).Select(v => v!.Value * Math.Sqrt(days.Count / (days.Count - 1.0)))];
            }
        }

        public double Draw(RandomNumbers random)
        {
            var sum = 0.0;
            foreach (var (days, share) in _weekdays)
            {
                var mean = 0.0;
                for (var i = 0; i < days; i++)
                {
                    mean += _seen[random.NextInt(_seen.Count)];
                }

                sum += share * mean / days;
            }

            return sum;
        }
    }
}
