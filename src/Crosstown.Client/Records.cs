// Made by ./run docs from the interface's OpenAPI document; do not edit it.
#nullable enable

using System.Text.Json;

namespace Crosstown.Client;

/// <summary>Which signals of an import are taken.</summary>
public sealed record AcceptImport
{
    /// <summary>Null for all that can be taken.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("signals")]
    public IReadOnlyList<string>? Signals { get; init; }
}

/// <summary>Which fields of a proposal are taken.</summary>
public sealed record AcceptProposal
{
    /// <summary>As the proposal names them; null for those that are chosen by confidence.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("fields")]
    public IReadOnlyList<string>? Fields { get; init; }
}

/// <summary>What was taken.</summary>
public sealed record AcceptedAnswer
{
    /// <summary>The field signals.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("signals")]
    public required IReadOnlyList<string> Signals { get; init; }

    /// <summary>The field changes.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("changes")]
    public required int Changes { get; init; }
}

/// <summary>An account, as administrators see it.</summary>
public sealed record AccountAnswer
{
    /// <summary>The field name.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("name")]
    public required string Name { get; init; }

    /// <summary>`local`, or the sign-in service that vouches for it.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("origin")]
    public required string Origin { get; init; }

    /// <summary>The field roles.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("roles")]
    public required IReadOnlyList<string> Roles { get; init; }

    /// <summary>The field isDisabled.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("isDisabled")]
    public required bool IsDisabled { get; init; }

    /// <summary>True while attempts do not count because too many were wrong.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("isResting")]
    public required bool IsResting { get; init; }

    /// <summary>The field hasSecondFactor.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("hasSecondFactor")]
    public required bool HasSecondFactor { get; init; }

    /// <summary>The field mustChangePassword.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("mustChangePassword")]
    public required bool MustChangePassword { get; init; }

    /// <summary>Ms UTC.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("createdMs")]
    public required long CreatedMs { get; init; }

    /// <summary>Ms UTC; null when it never signed in.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("lastSignInMs")]
    public long? LastSignInMs { get; init; }
}

/// <summary>AccountList, as the interface gives it.</summary>
public sealed record AccountList
{
    /// <summary>The field items.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("items")]
    public required IReadOnlyList<AccountAnswer> Items { get; init; }
}

/// <summary>Where adaptive control stands.</summary>
public sealed record AdaptiveAnswer
{
    /// <summary>False on a real city: nothing here runs there.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("isTown")]
    public required bool IsTown { get; init; }

    /// <summary>What it may do.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("mode")]
    public required string Mode { get; init; }

    /// <summary>False until both copies of the town have come to the present.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("isRunning")]
    public required bool IsRunning { get; init; }

    /// <summary>Moment of the figures, ms UTC; null before they run.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("atMs")]
    public long? AtMs { get; init; }

    /// <summary>Since when is compared, ms UTC; null before they run.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("sinceMs")]
    public long? SinceMs { get; init; }

    /// <summary>Days in shadow that a signal on a street needs before adaptive control may ask anything of it.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("cleanDaysNeeded")]
    public required int CleanDaysNeeded { get; init; }

    /// <summary>The field total.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("total")]
    public AdaptivePair? Total { get; init; }

    /// <summary>By corridor.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("streets")]
    public required IReadOnlyList<AdaptiveStreet> Streets { get; init; }

    /// <summary>By signal.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("signals")]
    public required IReadOnlyList<AdaptiveSignal> Signals { get; init; }

    /// <summary>Computing time for one signal and second, mean, ms; null before it was measured.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("secondMs")]
    public double? SecondMs { get; init; }

    /// <summary>The trial that runs or ran last.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("trial")]
    public required AdaptiveTrialAnswer Trial { get; init; }
}

/// <summary>What a signal showed in the last minutes, under both.</summary>
public sealed record AdaptiveBars
{
    /// <summary>Its id.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("signal")]
    public required string Signal { get; init; }

    /// <summary>Its coordinated phases.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("coordinated")]
    public required IReadOnlyList<int> Coordinated { get; init; }

    /// <summary>The field plan.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("plan")]
    public required IReadOnlyList<AdaptiveGreen> Plan { get; init; }

    /// <summary>The field adaptive.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("adaptive")]
    public required IReadOnlyList<AdaptiveGreen> Adaptive { get; init; }
}

/// <summary>What all signals showed in the last minutes.</summary>
public sealed record AdaptiveBarsAnswer
{
    /// <summary>Begin of the time, ms UTC.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("fromMs")]
    public required long FromMs { get; init; }

    /// <summary>Its end, ms UTC; null before both copies run.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("atMs")]
    public long? AtMs { get; init; }

    /// <summary>The field signals.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("signals")]
    public required IReadOnlyList<AdaptiveBars> Signals { get; init; }
}

/// <summary>The difference of delay over several runs, each with vehicles of its own.</summary>
public sealed record AdaptiveChange
{
    /// <summary>The signal or corridor; empty for all.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("name")]
    public required string Name { get; init; }

    /// <summary>Mean delay for each crossing under the plan, s.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("planS")]
    public required double PlanS { get; init; }

    /// <summary>The same under adaptive control.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("adaptiveS")]
    public required double AdaptiveS { get; init; }

    /// <summary>Mean over the runs of the change, as a share: below 0 is less delay.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("change")]
    public required double Change { get; init; }

    /// <summary>Standard deviation of the change over the runs; null with one run.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("spread")]
    public double? Spread { get; init; }
}

/// <summary>What happened to those who came through, under one of the two.</summary>
public sealed record AdaptiveFigures
{
    /// <summary>That crossed a stop bar.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("vehicles")]
    public required long Vehicles { get; init; }

    /// <summary>Delay for each of them, s, with what those have waited who wait still; null without any.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("delayS")]
    public double? DelayS { get; init; }

    /// <summary>Share of them that stopped, 0-1; null without any.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("stops")]
    public double? Stops { get; init; }

    /// <summary>Calls of walkers that were served.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("walkers")]
    public required long Walkers { get; init; }

    /// <summary>From the call to the walk, s; null without any.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("walkWaitS")]
    public double? WalkWaitS { get; init; }

    /// <summary>The longest of them, also of those who wait still, s.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("longestWalkWaitS")]
    public required double LongestWalkWaitS { get; init; }

    /// <summary>The longest time for which a phase with a vehicle before it was not green, s.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("longestRedS")]
    public required double LongestRedS { get; init; }
}

/// <summary>What one ring of a cabinet showed for a while.</summary>
public sealed record AdaptiveGreen
{
    /// <summary>1-4.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("ring")]
    public required int Ring { get; init; }

    /// <summary>1-16.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("phase")]
    public required int Phase { get; init; }

    /// <summary>Begin of green, ms UTC.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("fromMs")]
    public required long FromMs { get; init; }

    /// <summary>Begin of yellow; null while it is green.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("yellowMs")]
    public long? YellowMs { get; init; }

    /// <summary>End of yellow; null before.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("endMs")]
    public long? EndMs { get; init; }
}

/// <summary>What adaptive control shall do in the made-up town.</summary>
public sealed record AdaptiveModeOrder
{
    /// <summary>`off`, `shadow` or `live`.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("mode")]
    public string? Mode { get; init; }
}

/// <summary>The plan and adaptive control, over the same time with the same vehicles and walkers from outside.</summary>
public sealed record AdaptivePair
{
    /// <summary>The field plan.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("plan")]
    public required AdaptiveFigures Plan { get; init; }

    /// <summary>The field adaptive.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("adaptive")]
    public required AdaptiveFigures Adaptive { get; init; }
}

/// <summary>One signal, in both copies of the town.</summary>
public sealed record AdaptiveSignal
{
    /// <summary>Its id.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("signal")]
    public required string Signal { get; init; }

    /// <summary>Since the comparison began.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("figures")]
    public required AdaptivePair Figures { get; init; }

    /// <summary>In shadow, what it would ask of the town's cabinet now, such as `end 2 and 6, for 3 and 8`; null while it has nothing to ask.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("wish")]
    public string? Wish { get; init; }

    /// <summary>Why its cabinet is left to its own plan now: `preempt`, `start`, `guard`; null while it is advised.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("pause")]
    public string? Pause { get; init; }

    /// <summary>How often it was left to its own plan since the comparison began.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("pauses")]
    public required int Pauses { get; init; }

    /// <summary>For which share of that time, 0-1.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("pausedShare")]
    public required double PausedShare { get; init; }

    /// <summary>Advice that the guard refused since then.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("refused")]
    public required int Refused { get; init; }
}

/// <summary>A street, over all its signals.</summary>
public sealed record AdaptiveStreet
{
    /// <summary>The field corridor.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("corridor")]
    public required string Corridor { get; init; }

    /// <summary>The field figures.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("figures")]
    public required AdaptivePair Figures { get; init; }
}

/// <summary>A trial: hours of the town's past day, each simulated under the plan and under adaptive control, with different vehicles in each run.</summary>
public sealed record AdaptiveTrialAnswer
{
    /// <summary>`waiting`, `running` or `done`; null before one was begun.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("state")]
    public string? State { get; init; }

    /// <summary>How much of it is done, 0-1.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("share")]
    public required double Share { get; init; }

    /// <summary>The local day, yyyy-mm-dd; empty before one was begun.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("day")]
    public required string Day { get; init; }

    /// <summary>Runs that each period gets.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("runsOfEach")]
    public required int RunsOfEach { get; init; }

    /// <summary>Seconds that it took so far.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("tookS")]
    public required double TookS { get; init; }

    /// <summary>In the order of the day.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("periods")]
    public required IReadOnlyList<AdaptiveTrialPeriod> Periods { get; init; }
}

/// <summary>A period of the day in a trial.</summary>
public sealed record AdaptiveTrialPeriod
{
    /// <summary>Such as `07:30-08:30`.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("name")]
    public required string Name { get; init; }

