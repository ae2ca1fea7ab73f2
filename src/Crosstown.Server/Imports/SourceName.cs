using System.Text.RegularExpressions;
using Crosstown.Core.Privacy;

namespace Crosstown.Server.Imports;

/// <summary>Names of files that came from elsewhere, as they may be kept and shown.</summary>
internal static partial class SourceName
{
    /// <summary>Longest name kept, in characters.</summary>
    public const int MostLetters = 120;

    /// <summary>A name without the network address that controllers put into it (rule P10).</summary>
    public static string WithoutAddress(string source) => NetworkAddress().Replace(source, "(address)");

    /// <summary>The last part of a path, without folders, addresses and control characters; <c>(file)</c> for one that is empty or shaped like an identifier (rule P07).</summary>
    public static string Of(string? path)
    {
        var name = (path ?? "").Replace('\\', '/');
        name = name[(name.LastIndexOf('/') + 1)..];
        name = WithoutAddress(string.Concat(name.Where(c => !char.IsControl(c))));
        name = name.Length > MostLetters ? name[..MostLetters] : name;
        return name.Length == 0 || ValueShapes.Find(name) is not null ? "(file)" : name;
    }

    [GeneratedRegex(@"(?<![0-9])[0-9]{1,3}([._-])[0-9]{1,3}\1[0-9]{1,3}\1[0-9]{1,3}(?![0-9])|([0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}")]
    private static partial Regex NetworkAddress();
}
