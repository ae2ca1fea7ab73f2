using Crosstown.Cli.Report.Drawing;

namespace Crosstown.Cli.Tests.Report;

public sealed class SvgCanvasTests
{
    [Theory]
    [InlineData(0, "0")]
    [InlineData(12, "12")]
    [InlineData(12.04, "12")]
    [InlineData(12.05, "12.1")]
    [InlineData(-0.04, "0")]
    [InlineData(-3.25, "-3.3")]
    public void Numbers_are_tenths_without_trailing_zeros(double value, string expected) => Assert.Equal(expected, SvgCanvas.Number(value));

    [Fact]
    public void Marks_are_relative_moves_in_tenths()
    {
        var canvas = new SvgCanvas();

        canvas.Marks("dot", [new(1, 2), new(1.5, 4), new(3, 1)]);

        Assert.Equal("<path class=\"dot\" transform=\"scale(.1)\" d=\"m10 20h0m5 20h0m15-30h0\"/>", canvas.ToString());
    }

    [Fact]
    public void A_mark_with_a_way_of_its_own_stands_centered_on_its_point()
    {
        var canvas = new SvgCanvas();

        canvas.Marks("stick", [new(10, 10), new(20, 10)], "v40", 0, 40);

        Assert.Equal("<path class=\"stick\" transform=\"scale(.1)\" d=\"m100 80v40m100-40v40\"/>", canvas.ToString());
    }

    [Fact]
    public void A_line_breaks_where_a_number_is_missing()
    {
        var canvas = new SvgCanvas();

        canvas.Steps("line", [new(0, 1), new(1, 1), new(double.NaN, double.NaN), new(2, 3), new(3, 4)]);

        Assert.Equal("<path class=\"line\" transform=\"scale(.1)\" d=\"M0 10h10M20 30h10v10\"/>", canvas.ToString());
    }

    [Fact]
    public void Nothing_to_draw_draws_nothing()
    {
        var canvas = new SvgCanvas();

        canvas.Marks("dot", []);
        canvas.Boxes("area", []);
        canvas.Trace("line", [new(double.NaN, 0)]);

        Assert.Equal("", canvas.ToString());
    }

    [Fact]
    public void Boxes_keep_their_place_whatever_came_before()
    {
        var canvas = new SvgCanvas();

        canvas.Boxes("area", [(0, 0, 1, 2), (5, 5, 1, 1)]);

        Assert.Equal("<path class=\"area\" transform=\"scale(.1)\" d=\"m0 0h10v20h-10zm50 50h10v10h-10z\"/>", canvas.ToString());
    }

    [Fact]
    public void Text_cannot_become_markup()
    {
        var canvas = new SvgCanvas();

        canvas.Text("t", 0, 0, "A & B <b> \"c\"");

        Assert.Contains(">A &amp; B &lt;b&gt; &quot;c&quot;</text>", canvas.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_day_of_dots_stays_small()
    {
        var canvas = new SvgCanvas();
        var random = new Random(7);
        var points = Enumerable.Range(0, 30_000).Select(i => new Point(i * 880.0 / 30_000, random.NextDouble() * 230)).ToArray();

        canvas.Marks("dot", points);

        Assert.InRange(canvas.ToString().Length, 0, 300_000);
    }
}