    /// <summary>Runs that are done.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("runs")]
    public required int Runs { get; init; }

    /// <summary>The field all.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("all")]
    public AdaptiveChange? All { get; init; }

    /// <summary>The field figures.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("figures")]
    public AdaptivePair? Figures { get; init; }

    /// <summary>By corridor.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("corridors")]
    public required IReadOnlyList<AdaptiveChange> Corridors { get; init; }

    /// <summary>By signal.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("signals")]
    public required IReadOnlyList<AdaptiveChange> Signals { get; init; }
}

/// <summary>The band through a stretch of signals while all of them shared a cycle.</summary>
public sealed record BandAnswer
{
    /// <summary>`forward` or `backward`.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("direction")]
    public required string Direction { get; init; }

    /// <summary>`measured`: greens begin where the log shows them; `programmed`: where offsets and splits put them.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("timing")]
    public required string Timing { get; init; }

    /// <summary>Place of the stretch's first signal in forward order, 0 for the corridor's first.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("first")]
    public required int First { get; init; }

    /// <summary>Place of its last signal.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("last")]
    public required int Last { get; init; }

    /// <summary>Begin of the time in which the timing of all its signals held, ms UTC.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("fromMs")]
    public required long FromMs { get; init; }

    /// <summary>Its end.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("toMs")]
    public required long ToMs { get; init; }

    /// <summary>Shared cycle length, s.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("cycleS")]
    public required double CycleS { get; init; }

    /// <summary>Second of the cycle at which the band leaves the signal that its direction meets first.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("startS")]
    public required double StartS { get; init; }

    /// <summary>How long departures there meet green at every signal, s; 0 when none do.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("bandS")]
    public required double BandS { get; init; }

    /// <summary>Band over cycle, 0-1.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("efficiency")]
    public required double Efficiency { get; init; }

    /// <summary>Band over the shortest green, 0-1.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("attainability")]
    public required double Attainability { get; init; }
}

/// <summary>One look at every stored block.</summary>
public sealed record CheckRow
{
    /// <summary>The field endedMs.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("endedMs")]
    public required long EndedMs { get; init; }

    /// <summary>How long it took.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("seconds")]
    public required long Seconds { get; init; }

    /// <summary>The field signalDays.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("signalDays")]
    public required long SignalDays { get; init; }

    /// <summary>The field events.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("events")]
    public required long Events { get; init; }

    /// <summary>The field damaged.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("damaged")]
    public required long Damaged { get; init; }

    /// <summary>The field missingEvents.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("missingEvents")]
    public required long MissingEvents { get; init; }
}

/// <summary>The city as a whole.</summary>
public sealed record CityAnswer
{
    /// <summary>The city, as people call it; empty when not configured.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("name")]
    public required string Name { get; init; }

    /// <summary>IANA zone of its clocks; UTC when not configured.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("zone")]
    public required string Zone { get; init; }

    /// <summary>The server's clock, ms UTC.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("nowMs")]
    public required long NowMs { get; init; }

    /// <summary>West, south, east, north in degrees around all signals with a place; null when none has one.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("bounds")]
    public IReadOnlyList<double>? Bounds { get; init; }

    /// <summary>The field corridors.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("corridors")]
    public required IReadOnlyList<CorridorAnswer> Corridors { get; init; }

    /// <summary>Rises when configuration changes.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("version")]
    public required long Version { get; init; }
}

/// <summary>A column: its type, its unit (empty for counts and labels) and what it says; the words that may stand in it.</summary>
public sealed record ColumnAnswer
{
    /// <summary>The field name.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("name")]
    public required string Name { get; init; }

    /// <summary>The field type.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("type")]
    public required string Type { get; init; }

    /// <summary>The field unit.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("unit")]
    public required string Unit { get; init; }

    /// <summary>The field description.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("description")]
    public required string Description { get; init; }

    /// <summary>The field words.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("words")]
    public IReadOnlyList<string>? Words { get; init; }
}

/// <summary>Rows of a table by column.</summary>
public sealed record ColumnsAnswer
{
    /// <summary>The table's name.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("table")]
    public required string Table { get; init; }

    /// <summary>The signal; not given for a table of several signals, which has a column of them.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("signal")]
    public string? Signal { get; init; }

    /// <summary>IANA zone of the signal's wall clock; not given for a table of several signals.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("zone")]
    public string? Zone { get; init; }

    /// <summary>First moment asked for, ms UTC.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("from")]
    public required long From { get; init; }

    /// <summary>First moment after the time asked for, ms UTC.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("to")]
    public required long To { get; init; }

    /// <summary>Length of a bin, ms.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("binMs")]
    public required long BinMs { get; init; }

    /// <summary>Changes when the rows may have changed; not given for pages.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("version")]
    public string? Version { get; init; }

    /// <summary>Address of the next page; null on the last; not given for a table of one signal.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("next")]
    public string? Next { get; init; }

    /// <summary>Number of rows.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("rows")]
    public required int Rows { get; init; }

    /// <summary>The columns' cells by name: ms UTC, numbers, words, true or false; null where missing.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("columns")]
    public required IReadOnlyDictionary<string, JsonElement> Columns { get; init; }
}

/// <summary>A signal's configuration: all versions, and the one that holds now.</summary>
public sealed record ConfigurationAnswer
{
    /// <summary>The field signal.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("signal")]
    public required string Signal { get; init; }

    /// <summary>To be sent back as `If-Match` with a change.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("entityTag")]
    public required string EntityTag { get; init; }

    /// <summary>The field versions.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("versions")]
    public required IReadOnlyList<VersionAnswer> Versions { get; init; }

    /// <summary>The field current.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("current")]
    public JsonElement? Current { get; init; }

    /// <summary>Whether the log itself proposes one.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("proposalState")]
    public required string ProposalState { get; init; }
}

/// <summary>A street whose signals are timed together.</summary>
public sealed record CorridorAnswer
{
    /// <summary>The field id.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("id")]
    public required string Id { get; init; }

    /// <summary>The field name.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("name")]
    public required string Name { get; init; }

    /// <summary>The field forward.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("forward")]
    public required string Forward { get; init; }

    /// <summary>The field backward.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("backward")]
    public required string Backward { get; init; }

    /// <summary>The field signals.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("signals")]
    public required IReadOnlyList<CorridorSignalAnswer> Signals { get; init; }
}

/// <summary>A signal's place on a corridor: feet from the first, platoon speed to the next in miles per hour (null at the last, or unknown), and the groups that serve it.</summary>
public sealed record CorridorSignalAnswer
{
    /// <summary>The field signal.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("signal")]
    public required string Signal { get; init; }

    /// <summary>The field distanceFt.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("distanceFt")]
    public required double DistanceFt { get; init; }

    /// <summary>The field speedMphToNext.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("speedMphToNext")]
    public double? SpeedMphToNext { get; init; }

    /// <summary>The field forwardGroup.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("forwardGroup")]
    public string? ForwardGroup { get; init; }

    /// <summary>The field backwardGroup.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("backwardGroup")]
    public string? BackwardGroup { get; init; }
}

/// <summary>What the server holds and how it is.</summary>
public sealed record DataAnswer
{
    /// <summary>The field nowMs.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("nowMs")]
    public required long NowMs { get; init; }

    /// <summary>Coverage of each signal over all its days.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("signals")]
    public required IReadOnlyList<SignalCoverageAnswer> Signals { get; init; }

    /// <summary>The field sizes.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("sizes")]
    public required IReadOnlyList<KindSize> Sizes { get; init; }

    /// <summary>What each kind grew a day.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("growth")]
    public required IReadOnlyList<KindGrowth> Growth { get; init; }

    /// <summary>The field disk.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("disk")]
    public required DiskAnswer Disk { get; init; }

    /// <summary>When the disk would be full, ms UTC; null when never, in more than ten years, or not known.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("fullMs")]
    public long? FullMs { get; init; }

    /// <summary>How long each kind is kept and what is deleted next.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("retention")]
    public required IReadOnlyList<RetentionPlan> Retention { get; init; }

    /// <summary>When everything that was due was deleted last, ms UTC; null when not yet.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("lastRetentionMs")]
    public long? LastRetentionMs { get; init; }

    /// <summary>The field store.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("store")]
    public required StoreHealthAnswer Store { get; init; }
}

/// <summary>Coverage by signal and day, for a heat map: each list has one entry a day.</summary>
public sealed record DataDaysAnswer
{
    /// <summary>UTC days, as `2026-05-13`.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("days")]
    public required IReadOnlyList<string> Days { get; init; }

    /// <summary>A silence longer than this is a gap, ms.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("gap")]
    public required long Gap { get; init; }

    /// <summary>The field items.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("items")]
    public required IReadOnlyList<SignalDaysAnswer> Items { get; init; }

    /// <summary>The field total.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("total")]
    public required int Total { get; init; }

    /// <summary>The field next.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("next")]
    public string? Next { get; init; }
}

/// <summary>What differs between two configurations of a signal.</summary>
public sealed record DiffAnswer
{
    /// <summary>The field signal.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("signal")]
    public required string Signal { get; init; }

    /// <summary>What stands on the left: a version's start, or that there is none.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("before")]
    public required string Before { get; init; }

    /// <summary>What stands on the right.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("after")]
    public required string After { get; init; }

    /// <summary>The field changes.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("changes")]
    public required IReadOnlyList<SettingChange> Changes { get; init; }

    /// <summary>What is wrong with a text that was handed in; it cannot be saved while there are any.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("problems")]
    public required IReadOnlyList<ProblemAnswer> Problems { get; init; }
}

/// <summary>Room on the disk, bytes.</summary>
public sealed record DiskAnswer
{
    /// <summary>The field freeBytes.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("freeBytes")]
    public required long FreeBytes { get; init; }

    /// <summary>The field totalBytes.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("totalBytes")]
    public required long TotalBytes { get; init; }
}

