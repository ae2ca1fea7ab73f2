using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;
using Crosstown.Cli.Privacy;
using Crosstown.Core.Events;

namespace Crosstown.Cli.Tests.Structure;

/// <summary>The assemblies that we ship, and what reflection says of them.</summary>
internal static partial class Products
{
    public static IReadOnlyList<Assembly> Assemblies { get; } =
    [
        typeof(ControllerEvent).Assembly,
        Assembly.Load("Crosstown.Control"),
        typeof(Crosstown.Logs.IEventSink).Assembly,
        typeof(Crosstown.Measures.MeasureCatalog).Assembly,
        Assembly.Load("Crosstown.Simulation"),
        Assembly.Load("Crosstown.Timing"),
        Assembly.Load("Crosstown.Client"),
        typeof(Crosstown.Server.Measuring.MeasureRun).Assembly,
        typeof(PrivacyCommands).Assembly,
        Sender,
    ];

    /// <summary>The one program that can command a signal; not part of what is installed by default.</summary>
    public static Assembly Sender => Assembly.Load("Crosstown.Sender");

    /// <summary>All names that people gave to types and their members, private ones too, with where they stand.</summary>
    public static IEnumerable<(string Where, string Name)> ListNames()
    {
        const BindingFlags all = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;
        foreach (var type in Assemblies.SelectMany(a => a.GetTypes()).Where(t => !IsMade(t.FullName!) && t.Namespace?.StartsWith("Crosstown", StringComparison.Ordinal) == true))
        {
            yield return (type.FullName!, type.Name);
            foreach (var member in type.GetMembers(all).Where(m => !IsMade(m.Name) && m is not Type))
            {
                yield return ($"{type.FullName}.{member.Name}", member.Name);
                foreach (var parameter in (member as MethodBase)?.GetParameters() ?? [])
                {
                    yield return ($"{type.FullName}.{member.Name}({parameter.Name})", parameter.Name ?? "");
                }
            }
        }
    }

    public static IEnumerable<string> SplitWords(string name) => Word().Matches(name).Select(m => m.Value);

    /// <summary>Full names of all types and members of other assemblies that an assembly uses.</summary>
    public static IReadOnlyList<string> ListUses(Assembly assembly)
    {
        using var file = new PEReader(File.OpenRead(assembly.Location));
        var metadata = file.GetMetadataReader();
        var types = metadata.TypeReferences.ToDictionary(h => (EntityHandle)h, h =>
        {
            var type = metadata.GetTypeReference(h);
            return $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}";
        });
        return [.. types.Values, .. metadata.MemberReferences
            .Select(metadata.GetMemberReference)
            .Where(m => types.ContainsKey(m.Parent))
            .Select(m => $"{types[m.Parent]}.{metadata.GetString(m.Name)}")];
    }

    /// <summary>Every call, also of a constructor, that stands in an assembly: the outermost type and the method that has it, and what it calls.</summary>
    public static IEnumerable<(Type Where, MethodBase Caller, MethodBase Callee)> ListCalls(Assembly assembly)
    {
        const BindingFlags all = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;
        foreach (var type in assembly.GetTypes())
        {
            foreach (var caller in type.GetMethods(all).Cast<MethodBase>().Concat(type.GetConstructors(all)))
            {
                var code = caller.GetMethodBody()?.GetILAsByteArray() ?? [];
                for (var at = 0; at + 5 <= code.Length; at++)
                {
                    // call, callvirt, newobj and ldftn, each with the token of a method behind it; what merely looks so is no method, or none that is asked for.
                    var token = code[at] is 0x28 or 0x6F or 0x73 or 0x06 ? BitConverter.ToInt32(code, at + 1) : 0;
                    if (token >> 24 is 0x06 or 0x0A or 0x2B && Resolve(caller, token) is { } callee)
                    {
                        yield return (OutermostOf(type), caller, callee);
                    }
                }
            }
        }
    }

    private static MethodBase? Resolve(MethodBase caller, int token)
    {
        try
        {
            return caller.Module.ResolveMethod(token, caller.DeclaringType?.GetGenericArguments(), caller.IsGenericMethod ? caller.GetGenericArguments() : null);
        }
        catch (Exception e) when (e is ArgumentException or BadImageFormatException or MissingMethodException)
        {
            return null;
        }
    }

    private static Type OutermostOf(Type type) => type.DeclaringType is { } outer ? OutermostOf(outer) : type;

    private static bool IsMade(string name) => name.Contains('<', StringComparison.Ordinal);

    [GeneratedRegex("[A-Z]+(?![a-z])|[A-Z]?[a-z]+")]
    private static partial Regex Word();
}
