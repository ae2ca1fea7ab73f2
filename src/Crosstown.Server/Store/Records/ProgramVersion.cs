using System.Reflection;

namespace Crosstown.Server.Store.Records;

/// <summary>The version of this program, as records name it.</summary>
internal static class ProgramVersion
{
    /// <summary>The informational version of the build, such as <c>1.0.0+9cf9a94</c>.</summary>
    public static string Text { get; } =
        typeof(ProgramVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0";
}