/// <summary>What an event code means.</summary>
public sealed record EventCodeAnswer
{
    /// <summary>The field code.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("code")]
    public required int Code { get; init; }

    /// <summary>What happened, in a few words.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("name")]
    public required string Name { get; init; }

    /// <summary>What the event's parameter is; empty where it says nothing.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("parameter")]
    public required string Parameter { get; init; }

    /// <summary>What happened, in a sentence.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("description")]
    public required string Description { get; init; }
}

/// <summary>Raw events of one signal.</summary>
public sealed record EventsAnswer
{
    /// <summary>The field signal.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("signal")]
    public required string Signal { get; init; }

    /// <summary>Ms UTC, one an event.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("times")]
    public required IReadOnlyList<long> Times { get; init; }

    /// <summary>Event codes.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("codes")]
    public required IReadOnlyList<int> Codes { get; init; }

    /// <summary>Phase, channel or value, as the code says.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("parameters")]
    public required IReadOnlyList<int> Parameters { get; init; }

    /// <summary>True when there are more events in the time than were asked for.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("isCut")]
    public required bool IsCut { get; init; }

    /// <summary>Address of the next page; null when this is the last.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("next")]
    public string? Next { get; init; }
}

/// <summary>A point of a finding's evidence.</summary>
public sealed record EvidencePoint
{
    /// <summary>Begin of the bin or day, ms UTC.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("t")]
    public long? T { get; init; }

    /// <summary>The figure; null where it is missing.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("v")]
    public double? V { get; init; }
}

/// <summary>A form in which a feed can be had.</summary>
public sealed record FeedForm
{
    /// <summary>Such as `text/csv`.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("mediaType")]
    public required string MediaType { get; init; }

    /// <summary>Path on this server.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("address")]
    public required string Address { get; init; }
}

/// <summary>The feeds and the terms under which they may be used.</summary>
public sealed record FeedList
{
    /// <summary>The license's name, as the city set it; null when the city has not said.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("license")]
    public string? License { get; init; }

    /// <summary>Where its text is; null when the city has not said.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("licenseAddress")]
    public string? LicenseAddress { get; init; }

    /// <summary>All feeds.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("feeds")]
    public required IReadOnlyList<PublicFeed> Feeds { get; init; }
}

/// <summary>A finding.</summary>
public sealed record FindingAnswer
{
    /// <summary>Stable as long as it is the same one.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("id")]
    public required string Id { get; init; }

    /// <summary>The signal; empty for the city as a whole.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("signal")]
    public required string Signal { get; init; }

    /// <summary>What kind of finding it is.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("kind")]
    public required string Kind { get; init; }

    /// <summary>The field cause.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("cause")]
    public required string Cause { get; init; }

    /// <summary>Phase, channel or button; null where the whole signal is meant.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("number")]
    public int? Number { get; init; }

    /// <summary>Since when, ms UTC.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("sinceMs")]
    public required long SinceMs { get; init; }

    /// <summary>When it was seen last, ms UTC.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("lastMs")]
    public required long LastMs { get; init; }

    /// <summary>How many bins or days it was seen in.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("count")]
    public required int Count { get; init; }

    /// <summary>The field severity.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("severity")]
    public required string Severity { get; init; }

    /// <summary>What is wrong.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("title")]
    public required string Title { get; init; }

    /// <summary>What to do first.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("action")]
    public required string Action { get; init; }

    /// <summary>What was found; null where there is no figure.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("value")]
    public double? Value { get; init; }

    /// <summary>What it was compared with; null where there is none.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("limit")]
    public double? Limit { get; init; }

    /// <summary>Unit of value and limit.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("unit")]
    public required string Unit { get; init; }

    /// <summary>The figure over the last day or the last days, for a sparkline.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("evidence")]
    public required IReadOnlyList<EvidencePoint> Evidence { get; init; }

    /// <summary>Share of the time behind it that the log saw, 0-1; null when unknown.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("seenShare")]
    public double? SeenShare { get; init; }

    /// <summary>The field snooze.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("snooze")]
    public SnoozeAnswer? Snooze { get; init; }
}

/// <summary>What looks wrong, worst first.</summary>
public sealed record FindingsAnswer
{
    /// <summary>The findings.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("items")]
    public required IReadOnlyList<FindingAnswer> Items { get; init; }

    /// <summary>Number of findings that fit, those left out of the answer included.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("total")]
    public required int Total { get; init; }

    /// <summary>When the signals were looked at last, ms UTC.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("checkedMs")]
    public required long CheckedMs { get; init; }

    /// <summary>Signals that have not been looked at yet, as just after a start.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("pending")]
    public required int Pending { get; init; }
}

/// <summary>A green.</summary>
public sealed record GreenSpan
{
    /// <summary>Begin, ms UTC.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("start")]
    public required long Start { get; init; }

    /// <summary>End, ms UTC; null when the log does not show it.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("end")]
    public long? End { get; init; }
}

/// <summary>One import with its files and what was wrong with them.</summary>
public sealed record ImportAnswer
{
    /// <summary>The field import.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("import")]
    public required ImportRow Import { get; init; }

    /// <summary>The field files.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("files")]
    public required IReadOnlyList<ImportedFile> Files { get; init; }

    /// <summary>How often, by kind and file.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("counts")]
    public required IReadOnlyList<IssueCount> Counts { get; init; }

    /// <summary>The first few of each kind and file.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("examples")]
    public required IReadOnlyList<IssueExample> Examples { get; init; }

    /// <summary>When the record is deleted, ms UTC.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("keptUntilMs")]
    public required long KeptUntilMs { get; init; }
}

/// <summary>Something that was wrong with a file.</summary>
public sealed record ImportIssue
{
    /// <summary>The field kind.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("kind")]
    public required string Kind { get; init; }

    /// <summary>The field file.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("file")]
    public required string File { get; init; }

    /// <summary>The field row.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("row")]
    public required long Row { get; init; }

    /// <summary>The field value.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("value")]
    public required string Value { get; init; }

    /// <summary>The field assumed.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("assumed")]
    public required string Assumed { get; init; }
}

/// <summary>What an import of configuration would change.</summary>
public sealed record ImportPreview
{
    /// <summary>To accept it by; good for an hour.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("id")]
    public required string Id { get; init; }

    /// <summary>Those that it says something about, also where nothing changes.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("signals")]
    public required IReadOnlyList<ImportedSignal> Signals { get; init; }

    /// <summary>What was wrong with the files and what was done about it.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("issues")]
    public required IReadOnlyList<ImportIssue> Issues { get; init; }
}

/// <summary>An import in a list.</summary>
public sealed record ImportRow
{
    /// <summary>The field id.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("id")]
    public required long Id { get; init; }

    /// <summary>The field door.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("door")]
    public required string Door { get; init; }

    /// <summary>The field startedMs.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("startedMs")]
    public required long StartedMs { get; init; }

    /// <summary>The field endedMs.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("endedMs")]
    public required long EndedMs { get; init; }

    /// <summary>The field files.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("files")]
    public required long Files { get; init; }

    /// <summary>The field bytes.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("bytes")]
    public required long Bytes { get; init; }

    /// <summary>Events read, known ones included.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("eventsRead")]
    public required long EventsRead { get; init; }

    /// <summary>The field eventsAdded.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("eventsAdded")]
    public required long EventsAdded { get; init; }

    /// <summary>The field duplicates.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("duplicates")]
    public required long Duplicates { get; init; }

    /// <summary>The field rowsRefused.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("rowsRefused")]
    public required long RowsRefused { get; init; }

    /// <summary>Number of issues found.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("issues")]
    public required long Issues { get; init; }
}

/// <summary>One file of an import.</summary>
public sealed record ImportedFile
{
    /// <summary>As it may be kept: string SourceName.Of(string? path).</summary>
    [System.Text.Json.Serialization.JsonPropertyName("name")]
    public required string Name { get; init; }

    /// <summary>Null when no reader knew the content.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("format")]
    public string? Format { get; init; }

    /// <summary>The signal whose log it is; null when it holds those of several, or of none.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("signal")]
    public string? Signal { get; init; }

    /// <summary>The number of signals in it.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("signals")]
    public required long Signals { get; init; }

    /// <summary>Events read, known ones included.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("events")]
    public required long Events { get; init; }

    /// <summary>Rows or records left out, each with an issue.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("rowsRefused")]
    public required long RowsRefused { get; init; }

    /// <summary>The field bytes.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("bytes")]
    public required long Bytes { get; init; }
}

/// <summary>What an import would change at one signal.</summary>
public sealed record ImportedSignal
{
    /// <summary>The field signal.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("signal")]
    public required string Signal { get; init; }

    /// <summary>From when on the file says that it holds, ms UTC; null where it does not say: then from the moment of acceptance.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("validFromMs")]
    public long? ValidFromMs { get; init; }

    /// <summary>True when the signal is not configured yet.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("isNew")]
    public required bool IsNew { get; init; }

    /// <summary>The field changes.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("changes")]
    public required IReadOnlyList<SettingChange> Changes { get; init; }

    /// <summary>Why it cannot be taken; empty when it can.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("problems")]
    public required IReadOnlyList<ProblemAnswer> Problems { get; init; }
}

/// <summary>What was taken; it is on the disk.</summary>
public sealed record IntakeAnswer
{
    /// <summary>Events that are stored now, known ones included.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("taken")]
    public required long Taken { get; init; }

    /// <summary>Events of them that were not known.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("added")]
    public required long Added { get; init; }

    /// <summary>Rows left out and events not stored.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("refused")]
    public required long Refused { get; init; }

    /// <summary>The field files.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("files")]
    public required IReadOnlyList<IntakeFileAnswer> Files { get; init; }

    /// <summary>The number of issues; the first of each kind are listed.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("issueCount")]
    public required long IssueCount { get; init; }

    /// <summary>The field issues.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("issues")]
    public required IReadOnlyList<IntakeIssue> Issues { get; init; }
}

