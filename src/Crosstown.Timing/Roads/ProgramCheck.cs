using System.Globalization;
using Crosstown.Core.Data;
using Crosstown.Core.Networks;

namespace Crosstown.Timing.Roads;

/// <summary>Checks a fixed-time program, second by second and around the cycle, against the card of its signal and a profile. Pure; it knows nothing of how programs are made.</summary>
public static class ProgramCheck
{
    /// <summary>Everything that is wrong with a program; empty when it may run.</summary>
    /// <param name="card">What may be green together.</param>
    /// <param name="program">The program.</param>
    /// <param name="profile">The times to keep.</param>
    public static IReadOnlyList<Problem> Check(SignalCard card, FixedProgram program, RoadProfile profile)
    {
        var problems = new List<Problem>();
        var where = $"signal {program.Signal}";
        if (program.Phases.Any(p => p.State.Length != card.LinkCount))
        {
            return [new Problem("XT716", where, $"The states of program '{program.Name}' do not have {card.LinkCount} letters.")];
        }

        if (program.Phases.Any(p => p.DurationS != Math.Floor(p.DurationS) || p.DurationS < 1) || program.OffsetS != Math.Floor(program.OffsetS))
        {
            return [new Problem("XT717", where, $"Program '{program.Name}' has a time that is no whole number of seconds.")];
        }

        var states = program.Phases.SelectMany(p => Enumerable.Repeat(p.State, (int)p.DurationS)).ToArray();
        Together(card, states, where, problems);
        for (var link = 0; link < card.LinkCount; link++)
        {
            Alone(card, states, link, profile, where, problems);
        }

        Clearances(card, states, profile, where, problems);
        return problems;
    }

    private static void Together(SignalCard card, string[] states, string where, List<Problem> problems)
    {
        foreach (var state in states.Distinct(StringComparer.Ordinal))
        {
            if (state.FirstOrDefault(c => !"Ggyrs".Contains(c, StringComparison.Ordinal)) is var letter and not '\0')
            {
                problems.Add(new Problem("XT717", where, $"The state {state} has the letter '{letter}'; a plan uses G, g, y, r and s."));
            }

            for (var a = 0; a < card.LinkCount; a++)
            {
                for (var b = 0; b < card.LinkCount; b++)
                {
                    if (!SignalCard.IsGreen(state[a]) || !(SignalCard.IsGreen(state[b]) || SignalCard.IsYellow(state[b])))
                    {
                        continue;
                    }

                    if (!card.MayShare(a, b))
                    {
                        problems.Add(new Problem("XT717", where, $"Links {a} and {b} cross and are green together in {state}; the reference program never shows that."));
                    }
                    else if (state[a] == 'G' && state[b] == 'G' && !card.MayBothLead(a, b))
                    {
                        problems.Add(new Problem("XT717", where, $"Links {a} and {b} cross and neither yields in {state}; the reference program lets one of them yield."));
                    }
                }
            }
        }
    }

    private static void Alone(SignalCard card, string[] states, int link, RoadProfile profile, string where, List<Problem> problems)
    {
        var cycle = states.Length;
        var greens = 0;
        for (var t = 0; t < cycle; t++)
        {
            var now = states[t][link];
            var before = states[(t + cycle - 1) % cycle][link];
            if (SignalCard.IsGreen(now) && !SignalCard.IsGreen(before))
            {
                greens++;
                if (SignalCard.IsYellow(before))
                {
                    Report(problems, where, t, $"link {link} goes from yellow back to green");
                }

                var length = Run(states, t, link, SignalCard.IsGreen);
                var least = card.IsCrossing(link) ? profile.WalkS : profile.MinimumGreenS;
                if (length < least)
                {
                    Report(problems, where, t, $"link {link} has {length} s of green; it needs {least} s");
                }
            }
            else if (SignalCard.IsGreen(before) && !SignalCard.IsGreen(now) && !SignalCard.IsYellow(now) && !card.IsCrossing(link))
            {
                Report(problems, where, t, $"link {link} goes from green to red without yellow");
            }
            else if (SignalCard.IsYellow(now) && !SignalCard.IsYellow(before) && Run(states, t, link, SignalCard.IsYellow) is var yellow && yellow < profile.YellowS)
            {
                Report(problems, where, t, $"link {link} has {yellow} s of yellow; it needs {profile.YellowS} s");
            }

            if (!SignalCard.IsGreen(now) && !SignalCard.IsYellow(now) && (SignalCard.IsGreen(before) || SignalCard.IsYellow(before)) && card.IsServed(link)
                && Run(states, t, link, c => !SignalCard.IsGreen(c) && !SignalCard.IsYellow(c)) is var red && red > profile.LongestRedS)
            {
                Report(problems, where, t, $"link {link} has {red} s of red; {profile.LongestRedS} s is the most");
            }
        }

        if (greens == 0 && card.IsServed(link) && !SignalCard.IsGreen(states[0][link]))
        {
            problems.Add(new Problem("XT717", where, $"Link {link} is never green; the reference program serves it."));
        }
    }

    private static void Clearances(SignalCard card, string[] states, RoadProfile profile, string where, List<Problem> problems)
    {
        var cycle = states.Length;
        for (var link = 0; link < card.LinkCount; link++)
        {
            for (var t = 0; t < cycle; t++)
            {
                if (!SignalCard.IsGreen(states[t][link]) || SignalCard.IsGreen(states[(t + cycle - 1) % cycle][link]))
                {
                    continue;
                }

                for (var other = 0; other < card.LinkCount; other++)
                {
                    if (other == link || card.MayShare(link, other))
                    {
                        continue;
                    }

                    var needS = card.IsCrossing(other) ? card.CrossingM(other) / profile.WalkingMps : profile.ChangeS;
                    var since = 0;
                    while (since < cycle && !SignalCard.IsGreen(states[(t + (2 * cycle) - 1 - since) % cycle][other]))
                    {
                        since++;
                    }

                    if (since < cycle && since < needS - 1e-9)
                    {
                        Report(problems, where, t, string.Create(CultureInfo.InvariantCulture, $"link {link} begins {since} s after link {other} ended; it needs {needS:0.#} s"));
                    }
                }
            }
        }
    }

    private static int Run(string[] states, int from, int link, Func<char, bool> isSo)
    {
        var length = 0;
        while (length < states.Length && isSo(states[(from + length) % states.Length][link]))
        {
            length++;
        }

        return length;
    }

    private static void Report(List<Problem> problems, string where, int second, string what) =>
        problems.Add(new Problem("XT717", where, $"At second {second} of the cycle {what}."));
}
