using Crosstown.Timing.Proof;

namespace Crosstown.Server.Retiming;

/// <summary>Figures of one period.</summary>
/// <param name="Name">Such as <c>weekdays 06:00-09:00</c>.</param>
/// <param name="FromMinute">Its begin, minutes after local midnight.</param>
/// <param name="ToMinute">Its end, minutes after local midnight.</param>
/// <param name="Pattern">Number of the changed patterns; null for a period that was not searched.</param>
/// <param name="Retimed">Signals that change.</param>
/// <param name="IsComplete">False when the search was cut off.</param>
/// <param name="DelayToday">By the model, vehicle hours per hour; null for a period that was not searched.</param>
/// <param name="DelayPlan">The same with the plan.</param>
/// <param name="StopsToday">By the model, stops per hour.</param>
/// <param name="StopsPlan">The same with the plan.</param>
internal sealed record RetimingPeriodFigures(
    string Name, int FromMinute, int ToMinute, int? Pattern, int Retimed, bool IsComplete, double? DelayToday, double? DelayPlan, double? StopsToday, double? StopsPlan);

/// <summary>A proposal in a line.</summary>
/// <param name="Source">What it was made from, as a sentence.</param>
/// <param name="FromMs">First event, ms UTC.</param>
/// <param name="ToMs">Last event, ms UTC.</param>
/// <param name="Events">Events that were read.</param>
/// <param name="Signals">Signals that were studied.</param>
/// <param name="Retimed">Signals that change in some period.</param>
/// <param name="TookS">Seconds that the study took.</param>
/// <param name="Periods">By day type and time.</param>
internal sealed record RetimingSummary(string Source, long FromMs, long ToMs, long Events, int Signals, int Retimed, double TookS, IReadOnlyList<RetimingPeriodFigures> Periods);

/// <summary>A phase in a ring of a pattern.</summary>
/// <param name="Phase">1-16.</param>
/// <param name="Movement">Such as <c>eastbound through</c>; empty when unknown.</param>
/// <param name="StartS">Begin of its green from the begin of the first barrier group, s.</param>
/// <param name="SplitS">With yellow and red clearance, s.</param>
/// <param name="YellowS">s.</param>
/// <param name="RedClearanceS">s.</param>
internal sealed record RetimingPhase(int Phase, string Movement, double StartS, double SplitS, double YellowS, double RedClearanceS, bool IsCoordinated);

/// <summary>A pattern of one signal.</summary>
/// <param name="Pattern">1-253.</param>
/// <param name="CycleS">s.</param>
/// <param name="OffsetS">s.</param>
/// <param name="OffsetReference">The point of the cycle that the offset is counted to.</param>
/// <param name="Rings">Phases by ring in the order of service; empty where splits do not fill the cycle.</param>
internal sealed record RetimingPattern(int Pattern, double CycleS, double OffsetS, string OffsetReference, IReadOnlyList<IReadOnlyList<RetimingPhase>> Rings);

/// <summary>What one signal runs in a period.</summary>
/// <param name="IsRetimed">Whether the plan changes it in this period.</param>
/// <param name="Today">Null when it is free.</param>
/// <param name="Plan">Null when it stays as it is.</param>
/// <param name="Why">What changes and what that does, as a sentence; why it stays, where the guard or its own cost kept it; empty for none.</param>
internal sealed record RetimingSignal(string Signal, string Name, bool IsRetimed, RetimingPattern? Today, RetimingPattern? Plan, string Why);

/// <summary>What the model expects at one approach.</summary>
/// <param name="Approach">Such as <c>eastbound</c>.</param>
/// <param name="VolumeVehPerHour">veh/h.</param>
/// <param name="DelayToday">s/veh; null without traffic or when the signal is free.</param>
/// <param name="DelayPlan">s/veh.</param>
/// <param name="StopsToday">Stops per vehicle, 0-1.</param>
/// <param name="StopsPlan">Stops per vehicle, 0-1.</param>
/// <param name="SaturationToday">Degree of saturation of the worst lane group.</param>
/// <param name="SaturationPlan">The same with the plan.</param>
/// <param name="QueueToday">Farthest back of the longest queue, veh.</param>
/// <param name="QueuePlan">The same with the plan.</param>
internal sealed record RetimingApproach(
    string Signal, string Approach, double VolumeVehPerHour, double? DelayToday, double? DelayPlan, double? StopsToday, double? StopsPlan,
    double? SaturationToday, double? SaturationPlan, double? QueueToday, double? QueuePlan);

