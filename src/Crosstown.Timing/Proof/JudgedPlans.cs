using System.Collections.Immutable;
using System.Globalization;
using Crosstown.Core.Street;
using Crosstown.Timing.Sheets;

namespace Crosstown.Timing.Proof;

/// <summary>A figure over runs.</summary>
/// <param name="Mean">Of all runs.</param>
/// <param name="Deviation">Standard deviation over runs; null for one run.</param>
public readonly record struct JudgedFigure(double Mean, double? Deviation);

/// <summary>What one judge says of two plans; a figure is null where it saw no vehicle.</summary>
/// <param name="Source">As on sheets: <c>model</c>, <c>simulation</c>, <c>SUMO</c>.</param>
/// <param name="DelayBefore">s/veh for an approach, vehicle hours per hour for a total.</param>
/// <param name="DelayAfter">Like before.</param>
/// <param name="StopsBefore">Per vehicle for an approach, per hour for a total.</param>
/// <param name="StopsAfter">Like before.</param>
public sealed record JudgeFigures(string Source, JudgedFigure? DelayBefore, JudgedFigure? DelayAfter, JudgedFigure? StopsBefore, JudgedFigure? StopsAfter);

/// <summary>An approach before and after, by judge.</summary>
/// <param name="Signal">Index of the signal.</param>
/// <param name="Direction">Of travel, toward the signal.</param>
/// <param name="Judges">In the order of <see cref="JudgedPlans.Totals"/>.</param>
public sealed record JudgedApproach(int Signal, TravelDirection Direction, ImmutableArray<JudgeFigures> Judges);

/// <summary>Two plans as several judges see them.</summary>
/// <param name="Approaches">Those that were judged, by signal and direction.</param>
/// <param name="Totals">By judge, over the judged approaches; empty when nothing was judged.</param>
/// <param name="Notes">What was judged and how, as sentences.</param>
public sealed record JudgedPlans(ImmutableArray<JudgedApproach> Approaches, ImmutableArray<JudgeFigures> Totals, ImmutableArray<string> Notes)
{
    /// <summary>The model's name among judges.</summary>
    public const string Model = "model";

    public const string Simulation = "simulation";

    public const string Sumo = "SUMO";

    private static readonly string[] s_simulators = [Simulation, Sumo];

    /// <summary>Nothing was judged.</summary>
    public static JudgedPlans None { get; } = new([], [], []);

    /// <summary>Names of columns of what simulators say of an approach, as <see cref="Cells"/> fills them.</summary>
    public static ImmutableArray<string> Columns { get; } =
    [
        .. s_simulators.SelectMany(s => new[] { "delay_before_s", "delay_after_s", "stops_before_per_veh", "stops_after_per_veh" }
            .SelectMany(c => new[] { $"{s.ToLowerInvariant()}_{c}", $"{s.ToLowerInvariant()}_{c}_deviation" })),
    ];

    /// <summary>What simulators say of an approach, for a table; empty texts where they say nothing.</summary>
    public IEnumerable<string> Cells(int signal, TravelDirection direction)
    {
        var judges = Find(signal, direction)?.Judges ?? [];
        return s_simulators.Select(s => judges.FirstOrDefault(j => j.Source == s))
            .SelectMany(j => Pair(j?.DelayBefore, "0.0").Concat(Pair(j?.DelayAfter, "0.0")).Concat(Pair(j?.StopsBefore, "0.000")).Concat(Pair(j?.StopsAfter, "0.000")));
    }

    /// <summary>Delay of an approach as simulators see it, s/veh, to stand beside the model's.</summary>
    public IEnumerable<ComparedFigure> DelayOf(int signal, TravelDirection direction) =>
        Simulators(signal, direction).Select(j => new ComparedFigure(j.Source, j.DelayBefore?.Mean, j.DelayAfter?.Mean, j.DelayBefore?.Deviation, j.DelayAfter?.Deviation));

    /// <summary>Stops of an approach as simulators see it, per 100 vehicles, to stand beside the model's.</summary>
    public IEnumerable<ComparedFigure> StopsOf(int signal, TravelDirection direction) =>
        Simulators(signal, direction).Select(j => new ComparedFigure(j.Source, 100 * j.StopsBefore?.Mean, 100 * j.StopsAfter?.Mean, 100 * j.StopsBefore?.Deviation, 100 * j.StopsAfter?.Deviation));

    /// <summary>What each judge says in sum, a line each, and how it came about.</summary>
    public IEnumerable<string> Sentences()
    {
        foreach (var total in Totals)
        {
            yield return $"{total.Source}: {Text(total.DelayBefore, "0.0")} vehicle hours per hour before, {Text(total.DelayAfter, "0.0")} after ({Change(total.DelayBefore, total.DelayAfter)}); "
                + $"{Text(total.StopsBefore, "0")} and {Text(total.StopsAfter, "0")} stops per hour ({Change(total.StopsBefore, total.StopsAfter)})";
        }

        foreach (var note in Notes)
        {
            yield return note;
        }
    }

    private static string[] Pair(JudgedFigure? figure, string format) =>
        [figure?.Mean.ToString(format, CultureInfo.InvariantCulture) ?? "", figure?.Deviation?.ToString(format, CultureInfo.InvariantCulture) ?? ""];

    private static string Text(JudgedFigure? figure, string format) =>
        figure is not { } known ? "?"
        : known.Deviation is { } spread ? $"{known.Mean.ToString(format, CultureInfo.InvariantCulture)} \u00b1 {spread.ToString(format, CultureInfo.InvariantCulture)}"
        : known.Mean.ToString(format, CultureInfo.InvariantCulture);

    private static string Change(JudgedFigure? before, JudgedFigure? after) =>
        before is { Mean: > 0 } b && after is { } a ? string.Create(CultureInfo.InvariantCulture, $"{((a.Mean / b.Mean) - 1) * 100:+0.0;-0.0;0} %") : "no traffic";

    private IEnumerable<JudgeFigures> Simulators(int signal, TravelDirection direction) => Find(signal, direction)?.Judges.Where(j => j.Source != Model) ?? [];

    private JudgedApproach? Find(int signal, TravelDirection direction) => Approaches.FirstOrDefault(a => a.Signal == signal && a.Direction == direction);
}
