using Crosstown.Core.Controllers;

namespace Crosstown.Sender;

/// <summary>Whether a signal has been watched long enough, without anything wrong, for advice to be sent (rule C15).</summary>
/// <remarks>
/// A day is 24 hours of the monotonic clock while the sender runs. It is clean when the controller was heard for nearly all of it, advice was judged in it, and the guard
/// refused none of it for what it would have done to people. Seven clean days in a row are needed; a day that is not clean, or an alarm, begins them again.
/// </remarks>
internal sealed class ShadowRecord
{
    public const int DaysNeeded = 7;
    public const long DayMs = 86_400_000;

    /// <summary>Share of a clean day in which the controller is heard.</summary>
    public const double HeardShare = 0.95;

    /// <summary>Advice that a clean day has judged: one an hour.</summary>
    public const int LeastJudged = 24;

    // Longer between two ticks the machine slept: that is time unheard.
    private const int LongestTickMs = 10_000;

    public int CleanDays { get; private set; }

    /// <summary>Of the day that runs, ms.</summary>
    public long ElapsedMs { get; private set; }

    public long HeardMs { get; private set; }

    public int Judged { get; private set; }

    public bool IsDirty { get; private set; }

    public bool MayAdvise => CleanDays >= DaysNeeded;

    /// <summary>A record as it was kept.</summary>
    public static ShadowRecord Of(int cleanDays, long elapsedMs, long heardMs, int judged, bool isDirty) =>
        new() { CleanDays = cleanDays, ElapsedMs = elapsedMs, HeardMs = heardMs, Judged = judged, IsDirty = isDirty };

    /// <summary>Time that went by, ms, 0 or more.</summary>
    /// <param name="isHeard">That the controller answered, with all that the guard asks for.</param>
    public void Elapse(long ms, bool isHeard)
    {
        ElapsedMs += ms;
        HeardMs += isHeard ? Math.Min(ms, LongestTickMs) : 0;
        if (ElapsedMs < DayMs)
        {
            return;
        }

        CleanDays = !IsDirty && HeardMs >= HeardShare * ElapsedMs && Judged >= LeastJudged ? CleanDays + 1 : 0;
        (ElapsedMs, HeardMs, Judged, IsDirty) = (0, 0, 0, false);
    }

    /// <summary>What the guard said of advice, sent or not.</summary>
    public void Judge(AdviceVerdict verdict)
    {
        Judged++;
        IsDirty |= verdict.Problems.Any(IsHarm);
    }

    /// <summary>
    /// Intervals, walkers, greens, waits, conflicts and facts that lack. The rest a decision meets that was right a second ago: quiet times, fencing numbers, greens that have
    /// ended, and a controller that is not heard, which counts by itself.
    /// </summary>
    private static bool IsHarm(GuardProblem problem) => problem.Rule is "C04" or "C05" or "C06" or "C07" or "C08" || (problem.Rule == "C03" && problem.Part != "status");

    /// <summary>A controller did not do what it was told: all begins again.</summary>
    public void Alarm() => (CleanDays, IsDirty) = (0, true);
}
