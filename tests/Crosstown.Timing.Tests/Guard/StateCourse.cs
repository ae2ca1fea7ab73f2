using Crosstown.Core;
using Crosstown.Core.Data;
using Crosstown.Core.Networks;
using Crosstown.Timing.Guard;

namespace Crosstown.Timing.Tests.Guard;

/// <summary>A course of states of one signal, a second each, made the simplest safe way: all that ends has ended and cleared before anything begins.</summary>
internal sealed class StateCourse
{
    /// <summary>The clock's second of the first state.</summary>
    public const int BeginS = 1000;

    private readonly bool[] _green;

    public StateCourse(SignalCard card, RoadProfile profile, bool[] first)
    {
        (Card, Profile) = (card, profile);
        _green = [.. first];
        States.Add(Draw());
    }

    public SignalCard Card { get; }

    public RoadProfile Profile { get; }

    public List<string> States { get; } = [];

    public string Last => States[^1];

    /// <summary>Seconds in which whatever has ended clears, after its yellow too.</summary>
    public int ClearS => Math.Max(Profile.ChangeS, Enumerable.Range(0, Card.LinkCount).Max(l => (int)Math.Ceiling((Card.CrossingM(l) / Profile.WalkingMps) - 1e-9)));

    /// <summary>Seconds after which any green may end.</summary>
    public int LeastS => Math.Max(Profile.MinimumGreenS, Profile.WalkS);

    /// <summary>Sets of links that may go together: those of the reference, and largest ones.</summary>
    public static IReadOnlyList<bool[]> StagesOf(SignalCard card) => [.. new StageMenu(card).Stages.Select(s => s.ToArray()).Where(s => s.Contains(true))];

    public StateCourse Hold(int seconds)
    {
        for (var s = 0; s < seconds; s++)
        {
            States.Add(Last);
        }

        return this;
    }

    /// <summary>Begins to end all that is not in a stage: crossings turn red, vehicles yellow. One second.</summary>
    public StateCourse End(bool[] to)
    {
        var letters = Last.ToCharArray();
        for (var link = 0; link < letters.Length; link++)
        {
            letters[link] = !_green[link] || to[link] ? letters[link] : Card.IsCrossing(link) ? 'r' : 'y';
            _green[link] &= to[link];
        }

        States.Add(new string(letters));
        return this;
    }

    /// <summary>Turns yellow to red. One second.</summary>
    public StateCourse Clear()
    {
        States.Add(Draw());
        return this;
    }

    public StateCourse Begin(bool[] to)
    {
        to.CopyTo(_green, 0);
        States.Add(Draw());
        return this;
    }

    /// <summary>A whole change. What ends must have been green long enough.</summary>
    public StateCourse Change(bool[] to) => End(to).Hold(Profile.YellowS - 1).Clear().Hold(Math.Max(0, ClearS - Profile.YellowS - 1)).Begin(to);

    public StateCourse Add(char[] letters)
    {
        States.Add(new string(letters));
        return this;
    }

    /// <summary>What a new guard says of each state after the first.</summary>
    public IReadOnlyList<IReadOnlyList<Problem>> Judge()
    {
        var guard = new StateGuard(Card, Profile, BeginS, States[0]);
        var all = new List<IReadOnlyList<Problem>>();
        for (var s = 1; s < States.Count; s++)
        {
            all.Add(guard.Judge(BeginS + s, States[s]));
            if (s < States.Count - 1)
            {
                guard.Note(BeginS + s, States[s]);
            }
        }

        return all;
    }

    /// <summary>A course from stage to stage at random.</summary>
    public static StateCourse Make(SignalCard card, RoadProfile profile, RandomNumbers random, int changes)
    {
        var stages = StagesOf(card);
        var order = Enumerable.Range(0, stages.Count).ToArray();
        var course = new StateCourse(card, profile, stages[random.NextInt(stages.Count)]);
        course.Hold(course.LeastS + course.ClearS);
        for (var c = 0; c < changes; c++)
        {
            // Whoever has been red longest comes first, so that no red grows too long whatever the chance.
            var link = Enumerable.Range(0, card.LinkCount).Where(l => card.IsServed(l) && !course._green[l]).DefaultIfEmpty(-1)
                .MinBy(l => l < 0 ? 0 : course.States.FindLastIndex(s => SignalCard.IsGreen(s[l])));
            var fit = order.Where(s => link < 0 || stages[s][link]).ToArray();
            var next = fit[random.NextInt(fit.Length)];
            course.Change(stages[next]).Hold(course.LeastS - 1 + random.NextInt(3));
        }

        course.EndBeforeLongReds();
        return course;
    }

    private void EndBeforeLongReds()
    {
        for (var link = 0; link < Card.LinkCount; link++)
        {
            for (var (s, redS) = (0, 0); s < States.Count && Card.IsServed(link); s++)
            {
                redS = SignalCard.IsGreen(States[s][link]) ? 0 : redS + 1;
                if (redS > Profile.LongestRedS)
                {
                    States.RemoveRange(s, States.Count - s);
                }
            }
        }
    }

    private string Draw()
    {
        var letters = new char[_green.Length];
        for (var link = 0; link < letters.Length; link++)
        {
            letters[link] = _green[link] ? 'G' : Card.TurnsOnRed(link) ? 's' : 'r';
        }

        for (var link = 0; link < letters.Length; link++)
        {
            for (var other = 0; other < letters.Length; other++)
            {
                if (letters[link] == 'G' && letters[other] == 'G' && !Card.MayBothLead(link, other))
                {
                    letters[Card.Yields(link, other) ? link : other] = 'g';
                }
            }
        }

        return new string(letters);
    }
}
