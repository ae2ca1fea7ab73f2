using System.Reflection;
using System.Runtime.CompilerServices;
using Crosstown.Cli.Tests.Structure;
using Crosstown.Core.Events;
using Crosstown.Core.Street;

namespace Crosstown.Cli.Tests.Privacy;

public sealed class EventShapeTests
{
    [Fact]
    [Trait("rule", "P01")]
    public void An_event_is_twelve_bytes_of_time_code_and_parameter_and_nothing_else()
    {
        var fields = typeof(ControllerEvent).GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic);

        Assert.Equal(12, Unsafe.SizeOf<ControllerEvent>());
        Assert.Equal([typeof(long), typeof(ushort), typeof(short)], fields.Select(f => f.FieldType));
        Assert.Equal(["TimeMs", "Code", "Parameter"], typeof(ControllerEvent).GetProperties().Select(p => p.Name));
    }

    [Fact]
    [Trait("rule", "P12")]
    public void No_function_takes_or_returns_single_events_of_two_signals() => Assert.Empty(ListJoins(Products.Assemblies.SelectMany(a => a.GetTypes())));

    [Fact]
    [Trait("rule", "P12")]
    public void A_function_that_would_join_two_signals_is_found() =>
        Assert.Equal(
            ["EventsOfCorridor", "EventsOfPair", "Follow", "Indexed", "Tagged"],
            ListJoins([typeof(Joins)]).Select(f => f[(f.LastIndexOf('.') + 1)..]).Order(StringComparer.Ordinal));

    /// <summary>Functions whose shape could join events of two signals: two signals in, or several signals beside events. A signal that comes out does not count.</summary>
    private static IEnumerable<string> ListJoins(IEnumerable<Type> types)
    {
        foreach (var type in types.Where(t => t != typeof(SignalId) && !t.IsDefined(typeof(CompilerGeneratedAttribute), false)))
        {
            foreach (var method in type.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            {
                var isHidden = !(method.IsPublic || method.IsAssembly || method.IsFamily || method.IsFamilyOrAssembly) || method.Name.Contains('<', StringComparison.Ordinal);
                if (isHidden)
                {
                    continue;
                }

                var parameters = method.GetParameters().Select(p => p.ParameterType).ToArray();
                var signals = method.GetParameters().Count(p => !p.IsOut && Strip(p.ParameterType) == typeof(SignalId));
                var manySignals = parameters.Any(p => Strip(p) != typeof(SignalId) && Mentions(p, typeof(SignalId)) && !typeof(Delegate).IsAssignableFrom(p));
                var givesEvents = Mentions(method.ReturnType, typeof(ControllerEvent)) || parameters.Any(p => Mentions(p, typeof(ControllerEvent)));
                var namesBoth = new[] { method.ReturnType }.Concat(parameters).Any(p => Mentions(p, typeof(SignalId)) && Mentions(p, typeof(ControllerEvent)));
                if (signals >= 2 || (manySignals && givesEvents) || namesBoth)
                {
                    yield return $"{type.FullName}.{method.Name}";
                }
            }
        }
    }

    private static Type Strip(Type type) => Nullable.GetUnderlyingType(type.IsByRef ? type.GetElementType()! : type) ?? (type.IsByRef ? type.GetElementType()! : type);

    private static bool Mentions(Type type, Type wanted) =>
        type == wanted
        || (type.HasElementType && Mentions(type.GetElementType()!, wanted))
        || (type.IsGenericType && type.GetGenericArguments().Any(a => Mentions(a, wanted)));

    private static class Joins
    {
        public static int Follow(SignalId upstream, SignalId downstream) => upstream.CompareTo(downstream);

        public static ControllerEvent[] EventsOfPair(SignalId first, SignalId? second) => second is null || first == second ? [] : [default];

        public static ControllerEvent[] EventsOfCorridor(IReadOnlyList<SignalId> signals) => new ControllerEvent[signals.Count];

        public static List<(SignalId Signal, ControllerEvent Event)> Tagged() => [];

        public static Dictionary<SignalId, ControllerEvent[]> Indexed() => [];

        public static ControllerEvent[] OfOne(SignalId signal) => [new(0, 0, (short)signal.Value.Length)];
    }
}
