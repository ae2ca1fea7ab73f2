using Crosstown.Core;
using Crosstown.Core.Networks;

namespace Crosstown.Timing.Tests.Guard;

/// <summary>A kind of unsafe state at the end of a course that is legal until then, and the code that must find it.</summary>
/// <param name="Name">What an engineer would call it.</param>
/// <param name="Code">The guard's answer.</param>
/// <param name="AlsoAllowed">What else is then wrong for the same reason.</param>
/// <param name="Plant">Makes the course; null where this card or profile has no place for it.</param>
internal sealed record StateFault(string Name, string Code, string[] AlsoAllowed, Func<SignalCard, RoadProfile, RandomNumbers, StateCourse?> Plant)
{
    public override string ToString() => Name;

    public static IReadOnlyList<StateFault> All { get; } =
    [
        new("green beside a green that it crosses", "XT791", ["XT794"], (card, profile, random) =>
            Ready(card, profile, random) is var (course, stage) && Pick(random, card, l => !stage[l] && Crosses(card, stage, l)) is { } link ? Set(course, link, 'G') : null),
        new("green beside the yellow of one that it crosses", "XT791", ["XT794"], (card, profile, random) =>
            Pair(card, profile, random) is var (course, link) ? Set(course.Hold(profile.YellowS - 1), link, 'G') : null),
        new("neither yields", "XT791", [], (card, profile, random) =>
        {
            foreach (var stage in StateCourse.StagesOf(card))
            {
                var course = new StateCourse(card, profile, stage);
                if (course.Last.Contains('g', StringComparison.Ordinal))
                {
                    return course.Hold(course.ClearS).Add(course.Last.Replace('g', 'G').ToCharArray());
                }
            }

            return null;
        }),
        new("dark", "XT791", ["XT792", "XT793"], (card, profile, random) => Ready(card, profile, random) is var (course, _) ? Set(course, random.NextInt(card.LinkCount), 'O') : null),
        new("flashing", "XT791", ["XT792", "XT793"], (card, profile, random) => Ready(card, profile, random) is var (course, _) ? Set(course, random.NextInt(card.LinkCount), 'o') : null),
        new("a letter that is none", "XT791", ["XT792", "XT793"], (card, profile, random) => Ready(card, profile, random) is var (course, _) ? Set(course, random.NextInt(card.LinkCount), "ux?R"[random.NextInt(4)]) : null),
        new("a letter too few", "XT791", [], (card, profile, random) => Ready(card, profile, random) is var (course, _) ? course.Add(course.Last[1..].ToCharArray()) : null),
        new("a letter too many", "XT791", [], (card, profile, random) => Ready(card, profile, random) is var (course, _) ? course.Add([.. course.Last, 'r']) : null),
        new("a turn on red that there is not", "XT791", [], (card, profile, random) =>
            Ready(card, profile, random) is var (course, stage) && Pick(random, card, l => !stage[l] && !card.TurnsOnRed(l)) is { } link ? Set(course, link, 's') : null),
        new("a green that the reference never shows", "XT791", ["XT794"], (card, profile, random) =>
            Ready(card, profile, random) is var (course, _) && Pick(random, card, l => !card.IsServed(l)) is { } link ? Set(course, link, 'G') : null),
        new("a yellow a second short", "XT792", [], (card, profile, random) =>
            Pair(card, profile, random) is var (course, _) && course.Last.Contains('y', StringComparison.Ordinal) ? course.Hold(profile.YellowS - 2).Clear() : null),
        new("green straight to red", "XT792", [], (card, profile, random) =>
            Ready(card, profile, random) is var (course, stage) && Pick(random, card, l => stage[l] && !card.IsCrossing(l)) is { } link ? Set(course, link, 'r') : null),
        new("yellow back to green", "XT792", [], (card, profile, random) =>
        {
            if (Pair(card, profile, random) is not var (course, _) || !course.Last.Contains('y', StringComparison.Ordinal))
            {
                return null;
            }

            var before = course.States[^2];
            course.Hold(random.NextInt(profile.YellowS - 1));
            return Set(course, course.Last.IndexOf('y', StringComparison.Ordinal), before[course.Last.IndexOf('y', StringComparison.Ordinal)]);
        }),
        new("red to yellow", "XT792", ["XT791"], (card, profile, random) =>
            Ready(card, profile, random) is var (course, stage) && Pick(random, card, l => !stage[l]) is { } link ? Set(course, link, 'y') : null),
        new("a green a second short", "XT793", [], (card, profile, random) =>
        {
            var (course, from) = Ready(card, profile, random);
            if (Next(card, random, from) is not { } to || Pick(random, card, l => to[l] && !from[l] && !card.IsCrossing(l)) is not { } link)
            {
                return null;
            }

            return Set(course.Change(to).Hold(profile.MinimumGreenS - 2), link, 'y');
        }),
        new("a walk a second short", "XT793", [], (card, profile, random) =>
        {
            var (course, from) = Ready(card, profile, random);
            if (Next(card, random, from) is not { } to || Pick(random, card, l => to[l] && !from[l] && card.IsCrossing(l)) is not { } link)
            {
                return null;
            }

            return Set(course.Change(to).Hold(profile.WalkS - 2), link, 'r');
        }),
        new("red clearance after vehicles a second short", "XT794", [], (card, profile, random) =>
            profile.RedS > 0 && Pair(card, profile, random, isOfWalkers: false) is var (course, link)
                ? Set(course.Hold(profile.YellowS - 1).Clear().Hold(profile.RedS - 2), link, 'g') : null),
        new("clearance after walkers a second short", "XT794", [], (card, profile, random) =>
        {
            if (Pair(card, profile, random, isOfWalkers: true) is not var (course, link))
            {
                return null;
            }

            var crossing = Enumerable.Range(0, card.LinkCount).Where(l => card.IsCrossing(l) && !card.MayShare(l, link) && SignalCard.IsGreen(course.States[^2][l]) && !SignalCard.IsGreen(course.Last[l]));
            var needS = crossing.Max(l => (int)Math.Ceiling((card.CrossingM(l) / profile.WalkingMps) - 1e-9));
            return needS - 1 <= profile.ChangeS ? null : Set(course.Hold(profile.YellowS - 1).Clear().Hold(needS - profile.YellowS - 2), link, 'g');
        }),
        new("a red a second too long", "XT798", [], (card, profile, random) =>
        {
            var stage = StateCourse.StagesOf(card) is var all ? all[random.NextInt(all.Count)] : null;
            return Pick(random, card, l => !stage![l] && card.IsServed(l)) is null ? null : new StateCourse(card, profile, stage!).Hold(profile.LongestRedS);
        }),
    ];

