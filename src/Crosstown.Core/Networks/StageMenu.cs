using System.Collections.Immutable;

namespace Crosstown.Core.Networks;

/// <summary>Stages that a signal may show: those of its reference program, and every other largest set of links that may be green together.</summary>
/// <remarks>A stage is an array with true for each green link. Links that cross the same others go together, so that the count of sets stays small.</remarks>
public sealed class StageMenu
{
    /// <summary>Sets that are listed at most; a signal with more has odd geometry, and its reference stages come first.</summary>
    private const int LargestMenu = 48;

    public StageMenu(SignalCard card)
        : this(card, ListBlocks(card))
    {
    }

    /// <summary>Stages of the reference program, and every other largest set of whole lanes, with the crossings that may go with them.</summary>
    /// <param name="card">What may be green together.</param>
    /// <param name="lanes">The links of each lane: a lane of which only some ways are green stands as soon as one vehicle wants another.</param>
    public static StageMenu OfLanes(SignalCard card, IEnumerable<IReadOnlyList<int>> lanes)
    {
        // A lane whose own links may not go together is no block; the reference serves it. One that the reference never serves stays red.
        return new StageMenu(card, [.. lanes.Where(l => l.All(card.IsServed) && l.All(a => l.All(b => card.MayShare(a, b)))).Select(l => l.ToList())], isOfLanes: true);
    }

    /// <summary>The stages of the reference program and no other: for a cabinet that brings no other about.</summary>
    public static StageMenu OfReference(SignalCard card) => new(card, []);

    private StageMenu(SignalCard card, List<List<int>> blocks, bool isOfLanes = false)
    {
        Card = card;
        var stages = new List<bool[]>();
        var order = new List<int>();
        var places = Enumerable.Repeat(-1, card.Reference.Phases.Length).ToArray();
        for (var p = 0; p < places.Length; p++)
        {
            var phase = card.Reference.Phases[p];
            if (phase.State.Any(SignalCard.IsYellow) || !phase.State.Any(SignalCard.IsGreen))
            {
                continue;
            }

            var stage = phase.State.Select(SignalCard.IsGreen).ToArray();

            // The part of a stage in which crossings clear is no stage of its own.
            if (order.Count == 0 || !IsWithCrossings(card, stages[order[^1]], stage))
            {
                order.Add(Add(stages, stage));
            }

            places[p] = order.Count - 1;
        }

        if (order.Count > 1 && IsWithCrossings(card, stages[order[^1]], stages[order[0]]) && !stages[order[^1]].SequenceEqual(stages[order[0]]))
        {
            order.RemoveAt(0);
            places = [.. places.Select(p => p == 0 ? order.Count - 1 : p - (p > 0 ? 1 : 0))];
        }

        ReferenceOrder = [.. order];
        ReferencePlaces = [.. places];
        var sets = blocks.Count == 0 ? [] : ListLargest(card, blocks, card.MayShare);
        if (isOfLanes && blocks.Count > 0)
        {
            // Stages in which no vehicle meets another, too: who turns left then need not wait for a gap.
            sets = sets.Concat(ListLargest(card, blocks, (a, b) => card.MayShare(a, b) && !(card.Crosses(a, b) && (card.Yields(a, b) || card.Yields(b, a)))));
        }

        foreach (var stage in sets)
        {
            if (stages.Count >= LargestMenu)
            {
                break;
            }

            if (isOfLanes)
            {
                AddCrossings(card, stage);
            }

            Add(stages, stage);
        }

        Stages = [.. stages.Select(s => s.ToImmutableArray())];
    }

    public SignalCard Card { get; }

    public ImmutableArray<ImmutableArray<bool>> Stages { get; }

    /// <summary>The stages of the reference program in its order, as indices into <see cref="Stages"/>.</summary>
    public ImmutableArray<int> ReferenceOrder { get; }

    /// <summary>For each phase of the reference program, the place in <see cref="ReferenceOrder"/> of the stage that it shows; -1 where it changes from one to the next.</summary>
    public ImmutableArray<int> ReferencePlaces { get; }

    /// <summary>True when a cycle of these stages serves every link that the reference serves.</summary>
    public bool Serves(ReadOnlySpan<int> stages)
    {
        for (var link = 0; link < Card.LinkCount; link++)
        {
            if (!Card.IsServed(link))
            {
                continue;
            }

            var isServed = false;
            foreach (var stage in stages)
            {
                isServed |= Stages[stage][link];
            }

            if (!isServed)
            {
                return false;
            }
        }

        return true;
    }

    private static void AddCrossings(SignalCard card, bool[] stage)
    {
        for (var link = 0; link < card.LinkCount; link++)
        {
            stage[link] |= card.IsCrossing(link) && card.IsServed(link) && Enumerable.Range(0, card.LinkCount).All(o => !stage[o] || card.MayShare(link, o));
        }
    }

    private static int Add(List<bool[]> stages, bool[] stage)
    {
        var known = stages.FindIndex(s => s.SequenceEqual(stage));
        if (known >= 0)
        {
            return known;
        }

        stages.Add(stage);
        return stages.Count - 1;
    }

    /// <summary>True when two stages differ by crossings alone, and the second has no more of them.</summary>
    private static bool IsWithCrossings(SignalCard card, bool[] stage, bool[] other)
    {
        for (var link = 0; link < card.LinkCount; link++)
        {
            if (stage[link] != other[link] && (!card.IsCrossing(link) || other[link]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Links that may share with exactly the same others are one choice.</summary>
    private static List<List<int>> ListBlocks(SignalCard card)
    {
        var blocks = new List<List<int>>();
        for (var link = 0; link < card.LinkCount; link++)
        {
            if (!card.IsServed(link))
            {
                continue;
            }

            var like = blocks.FirstOrDefault(b => card.MayShare(b[0], link) && Enumerable.Range(0, card.LinkCount).All(o => card.MayShare(b[0], o) == card.MayShare(link, o)));
            if (like is null)
            {
                blocks.Add([link]);
            }
            else
            {
                like.Add(link);
            }
        }

        return blocks;
    }

    private static IEnumerable<bool[]> ListLargest(SignalCard card, List<List<int>> blocks, Func<int, int, bool> mayShare)
    {
        var found = new List<List<int>>();
        Grow(blocks, mayShare, [], [.. Enumerable.Range(0, blocks.Count)], [], found);
        return found.Select(set =>
        {
            var stage = new bool[card.LinkCount];
            foreach (var link in set.SelectMany(b => blocks[b]))
            {
                stage[link] = true;
            }

            return stage;
        });
    }

    /// <summary>Largest sets in which all may share: Bron and Kerbosch's search, with a pivot.</summary>
    private static void Grow(List<List<int>> blocks, Func<int, int, bool> mayShare, List<int> chosen, List<int> open, List<int> done, List<List<int>> found)
    {
        const int EnoughSets = 400;
        if (found.Count >= EnoughSets)
        {
            return;
        }

        if (open.Count == 0)
        {
            if (done.Count == 0)
            {
                found.Add([.. chosen]);
            }

            return;
        }

        bool Share(int a, int b) => a != b && blocks[a].TrueForAll(x => blocks[b].TrueForAll(y => mayShare(x, y)));
        var pivot = open.Concat(done).MaxBy(p => open.Count(o => Share(p, o)));
        foreach (var next in open.Where(o => !Share(pivot, o)).ToArray())
        {
            Grow(blocks, mayShare, [.. chosen, next], [.. open.Where(o => Share(next, o))], [.. done.Where(o => Share(next, o))], found);
            open.Remove(next);
            done.Add(next);
        }
    }
}
