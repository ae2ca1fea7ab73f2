using System.Collections.Frozen;
using System.Text.Json;

namespace Crosstown.Server.Query;

/// <summary>Which tables only engineers with a reason may see, as the published inventory says.</summary>
internal static class TableTiers
{
    private static readonly FrozenDictionary<string, string> s_tiers = Read();

    /// <summary>Whether a table is of the raw tier. A table that the inventory does not have is.</summary>
    public static bool IsRaw(string table) => s_tiers.GetValueOrDefault(table, "raw") == "raw";

    private static FrozenDictionary<string, string> Read()
    {
        using var stream = typeof(TableTiers).Assembly.GetManifestResourceStream("inventory.json")
            ?? throw new InvalidOperationException("This program was built without the privacy inventory.");
        using var inventory = JsonDocument.Parse(stream);
        return inventory.RootElement.GetProperty("groups").EnumerateArray()
            .Where(g => g.GetProperty("kind").ValueEquals("table"))
            .ToFrozenDictionary(g => g.GetProperty("name").GetString()!, g => g.GetProperty("tier").GetString()!, StringComparer.Ordinal);
    }
}
