using System.Collections;
using System.Collections.Immutable;
using System.Reflection;
using Crosstown.Control.Priority;
using Crosstown.Core.Privacy;

namespace Crosstown.Control.Tests.Priority;

/// <summary>Priority knows classes, streets and times, and nobody.</summary>
public sealed class PriorityPrivacyTests
{
    private const BindingFlags Everything = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Type[] Types = [.. typeof(PriorityRequest).Assembly.GetTypes().Where(t => t.Namespace == typeof(PriorityRequest).Namespace)];

    /// <summary>All that a generator can say of a vehicle: its class, where and when. A class, a street, links and three times hold no identifier of a request message.</summary>
    [Fact]
    [Trait("rule", "P08")]
    public void A_request_has_room_for_a_class_a_way_and_times_and_for_nothing_else() => Assert.Equal(
        [
            ("Approach", typeof(int)), ("DepartureS", typeof(int)), ("ExpiryS", typeof(int)), ("Links", typeof(ImmutableArray<int>)), ("Role", typeof(PriorityRole)), ("ServiceS", typeof(int)),
        ],
        typeof(PriorityRequest).GetProperties().Select(p => (p.Name, p.PropertyType)).OrderBy(p => p.Name, StringComparer.Ordinal));

    [Fact]
    [Trait("rule", "P01")]
    public void A_record_holds_class_street_and_times_and_no_number_of_the_request()
    {
        var members = typeof(PriorityRecord).GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(p => (p.Name, Type: Nullable.GetUnderlyingType(p.PropertyType) ?? p.PropertyType)).ToArray();

        Assert.Equal(["Approach", "Signal"], members.Where(m => m.Type == typeof(string)).Select(m => m.Name).Order(StringComparer.Ordinal));
        Assert.All(members.Where(m => m.Type == typeof(int)), m => Assert.EndsWith("S", m.Name, StringComparison.Ordinal));
        Assert.All(members.Where(m => m.Type != typeof(string) && m.Type != typeof(int)), m => Assert.True(m.Type.IsEnum || m.Type == typeof(bool), m.Name));
        Assert.Equal(2, Enum.GetValues<PriorityRole>().Length);
    }

    [Fact]
    public void No_name_in_priority_is_one_for_an_identifier_and_no_type_could_hold_one() => Assert.All(
        Types.SelectMany(t => t.GetMembers(Everything)).Where(m => !m.Name.Contains('<', StringComparison.Ordinal)),
        m =>
        {
            Assert.Null(ForbiddenWords.Find(m.Name));
            Assert.DoesNotMatch("(?i)identi(ty|fier)|routeId|requestId|uuid|guid", m.Name);
            var held = m is FieldInfo f ? f.FieldType : m is PropertyInfo p ? p.PropertyType : null;
            Assert.False(held == typeof(Guid) || held == typeof(object) || held == typeof(byte[]), m.Name);
        });

    /// <summary>Signals of one drive are released by one object that lives as long as the drive; what is written of each names no other and nothing that they share.</summary>
    [Fact]
    [Trait("rule", "P12")]
    public void Records_of_one_drive_over_two_signals_share_nothing_but_their_class()
    {
        var (one, two) = (new SignalTrial(), new SignalTrial());
        one.RunTo(100);
        two.RunTo(100);
        var wave = new GreenWave([new WaveStep(one.Server, 0, 4), new WaveStep(two.Server, 2, 6)], 30);
        wave.Expect([125, 143], 100);
        one.RunTo(126);
        two.RunTo(126);
        wave.Pass(126);
        wave.Expect([145], 126);
        one.RunTo(146);
        two.RunTo(146);
        wave.Pass(146);
        one.RunTo(500);
        two.RunTo(500);

        var (first, second) = (Assert.Single(one.Log), Assert.Single(two.Log));
        var shared = typeof(PriorityRecord).GetProperties().Where(p => p.PropertyType == typeof(int) || p.PropertyType == typeof(int?))
            .Select(p => (p.GetValue(first), p.GetValue(second))).Where(v => v.Item1 is int a && v.Item2 is int b && a == b && a != 0 && a != first.RequestedS);
        Assert.Empty(shared);
        Assert.DoesNotContain(Types.SelectMany(t => t.GetMethods(Everything)), m => Elements(m.ReturnType).Contains(typeof(PriorityRecord)) && m.ReturnType != typeof(PriorityRecord));
    }

    [Fact]
    public void A_number_means_nothing_once_its_request_has_ended_and_stands_in_no_line()
    {
        var trial = new SignalTrial();
        trial.RunTo(10);
        for (var i = 0; i < 200; i++)
        {
            trial.Server.Cancel(trial.Ask(PriorityRole.Emergency, 0, 30)!.Value, 10);
        }

        var number = trial.Ask(PriorityRole.Emergency, 0, 30)!.Value;
        Assert.Equal(200, number);
        trial.RunTo(33);
        trial.Server.Pass(number, 33);
        trial.RunTo(200);

        Assert.Equal(PriorityStatus.Unknown, trial.Server.Status(number));
        Assert.DoesNotContain(trial.Log, r => r.Describe().Contains("200", StringComparison.Ordinal) || r.ToString().Contains("200", StringComparison.Ordinal));
    }

    private static Type[] Elements(Type type) =>
        type.IsGenericType && type.GetInterfaces().Contains(typeof(IEnumerable)) ? type.GetGenericArguments() : type.IsArray ? [type.GetElementType()!] : [];
}
