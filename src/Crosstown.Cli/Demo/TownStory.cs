using System.Globalization;
using Crosstown.Core.Street;
using Crosstown.Core.Time;
using Crosstown.Server.Retiming;
using Crosstown.Server.Towns;
using Crosstown.Simulation.Towns;

namespace Crosstown.Cli.Demo;

/// <summary>Tells on the terminal what was found to be badly timed in the town, and what the plan does to the town's own vehicles on the same days.</summary>
internal sealed class TownStory(Town town, TextWriter output) : IRetimingAudience
{
    private const int ToldStreets = 6;
    private const double WorthTelling = 0.02;
    private const long DayMs = 86_400_000;

    public void Tell(RetimingAnswer answer, IReadOnlyList<Corridor> corridors, CancellationToken stop)
    {
        var result = answer.Result;
        var losses = result.Losses.Where(l => l.Corridor is not null && l.Share > WorthTelling).GroupBy(l => l.Corridor).Select(g => g.MaxBy(l => l.Today - l.Best)!)
            .OrderByDescending(l => l.Today - l.Best).Take(ToldStreets).ToList();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Timing, learned from {answer.Events:N0} events of {answer.Signals.Count} signals:"));
        foreach (var loss in losses)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {loss.Name} loses {100 * loss.Share:0} % of delay and stops by today's timing, {loss.Period}"));
        }

        if (result.Approval is null)
        {
            return;
        }

        var clock = town.LocalTime;
        var today = clock.BinAt(answer.Log.EndMs - 1, DayMs);
        var days = new TimeRange(clock.BinAt(today.StartMs - (TownFeed.PastDays * DayMs) + (DayMs / 2), DayMs).StartMs, today.StartMs);
        var told = losses.Select(l => (l.Corridor, l.Period)).ToHashSet();
        output.WriteLine("Tried on the town's own past days, with the same vehicles:");
        foreach (var street in TownRehearsal.Run(town, result, corridors, days, stop).Where(s => told.Contains((s.Corridor, s.Period)) || s.Corridor is null))
        {
            output.WriteLine($"  {street.Sentence}");
        }

        output.WriteLine("The plan, its reasons and its sheets: /app/retiming");
    }
}
