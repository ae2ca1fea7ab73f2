using Crosstown.Core.Controllers;
using Crosstown.Core.Data;
using Crosstown.Core.Privacy;
using Crosstown.Timing.Evaluation;
using Crosstown.Timing.Optimization;

namespace Crosstown.Server.Retiming;

/// <summary>What an engineer chooses of a retiming, whatever it is made from.</summary>
internal sealed record RetimeChoices
{
    private const int LongestReason = 200;

    private static readonly (string Word, NoteKind Kind)[] s_accepted =
    [
        ("near-capacity", NoteKind.NearCapacity), ("storage", NoteKind.QueueBeyondStorage), ("less-than-today", NoteKind.LessThanToday),
        ("pedestrians-by-override", NoteKind.PedestriansByOverride),
    ];

    /// <summary>What stands before the names of fields in messages: <c>--</c> on the command line, nothing in a body.</summary>
    public string Prefix { get; init; } = "";

    private const string Bandwidth = "bandwidth";

    /// <summary>Whether corridors get the widest bands of green; what they leave open is searched for delay and stops.</summary>
    public bool ForBands => Objective == Bandwidth;

    public int? CycleS { get; init; }

    public string Objective { get; init; } = "balanced";

    /// <summary>Words, each alone or several with commas.</summary>
    public string[] Keep { get; init; } = [];

    public int? WithinS { get; init; }

    /// <summary>Words, each alone or several with commas.</summary>
    public string[] Accept { get; init; } = [];

    public string Reason { get; init; } = "";

    public ulong Seed { get; init; } = 1;

    /// <summary>The word by which a kind of note is accepted.</summary>
    public static string WordOf(NoteKind kind) => s_accepted.First(a => a.Kind == kind).Word;

    /// <exception cref="ProblemException">XT674: options that cannot be used, all of them.</exception>
    public GuardedRetimingOptions ToOptions()
    {
        var problems = new List<Problem>();
        void Refuse(string option, string what) => problems.Add(new Problem("XT674", Prefix + option, what));
        string[] Words(string option, string[] given, string[] known)
        {
            var words = given.SelectMany(g => g.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).Distinct().ToArray();
            foreach (var word in words.Except(known))
            {
                Refuse(option, $"'{word}' is none of {string.Join(", ", known)}.");
            }

            return words;
        }

        var keep = Words("keep", Keep, ["cycle", "splits", "sequence", "offsets"]);
        var accept = Words("accept", Accept, [.. s_accepted.Select(a => a.Word)]);
        var objective = Objective switch
        {
            "balanced" => new TimingObjective(),
            "delay" => new TimingObjective { StopPenaltyS = 0 },
            "stops" => new TimingObjective { StopPenaltyS = 60 },
            "pedestrians" => new TimingObjective { PedestrianWeight = 1 },
            "worst" => new TimingObjective { WorstShare = 1 },
            "queues" => new TimingObjective { QueueLimitShare = 1 },
            Bandwidth => new TimingObjective(),
            _ => null,
        };
        if (objective is null)
        {
            Refuse("objective", $"'{Objective}' is none of balanced, delay, stops, pedestrians, worst, queues, {Bandwidth}.");
        }

        if (CycleS is not (null or (>= 30 and <= 255)))
        {
            Refuse("cycle", $"{CycleS} is no cycle: give 30 to 255 whole seconds.");
        }

        if (CycleS is not null && (keep.Contains("cycle") || keep.Contains("splits") || WithinS is not null))
        {
            Refuse("cycle", $"Another cycle cannot go with {Prefix}keep cycle, {Prefix}keep splits or {Prefix}within.");
        }

        if (WithinS is not (null or (>= 0 and <= 255)))
        {
            Refuse("within", $"{WithinS} is no bound: give 0 to 255 whole seconds.");
        }

        if (accept.Length > 0 && string.IsNullOrWhiteSpace(Reason))
        {
            Refuse("reason", "Say why it is accepted: the reason stands on the sheets.");
        }

        if (Reason.Length > LongestReason || ValueShapes.Find(Reason) is not null)
        {
            Refuse("reason", $"A reason has at most {LongestReason} characters and speaks of the street: no address or number of a person or vehicle.");
        }

        return problems.Count > 0
            ? throw new ProblemException(problems)
            : new GuardedRetimingOptions
            {
                CycleS = CycleS,
                Reason = Reason.Trim(),
                Accepted = [.. s_accepted.Where(a => accept.Contains(a.Word)).Select(a => a.Kind)],
                Optimizer = new OptimizerOptions
                {
                    Objective = objective!,
                    ChangesCycle = !keep.Contains("cycle") && WithinS is null,
                    ChangesSplits = !keep.Contains("splits"),
                    ChangesSequence = !keep.Contains("sequence"),
                    ChangesOffsets = !keep.Contains("offsets"),
                    KeepsPedestrianMinimums = !accept.Contains("pedestrians-by-override"),
                    MaxOffsetChangeS = WithinS,
                    MaxSplitChangeS = WithinS,
                    Seed = Seed,
                },
            };
    }
}
