using System.Collections.Immutable;

namespace Crosstown.Cli.Report.Drawing;

/// <summary>The numbers behind a chart, for those who read rather than look.</summary>
/// <param name="Head">Names of the columns.</param>
/// <param name="Rows">As many cells a row as there are names.</param>
internal sealed record ChartTable(ImmutableArray<string> Head, ImmutableArray<ImmutableArray<string>> Rows);

/// <summary>A sign and what it stands for.</summary>
/// <param name="Style">Class of the sign.</param>
/// <param name="Sign">Shape of the sign.</param>
/// <param name="Label">What it stands for.</param>
internal sealed record LegendEntry(string Style, Sign Sign, string Label);

/// <summary>Shapes that a legend shows as they stand in the chart.</summary>
internal enum Sign
{
    Line,
    Dot,
    Square,
    Bar,
    Dash,
    Triangle,
    Area,
}

/// <summary>A drawn chart: picture, title, what it says in words, and its numbers.</summary>
internal sealed record Chart
{
    /// <summary>What the chart shows, with signal and phase.</summary>
    public required string Title { get; init; }

    /// <summary>One or two sentences, reckoned from the same rows, that say what an engineer would see.</summary>
    public required string Reading { get; init; }

    /// <summary>Name of the measure whose page defines it.</summary>
    public required string Measure { get; init; }

    /// <summary>Width of the picture in its own units.</summary>
    public double Width { get; init; } = Frame.PictureWidth;

    /// <summary>Height of the picture in its own units.</summary>
    public required double Height { get; init; }

    /// <summary>Inside of the SVG element.</summary>
    public required string Body { get; init; }

    public ImmutableArray<LegendEntry> Legend { get; init; } = [];

    public required ChartTable Table { get; init; }
}
