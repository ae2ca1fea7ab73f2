namespace Crosstown.Simulation.Traffic;

/// <summary>How demand rises and falls over a day: the share of the peak volume at each hour.</summary>
public enum DemandShape
{
    /// <summary>Toward town in the morning.</summary>
    MorningPeak,

    /// <summary>Out of town in the evening.</summary>
    EveningPeak,
    BothPeaks,

    /// <summary>Shops and downtown: highest at noon.</summary>
    Midday,

    /// <summary>A school's walkers: before the first bell and after the last.</summary>
    School,
}

/// <summary>The daily shapes.</summary>
internal static class DemandProfile
{
    private const int DayMs = 86_400_000;
    private const int HourMs = 3_600_000;

    // Share of the peak at each full hour, 0 h to 23 h.
    private static readonly double[][] Weekday =
    [
        [.04, .03, .03, .04, .10, .32, .70, 1.0, .90, .62, .55, .57, .60, .58, .58, .62, .66, .68, .52, .38, .30, .22, .14, .08],
        [.05, .03, .03, .03, .06, .15, .34, .55, .56, .50, .54, .60, .66, .66, .72, .85, .97, 1.0, .74, .50, .40, .30, .19, .10],
        [.05, .03, .03, .04, .08, .25, .58, .92, .80, .58, .56, .62, .66, .64, .67, .80, .94, 1.0, .70, .48, .37, .28, .17, .09],
        [.05, .03, .02, .02, .04, .10, .25, .48, .60, .66, .78, .92, 1.0, .96, .88, .86, .88, .85, .70, .52, .40, .28, .16, .09],
        [.00, .00, .00, .00, .01, .02, .10, 1.0, .55, .10, .10, .20, .25, .15, .60, 1.0, .40, .25, .20, .12, .06, .03, .01, .00],
    ];

    private static readonly double[] Weekend =
        [.10, .07, .05, .04, .04, .07, .14, .24, .36, .48, .58, .66, .70, .70, .68, .66, .64, .60, .52, .44, .36, .30, .22, .15];

    /// <summary>Share of the peak volume, 0-1, at a local time; straight lines between full hours.</summary>
    public static double At(DemandShape shape, long localMs)
    {
        var day = Math.DivRem(localMs, DayMs, out var dayMs);
        if (dayMs < 0)
        {
            dayMs += DayMs;
            day--;
        }

        // 1970-01-01 was a Thursday: 0 Monday … 6 Sunday.
        var weekday = (int)(((day + 3) % 7 + 7) % 7);
        var hours = weekday >= 5 ? Weekend : Weekday[(int)shape];
        var hour = (int)(dayMs / HourMs);
        var part = dayMs % HourMs / (double)HourMs;
        var share = (hours[hour] * (1 - part)) + (hours[(hour + 1) % 24] * part);
        return weekday >= 5 && shape == DemandShape.School ? share * 0.05 : share;
    }
}