/// <summary>What one of the files gave.</summary>
public sealed record IntakeFileAnswer
{
    /// <summary>The field name.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("name")]
    public required string Name { get; init; }

    /// <summary>Null when no reader knew the content.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("format")]
    public string? Format { get; init; }

    /// <summary>The field signals.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("signals")]
    public required IReadOnlyList<string> Signals { get; init; }

    /// <summary>The field events.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("events")]
    public required long Events { get; init; }

    /// <summary>The field refused.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("refused")]
    public required long Refused { get; init; }
}

/// <summary>Something that was wrong with what was sent.</summary>
public sealed record IntakeIssue
{
    /// <summary>What is wrong, as a word.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("kind")]
    public required string Kind { get; init; }

    /// <summary>The file; `body` for a batch.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("source")]
    public required string Source { get; init; }

    /// <summary>Line, record or byte, as the format counts them; 0 for the whole.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("position")]
    public required long Position { get; init; }

    /// <summary>The value, or only its shape where it may not be repeated.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("value")]
    public required string Value { get; init; }

    /// <summary>What was done.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("assumed")]
    public required string Assumed { get; init; }
}

/// <summary>How often something was wrong.</summary>
public sealed record IssueCount
{
    /// <summary>The field kind.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("kind")]
    public required string Kind { get; init; }

    /// <summary>The field source.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("source")]
    public required string Source { get; init; }

    /// <summary>The field issues.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("issues")]
    public required long Issues { get; init; }
}

/// <summary>One thing that was wrong.</summary>
public sealed record IssueExample
{
    /// <summary>The field kind.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("kind")]
    public required string Kind { get; init; }

    /// <summary>The field source.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("source")]
    public required string Source { get; init; }

    /// <summary>Line, record or byte, as the format counts them; 0 for the file as a whole.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("position")]
    public required long Position { get; init; }

    /// <summary>The value that is wrong, at most 80 characters; empty where it may not be kept.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("value")]
    public required string Value { get; init; }

    /// <summary>What was assumed or done, with the limit.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("assumed")]
    public required string Assumed { get; init; }
}

/// <summary>How much a kind of data grew a day, on average.</summary>
public sealed record KindGrowth
{
    /// <summary>The field kind.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("kind")]
    public required string Kind { get; init; }

    /// <summary>Null while there is less than a day to reckon from.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("bytesPerDay")]
    public long? BytesPerDay { get; init; }

    /// <summary>Days that it was reckoned from.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("days")]
    public required int Days { get; init; }
}

/// <summary>What a kind of data takes on the disk.</summary>
public sealed record KindSize
{
    /// <summary>One of IReadOnlyList&amp;lt;string&amp;gt; Storage.Kinds.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("kind")]
    public required string Kind { get; init; }

    /// <summary>The field bytes.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("bytes")]
    public required long Bytes { get; init; }
}

/// <summary>A measure: what it is called, what it writes, and its page in the documentation.</summary>
public sealed record MeasureAnswer
{
    /// <summary>The field name.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("name")]
    public required string Name { get; init; }

    /// <summary>The field title.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("title")]
    public required string Title { get; init; }

    /// <summary>The field tables.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("tables")]
    public required IReadOnlyList<TableAnswer> Tables { get; init; }

    /// <summary>The field options.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("options")]
    public required IReadOnlyList<string> Options { get; init; }
}

/// <summary>NewAccount, as the interface gives it.</summary>
public sealed record NewAccount
{
    /// <summary>The field name.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("name")]
    public required string Name { get; init; }

    /// <summary>The field roles.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("roles")]
    public required IReadOnlyList<string> Roles { get; init; }

    /// <summary>Must be changed at the first sign-in.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("password")]
    public required string Password { get; init; }
}

/// <summary>NewPassword, as the interface gives it.</summary>
public sealed record NewPassword
{
    /// <summary>The field password.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("password")]
    public required string Password { get; init; }
}

/// <summary>NewSourceToken, as the interface gives it.</summary>
public sealed record NewSourceToken
{
    /// <summary>The field name.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("name")]
    public required string Name { get; init; }
}

/// <summary>A page of a list.</summary>
public sealed record PageOfImportRow
{
    /// <summary>The field items.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("items")]
    public required IReadOnlyList<ImportRow> Items { get; init; }

    /// <summary>The field total.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("total")]
    public required int Total { get; init; }

    /// <summary>Address of the next page; null on the last.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("next")]
    public string? Next { get; init; }
}

/// <summary>A page of a list.</summary>
public sealed record PageOfSignalAnswer
{
    /// <summary>The field items.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("items")]
    public required IReadOnlyList<SignalAnswer> Items { get; init; }

    /// <summary>The field total.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("total")]
    public required int Total { get; init; }

    /// <summary>Address of the next page; null on the last.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("next")]
    public string? Next { get; init; }
}

/// <summary>A page of a list.</summary>
public sealed record PageOfSourceAnswer
{
    /// <summary>The field items.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("items")]
    public required IReadOnlyList<SourceAnswer> Items { get; init; }

    /// <summary>The field total.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("total")]
    public required int Total { get; init; }

    /// <summary>Address of the next page; null on the last.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("next")]
    public string? Next { get; init; }
}

/// <summary>Why a request cannot be carried out, and how to mend it. All of a request's problems are reported at once.</summary>
public sealed record Problem
{
    /// <summary>Stable code, `XT` and three digits, that documentation and scripts refer to.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("code")]
    public required string Code { get; init; }

    /// <summary>The file, option or field that is meant.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("where")]
    public required string Where { get; init; }

    /// <summary>What is wrong, with the value and the limit, and how to fix it.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("message")]
    public required string Message { get; init; }
}

/// <summary>One problem: its code, the field, and what is wrong with it.</summary>
public sealed record ProblemAnswer
{
    /// <summary>The field code.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("code")]
    public required string Code { get; init; }

    /// <summary>The field where.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("where")]
    public required string Where { get; init; }

    /// <summary>The field message.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("message")]
    public required string Message { get; init; }
}

/// <summary>ProblemDetails, as the interface gives it.</summary>
public sealed record ProblemDetails
{
    /// <summary>The field type.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("type")]
    public string? Type { get; init; }

    /// <summary>The field title.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("title")]
    public string? Title { get; init; }

    /// <summary>The field status.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("status")]
    public int? Status { get; init; }

    /// <summary>The field detail.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("detail")]
    public string? Detail { get; init; }

    /// <summary>The field instance.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("instance")]
    public string? Instance { get; init; }
}

/// <summary>What the log proposes for a signal.</summary>
public sealed record ProposalAnswer
{
    /// <summary>The field signal.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("signal")]
    public required string Signal { get; init; }

    /// <summary>The field state.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("state")]
    public required string State { get; init; }

    /// <summary>Signals that are learned before it; 0 unless it waits.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("ahead")]
    public required int Ahead { get; init; }

    /// <summary>When it was learned, ms UTC; null when there is no proposal.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("learnedMs")]
    public long? LearnedMs { get; init; }

    /// <summary>First moment of the log that was read, ms UTC.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("fromMs")]
    public long? FromMs { get; init; }

    /// <summary>First moment after it, ms UTC.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("toMs")]
    public long? ToMs { get; init; }

    /// <summary>Events that were read.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("events")]
    public long? Events { get; init; }

    /// <summary>The confidence from which a field is chosen by itself.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("sureEnough")]
    public required double SureEnough { get; init; }

    /// <summary>The field entityTag.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("entityTag")]
    public required string EntityTag { get; init; }

    /// <summary>The field fields.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("fields")]
    public required IReadOnlyList<ProposedField> Fields { get; init; }
}

/// <summary>One setting of a proposal.</summary>
public sealed record ProposedField
{
    /// <summary>Such as `detectors/12/phase`.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("field")]
    public required string Field { get; init; }

    /// <summary>What is configured; null when nothing is.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("now")]
    public string? Now { get; init; }

    /// <summary>What the log says; null where it does not say enough.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("proposed")]
    public string? Proposed { get; init; }

    /// <summary>0-1: how far the evidence is trusted; null where the learner gives no figure of its own, as for an item that is simply listed.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("confidence")]
    public double? Confidence { get; init; }

    /// <summary>The figures that it rests on, in words; empty where there are none.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("basis")]
    public required string Basis { get; init; }

    /// <summary>True when what is proposed is configured already.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("isSame")]
    public required bool IsSame { get; init; }

    /// <summary>Whether it is chosen unless a person decides otherwise: sure enough, and nothing else is configured.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("isChosen")]
    public required bool IsChosen { get; init; }
}

/// <summary>Data that machines may read without an account.</summary>
public sealed record PublicFeed
{
    /// <summary>Short name.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("id")]
    public required string Id { get; init; }

    /// <summary>What it is.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("title")]
    public required string Title { get; init; }

    /// <summary>What it holds, in a sentence.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("description")]
    public required string Description { get; init; }

    /// <summary>How often it changes, in words.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("updated")]
    public required string Updated { get; init; }

    /// <summary>Path of its JSON Schema on this server.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("schema")]
    public required string Schema { get; init; }

    /// <summary>Where to get it.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("forms")]
    public required IReadOnlyList<FeedForm> Forms { get; init; }
}

/// <summary>Signals in the order of a figure, worst first.</summary>
public sealed record RankingAnswer
{
    /// <summary>The field name.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("name")]
    public required string Name { get; init; }

    /// <summary>The field title.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("title")]
    public required string Title { get; init; }

    /// <summary>The field unit.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("unit")]
    public required string Unit { get; init; }

    /// <summary>The field description.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("description")]
    public required string Description { get; init; }

    /// <summary>The field isLeastFirst.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("isLeastFirst")]
    public required bool IsLeastFirst { get; init; }

    /// <summary>First moment, ms UTC.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("fromMs")]
    public required long FromMs { get; init; }

