using Crosstown.Core.Data;
using Crosstown.Core.Tables;
using Crosstown.Logs.Analytics;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Crosstown.Server.Query;

/// <summary>How a table is handed out.</summary>
internal enum AnswerFormat
{
    Json,
    Csv,
    Ndjson,
    Parquet,
}

/// <summary>Chooses the format that a request asks for.</summary>
internal static class AnswerFormats
{
    private static readonly string[] s_types = ["application/json", "text/csv", "application/x-ndjson", "application/vnd.apache.parquet"];

    /// <summary>The formats' media types, in the order of <see cref="AnswerFormat"/>.</summary>
    public static IReadOnlyList<string> Types => s_types;

    public static string TypeOf(AnswerFormat format) => format is AnswerFormat.Csv ? "text/csv; charset=utf-8" : s_types[(int)format];

    public static string EndingOf(AnswerFormat format) => format.ToString().ToLowerInvariant();

    /// <summary>The format by the parameter <c>format</c>, else the most wanted one of the Accept header; null when we have none that is wanted.</summary>
    public static AnswerFormat? Choose(HttpRequest request, int? named)
    {
        if (named is { } index)
        {
            return (AnswerFormat)index;
        }

        if (request.Headers.Accept.Count == 0 || !MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var wanted))
        {
            return request.Headers.Accept.Count == 0 ? AnswerFormat.Json : null;
        }

        foreach (var type in wanted.Where(w => w.Quality is null or > 0).OrderByDescending(w => w, MediaTypeHeaderValueComparer.QualityComparer))
        {
            for (var i = 0; i < s_types.Length; i++)
            {
                if (new MediaTypeHeaderValue(s_types[i]).IsSubsetOf(type))
                {
                    return (AnswerFormat)i;
                }
            }
        }

        return null;
    }

    /// <summary>Why a format cannot be had; null when it can.</summary>
    public static (int Status, Problem Problem)? Check(AnswerFormat? format, HttpRequest request)
    {
        if (format is null)
        {
            return (StatusCodes.Status406NotAcceptable, new Problem("XT407", "Accept", $"'{RequestReader.Shown(request.Headers.Accept.ToString())}' is none of {string.Join(", ", s_types)}."));
        }

        return format == AnswerFormat.Parquet && !AnalyticsEngine.TryLoad(out _, out var whyNot)
            ? (StatusCodes.Status501NotImplemented, new Problem(AnalyticsEngine.MissingCode, "Accept", whyNot))
            : null;
    }

    /// <summary>A writer of a text format.</summary>
    public static ITableWriter OpenText(AnswerFormat format, Stream to, TableSchema schema, TimeStyle times) => format == AnswerFormat.Csv
        ? new CsvTableWriter(to, schema, times)
        : new NdjsonTableWriter(to, schema, times);
}
