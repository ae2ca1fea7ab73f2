using System.Collections.Immutable;
using Crosstown.Core.Networks;

namespace Crosstown.Timing.Roads;

/// <summary>A fixed-time plan of one signal: stages in turn, each with its green, and an offset.</summary>
/// <param name="Menu">The stages that there are.</param>
/// <param name="Order">Indices into the menu, in the order in which they run.</param>
/// <param name="GreenS">Seconds for which all links of each stage are green together, above 0, by place in the order.</param>
/// <param name="OffsetS">Second of the clock at which a cycle begins.</param>
public sealed record StagePlan(StageMenu Menu, ImmutableArray<int> Order, ImmutableArray<int> GreenS, int OffsetS)
{
    /// <summary>Cycle, s: greens and the changes between stages.</summary>
    public int CycleS(RoadProfile profile) => GreenS.Sum() + ChangesS(profile).Sum();

    /// <summary>Seconds from the end of each stage to the begin of the next; 0 where nothing that ends crosses what begins and nothing ends.</summary>
    public int[] ChangesS(RoadProfile profile)
    {
        var changes = new int[Order.Length];
        for (var k = 0; k < changes.Length; k++)
        {
            changes[k] = Change(k, profile);
        }

        return changes;
    }

    /// <summary>The states second by second, as a program. Crossings end early enough that they have cleared when the next stage begins.</summary>
    public FixedProgram ToProgram(string name, RoadProfile profile)
    {
        var card = Menu.Card;
        var changes = ChangesS(profile);
        var cycle = GreenS.Sum() + changes.Sum();
        var letters = new char[card.LinkCount][];
        for (var link = 0; link < letters.Length; link++)
        {
            letters[link] = new char[cycle];
            Array.Fill(letters[link], card.TurnsOnRed(link) ? 's' : 'r');
        }

        var start = 0;
        for (var k = 0; k < Order.Length; k++)
        {
            var stage = Menu.Stages[Order[k]];
            var next = Menu.Stages[Order[(k + 1) % Order.Length]];
            var end = start + GreenS[k];
            for (var link = 0; link < letters.Length; link++)
            {
                if (stage[link])
                {
                    var stays = next[link];
                    var last = stays ? end + changes[k] : card.IsCrossing(link) ? end - CrossingCut(k, link, changes[k], profile) : end;
                    Fill(letters[link], start, last, 'G');
                    if (!stays && !card.IsCrossing(link))
                    {
                        Fill(letters[link], end, end + profile.YellowS, 'y');
                    }
                }
                else if (next[link])
                {
                    Fill(letters[link], end + LinkStart(k, link, profile), end + changes[k], 'G');
                }
            }

            start = end + changes[k];
        }

        LetYield(card, letters, cycle);
        var phases = ImmutableArray.CreateBuilder<FixedPhase>();
        var from = 0;
        for (var t = 1; t <= cycle; t++)
        {
            if (t == cycle || letters.Any(l => l[t] != l[from]))
            {
                phases.Add(new FixedPhase(t - from, string.Concat(letters.Select(l => l[from]))));
                from = t;
            }
        }

        return new FixedProgram { Signal = card.Signal, Name = name, OffsetS = OffsetS, Phases = phases.DrainToImmutable() };
    }

    /// <summary>The least green of a stage, s, so that every link that is green in it alone, and every walk, is long enough.</summary>
    public int LeastGreenS(int place, RoadProfile profile)
    {
        var card = Menu.Card;
        var stage = Menu.Stages[Order[place]];
        var before = Menu.Stages[Order[(place + Order.Length - 1) % Order.Length]];
        var after = Menu.Stages[Order[(place + 1) % Order.Length]];
        var change = Change(place, profile);
        var least = 1;
        for (var link = 0; link < card.LinkCount; link++)
        {
            if (!stage[link] || after[link])
            {
                continue;
            }

            var walk = before[link] ? 0 : profile.WalkS;
            least = Math.Max(least, card.IsCrossing(link) ? walk + CrossingCut(place, link, change, profile) : before[link] ? 0 : profile.MinimumGreenS);
        }

        return least;
    }

    private static void Fill(char[] letters, int from, int to, char letter)
    {
        for (var t = from; t < to; t++)
        {
            letters[t % letters.Length] = letter;
        }
    }

    /// <summary>Green becomes green that yields where another green or yellow link goes first.</summary>
    private static void LetYield(SignalCard card, char[][] letters, int cycle)
    {
        for (var t = 0; t < cycle; t++)
        {
            for (var a = 0; a < letters.Length; a++)
            {
                if (letters[a][t] != 'G')
                {
                    continue;
                }

                for (var b = 0; b < letters.Length; b++)
                {
                    if (letters[b][t] is 'G' or 'g' or 'y' && !card.MayBothLead(a, b) && (card.Yields(a, b) || (!card.Yields(b, a) && a > b)))
                    {
                        letters[a][t] = 'g';
                        break;
                    }
                }
            }
        }
    }

    private int Change(int place, RoadProfile profile)
    {
        var stage = Menu.Stages[Order[place]];
        var next = Menu.Stages[Order[(place + 1) % Order.Length]];
        var change = 0;
        for (var link = 0; link < stage.Length; link++)
        {
            if (stage[link] && !next[link] && !Menu.Card.IsCrossing(link))
            {
                change = Math.Max(change, profile.YellowS);
            }

            if (next[link] && !stage[link])
            {
                change = Math.Max(change, LinkStart(place, link, profile));
            }
        }

        return change;
    }

    /// <summary>Seconds after the end of a stage at which a link of the next may begin: when all vehicles' links that end and cross it have changed.</summary>
    private int LinkStart(int place, int link, RoadProfile profile)
    {
        var stage = Menu.Stages[Order[place]];
        var next = Menu.Stages[Order[(place + 1) % Order.Length]];
        for (var other = 0; other < stage.Length; other++)
        {
            if (stage[other] && !next[other] && !Menu.Card.IsCrossing(other) && !Menu.Card.MayShare(link, other))
            {
                return profile.ChangeS;
            }
        }

        return 0;
    }

    /// <summary>Seconds before the end of its stage at which a crossing's walk ends, so that it has cleared when a link that crosses it begins.</summary>
    private int CrossingCut(int place, int crossing, int changeS, RoadProfile profile)
    {
        var stage = Menu.Stages[Order[place]];
        var next = Menu.Stages[Order[(place + 1) % Order.Length]];
        var clearance = Menu.Card.ClearanceS(crossing, profile);
        var cut = 0;
        for (var link = 0; link < stage.Length; link++)
        {
            if (next[link] && !stage[link] && !Menu.Card.MayShare(link, crossing))
            {
                cut = Math.Max(cut, clearance - LinkStart(place, link, profile));
            }
        }

        // What is green all along and must not meet a walker any more has no claim here; the stages after see to themselves.
        return Math.Max(cut, Math.Max(0, clearance - changeS - GreenAfter(place)));
    }

    private int GreenAfter(int place) => GreenS[(place + 1) % Order.Length];
}
