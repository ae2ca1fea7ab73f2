using System.Globalization;
using Crosstown.Core.Privacy;
using Crosstown.Core.Time;
using Crosstown.Server.Public.Counts;

namespace Crosstown.Server.Tests.Public;

/// <summary>
/// An attacker saw somebody go through one signal, knows two passings of the next, one of them that traveler's, and says which (rule P20). Half of the right
/// answers are chance, and more where a passing came too early or too late to be the traveler's; what counts is what published figures add to that.
/// </summary>
public sealed class TravelerTests(ITestOutputHelper output)
{
    private const int Targets = 40_000;
    private const double MeanTravelS = 75;
    private const double SpreadTravelS = 12;
    private const long QuarterMs = 900_000;
    private const long HourMs = 4 * QuarterMs;
    private const long WindowMs = 600_000;
    private static readonly double[] s_shares = [0.2, 0.6, 0.2];

    [Theory]
    [Trait("rule", "P20")]
    [InlineData(4)]
    [InlineData(30)]
    [InlineData(400)]
    public void Published_counts_do_not_help_to_follow_a_traveler_and_raw_events_do(int flowVph)
    {
        var street = new Street(flowVph, seed: 17);
        var published = street.Publish(HourMs, QuarterMs, PrivacyLimits.PublicCountMinimum);
        var (chance, attack) = street.Attack(published);
        var raw = street.AttackRaw();
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{flowVph} veh/h: without any data {chance:P2}, with all public counts {attack:P2}, with raw events {raw:P2} of {Targets / 2} travelers found"));

        Assert.True(attack - chance <= 0.01, $"Public counts give {attack - chance:P2}.");
        Assert.True(raw - chance > 0.05, $"The attack on raw events finds no more than {raw:P2}, so that it proves nothing.");
    }

    [Theory]
    [Trait("rule", "P20")]
    [InlineData(4)]
    [InlineData(30)]
    public void The_same_attack_succeeds_where_counts_of_one_are_published_by_the_minute(int flowVph)
    {
        var street = new Street(flowVph, seed: 17);
        var (chance, attack) = street.Attack(street.Publish(60_000, 60_000, 1));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{flowVph} veh/h: without any data {chance:P2}, with counts of one by the minute {attack:P2}"));

        Assert.True(attack - chance > 0.02, $"Loose counts give only {attack - chance:P2}.");
    }

    /// <summary>Somebody who passed the first signal, and two passings of the second.</summary>
    private readonly record struct Target(long FirstMs, Passing True, Passing Other);

    private readonly record struct Passing(long TimeMs, int Movement);

    /// <summary>A street with two signals: some of those who pass the first come to the second, where others join.</summary>
    private sealed class Street
    {
        private readonly Random _random;
        private readonly List<Passing> _second = [];
        private readonly List<Target> _targets = [];
        private readonly double _perMs;

        public Street(int flowVph, int seed)
        {
            _random = new Random(seed);
            _perMs = flowVph / 3_600_000.0;
            var travelers = new List<(long FirstMs, Passing Passing)>();
            for (long ms = HourMs; travelers.Count < Targets;)
            {
                ms += Next(_perMs);
                if (_random.NextDouble() < 0.7)
                {
                    var seconds = Math.Max(40, MeanTravelS + (SpreadTravelS * Normal()));
                    travelers.Add((ms, new Passing(ms + (long)(seconds * 1000), Movement())));
                }
            }

            _second.AddRange(travelers.Select(t => t.Passing));
            for (var ms = HourMs; ms < travelers[^1].FirstMs; ms += Next(_perMs / 2))
            {
                _second.Add(new Passing(ms, Movement()));
            }

            _second.Sort((a, b) => a.TimeMs.CompareTo(b.TimeMs));
            foreach (var (firstMs, passing) in travelers)
            {
                _targets.Add(new Target(firstMs, passing, FindOther(passing)));
            }
        }

        /// <summary>What is published of the second signal's movements, each bin with its figure: by bins or by blocks, as the rule decides.</summary>
        public Dictionary<(int Movement, long BinMs), (double PerMs, int Kind)> Publish(long blockMs, long binMs, int least)
        {
            var counts = _second.GroupBy(p => (p.Movement, p.TimeMs / binMs)).ToDictionary(g => g.Key, g => g.Count());
            var published = new Dictionary<(int, long), (double, int)>();
            for (var blockAtMs = HourMs; blockAtMs <= _second[^1].TimeMs; blockAtMs += blockMs)
            {
                for (var movement = 0; movement < s_shares.Length; movement++)
                {
                    var bins = new List<CountedBin>();
                    for (var ms = blockAtMs; ms < blockAtMs + blockMs; ms += binMs)
                    {
                        bins.Add(new CountedBin(new TimeRange(ms, ms + binMs), counts.GetValueOrDefault((movement, ms / binMs)), 1, 0));
                    }

                    foreach (var cell in CountRules.Close(new TimeRange(blockAtMs, blockAtMs + blockMs), bins, least, true))
                    {
                        for (var ms = cell.Range.StartMs; ms < cell.Range.EndMs; ms += binMs)
                        {
                            published[(movement, ms)] = cell.Count is { } count
                                ? ((double)count / cell.Range.LengthMs, cell.Range.LengthMs == binMs ? 1 : 2)
                                : ((least - 1) / 2.0 / cell.Range.LengthMs, 0);
                        }
                    }
                }
            }

            return published;
        }

