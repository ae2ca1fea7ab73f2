using Crosstown.Core.Data;
using Crosstown.Core.Privacy;

namespace Crosstown.Logs.Configuration;

/// <summary>The gate for names and descriptions, which people write as they like (rule P07).</summary>
internal static class FreeText
{
    /// <summary>Whether a text may be kept; one shaped like an identifier or a recording may not: that is reported, and the text is in no issue.</summary>
    /// <param name="text">What the file says.</param>
    /// <param name="field">The field, for the issue.</param>
    /// <param name="source">The file.</param>
    /// <param name="line">The line; 0 where the format counts none.</param>
    /// <param name="issues">Takes what is refused.</param>
    public static bool TryTake(string text, string field, string source, long line, DataIssueLog issues)
    {
        if (ValueShapes.Find(text) is null)
        {
            return true;
        }

        issues.Add(DataIssueKind.PrivacyRefused, source, line, "", $"{field} holds something shaped like an address, a number or a code of a person, vehicle or device; the text is left out and not kept");
        return false;
    }
}