    /// <summary>A course that has been in its first stage for long enough that any of it may end and anything may begin.</summary>
    private static (StateCourse Course, bool[] Stage) Ready(SignalCard card, RoadProfile profile, RandomNumbers random)
    {
        var stages = StateCourse.StagesOf(card);
        var stage = stages[random.NextInt(stages.Count)];
        var course = new StateCourse(card, profile, stage);
        return (course.Hold(Math.Max(course.LeastS, course.ClearS)), stage);
    }

    private static bool[]? Next(SignalCard card, RandomNumbers random, bool[] from)
    {
        var others = StateCourse.StagesOf(card).Where(s => !s.SequenceEqual(from)).ToArray();
        return others.Length == 0 ? null : others[random.NextInt(others.Length)];
    }

    /// <summary>A course on its way from one stage to another, and a link of the other that crosses what has just ended.</summary>
    private static (StateCourse Course, int Link)? Pair(SignalCard card, RoadProfile profile, RandomNumbers random, bool isOfWalkers = false)
    {
        var (course, from) = Ready(card, profile, random);
        if (Next(card, random, from) is not { } to)
        {
            return null;
        }

        var ending = Enumerable.Range(0, card.LinkCount).Where(l => from[l] && !to[l] && card.IsCrossing(l) == isOfWalkers).ToArray();
        return Pick(random, card, l => to[l] && !from[l] && ending.Any(e => !card.MayShare(e, l))) is { } link ? (course.End(to), link) : null;
    }

    private static bool Crosses(SignalCard card, bool[] stage, int link) => Enumerable.Range(0, card.LinkCount).Any(o => stage[o] && !card.MayShare(o, link));

    private static int? Pick(RandomNumbers random, SignalCard card, Func<int, bool> isFit)
    {
        var fit = Enumerable.Range(0, card.LinkCount).Where(isFit).ToArray();
        return fit.Length == 0 ? null : fit[random.NextInt(fit.Length)];
    }

    private static StateCourse Set(StateCourse course, int link, char letter)
    {
        var letters = course.Last.ToCharArray();
        letters[link] = letter;
        return course.Add(letters);
    }
}
