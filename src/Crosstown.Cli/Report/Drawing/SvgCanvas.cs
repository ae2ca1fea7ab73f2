using System.Globalization;
using System.Text;

namespace Crosstown.Cli.Report.Drawing;

/// <summary>A point of a picture, in its own units.</summary>
internal readonly record struct Point(double X, double Y);

/// <summary>Where a text stands against its point.</summary>
internal enum Anchor
{
    Start,
    Middle,
    End,
}

/// <summary>Builds the inside of an SVG picture: shapes with classes, colored by one style sheet.</summary>
/// <remarks>
/// Numbers are written to tenths of a unit, in the invariant culture, so that the same rows give the same bytes. Marks that number thousands go
/// into one path of short relative moves, in tenths as whole numbers: 6 to 8 bytes a mark.
/// </remarks>
internal sealed class SvgCanvas
{
    private const int TenthsPerUnit = 10;

    private readonly StringBuilder _text = new();

    /// <summary>What was drawn so far.</summary>
    public override string ToString() => _text.ToString();

    /// <summary>A number as it stands in a picture: tenths, no trailing zeros.</summary>
    public static string Number(double value)
    {
        var tenths = (long)Math.Round(value * TenthsPerUnit, MidpointRounding.AwayFromZero);
        return tenths % TenthsPerUnit == 0
            ? (tenths / TenthsPerUnit).ToString(CultureInfo.InvariantCulture)
            : ((double)tenths / TenthsPerUnit).ToString("0.0", CultureInfo.InvariantCulture);
    }

