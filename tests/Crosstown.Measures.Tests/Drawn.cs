using System.Globalization;
using Crosstown.Core.Street;
using Crosstown.Measures.Options;
using Crosstown.Tests.Drawing;

namespace Crosstown.Measures.Tests;

/// <summary>Runs one measure over a drawing and answers about its rows by column name.</summary>
internal static class Drawn
{
    public static SignalConfiguration Signal { get; } = SignalConfiguration.Unknown(SignalId.Parse("7"));

    public static Answer Run(Measure measure, string drawing, SignalConfiguration? configuration = null, MeasureOptions? options = null) =>
        new(Tests.Run.OneShot([measure], configuration ?? Signal, Strip.Read(drawing), options), measure, options ?? new MeasureOptions());

    /// <summary>Options with some of a measure's own changed, by name.</summary>
    public static MeasureOptions With(Measure measure, params ReadOnlySpan<(string Option, object Value)> changes)
    {
        var options = new MeasureOptions();
        foreach (var (name, value) in changes)
        {
            options = options.With(measure.Options.Single(o => o.Name == name), value);
        }

        return options;
    }

    /// <summary>The time that lies so many seconds into a drawing, as rows show it.</summary>
    public static string At(double seconds) =>
        DateTimeOffset.FromUnixTimeMilliseconds(Strip.DefaultStartMs + (long)(seconds * 1000)).ToString("yyyy-MM-dd'T'HH:mm:ss.fff", CultureInfo.InvariantCulture);

    /// <summary>The rows of a measure's tables.</summary>
    internal sealed class Answer(CollectedRows rows, Measure measure, MeasureOptions options)
    {
        /// <summary>Some columns of all rows of a table, each row joined by blanks; missing values as a dash.</summary>
        public string[] this[string table, string columns]
        {
            get
            {
                var schema = measure.TablesIn(options.Set).Single(t => t.Name == table);
                var wanted = columns.Split(' ').Select(c => schema.Columns.Select(x => x.Name).ToList().IndexOf(c)).ToArray();
                Assert.DoesNotContain(-1, wanted);
                return [.. rows[table].Select(line => line.Split(',')).Select(cells => string.Join(' ', wanted.Select(w => cells[w].Length == 0 ? "-" : cells[w])))];
            }
        }
    }
}