        /// <summary>Learns from the first half how a traveler's passing differs from another's, without and with the figures, and counts right answers in the second.</summary>
        public (double Chance, double Attack) Attack(Dictionary<(int Movement, long BinMs), (double PerMs, int Kind)> published)
        {
            var binMs = published.Keys.Select(k => k.BinMs).Distinct().Order().Take(2).Aggregate((a, b) => b - a);
            var chance = Score((t, p) => Outside(t, p));
            var attack = Score((t, p) => (Outside(t, p) * 1000) + Inside(t, p));
            return (chance, attack);

            // Known without us: the quarter of an hour of both passings, and the turn that was taken.
            static int Outside(Target target, Passing passing) => ((int)Math.Clamp((passing.TimeMs / QuarterMs) - (target.FirstMs / QuarterMs), -1, 2) + 1) * 10 + passing.Movement;

            // What is published of this turn at the moment at which the traveler should have come, against what is usual; and how finely.
            int Inside(Target target, Passing passing)
            {
                var at = target.FirstMs + (long)(MeanTravelS * 1000);
                var (perMs, kind) = published.GetValueOrDefault((passing.Movement, at / binMs * binMs));
                var usual = s_shares[passing.Movement] * _perMs * 1.2;
                var step = perMs <= 0 ? 0 : (int)Math.Clamp(Math.Round(3 * Math.Log2(perMs / usual)) + 20, 1, 40);
                return (step * 10) + kind;
            }
        }

        /// <summary>Whoever has the raw events takes the passing that is nearest to the usual time on the way.</summary>
        public double AttackRaw()
        {
            var right = 0.0;
            foreach (var target in _targets.Skip(Targets / 2))
            {
                right += Math.Abs(target.True.TimeMs - target.FirstMs - (MeanTravelS * 1000)) < Math.Abs(target.Other.TimeMs - target.FirstMs - (MeanTravelS * 1000)) ? 1 : 0;
            }

            return right / (Targets / 2);
        }

        private double Score(Func<Target, Passing, int> look)
        {
            var (own, others) = (new Dictionary<int, double>(), new Dictionary<int, double>());
            foreach (var target in _targets.Take(Targets / 2))
            {
                var (a, b) = (look(target, target.True), look(target, target.Other));
                own[a] = own.GetValueOrDefault(a) + 1;
                others[b] = others.GetValueOrDefault(b) + 1;
            }

            var right = 0.0;
            foreach (var target in _targets.Skip(Targets / 2))
            {
                var (a, b) = (Likely(look(target, target.True)), Likely(look(target, target.Other)));
                right += a > b ? 1 : a == b ? 0.5 : 0;
            }

            return right / (Targets / 2);

            // Looks that were seen too seldom to learn from say nothing.
            double Likely(int seen) => (own.GetValueOrDefault(seen) + 5) / (others.GetValueOrDefault(seen) + 5);
        }

        /// <summary>Another passing, within ten minutes where there is one, else the nearest.</summary>
        private Passing FindOther(Passing passing)
        {
            var index = _second.BinarySearch(passing, Comparer<Passing>.Create((a, b) => a.TimeMs.CompareTo(b.TimeMs)));
            var (first, last) = (index, index);
            while (first > 0 && passing.TimeMs - _second[first - 1].TimeMs <= WindowMs)
            {
                first--;
            }

            while (last < _second.Count - 1 && _second[last + 1].TimeMs - passing.TimeMs <= WindowMs)
            {
                last++;
            }

            if (first == last)
            {
                return index + 1 < _second.Count ? _second[index + 1] : _second[index - 1];
            }

            var other = _random.Next(first, last);
            return _second[other >= index ? other + 1 : other];
        }

        private int Movement()
        {
            var draw = _random.NextDouble();
            return draw < s_shares[0] ? 0 : draw < s_shares[0] + s_shares[1] ? 1 : 2;
        }

        private long Next(double perMs) => 1 + (long)(-Math.Log(1 - _random.NextDouble()) / perMs);

        private double Normal() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());
    }
}