    /// <summary>First moment behind, ms UTC.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("toMs")]
    public required long ToMs { get; init; }

    /// <summary>Number of entries, those left out of the answer included.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("total")]
    public required int Total { get; init; }

    /// <summary>The entries.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("items")]
    public required IReadOnlyList<RankingItem> Items { get; init; }
}

/// <summary>An entry of a ranking.</summary>
public sealed record RankingItem
{
    /// <summary>The field signal.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("signal")]
    public required string Signal { get; init; }

    /// <summary>The part of the signal that is meant, as in `phase 2`; null for all of it.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("group")]
    public string? Group { get; init; }

    /// <summary>The figure; null when there is nothing to divide by.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("value")]
    public double? Value { get; init; }

    /// <summary>What the value is out of; of plain sums the sum itself.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("count")]
    public double? Count { get; init; }

    /// <summary>Share of the rows' time that the log saw, 0-1; null when unknown.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("seenShare")]
    public double? SeenShare { get; init; }
}

/// <summary>A ranking that can be asked for.</summary>
public sealed record RankingSummary
{
    /// <summary>As in the address.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("name")]
    public required string Name { get; init; }

    /// <summary>The field title.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("title")]
    public required string Title { get; init; }

    /// <summary>Unit of the value; empty for counts.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("unit")]
    public required string Unit { get; init; }

    /// <summary>What the value says.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("description")]
    public required string Description { get; init; }

    /// <summary>True where little is bad, so that the least come first.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("isLeastFirst")]
    public required bool IsLeastFirst { get; init; }
}

/// <summary>What is asked of a preview: days that raw events would be kept.</summary>
public sealed record RetentionAsked
{
    /// <summary>The field rawDays.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("rawDays")]
    public int? RawDays { get; init; }

    /// <summary>The field importDays.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("importDays")]
    public int? ImportDays { get; init; }
}

/// <summary>What is deleted next.</summary>
public sealed record RetentionPlan
{
    /// <summary>Such as `raw-events`.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("kind")]
    public required string Kind { get; init; }

    /// <summary>Days that it is kept.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("keptDays")]
    public required int KeptDays { get; init; }

    /// <summary>Days that it may be kept at most, by promise.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("mostDays")]
    public required int MostDays { get; init; }

    /// <summary>What is older than this is due, ms UTC.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("beforeMs")]
    public required long BeforeMs { get; init; }

    /// <summary>How much is due: signal-days, records.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("dueItems")]
    public required long DueItems { get; init; }

    /// <summary>Events that are due; null for what has none.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("dueEvents")]
    public long? DueEvents { get; init; }

    /// <summary>When the oldest of what is not due yet will be, ms UTC; null when there is nothing.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("nextMs")]
    public long? NextMs { get; init; }
}

/// <summary>What the model expects at one approach.</summary>
public sealed record RetimingApproach
{
    /// <summary>The field signal.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("signal")]
    public required string Signal { get; init; }

    /// <summary>Such as `eastbound`.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("approach")]
    public required string Approach { get; init; }

    /// <summary>veh/h.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("volumeVehPerHour")]
    public required double VolumeVehPerHour { get; init; }

    /// <summary>s/veh; null without traffic or when the signal is free.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("delayToday")]
    public double? DelayToday { get; init; }

    /// <summary>s/veh.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("delayPlan")]
    public double? DelayPlan { get; init; }

    /// <summary>Stops per vehicle, 0-1.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("stopsToday")]
    public double? StopsToday { get; init; }

    /// <summary>Stops per vehicle, 0-1.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("stopsPlan")]
    public double? StopsPlan { get; init; }

    /// <summary>Degree of saturation of the worst lane group.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("saturationToday")]
    public double? SaturationToday { get; init; }

    /// <summary>The same with the plan.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("saturationPlan")]
    public double? SaturationPlan { get; init; }

    /// <summary>Farthest back of the longest queue, veh.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("queueToday")]
    public double? QueueToday { get; init; }

    /// <summary>The same with the plan.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("queuePlan")]
    public double? QueuePlan { get; init; }
}

/// <summary>A value that was assumed.</summary>
public sealed record RetimingAssumed
{
    /// <summary>The field phase.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("phase")]
    public required int Phase { get; init; }

    /// <summary>In the unit of the fact: mph, percent or ft; null when it is no number.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("value")]
    public double? Value { get; init; }
}

/// <summary>A fact that nobody measured.</summary>
public sealed record RetimingAssumption
{
    /// <summary>The field signal.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("signal")]
    public required string Signal { get; init; }

    /// <summary>Such as `speed`.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("fact")]
    public required string Fact { get; init; }

    /// <summary>What it was taken from.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("basis")]
    public required string Basis { get; init; }

    /// <summary>Phases that it is about, each with its value; empty for the signal as a whole.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("phases")]
    public required IReadOnlyList<RetimingAssumed> Phases { get; init; }
}

/// <summary>What to look at in the field after the change.</summary>
public sealed record RetimingChecks
{
    /// <summary>The field signal.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("signal")]
    public required string Signal { get; init; }

    /// <summary>The field checks.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("checks")]
    public required IReadOnlyList<string> Checks { get; init; }
}

/// <summary>All that is said of a proposal.</summary>
public sealed record RetimingContent
{
    /// <summary>The field periods.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("periods")]
    public required IReadOnlyList<RetimingPeriod> Periods { get; init; }

    /// <summary>The field losses.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("losses")]
    public required IReadOnlyList<RetimingLoss> Losses { get; init; }

    /// <summary>Signals that keep their timing in every period.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("withdrawn")]
    public required IReadOnlyList<RetimingRefusal> Withdrawn { get; init; }

    /// <summary>Signals whose configuration was learned from the log.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("learned")]
    public required IReadOnlyList<string> Learned { get; init; }

    /// <summary>The field assumptions.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("assumptions")]
    public required IReadOnlyList<RetimingAssumption> Assumptions { get; init; }

    /// <summary>The field lacks.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("lacks")]
    public required IReadOnlyList<RetimingLack> Lacks { get; init; }

    /// <summary>The field fieldChecks.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("fieldChecks")]
    public required IReadOnlyList<RetimingChecks> FieldChecks { get; init; }

    /// <summary>The field drawings.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("drawings")]
    public required IReadOnlyList<RetimingDrawing> Drawings { get; init; }
}

/// <summary>A proposal with everything that is said of it.</summary>
public sealed record RetimingDetail
{
    /// <summary>The field proposal.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("proposal")]
    public required RetimingRow Proposal { get; init; }

    /// <summary>What was asked for.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("order")]
    public required RetimingOrder Order { get; init; }

    /// <summary>The field content.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("content")]
    public required RetimingContent Content { get; init; }

    /// <summary>What people did with it, the first first.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("steps")]
    public required IReadOnlyList<RetimingStepRow> Steps { get; init; }

    /// <summary>What can be taken home.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("files")]
    public required IReadOnlyList<RetimingFileRow> Files { get; init; }

    /// <summary>What can be done next; empty at the end.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("possible")]
    public required IReadOnlyList<RetimingPossible> Possible { get; init; }
}

/// <summary>A corridor's drawings in one period.</summary>
public sealed record RetimingDrawing
{
    /// <summary>The field corridor.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("corridor")]
    public required string Corridor { get; init; }

    /// <summary>The field name.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("name")]
    public required string Name { get; init; }

    /// <summary>The field period.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("period")]
    public required string Period { get; init; }

    /// <summary>Name of a file.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("today")]
    public required string Today { get; init; }

    /// <summary>Name of a file.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("plan")]
    public required string Plan { get; init; }
}

/// <summary>What the logs measured of a change in the field.</summary>
public sealed record RetimingEffect
{
    /// <summary>When it was measured, ms UTC.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("atMs")]
    public required long AtMs { get; init; }

    /// <summary>The local day of the change, which counts on neither side.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("changed")]
    public required string Changed { get; init; }

    /// <summary>The field figures.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("figures")]
    public required IReadOnlyList<RetimingEffectFigure> Figures { get; init; }
}

/// <summary>One measured figure of a change in the field.</summary>
public sealed record RetimingEffectFigure
{
    /// <summary>Such as `arrivals on green`.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("measure")]
    public required string Measure { get; init; }

    /// <summary>Of all figures.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("unit")]
    public required string Unit { get; init; }

    /// <summary>The field verdict.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("verdict")]
    public required string Verdict { get; init; }

    /// <summary>Whether it worked.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("sentence")]
    public required string Sentence { get; init; }

    /// <summary>Mean of the matched days before; null when there are too few.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("before")]
    public double? Before { get; init; }

    /// <summary>The same after.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("after")]
    public double? After { get; init; }

    /// <summary>Lower end of the interval of the difference.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("low")]
    public double? Low { get; init; }

    /// <summary>Upper end.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("high")]
    public double? High { get; init; }

    /// <summary>The field daysBefore.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("daysBefore")]
    public required int DaysBefore { get; init; }

    /// <summary>The field daysAfter.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("daysAfter")]
    public required int DaysAfter { get; init; }

    /// <summary>Share of the time before that the log saw, 0-1; null without any.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("seenBefore")]
    public double? SeenBefore { get; init; }

    /// <summary>The same after.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("seenAfter")]
    public double? SeenAfter { get; init; }
}

/// <summary>Why a study ended without an answer.</summary>
public sealed record RetimingFailure
{
    /// <summary>The field code.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("code")]
    public required string Code { get; init; }

    /// <summary>The field message.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("message")]
    public required string Message { get; init; }
}

/// <summary>A file that a proposal has.</summary>
public sealed record RetimingFileRow
{
    /// <summary>The field name.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("name")]
    public required string Name { get; init; }

    /// <summary>Its size.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("bytes")]
    public required long Bytes { get; init; }
}

/// <summary>What the log of a signal does not tell.</summary>
public sealed record RetimingLack
{
    /// <summary>The field signal.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("signal")]
    public required string Signal { get; init; }

