using System.Globalization;
using Crosstown.Core.Controllers;

namespace Crosstown.Timing.Sheets;

/// <summary>Draws a pattern's rings and barriers along its cycle.</summary>
internal static class RingBarrierDrawing
{
    private const double Left = 52;
    private const double Width = 700;
    private const double RingHeight = 38;
    private const double Top = 8;

    /// <summary>An SVG picture: each phase as a bar of green, yellow and red clearance in its ring, barriers as heavy lines, a mark at the offset's reference point.</summary>
    public static void Write(Markup markup, PatternView diagram, string title)
    {
        var rings = diagram.Rings.Where(r => r.Length > 0).ToList();
        var bottom = Top + (rings.Count * RingHeight);
        markup.Raw($"<svg class=\"rings\" viewBox=\"0 0 {N(Left + Width + 16)} {N(bottom + 34)}\" role=\"img\" aria-label=\"").Text(title).Raw("\">");
        for (var r = 0; r < rings.Count; r++)
        {
            var y = Top + (r * RingHeight);
            markup.Raw($"<text x=\"0\" y=\"{N(y + 23)}\">Ring {rings[r][0].Ring}</text>");
            foreach (var phase in rings[r])
            {
                Phase(markup, diagram, phase, y);
            }
        }

        foreach (var end in diagram.BarrierEndsMs.Prepend(0))
        {
            markup.Raw($"<path class=\"barrier\" d=\"M{N(X(diagram, end))} {N(Top - 4)}V{N(bottom + 2)}\"/>");
        }

        Axis(markup, diagram, bottom);
        markup.Raw("</svg>");
    }

    private static void Phase(Markup markup, PatternView diagram, PhaseTiming phase, double y)
    {
        var (start, end, _) = diagram.PlaceOf(phase.Number);
        var (x, yellow, red, right) = (X(diagram, start), X(diagram, Math.Max(start, end - phase.ChangeMs)), X(diagram, Math.Max(start, end - phase.RedClearanceMs)), X(diagram, end));
        if (right <= x)
        {
            return;
        }

        Box(markup, phase.IsCoordinated ? "green coordinated" : "green", x, y + 2, yellow - x);
        Box(markup, "yellow", yellow, y + 2, red - yellow);
        Box(markup, "red", red, y + 2, right - red);
        markup.Raw($"<rect class=\"frame\" x=\"{N(x)}\" y=\"{N(y + 2)}\" width=\"{N(right - x)}\" height=\"{N(RingHeight - 8)}\"/>");
        var middle = (x + right) / 2;
        var isWide = right - x >= 46;
        markup.Raw($"<text class=\"number\" text-anchor=\"middle\" x=\"{N(isWide ? middle - 8 : middle)}\" y=\"{N(y + 22)}\">{phase.Number}</text>");
        if (isWide)
        {
            markup.Raw($"<text class=\"split\" text-anchor=\"middle\" x=\"{N(middle + 14)}\" y=\"{N(y + 21)}\">{Markup.Seconds(end - start)} s</text>");
        }
    }

    private static void Axis(Markup markup, PatternView diagram, double bottom)
    {
        var step = diagram.CycleMs > 160_000 ? 20_000 : 10_000;
        for (var at = 0; at <= diagram.CycleMs; at += step)
        {
            if (diagram.CycleMs - at > step / 2 || at == diagram.CycleMs)
            {
                markup.Raw($"<text class=\"tick\" text-anchor=\"middle\" x=\"{N(X(diagram, at))}\" y=\"{N(bottom + 14)}\">{at / 1000}</text>");
            }
        }

        if (diagram.CycleMs % step != 0)
        {
            markup.Raw($"<text class=\"tick\" text-anchor=\"middle\" x=\"{N(X(diagram, diagram.CycleMs))}\" y=\"{N(bottom + 14)}\">{Markup.Seconds(diagram.CycleMs)}</text>");
        }

        if (diagram.PointMs(diagram.Pattern.Reference) is { } point)
        {
            var x = X(diagram, point);
            var anchor = x > Left + Width - 120 ? "end" : "start";
            markup.Raw($"<path class=\"mark\" d=\"M{N(x)} {N(bottom + 1)}l-4 8h8z\"/><text class=\"tick\" text-anchor=\"{anchor}\" x=\"{N(x + (anchor == "end" ? -6 : 6))}\" y=\"{N(bottom + 28)}\">offset {Markup.Seconds(diagram.Pattern.OffsetMs)} s</text>");
        }
    }

    private static void Box(Markup markup, string look, double x, double y, double width)
    {
        if (width > 0)
        {
            markup.Raw($"<rect class=\"{look}\" x=\"{N(x)}\" y=\"{N(y)}\" width=\"{N(width)}\" height=\"{N(RingHeight - 8)}\"/>");
        }
    }

    private static double X(PatternView diagram, int ms) => Left + (Width * ms / diagram.CycleMs);

    private static string N(double value) => Math.Round(value, 1).ToString("0.#", CultureInfo.InvariantCulture);
}