/// <summary>A signal that keeps its timing, and one reason.</summary>
/// <param name="Code">Of the guard; empty when a plan would cost more than it gains.</param>
/// <param name="Rule">The rule that a plan would break; empty for none.</param>
internal sealed record RetimingRefusal(string Signal, string Code, string Rule, string Part, string Message);

/// <summary>One period of a proposal.</summary>
/// <param name="Figures">Of all its signals.</param>
/// <param name="Signals">Those that the plan changes first.</param>
internal sealed record RetimingPeriod(
    RetimingPeriodFigures Figures, IReadOnlyList<RetimingSignal> Signals, IReadOnlyList<RetimingApproach> Approaches, IReadOnlyList<RetimingRefusal> Refusals);

/// <summary>A fact that nobody measured.</summary>
/// <param name="Fact">Such as <c>speed</c>.</param>
/// <param name="Basis">What it was taken from.</param>
/// <param name="Phases">Phases that it is about, each with its value; empty for the signal as a whole.</param>
internal sealed record RetimingAssumption(string Signal, string Fact, string Basis, IReadOnlyList<RetimingAssumed> Phases);

/// <summary>A value that was assumed.</summary>
/// <param name="Value">In the unit of the fact: mph, percent or ft; null when it is no number.</param>
internal sealed record RetimingAssumed(int Phase, decimal? Value);

/// <summary>What the log of a signal does not tell.</summary>
internal sealed record RetimingLack(string Signal, IReadOnlyList<string> ForOffsets, IReadOnlyList<string> ForSplits);

/// <summary>What to look at in the field after the change.</summary>
internal sealed record RetimingChecks(string Signal, IReadOnlyList<string> Checks);

/// <summary>A corridor's drawings in one period.</summary>
/// <param name="Today">Name of a file.</param>
/// <param name="Plan">Name of a file.</param>
internal sealed record RetimingDrawing(string Corridor, string Name, string Period, string Today, string Plan);

/// <summary>What a corridor loses by its timing.</summary>
/// <param name="AtMs">When it was studied, ms UTC.</param>
/// <param name="Corridor">Its id; empty for all signals.</param>
/// <param name="Name">The street.</param>
/// <param name="Period">Such as <c>weekdays 06:00-09:00</c>.</param>
/// <param name="Today">Delay and stops under today's timing, vehicle hours per hour.</param>
/// <param name="Best">The same under the best plan that is known.</param>
/// <param name="Share">Share of today's, 0-1, that the best would save; null without traffic.</param>
/// <param name="SeenShare">Share of the period's time that the logs saw, 0-1.</param>
internal sealed record RetimingLoss(long AtMs, string Corridor, string Name, string Period, double Today, double Best, double? Share, double SeenShare);

/// <summary>All that is said of a proposal.</summary>
/// <param name="Learned">Signals whose configuration was learned from the log.</param>
/// <param name="Withdrawn">Signals that keep their timing in every period.</param>
internal sealed record RetimingContent(
    IReadOnlyList<RetimingPeriod> Periods, IReadOnlyList<RetimingLoss> Losses, IReadOnlyList<RetimingRefusal> Withdrawn, IReadOnlyList<string> Learned,
    IReadOnlyList<RetimingAssumption> Assumptions, IReadOnlyList<RetimingLack> Lacks, IReadOnlyList<RetimingChecks> FieldChecks, IReadOnlyList<RetimingDrawing> Drawings);

/// <summary>One measured figure of a change in the field.</summary>
/// <param name="Measure">Such as <c>arrivals on green</c>.</param>
/// <param name="Unit">Of all figures.</param>
/// <param name="Sentence">Whether it worked.</param>
/// <param name="Before">Mean of the matched days before; null when there are too few.</param>
/// <param name="After">The same after.</param>
/// <param name="Low">Lower end of the interval of the difference.</param>
/// <param name="High">Upper end.</param>
/// <param name="SeenBefore">Share of the time before that the log saw, 0-1; null without any.</param>
/// <param name="SeenAfter">The same after.</param>
internal sealed record RetimingEffectFigure(
    string Measure, string Unit, ProofVerdict Verdict, string Sentence, double? Before, double? After, double? Low, double? High, int DaysBefore, int DaysAfter, double? SeenBefore, double? SeenAfter);

/// <summary>What the logs measured of a change in the field.</summary>
/// <param name="AtMs">When it was measured, ms UTC.</param>
/// <param name="Changed">The local day of the change, which counts on neither side.</param>
internal sealed record RetimingEffect(long AtMs, string Changed, IReadOnlyList<RetimingEffectFigure> Figures);
