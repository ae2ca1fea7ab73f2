using Crosstown.Core.Street;

namespace Crosstown.Timing.Demand.Volumes;

/// <summary>A lane group that sends vehicles into a link, and by which turn.</summary>
internal readonly record struct LinkSource(int Group, TurnKind Turn);

/// <summary>A link with the lane groups at both of its ends.</summary>
internal sealed record LinkEnds(StreetLink Link, int From, int To, List<LinkSource> Sources, List<int> Receiving)
{
    public static LinkEnds Of(StreetLink link, IReadOnlyList<StudySignal> signals, List<StopLineGroup> groups)
    {
        int IndexOf(SignalId id) => Enumerable.Range(0, signals.Count).First(i => signals[i].Configuration.Signal == id);
        var (from, to) = (IndexOf(link.From), IndexOf(link.To));
        var leaving = HeadingAt(from, link.FromGroup, groups) ?? link.Direction;
        var coming = HeadingAt(to, link.ToGroup, groups) ?? link.Direction;
        var sources = new List<LinkSource>();
        var receiving = new List<int>();
        for (var i = 0; i < groups.Count; i++)
        {
            var group = groups[i];
            if (group.Signal == to && (group.Direction == coming && coming != TravelDirection.Unknown || IsServedBy(group, link.ToGroup)))
            {
                receiving.Add(i);
            }

            if (group.Signal != from)
            {
                continue;
            }

            if (group.Direction == TravelDirection.Unknown)
            {
                if (IsServedBy(group, link.FromGroup))
                {
                    sources.Add(new LinkSource(i, TurnKind.Through));
                }

                continue;
            }

            foreach (var turn in Enum.GetValues<TurnKind>())
            {
                if (group.MayTurn(turn) && Heading.After(group.Direction, turn) == leaving)
                {
                    sources.Add(new LinkSource(i, turn));
                }
            }
        }

        return new LinkEnds(link, from, to, sources, receiving);
    }

    private static TravelDirection? HeadingAt(int signal, SignalGroup? group, List<StopLineGroup> groups)
    {
        var found = groups.FirstOrDefault(g => g.Signal == signal && g.Turn == TurnKind.Through && g.Direction != TravelDirection.Unknown && IsServedBy(g, group));
        return found?.Direction;
    }

    private static bool IsServedBy(StopLineGroup group, SignalGroup? by) =>
        by is { IsOverlap: false } phase && group.Turn == TurnKind.Through && phase.Number < 32 && (group.Phases & (1u << phase.Number)) != 0;
}

/// <summary>All lane groups' flows in a period, with what was not counted filled in.</summary>
internal sealed class PeriodFlows
{
    // Usual shares of an approach's traffic that turn, where nothing tells more.
    private const double UsualLeft = 0.12;
    private const double UsualRight = 0.12;
    private const double UsualPerLane = 300;

    private readonly double[] _rightShare;
    private readonly double[] _leftShare;

    private PeriodFlows(double[] volumes, double[] leftShare, double[] rightShare, bool[] isFilled, bool[] isBalanced)
    {
        (VolumeVehPerHour, _leftShare, _rightShare, IsFilled, IsBalanced) = (volumes, leftShare, rightShare, isFilled, isBalanced);
    }

    /// <summary>Veh/h by group.</summary>
    public double[] VolumeVehPerHour { get; }

    /// <summary>By group: no detector told its volume.</summary>
    public bool[] IsFilled { get; }

    /// <summary>By group: a link with counts at its other end bears on it.</summary>
    public bool[] IsBalanced { get; }

    /// <summary>Share of a group's vehicles that go a way, 0-1.</summary>
    public double ShareOf(LinkSource source) => source.Turn switch
    {
        TurnKind.Left => _leftShare[source.Group],
        TurnKind.Right => _rightShare[source.Group],
        _ => Math.Max(0, 1 - _leftShare[source.Group] - _rightShare[source.Group]),
    };

    /// <summary>Veh/h that a group sends a way.</summary>
    public double Sent(LinkSource source) => VolumeVehPerHour[source.Group] * ShareOf(source);

    /// <summary>The same shares with other volumes.</summary>
    public PeriodFlows WithVolumes(double[] volumes) => new(volumes, _leftShare, _rightShare, IsFilled, IsBalanced);

