using System.Globalization;
using System.Text;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Measures.Composed;
using Crosstown.Measures.Options;
using Crosstown.Server.City;
using Crosstown.Server.Measuring;
using Microsoft.AspNetCore.Http;

namespace Crosstown.Server.Query;

/// <summary>A question for rows of one table, read and checked.</summary>
internal sealed record TableRequest
{
    public required TableSource Source { get; init; }

    public required MeasureOptions Options { get; init; }

    /// <summary>What was changed from the defaults, as text that tells two sets of options apart; empty for none.</summary>
    public required string Changes { get; init; }

    public required TimeRange Range { get; init; }

    public Corridor? Corridor { get; init; }

    public ComparedPeriods? Compared { get; init; }

    public required TimeStyle Times { get; init; }

    public required AnswerFormat? Format { get; init; }

    /// <summary>True when bins and options are those of the kept measures.</summary>
    public bool IsUsual => Changes.Length == 0 && Options.BinMs == MeasureOptions.DefaultBinMs;

    /// <summary>Reads a request's parameters; everything that is wrong goes into the reader's problems, and the answer is then null.</summary>
    /// <param name="about">The corridor, where the path names it; null where the query may.</param>
    public static TableRequest? Read(RequestReader reader, HttpRequest http, string table, CitySnapshot city, Corridor? about = null)
    {
        var set = reader.Word(Parameters.Definitions) is { } index ? MeasureOptions.FindSet(Parameters.Definitions.Words[index])!.Value : DefinitionSet.Crosstown;
        var source = TableCatalog.Find(table, set);
        if (source is null)
        {
            reader.Add("XT403", "table", $"There is no table '{RequestReader.Shown(table)}'; there are {string.Join(", ", TableCatalog.Names)}.");
        }

        var range = reader.Range(Parameters.From, Parameters.To, Parameters.MostMs);
        var binMs = reader.Length(Parameters.Bin) ?? MeasureOptions.DefaultBinMs;
        var times = reader.Flag(Parameters.Local) ? TimeStyle.Local : TimeStyle.Utc;
        var format = AnswerFormats.Choose(http, reader.Word(Parameters.Format));
        var corridor = about ?? ReadCorridor(reader, city);
        var options = new MeasureOptions { Set = set, BinMs = binMs };
        var changes = new StringBuilder(set == DefinitionSet.Crosstown ? "" : $"{set};");
        foreach (var name in reader.ListOthers().Order(StringComparer.Ordinal))
        {
            if (source is null)
            {
                break;
            }

            if (source.Options.FirstOrDefault(o => o.Name == name) is not { } option)
            {
                reader.AddUnknown(name, (http.HttpContext.GetEndpoint()?.Metadata.GetMetadata<ApiParameters>()?.All.Where(p => p.In == "query").Select(p => p.Name) ?? []).Concat(source.Options.Select(o => o.Name)));
                continue;
            }

            try
            {
                options = options.With(option, reader.Text(name)!);
                changes.Append(CultureInfo.InvariantCulture, $"{name}={reader.Text(name)};");
            }
            catch (ArgumentException e)
            {
                reader.Add(RequestReader.ValueCode, name, e.Message.Split(" (Parameter", 2)[0]);
            }
        }

        if (source is not null && range is { LengthMs: > Parameters.MostRawMs } && (changes.Length > 0 || binMs != MeasureOptions.DefaultBinMs || !KeptMeasures.Keeps(source)))
        {
            reader.Add(RequestReader.RangeCode, "to", "More than 31 days are answered for binned tables in 15 minutes without options only: they are read from what was kept.");
        }

        if (source is { Measure: "time-space-diagram" or "link-pivot" or "corridor-summary" } && corridor is null && reader.Problems.Count == 0)
        {
            reader.Add("XT411", "corridor", $"The table {table} is about a corridor; there are {string.Join(", ", city.Corridors.Select(c => c.Id))}.");
        }

        return reader.Problems.Count > 0 ? null : new TableRequest
        {
            Source = source!,
            Options = options,
            Changes = changes.ToString(),
            Range = range!.Value,
            Corridor = corridor,
            Compared = source!.Measure == "before-after" ? Halves(range.Value) : null,
            Times = times,
            Format = format,
        };
    }

    /// <summary>A comparison of two periods takes the first half of the time as before and the second as after.</summary>
    private static ComparedPeriods Halves(TimeRange range)
    {
        var middle = range.StartMs + (range.LengthMs / 2);
        return new ComparedPeriods(new TimeRange(range.StartMs, middle), new TimeRange(middle, range.EndMs));
    }

    private static Corridor? ReadCorridor(RequestReader reader, CitySnapshot city)
    {
        if (reader.Text(Parameters.CorridorName.Name) is not { Length: > 0 } id)
        {
            return null;
        }

        var found = city.Corridors.FirstOrDefault(c => c.Id == id);
        if (found is null)
        {
            reader.Add("XT411", "corridor", $"There is no corridor '{RequestReader.Shown(id)}'; there are {string.Join(", ", city.Corridors.Select(c => c.Id))}.");
        }

        return found;
    }
}
