using Crosstown.Core.Data;
using Crosstown.Core.Street;
using Crosstown.Server.Api;
using Crosstown.Timing.Retiming;

namespace Crosstown.Server.Retiming;

/// <summary>What a study is to retime, and what it may change. All fields may be left out.</summary>
/// <param name="Corridor">The corridor's id; null for all signals that have events.</param>
/// <param name="Parts">Parts of the day: night, morning, midday, evening; null or empty for all.</param>
/// <param name="Objective">balanced, delay, stops, pedestrians or worst; null for balanced.</param>
/// <param name="Keep">What stays: cycle, splits, sequence, offsets.</param>
/// <param name="WithinS">Farthest that an offset or split may move from today's, whole s; null for any.</param>
/// <param name="Accept">What is accepted with open eyes: near-capacity, storage, less-than-today, pedestrians-by-override.</param>
/// <param name="Reason">Why it is accepted, of a closed list: seen-in-field, peak-is-short, walkers-are-rare, storage-is-longer, demonstration. What it means stands on the sheets.</param>
internal sealed record RetimingOrder(
    string? Corridor = null, IReadOnlyList<string>? Parts = null, string? Objective = null, IReadOnlyList<string>? Keep = null, int? WithinS = null, IReadOnlyList<string>? Accept = null, string? Reason = null)
{
    /// <summary>Why something is accepted, and how the sheets say it: a closed list, so that no text of anybody's is kept.</summary>
    private static readonly (string Word, string Sentence)[] s_reasons =
    [
        ("seen-in-field", "an engineer has seen in the field that it works"), ("peak-is-short", "it lasts only through a short peak"), ("walkers-are-rare", "walkers are rare here"),
        ("storage-is-longer", "the lanes hold more than the configuration says"), ("demonstration", "accepted for a demonstration"),
    ];

    /// <summary>The options of the study.</summary>
    /// <exception cref="ProblemException">XT674, XT779: choices that cannot be used, all of them.</exception>
    public LogRetimingOptions ToOptions()
    {
        var problems = new List<Problem>();
        var parts = (Parts ?? []).Select(word => (Word: word, Part: EnumWord.Find<DayPart>(word))).ToList();
        problems.AddRange(parts.Where(p => p.Part is null).Select(p => new Problem("XT779", "parts", $"'{Query.RequestReader.Shown(p.Word)}' is none of {string.Join(", ", Enum.GetValues<DayPart>().Select(EnumWord.Of))}.")));
        var because = Array.Find(s_reasons, r => r.Word == Reason).Sentence ?? "";
        if (because.Length == 0 && (Reason is not null || Accept is { Count: > 0 }))
        {
            problems.Add(new Problem("XT779", "reason", $"'{Query.RequestReader.Shown(Reason ?? "")}' is none of {string.Join(", ", s_reasons.Select(r => r.Word))}: say why it is accepted."));
        }

        try
        {
            // A reason that is missing has been said; it is not to be said twice.
            var choices = new RetimeChoices { Objective = Objective ?? "balanced", Keep = [.. Keep ?? []], WithinS = WithinS, Accept = [.. Accept ?? []], Reason = because.Length > 0 ? because : "none" };
            var retiming = choices.ToOptions();
            if (problems.Count == 0)
            {
                // One thread: the rest of the machine belongs to those who look at pages and to what comes in.
                return new LogRetimingOptions { Retiming = retiming with { Optimizer = retiming.Optimizer with { MaxThreads = 1 } }, ForBands = choices.ForBands, Parts = [.. parts.Select(p => p.Part!.Value).Distinct()] };
            }
        }
        catch (ProblemException e)
        {
            problems.AddRange(e.Problems);
        }

        throw new ProblemException(problems);
    }

    /// <summary>The corridor of the city that is meant; null for all signals.</summary>
    /// <exception cref="ProblemException">XT779: the city has no such corridor.</exception>
    public Corridor? FindCorridor(IReadOnlyList<Corridor> corridors) => string.IsNullOrEmpty(Corridor) ? null
        : corridors.FirstOrDefault(c => c.Id == Corridor)
            ?? throw new ProblemException("XT779", "corridor", $"There is no corridor '{Query.RequestReader.Shown(Corridor)}'; there are {string.Join(", ", corridors.Select(c => c.Id))}.");
}
