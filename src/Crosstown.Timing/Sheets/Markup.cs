using System.Globalization;

namespace Crosstown.Timing.Sheets;

/// <summary>Writes markup: text is escaped, numbers are short and in the invariant culture, so that the same plan gives the same bytes.</summary>
internal sealed class Markup(TextWriter writer)
{
    public Markup Raw(string markup)
    {
        writer.Write(markup);
        return this;
    }

    public Markup Text(string text)
    {
        writer.Write(Escape(text));
        return this;
    }

    /// <summary>An element with text in it.</summary>
    public Markup Element(string name, string text, string attributes = "") =>
        Raw($"<{name}{(attributes.Length > 0 ? " " : "")}{attributes}>").Text(text).Raw($"</{name}>");

    public Markup Cell(string text, string look = "") => Element("td", text, look.Length > 0 ? $"class=\"{look}\"" : "");

    public Markup Head(string text, string look = "", string scope = "col") => Element("th", text, $"scope=\"{scope}\"{(look.Length > 0 ? $" class=\"{look}\"" : "")}");

    public static string Escape(string text) => text
        .Replace("&", "&amp;", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace(">", "&gt;", StringComparison.Ordinal)
        .Replace("\"", "&quot;", StringComparison.Ordinal);

    /// <summary>Seconds, to the tenth where it has one.</summary>
    public static string Seconds(int ms) => (ms / 1000.0).ToString("0.#", CultureInfo.InvariantCulture);

    public static string Number(double value) => Math.Round(value, 1, MidpointRounding.AwayFromZero).ToString("0.#", CultureInfo.InvariantCulture);

    /// <summary>A change with its sign, a real minus among it.</summary>
    public static string Change(double value) =>
        Math.Round(value, 1) switch
        {
            0 => "0",
            < 0 and var less => $"\u2212{Number(-less)}",
            var more => $"+{Number(more)}",
        };
}
