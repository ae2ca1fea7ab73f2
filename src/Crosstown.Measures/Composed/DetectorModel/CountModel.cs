namespace Crosstown.Measures.Composed.DetectorModel;

/// <summary>What one detector usually counts: a trend, a part for the time of day and a part for the day of the week, all medians of days gone by.</summary>
/// <remarks>
/// A day's level is the median of all counts of the seven days before it. What is left after the level has a median for each time of day; what is
/// left after that has one for each time of each day of the week. The sum of the three, not below 0, is the expected count. Only earlier days are
/// used, so that a day is never explained by itself. Counts are held in 16 bits, a few kilobytes per detector.
/// </remarks>
/// <param name="bins">Bins of a local day.</param>
/// <param name="historyDays">Days that are remembered.</param>
internal sealed class CountModel(int bins, int historyDays)
{
    private const ushort Missing = ushort.MaxValue;
    private const int TrendDays = 7;

    private readonly Queue<Day> _days = [];
    private int _daysAdded;

    /// <summary>Remembered days with at least half of their bins counted.</summary>
    public int UsableDays { get; private set; }

    /// <summary>Fills in the expected counts of a day; NaN where too few days say anything of a bin.</summary>
    /// <param name="dayOfWeek">0 for Monday.</param>
    /// <param name="expected">One per bin.</param>
    /// <param name="leastDays">Days that must have counted a bin.</param>
    public void Expect(int dayOfWeek, Span<double> expected, int leastDays)
    {
        var level = Level();
        var all = new List<double>(historyDays);
        var same = new List<double>(historyDays);
        for (var bin = 0; bin < bins; bin++)
        {
            all.Clear();
            same.Clear();
            foreach (var day in _days)
            {
                if (day.Counts[bin] != Missing)
                {
                    all.Add(day.Counts[bin] - day.Level);
                }
            }

            if (level is not { } trend || all.Count < leastDays)
            {
                expected[bin] = double.NaN;
                continue;
            }

            var ofDay = Statistics.Median(all)!.Value;
            foreach (var day in _days)
            {
                if (day.DayOfWeek == dayOfWeek && day.Counts[bin] != Missing)
                {
                    same.Add(day.Counts[bin] - day.Level - ofDay);
                }
            }

            expected[bin] = Math.Max(0, trend + ofDay + (Statistics.Median(same) ?? 0));
        }
    }

    /// <summary>Remembers a day.</summary>
    /// <param name="counts">One per bin; null where nothing is known.</param>
    public void Add(int dayOfWeek, ReadOnlySpan<double?> counts)
    {
        var held = new ushort[bins];
        var known = 0;
        for (var bin = 0; bin < bins; bin++)
        {
            held[bin] = counts[bin] is { } count ? (ushort)Math.Clamp(Math.Round(count), 0, Missing - 1) : Missing;
            known += counts[bin] is null ? 0 : 1;
        }

        var isUsable = known * 2 >= bins;
        _days.Enqueue(new Day(dayOfWeek, held, isUsable) { Level = Level() ?? 0 });
        UsableDays += isUsable ? 1 : 0;
        if (++_daysAdded <= TrendDays)
        {
            // Until there is a week before a day, the first days share one level: a lone weekend's would mislead.
            foreach (var day in _days)
            {
                day.Level = Level() ?? 0;
            }
        }

        if (_days.Count > historyDays)
        {
            UsableDays -= _days.Dequeue().IsUsable ? 1 : 0;
        }
    }

    private double? Level()
    {
        var recent = new List<double>(TrendDays * bins);
        foreach (var day in _days.Skip(Math.Max(0, _days.Count - TrendDays)))
        {
            foreach (var count in day.Counts)
            {
                if (count != Missing)
                {
                    recent.Add(count);
                }
            }
        }

        return Statistics.Median(recent);
    }

    private sealed class Day(int dayOfWeek, ushort[] counts, bool isUsable)
    {
        public int DayOfWeek { get; } = dayOfWeek;

        public ushort[] Counts { get; } = counts;

        public bool IsUsable { get; } = isUsable;

        public double Level { get; set; }
    }
}