    /// <summary>A text as content of an element or attribute.</summary>
    public static string Escape(string text) => text
        .Replace("&", "&amp;", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace(">", "&gt;", StringComparison.Ordinal)
        .Replace("\"", "&quot;", StringComparison.Ordinal);

    public void Line(string style, double x1, double y1, double x2, double y2) =>
        _text.Append("<path class=\"").Append(style).Append("\" d=\"M").Append(Number(x1)).Append(' ').Append(Number(y1))
            .Append('L').Append(Number(x2)).Append(' ').Append(Number(y2)).Append("\"/>");

    public void Rectangle(string style, double x, double y, double width, double height, double corner = 0)
    {
        _text.Append("<rect class=\"").Append(style).Append("\" x=\"").Append(Number(x)).Append("\" y=\"").Append(Number(y))
            .Append("\" width=\"").Append(Number(Math.Max(0, width))).Append("\" height=\"").Append(Number(Math.Max(0, height)));
        if (corner > 0)
        {
            _text.Append("\" rx=\"").Append(Number(corner));
        }

        _text.Append("\"/>");
    }

    public void Text(string style, double x, double y, string text, Anchor anchor = Anchor.Start)
    {
        _text.Append("<text class=\"").Append(style).Append("\" x=\"").Append(Number(x)).Append("\" y=\"").Append(Number(y));
        if (anchor != Anchor.Start)
        {
            _text.Append("\" text-anchor=\"").Append(anchor == Anchor.Middle ? "middle" : "end");
        }

        _text.Append("\">").Append(Escape(text)).Append("</text>");
    }

    /// <summary>A text that runs upward, for the name of a vertical axis.</summary>
    public void TextUpward(string style, double x, double y, string text) =>
        _text.Append("<text class=\"").Append(style).Append("\" text-anchor=\"middle\" transform=\"translate(").Append(Number(x)).Append(' ')
            .Append(Number(y)).Append(")rotate(-90)\">").Append(Escape(text)).Append("</text>");

    /// <summary>The same small stroke at many points, as one path.</summary>
    /// <param name="style">Class; its stroke width counts in tenths.</param>
    /// <param name="points">Sorted by x they take the fewest bytes.</param>
    /// <param name="stroke">Relative path command from the point, in tenths, that ends where it began or whose way is given by <paramref name="strokeX"/> and <paramref name="strokeY"/>.</param>
    public void Marks(string style, IReadOnlyList<Point> points, string stroke = "h0", int strokeX = 0, int strokeY = 0)
    {
        if (points.Count == 0)
        {
            return;
        }

        OpenTenths(style);
        long atX = 0;
        long atY = 0;
        foreach (var point in points)
        {
            var x = Tenths(point.X) - (strokeX / 2);
            var y = Tenths(point.Y) - (strokeY / 2);
            _text.Append('m').Append(x - atX);
            AppendSigned(y - atY);
            _text.Append(stroke);
            (atX, atY) = (x + strokeX, y + strokeY);
        }

        _text.Append("\"/>");
    }

    /// <summary>A line through points; a point with a NaN breaks it.</summary>
    /// <param name="style">Class; its stroke width counts in tenths.</param>
    public void Trace(string style, IReadOnlyList<Point> points) => Path(style, points, stepped: false, floor: null);

    /// <summary>A line of steps: each point's height holds until the next point's x. A point with a NaN breaks it.</summary>
    public void Steps(string style, IReadOnlyList<Point> points) => Path(style, points, stepped: true, floor: null);

    /// <summary>The area under steps, down to a height.</summary>
    public void StepArea(string style, IReadOnlyList<Point> points, double floor) => Path(style, points, stepped: true, floor);

    /// <summary>Boxes of one class as one path.</summary>
    /// <param name="boxes">Left, top, width, height.</param>
    public void Boxes(string style, IReadOnlyList<(double X, double Y, double Width, double Height)> boxes)
    {
        if (boxes.Count == 0)
        {
            return;
        }

        OpenTenths(style);
        long atX = 0;
        long atY = 0;
        foreach (var box in boxes)
        {
            var (left, top) = (Tenths(box.X), Tenths(box.Y));
            var (width, height) = (Math.Max(1, Tenths(box.X + box.Width) - left), Math.Max(0, Tenths(box.Y + box.Height) - top));
            _text.Append('m').Append(left - atX);
            AppendSigned(top - atY);
            _text.Append('h').Append(width).Append('v').Append(height).Append('h').Append(-width).Append('z');
            (atX, atY) = (left, top);
        }

        _text.Append("\"/>");
    }

    /// <summary>Closed shapes of one class as one path.</summary>
    public void Polygons(string style, IReadOnlyList<Point[]> shapes)
    {
        if (shapes.Count == 0)
        {
            return;
        }

        OpenTenths(style);
        foreach (var shape in shapes)
        {
            _text.Append('M').Append(Tenths(shape[0].X));
            AppendSigned(Tenths(shape[0].Y));
            for (var i = 1; i < shape.Length; i++)
            {
                _text.Append('l').Append(Tenths(shape[i].X) - Tenths(shape[i - 1].X));
                AppendSigned(Tenths(shape[i].Y) - Tenths(shape[i - 1].Y));
            }

            _text.Append('z');
        }

        _text.Append("\"/>");
    }

    private static long Tenths(double value) => (long)Math.Round(value * TenthsPerUnit, MidpointRounding.AwayFromZero);

    private void OpenTenths(string style) =>
        _text.Append("<path class=\"").Append(style).Append("\" transform=\"scale(.1)\" d=\"");

    private void AppendSigned(long value)
    {
        if (value >= 0)
        {
            _text.Append(' ');
        }

        _text.Append(value);
    }

    private void Path(string style, IReadOnlyList<Point> points, bool stepped, double? floor)
    {
        var open = false;
        var drawn = false;
        long atX = 0;
        long atY = 0;
        foreach (var point in points)
        {
            if (double.IsNaN(point.X) || double.IsNaN(point.Y))
            {
                CloseArea();
                open = false;
                continue;
            }

            var (x, y) = (Tenths(point.X), Tenths(point.Y));
            if (!drawn)
            {
                OpenTenths(style);
                drawn = true;
            }

            if (!open)
            {
                _text.Append('M').Append(x);
                AppendSigned(floor is { } f ? Tenths(f) : y);
                if (floor is not null)
                {
                    _text.Append('V').Append(y);
                }

                open = true;
            }
            else if (stepped)
            {
                if (x != atX)
                {
                    _text.Append('h').Append(x - atX);
                }

                if (y != atY)
                {
                    _text.Append('v').Append(y - atY);
                }
            }
            else if (x != atX || y != atY)
            {
                _text.Append('l').Append(x - atX);
                AppendSigned(y - atY);
            }

            (atX, atY) = (x, y);
        }

        CloseArea();
        if (drawn)
        {
            _text.Append("\"/>");
        }

        void CloseArea()
        {
            if (open && floor is { } f)
            {
                _text.Append('V').Append(Tenths(f)).Append('z');
            }
        }
    }
}
