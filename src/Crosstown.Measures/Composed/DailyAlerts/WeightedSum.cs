namespace Crosstown.Measures.Composed.DailyAlerts;

/// <summary>One day's share of something bad.</summary>
/// <param name="TimeMs">Begin of the local day.</param>
/// <param name="Day">The local day's number.</param>
/// <param name="Share">0-1.</param>
/// <param name="Services">Services of the phase; null for others.</param>
/// <param name="SeenShare">How much of the day the log saw.</param>
internal readonly record struct DailyShare(long TimeMs, int Day, double Share, long? Services, double? SeenShare);

/// <summary>Oregon's cumulative sum: excess over mean and half a deviation, over seven days, later days of the record weighing more.</summary>
internal static class WeightedSum
{
    private const int Days = 7;
    private const double Slack = 0.5;

    /// <summary>7 x sum of w max(0, y - m - 0.5 s) / sum of w, over the days of the record among the seven that end with this one; w is the square of the record's day number.</summary>
    /// <param name="record">Rising days; the first has the number 1.</param>
    /// <param name="index">The day asked about.</param>
    /// <param name="mean">m.</param>
    /// <param name="deviation">s.</param>
    public static double At(List<DailyShare> record, int index, double mean, double deviation)
    {
        var (sum, weights) = (0.0, 0.0);
        for (var i = index; i >= 0 && record[i].Day > record[index].Day - Days; i--)
        {
            var number = record[i].Day - record[0].Day + 1.0;
            sum += Math.Max(0, record[i].Share - mean - (Slack * deviation)) * number * number;
            weights += number * number;
        }

        return sum / weights * Days;
    }
}