    /// <summary>The field forOffsets.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("forOffsets")]
    public required IReadOnlyList<string> ForOffsets { get; init; }

    /// <summary>The field forSplits.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("forSplits")]
    public required IReadOnlyList<string> ForSplits { get; init; }
}

/// <summary>What a corridor loses by its timing.</summary>
public sealed record RetimingLoss
{
    /// <summary>When it was studied, ms UTC.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("atMs")]
    public required long AtMs { get; init; }

    /// <summary>Its id; empty for all signals.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("corridor")]
    public required string Corridor { get; init; }

    /// <summary>The street.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("name")]
    public required string Name { get; init; }

    /// <summary>Such as `weekdays 06:00-09:00`.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("period")]
    public required string Period { get; init; }

    /// <summary>Delay and stops under today's timing, vehicle hours per hour.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("today")]
    public required double Today { get; init; }

    /// <summary>The same under the best plan that is known.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("best")]
    public required double Best { get; init; }

    /// <summary>Share of today's, 0-1, that the best would save; null without traffic.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("share")]
    public double? Share { get; init; }

    /// <summary>Share of the period's time that the logs saw, 0-1.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("seenShare")]
    public required double SeenShare { get; init; }
}

/// <summary>What a study is to retime, and what it may change. All fields may be left out.</summary>
public sealed record RetimingOrder
{
    /// <summary>The corridor's id; null for all signals that have events.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("corridor")]
    public string? Corridor { get; init; }

    /// <summary>Parts of the day: night, morning, midday, evening; null or empty for all.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("parts")]
    public IReadOnlyList<string>? Parts { get; init; }

    /// <summary>balanced, delay, stops, pedestrians or worst; null for balanced.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("objective")]
    public string? Objective { get; init; }

    /// <summary>What stays: cycle, splits, sequence, offsets.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("keep")]
    public IReadOnlyList<string>? Keep { get; init; }

    /// <summary>Farthest that an offset or split may move from today's, whole s; null for any.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("withinS")]
    public int? WithinS { get; init; }

    /// <summary>What is accepted with open eyes: near-capacity, storage, less-than-today, pedestrians-by-override.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("accept")]
    public IReadOnlyList<string>? Accept { get; init; }

    /// <summary>Why it is accepted, of a closed list: seen-in-field, peak-is-short, walkers-are-rare, storage-is-longer, demonstration. What it means stands on the sheets.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("reason")]
    public string? Reason { get; init; }
}

/// <summary>A pattern of one signal.</summary>
public sealed record RetimingPattern
{
    /// <summary>1-253.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("pattern")]
    public required int Pattern { get; init; }

    /// <summary>s.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("cycleS")]
    public required double CycleS { get; init; }

    /// <summary>s.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("offsetS")]
    public required double OffsetS { get; init; }

    /// <summary>The point of the cycle that the offset is counted to.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("offsetReference")]
    public required string OffsetReference { get; init; }

    /// <summary>Phases by ring in the order of service; empty where splits do not fill the cycle.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("rings")]
    public required IReadOnlyList<IReadOnlyList<RetimingPhase>> Rings { get; init; }
}

/// <summary>One period of a proposal.</summary>
public sealed record RetimingPeriod
{
    /// <summary>Of all its signals.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("figures")]
    public required RetimingPeriodFigures Figures { get; init; }

    /// <summary>Those that the plan changes first.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("signals")]
    public required IReadOnlyList<RetimingSignal> Signals { get; init; }

    /// <summary>The field approaches.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("approaches")]
    public required IReadOnlyList<RetimingApproach> Approaches { get; init; }

    /// <summary>The field refusals.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("refusals")]
    public required IReadOnlyList<RetimingRefusal> Refusals { get; init; }
}

/// <summary>Figures of one period.</summary>
public sealed record RetimingPeriodFigures
{
    /// <summary>Such as `weekdays 06:00-09:00`.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("name")]
    public required string Name { get; init; }

    /// <summary>Its begin, minutes after local midnight.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("fromMinute")]
    public required int FromMinute { get; init; }

    /// <summary>Its end, minutes after local midnight.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("toMinute")]
    public required int ToMinute { get; init; }

    /// <summary>Number of the changed patterns; null for a period that was not searched.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("pattern")]
    public int? Pattern { get; init; }

    /// <summary>Signals that change.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("retimed")]
    public required int Retimed { get; init; }

    /// <summary>False when the search was cut off.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("isComplete")]
    public required bool IsComplete { get; init; }

    /// <summary>By the model, vehicle hours per hour; null for a period that was not searched.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("delayToday")]
    public double? DelayToday { get; init; }

    /// <summary>The same with the plan.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("delayPlan")]
    public double? DelayPlan { get; init; }

    /// <summary>By the model, stops per hour.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("stopsToday")]
    public double? StopsToday { get; init; }

    /// <summary>The same with the plan.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("stopsPlan")]
    public double? StopsPlan { get; init; }
}

/// <summary>A phase in a ring of a pattern.</summary>
public sealed record RetimingPhase
{
    /// <summary>1-16.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("phase")]
    public required int Phase { get; init; }

    /// <summary>Such as `eastbound through`; empty when unknown.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("movement")]
    public required string Movement { get; init; }

    /// <summary>Begin of its green from the begin of the first barrier group, s.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("startS")]
    public required double StartS { get; init; }

    /// <summary>With yellow and red clearance, s.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("splitS")]
    public required double SplitS { get; init; }

    /// <summary>s.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("yellowS")]
    public required double YellowS { get; init; }

    /// <summary>s.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("redClearanceS")]
    public required double RedClearanceS { get; init; }

    /// <summary>The field isCoordinated.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("isCoordinated")]
    public required bool IsCoordinated { get; init; }
}

/// <summary>What can be done next.</summary>
public sealed record RetimingPossible
{
    /// <summary>The step.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("act")]
    public required string Act { get; init; }

    /// <summary>Where it leads.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("state")]
    public required string State { get; init; }

    /// <summary>Who may take it.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("role")]
    public required string Role { get; init; }

    /// <summary>Why it may be taken: one of these is given with it.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("reasons")]
    public required IReadOnlyList<string> Reasons { get; init; }

    /// <summary>Whether the local day in the field is given with it.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("hasDay")]
    public required bool HasDay { get; init; }

    /// <summary>Why the account that asks cannot take it, in words; null when nothing but its role decides.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("hindrance")]
    public string? Hindrance { get; init; }
}

/// <summary>A signal that keeps its timing, and one reason.</summary>
public sealed record RetimingRefusal
{
    /// <summary>The field signal.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("signal")]
    public required string Signal { get; init; }

    /// <summary>Of the guard; empty when a plan would cost more than it gains.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("code")]
    public required string Code { get; init; }

    /// <summary>The rule that a plan would break; empty for none.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("rule")]
    public required string Rule { get; init; }

    /// <summary>The field part.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("part")]
    public required string Part { get; init; }

    /// <summary>The field message.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("message")]
    public required string Message { get; init; }
}

/// <summary>A proposal as it is kept, without what only its own page shows.</summary>
public sealed record RetimingRow
{
    /// <summary>The field id.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("id")]
    public required long Id { get; init; }

    /// <summary>The field madeMs.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("madeMs")]
    public required long MadeMs { get; init; }

    /// <summary>The field origin.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("origin")]
    public required string Origin { get; init; }

    /// <summary>The corridor's id; empty for all signals.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("corridor")]
    public required string Corridor { get; init; }

    /// <summary>The field state.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("state")]
    public required string State { get; init; }

    /// <summary>The field proposedBy.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("proposedBy")]
    public string? ProposedBy { get; init; }

    /// <summary>The field approvedBy.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("approvedBy")]
    public string? ApprovedBy { get; init; }

    /// <summary>The local day in which cabinets were changed, yyyy-mm-dd; null before.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("fieldDay")]
    public string? FieldDay { get; init; }

    /// <summary>The field summary.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("summary")]
    public required RetimingSummary Summary { get; init; }

    /// <summary>The field effect.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("effect")]
    public RetimingEffect? Effect { get; init; }
}

/// <summary>What one signal runs in a period.</summary>
public sealed record RetimingSignal
{
    /// <summary>The field signal.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("signal")]
    public required string Signal { get; init; }

    /// <summary>The field name.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("name")]
    public required string Name { get; init; }

    /// <summary>Whether the plan changes it in this period.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("isRetimed")]
    public required bool IsRetimed { get; init; }

    /// <summary>The field today.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("today")]
    public RetimingPattern? Today { get; init; }

    /// <summary>The field plan.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("plan")]
    public RetimingPattern? Plan { get; init; }

    /// <summary>What changes and what that does, as a sentence; why it stays, where the guard or its own cost kept it; empty for none.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("why")]
    public required string Why { get; init; }
}

/// <summary>Why a step is taken.</summary>
public sealed record RetimingStepOrder
{
    /// <summary>One of the step's closed list.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("reason")]
    public string? Reason { get; init; }

    /// <summary>The local day in which cabinets were changed, yyyy-mm-dd; for the steps in the field.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("day")]
    public string? Day { get; init; }
}

/// <summary>Something that somebody did with a proposal.</summary>
public sealed record RetimingStepRow
{
    /// <summary>What.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("act")]
    public required string Act { get; init; }

    /// <summary>Where it led.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("state")]
    public required string State { get; init; }

    /// <summary>When, ms UTC.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("atMs")]
    public required long AtMs { get; init; }

    /// <summary>Who.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("account")]
    public required string Account { get; init; }

    /// <summary>Why, of a closed list.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("reason")]
    public required string Reason { get; init; }

    /// <summary>The local day in the field, yyyy-mm-dd; null where there is none.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("day")]
    public string? Day { get; init; }
}