    /// <summary>Fills gaps and splits shared lanes by what links send and receive.</summary>
    /// <param name="groups">All lane groups.</param>
    /// <param name="streets">Links with their groups.</param>
    /// <param name="counted">Veh/h by group; null where not counted.</param>
    public static PeriodFlows Of(List<StopLineGroup> groups, List<LinkEnds> streets, double?[] counted)
    {
        var balance = new FlowBalance();
        var volumeOf = new int[groups.Count];
        var leftOf = new int[groups.Count];
        var rightOf = new int[groups.Count];
        for (var g = 0; g < groups.Count; g++)
        {
            var group = groups[g];
            var usual = counted[g] ?? UsualOf(group, g, groups, counted);
            volumeOf[g] = counted[g] is null ? balance.AddUnknown(usual, Math.Max(50, usual), 2400.0 * group.Lanes) : -1;
            leftOf[g] = group.Turn != TurnKind.Left && group.MayTurn(TurnKind.Left) ? balance.AddUnknown(UsualLeft * usual, (0.1 * usual) + 5, usual) : -1;
            rightOf[g] = group.Turn != TurnKind.Right && group.MayTurn(TurnKind.Right) ? balance.AddUnknown(UsualRight * usual, (0.1 * usual) + 5, usual) : -1;
        }

        var isBalanced = new bool[groups.Count];
        foreach (var street in streets.Where(s => s.Sources.Count > 0 && s.Receiving.Count > 0))
        {
            var terms = new List<(int, double)>();
            var known = 0.0;
            var size = 0.0;
            void Term(int unknown, int group, double factor)
            {
                if (unknown >= 0)
                {
                    terms.Add((unknown, factor));
                }
                else
                {
                    known += factor * counted[group]!.Value;
                }

                size += Math.Abs(factor) * (counted[group] ?? 0);
            }

            foreach (var source in street.Sources)
            {
                var g = source.Group;
                switch (source.Turn)
                {
                    case TurnKind.Left when groups[g].Turn != TurnKind.Left:
                        terms.Add((leftOf[g], 1));
                        break;
                    case TurnKind.Right when groups[g].Turn != TurnKind.Right:
                        terms.Add((rightOf[g], 1));
                        break;
                    default:
                        Term(volumeOf[g], g, 1);
                        terms.AddRange(new[] { leftOf[g], rightOf[g] }.Where(u => u >= 0 && source.Turn == TurnKind.Through).Select(u => (u, -1.0)));
                        break;
                }
            }

            street.Receiving.ForEach(g => Term(volumeOf[g], g, -1));

            // One in ten parks or enters along a link; what flow balance cannot know is that much.
            var spread = (0.05 * size) + 15;
            var missing = street.Sources.Select(s => s.Group).Concat(street.Receiving).Where(g => counted[g] is null).Distinct().ToList();
            if (terms.Count > 0)
            {
                balance.AddEquation(terms, known, spread);
            }

            if (missing.Count <= 2 && size > 0)
            {
                missing.ForEach(g => isBalanced[g] = true);
            }
        }

        var flows = balance.Solve();
        var volumes = groups.Select((_, g) => counted[g] ?? flows[volumeOf[g]]).ToArray();
        double Share(int unknown, int g, TurnKind turn) =>
            groups[g].Turn == turn ? 1 : unknown < 0 || volumes[g] <= 0 ? 0 : Math.Clamp(flows[unknown] / volumes[g], 0, 1);
        return new PeriodFlows(
            volumes,
            [.. groups.Select((_, g) => Share(leftOf[g], g, TurnKind.Left))],
            [.. groups.Select((_, g) => Share(rightOf[g], g, TurnKind.Right))],
            [.. counted.Select(c => c is null)],
            isBalanced);
    }

    private static double UsualOf(StopLineGroup group, int index, List<StopLineGroup> groups, double?[] counted)
    {
        var beside = Enumerable.Range(0, groups.Count).Where(i => i != index && groups[i].Signal == group.Signal && groups[i].Direction == group.Direction
            && group.Direction != TravelDirection.Unknown && counted[i] is not null).ToList();
        if (group.Turn == TurnKind.Through || beside.Count == 0)
        {
            return UsualPerLane * group.Lanes * (group.Turn == TurnKind.Through ? 1 : 0.3);
        }

        return beside.Sum(i => counted[i]!.Value) * (group.Turn == TurnKind.Left ? UsualLeft : UsualRight);
    }
}