/// <summary>Where the studies of this server stand.</summary>
public sealed record RetimingStudyStatus
{
    /// <summary>Of the study that runs or waits.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("state")]
    public required string State { get; init; }

    /// <summary>The field origin.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("origin")]
    public string? Origin { get; init; }

    /// <summary>Of the study that runs; empty for all signals.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("corridor")]
    public required string Corridor { get; init; }

    /// <summary>When it began, ms UTC; null unless it runs.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("startedMs")]
    public long? StartedMs { get; init; }

    /// <summary>Which period is searched; null before and after.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("period")]
    public string? Period { get; init; }

    /// <summary>Of the search, 0-1.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("share")]
    public required double Share { get; init; }

    /// <summary>When the last one ended, ms UTC; null when there was none since the server's start.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("endedMs")]
    public long? EndedMs { get; init; }

    /// <summary>Seconds that it took.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("tookS")]
    public double? TookS { get; init; }

    /// <summary>Number of the proposal that it led to; null when nothing better was found, or it failed.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("proposal")]
    public long? Proposal { get; init; }

    /// <summary>The field failure.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("failure")]
    public RetimingFailure? Failure { get; init; }
}

/// <summary>A proposal in a line.</summary>
public sealed record RetimingSummary
{
    /// <summary>What it was made from, as a sentence.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("source")]
    public required string Source { get; init; }

    /// <summary>First event, ms UTC.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("fromMs")]
    public required long FromMs { get; init; }

    /// <summary>Last event, ms UTC.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("toMs")]
    public required long ToMs { get; init; }

    /// <summary>Events that were read.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("events")]
    public required long Events { get; init; }

    /// <summary>Signals that were studied.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("signals")]
    public required int Signals { get; init; }

    /// <summary>Signals that change in some period.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("retimed")]
    public required int Retimed { get; init; }

    /// <summary>Seconds that the study took.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("tookS")]
    public required double TookS { get; init; }

    /// <summary>By day type and time.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("periods")]
    public required IReadOnlyList<RetimingPeriodFigures> Periods { get; init; }
}

/// <summary>All proposals, and what corridors lose.</summary>
public sealed record RetimingsAnswer
{
    /// <summary>The newest first.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("items")]
    public required IReadOnlyList<RetimingRow> Items { get; init; }

    /// <summary>Of 90 days, the newest study first.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("losses")]
    public required IReadOnlyList<RetimingLoss> Losses { get; init; }

    /// <summary>The study that runs or ran last.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("study")]
    public required RetimingStudyStatus Study { get; init; }

    /// <summary>The local time of the night's study, such as `03:00`; null for none.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("night")]
    public string? Night { get; init; }
}

/// <summary>RoleList, as the interface gives it.</summary>
public sealed record RoleList
{
    /// <summary>The field roles.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("roles")]
    public required IReadOnlyList<string> Roles { get; init; }
}

/// <summary>Who is signed in, as the client needs it to show what may be done.</summary>
public sealed record Session
{
    /// <summary>The account's name; null when nobody is signed in.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("name")]
    public string? Name { get; init; }

    /// <summary>What the account may do, each role spelled out.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("roles")]
    public required IReadOnlyList<string> Roles { get; init; }

    /// <summary>True for the made-up town, where whoever opens it acts as its staff.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("isTown")]
    public required bool IsTown { get; init; }

    /// <summary>To be sent with each change in the header `RequestVerificationToken`; null when nobody is signed in.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("antiforgery")]
    public string? Antiforgery { get; init; }
}

/// <summary>What differs in one setting.</summary>
public sealed record SettingChange
{
    /// <summary>Such as `detectors/12/phase`.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("field")]
    public required string Field { get; init; }

    /// <summary>The value before; null when it was not given.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("before")]
    public string? Before { get; init; }

    /// <summary>The value after; null when it is not given any more.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("after")]
    public string? After { get; init; }
}

/// <summary>A signal in a list: what it is and how it is.</summary>
public sealed record SignalAnswer
{
    /// <summary>The field id.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("id")]
    public required string Id { get; init; }

    /// <summary>The field name.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("name")]
    public required string Name { get; init; }

    /// <summary>Degrees; null when its place is not known.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("latitude")]
    public double? Latitude { get; init; }

    /// <summary>The field longitude.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("longitude")]
    public double? Longitude { get; init; }

    /// <summary>The field zone.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("zone")]
    public required string Zone { get; init; }

    /// <summary>False when its phases and detectors are not known.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("isConfigured")]
    public required bool IsConfigured { get; init; }

    /// <summary>The field detectorCount.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("detectorCount")]
    public required int DetectorCount { get; init; }

    /// <summary>The field approachCount.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("approachCount")]
    public required int ApproachCount { get; init; }

    /// <summary>The field status.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("status")]
    public required SignalStatus Status { get; init; }
}

/// <summary>Coverage of one signal over all its days.</summary>
public sealed record SignalCoverageAnswer
{
    /// <summary>The field signal.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("signal")]
    public required string Signal { get; init; }

    /// <summary>UTC days with events.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("days")]
    public required int Days { get; init; }

    /// <summary>Events of all days.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("events")]
    public required long Events { get; init; }

    /// <summary>Share of the time from the first to the last day that the log saw; null while days are still being looked at.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("seenShare")]
    public double? SeenShare { get; init; }

    /// <summary>Silences of more than five minutes; null while days are still being looked at.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("gaps")]
    public long? Gaps { get; init; }

    /// <summary>First event, ms UTC.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("firstMs")]
    public required long FirstMs { get; init; }

    /// <summary>Last event, ms UTC.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("lastMs")]
    public required long LastMs { get; init; }
}

/// <summary>One signal's days.</summary>
public sealed record SignalDaysAnswer
{
    /// <summary>The field signal.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("signal")]
    public required string Signal { get; init; }

    /// <summary>Events of each day; null where there are none.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("events")]
    public required IReadOnlyList<long?> Events { get; init; }

    /// <summary>Share of each day that the log saw, 0-1; null where there are no events, or the day was not looked at yet.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("seenShare")]
    public required IReadOnlyList<double?> SeenShare { get; init; }

    /// <summary>Silences of more than five minutes of each day; null as the share.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("gaps")]
    public required IReadOnlyList<long?> Gaps { get; init; }

    /// <summary>The longest of them; null as the share.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("longestGapMs")]
    public required IReadOnlyList<long?> LongestGapMs { get; init; }
}

/// <summary>How a signal is now.</summary>
public sealed record SignalStatus
{
    /// <summary>The field class.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("class")]
    public required string Class { get; init; }

    /// <summary>Since when, ms UTC; null when unknown.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("sinceMs")]
    public long? SinceMs { get; init; }

    /// <summary>The controller's time of the newest event, ms UTC; null without events.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("lastEventMs")]
    public long? LastEventMs { get; init; }

    /// <summary>Seconds from the newest event to now; null without events.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("dataAgeS")]
    public double? DataAgeS { get; init; }

    /// <summary>Coordination pattern in force (254 free, 255 flash); null when unknown.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("pattern")]
    public int? Pattern { get; init; }

    /// <summary>What is wrong, in words; empty when healthy.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("reasons")]
    public required IReadOnlyList<string> Reasons { get; init; }
}

/// <summary>A finding set aside.</summary>
public sealed record SnoozeAnswer
{
    /// <summary>When it comes back, ms UTC.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("untilMs")]
    public required long UntilMs { get; init; }

    /// <summary>Why: known, scheduled, construction, not-a-fault or waiting-for-parts.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("reason")]
    public required string Reason { get; init; }
}

/// <summary>A source and how it does. The account is a name; its secret is never given out.</summary>
public sealed record SourceAnswer
{
    /// <summary>The field id.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("id")]
    public required long Id { get; init; }

    /// <summary>The field signal.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("signal")]
    public required string Signal { get; init; }

    /// <summary>The field kind.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("kind")]
    public required string Kind { get; init; }

    /// <summary>The field address.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("address")]
    public required string Address { get; init; }

    /// <summary>The field path.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("path")]
    public required string Path { get; init; }

    /// <summary>Seconds from one reading to the next.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("intervalS")]
    public required int IntervalS { get; init; }

    /// <summary>The field zone.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("zone")]
    public string? Zone { get; init; }

    /// <summary>The field account.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("account")]
    public string? Account { get; init; }

    /// <summary>The field reportedAs.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("reportedAs")]
    public string? ReportedAs { get; init; }

    /// <summary>The field isEnabled.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("isEnabled")]
    public required bool IsEnabled { get; init; }

    /// <summary>The field status.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("status")]
    public SourceStatus? Status { get; init; }
}

/// <summary>A source as a person gives it.</summary>
public sealed record SourceRequest
{
    /// <summary>The signal whose log it is.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("signal")]
    public string? Signal { get; init; }

    /// <summary>The field kind.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("kind")]
    public string? Kind { get; init; }

    /// <summary>Host and port; for a folder its path below the one for dropped logs.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("address")]
    public string? Address { get; init; }

    /// <summary>Folder on the controller; null for the kind's usual one.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("path")]
    public string? Path { get; init; }

    /// <summary>Seconds from one reading to the next, 1 to 86,400.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("intervalS")]
    public int? IntervalS { get; init; }

    /// <summary>IANA zone of the controller's clock; null for the signal's own.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("zone")]
    public string? Zone { get; init; }

    /// <summary>Name under which the settings give user and secret; null for none.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("account")]
    public string? Account { get; init; }

    /// <summary>The number that the controller itself reports where it is not the signal's; null where it is.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("reportedAs")]
    public string? ReportedAs { get; init; }

    /// <summary>False to leave it alone for now.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("isEnabled")]
    public bool? IsEnabled { get; init; }
}

/// <summary>How a source does.</summary>
public sealed record SourceStatus
{
    /// <summary>Begin of the last reading, ms UTC; null before the first.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("lastAttemptMs")]
    public long? LastAttemptMs { get; init; }

    /// <summary>End of the last reading that succeeded, ms UTC; null before it.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("lastSuccessMs")]
    public long? LastSuccessMs { get; init; }

    /// <summary>The newest event taken, ms UTC; null before the first.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("newestEventMs")]
    public long? NewestEventMs { get; init; }

    /// <summary>Seconds from the newest event to now; null before the first event.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("lagS")]
    public double? LagS { get; init; }

    /// <summary>The field problem.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("problem")]
    public Problem? Problem { get; init; }

    /// <summary>Bytes read since the program began.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("bytes")]
    public required long Bytes { get; init; }

    /// <summary>New events since the program began.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("events")]
    public required long Events { get; init; }

    /// <summary>Failures since the last success.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("failureCount")]
    public required int FailureCount { get; init; }

    /// <summary>Seconds to the next reading; null while it runs or waits for a place.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("nextS")]
    public double? NextS { get; init; }
}

/// <summary>A program that may send logs, without its token.</summary>
public sealed record SourceToken
{
    /// <summary>The field name.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("name")]
    public string? Name { get; init; }

    /// <summary>The field createdMs.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("createdMs")]
    public long? CreatedMs { get; init; }

    /// <summary>The account that made it.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("createdBy")]
    public string? CreatedBy { get; init; }

    /// <summary>Ms UTC, to the hour; null when it was never used.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("lastUsedMs")]
    public long? LastUsedMs { get; init; }

    /// <summary>Ms UTC; null while it counts.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("revokedMs")]
    public long? RevokedMs { get; init; }
}

/// <summary>SourceTokenList, as the interface gives it.</summary>
public sealed record SourceTokenList
{
    /// <summary>The field items.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("items")]
    public required IReadOnlyList<SourceToken> Items { get; init; }
}

/// <summary>An area's status as a feature of GeoJSON.</summary>
public sealed record StatusFeature
{
    /// <summary>Always `Feature`.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("type")]
    public required string Type { get; init; }

    /// <summary>The field geometry.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("geometry")]
    public StatusGeometry? Geometry { get; init; }

    /// <summary>What is said of it.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("properties")]
    public required StatusProperties Properties { get; init; }
}

/// <summary>The status of all areas as GeoJSON.</summary>
public sealed record StatusFeatures
{
    /// <summary>Always `FeatureCollection`.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("type")]
    public required string Type { get; init; }

    /// <summary>Begin of the quarter of an hour that it is of, ms UTC.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("fromMs")]
    public required long FromMs { get; init; }

    /// <summary>Its end, ms UTC.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("toMs")]
    public required long ToMs { get; init; }

    /// <summary>The license's name; null when the city has not stated one.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("license")]
    public string? License { get; init; }

    /// <summary>One for each area.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("features")]
    public required IReadOnlyList<StatusFeature> Features { get; init; }
}

/// <summary>Where an area is.</summary>
public sealed record StatusGeometry
{
    /// <summary>Always `MultiPoint`.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("type")]
    public required string Type { get; init; }

    /// <summary>Longitude and latitude of each signal, in degrees.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("coordinates")]
    public required IReadOnlyList<IReadOnlyList<double>> Coordinates { get; init; }
}

/// <summary>What is said of an area.</summary>
public sealed record StatusProperties
{
    /// <summary>The corridor's id; `other` for signals on none.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("area")]
    public required string Area { get; init; }

    /// <summary>The street.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("name")]
    public required string Name { get; init; }

    /// <summary>The area in one word.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("service")]
    public required string Service { get; init; }

    /// <summary>How many signals it has.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("signals")]
    public required int Signals { get; init; }

    /// <summary>Of these, heard and without a finding.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("inService")]
    public required int InService { get; init; }

    /// <summary>Heard, and something about them needs a look.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("needsWork")]
    public required int NeedsWork { get; init; }

    /// <summary>Not heard now.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("notReporting")]
    public required int NotReporting { get; init; }
}

/// <summary>How the store is.</summary>
public sealed record StoreHealthAnswer
{
    /// <summary>The field health.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("health")]
    public required string Health { get; init; }

    /// <summary>The field lastCheck.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("lastCheck")]
    public CheckRow? LastCheck { get; init; }

    /// <summary>Whether one runs now.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("isChecking")]
    public required bool IsChecking { get; init; }

    /// <summary>Files that were found damaged and set aside.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("quarantinedFiles")]
    public required int QuarantinedFiles { get; init; }
}

/// <summary>A table and its columns.</summary>
public sealed record TableAnswer
{
    /// <summary>The field name.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("name")]
    public required string Name { get; init; }

    /// <summary>The field columns.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("columns")]
    public required IReadOnlyList<ColumnAnswer> Columns { get; init; }
}

/// <summary>A corridor's time-space diagram.</summary>
public sealed record TimeSpaceAnswer
{
    /// <summary>The corridor's id.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("corridor")]
    public required string Corridor { get; init; }

    /// <summary>The field name.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("name")]
    public required string Name { get; init; }

    /// <summary>The field forward.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("forward")]
    public required string Forward { get; init; }

    /// <summary>The field backward.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("backward")]
    public required string Backward { get; init; }

    /// <summary>First moment, ms UTC.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("fromMs")]
    public required long FromMs { get; init; }

    /// <summary>First moment behind, ms UTC.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("toMs")]
    public required long ToMs { get; init; }

    /// <summary>The signals in forward order.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("signals")]
    public required IReadOnlyList<TimeSpaceSignal> Signals { get; init; }

    /// <summary>Bands of every link and of the whole corridor, both directions, as measured and as programmed.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("bands")]
    public required IReadOnlyList<BandAnswer> Bands { get; init; }
}

/// <summary>One direction's green in a plan.</summary>
public sealed record TimeSpaceGreen
{
    /// <summary>Median second of the cycle at which green began; null without a cycle.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("measuredStartS")]
    public double? MeasuredStartS { get; init; }

    /// <summary>Second by offset and splits; null where one of them is not known.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("programmedStartS")]
    public double? ProgrammedStartS { get; init; }

    /// <summary>Median length of green, s.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("greenS")]
    public double? GreenS { get; init; }

    /// <summary>Programmed split, s; null when not logged.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("splitS")]
    public double? SplitS { get; init; }

    /// <summary>Greens that these are from.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("count")]
    public required long Count { get; init; }
}

/// <summary>A signal's timing while one pattern held.</summary>
public sealed record TimeSpacePlan
{
    /// <summary>Begin of the pattern's time, ms UTC; it may lie before the time asked for.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("fromMs")]
    public required long FromMs { get; init; }

    /// <summary>Its end.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("toMs")]
    public required long ToMs { get; init; }

    /// <summary>Coordination pattern; null when the log has not named one.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("pattern")]
    public int? Pattern { get; init; }

    /// <summary>Cycle length, s; null when free or not logged.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("cycleS")]
    public double? CycleS { get; init; }

    /// <summary>Programmed offset, s; null when not logged.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("offsetS")]
    public double? OffsetS { get; init; }

    /// <summary>A zero of the master cycle: the local midnight that the seconds of the cycle are counted from, ms UTC.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("zeroMs")]
    public required long ZeroMs { get; init; }

    /// <summary>The field forward.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("forward")]
    public TimeSpaceGreen? Forward { get; init; }

    /// <summary>The field backward.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("backward")]
    public TimeSpaceGreen? Backward { get; init; }
}

/// <summary>A signal of the diagram.</summary>
public sealed record TimeSpaceSignal
{
    /// <summary>The field signal.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("signal")]
    public required string Signal { get; init; }

    /// <summary>The field name.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("name")]
    public required string Name { get; init; }

    /// <summary>Feet from the corridor's first signal.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("distanceFt")]
    public required double DistanceFt { get; init; }

    /// <summary>The field speedMphToNext.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("speedMphToNext")]
    public double? SpeedMphToNext { get; init; }

    /// <summary>Seconds to the next signal at the link's speed; null at the last, or without a speed.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("travelTimeToNextS")]
    public double? TravelTimeToNextS { get; init; }

    /// <summary>What serves forward traffic, as in `phase 2`; null when nothing does.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("forwardGroup")]
    public string? ForwardGroup { get; init; }

    /// <summary>The field backwardGroup.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("backwardGroup")]
    public string? BackwardGroup { get; init; }

    /// <summary>Greens of forward traffic.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("forward")]
    public required IReadOnlyList<GreenSpan> Forward { get; init; }

    /// <summary>Greens of backward traffic.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("backward")]
    public required IReadOnlyList<GreenSpan> Backward { get; init; }

    /// <summary>The timing that held, in time order. Moving a plan's offset by d seconds moves its begin of green by d, which is all that a client needs to draw bands anew.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("plans")]
    public required IReadOnlyList<TimeSpacePlan> Plans { get; init; }

    /// <summary>Share of the time that the signal's log saw, 0-1; null without a log.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("seenShare")]
    public double? SeenShare { get; init; }
}

/// <summary>One version of a configuration.</summary>
public sealed record VersionAnswer
{
    /// <summary>From when on it holds, ms UTC; null for the beginning.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("validFromMs")]
    public long? ValidFromMs { get; init; }

    /// <summary>From when on the next one holds, ms UTC; null for the last.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("validToMs")]
    public long? ValidToMs { get; init; }

    /// <summary>Whether it holds now.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("isCurrent")]
    public required bool IsCurrent { get; init; }

    /// <summary>The field name.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("name")]
    public required string Name { get; init; }

    /// <summary>The field approaches.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("approaches")]
    public required int Approaches { get; init; }

    /// <summary>The field detectors.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("detectors")]
    public required int Detectors { get; init; }

    /// <summary>The field phases.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("phases")]
    public required int Phases { get; init; }

    /// <summary>The field overlaps.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("overlaps")]
    public required int Overlaps { get; init; }

    /// <summary>The field patterns.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("patterns")]
    public required int Patterns { get; init; }
}
