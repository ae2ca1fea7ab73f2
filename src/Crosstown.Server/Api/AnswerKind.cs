using Crosstown.Server.Query;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace Crosstown.Server.Api;

/// <summary>What an endpoint that writes its answer by itself answers.</summary>
internal enum AnswerKind
{
    /// <summary>Rows of a table in any of our formats.</summary>
    Table,

    /// <summary>Raw events in any of our formats.</summary>
    Events,
}

internal static class AnswerKindExtensions
{
    /// <summary>Says what an endpoint answers, for the documentation: the formats of tables, and the problems.</summary>
    public static RouteHandlerBuilder Answers(this RouteHandlerBuilder builder, AnswerKind kind, params ReadOnlySpan<int> statuses)
    {
        builder.WithMetadata(new ProducesResponseTypeMetadata(
            StatusCodes.Status200OK, kind == AnswerKind.Table ? typeof(ColumnsAnswer) : typeof(EventsAnswer), [.. AnswerFormats.Types]));
        return builder.Problems(statuses);
    }

    /// <summary>Says which problems an endpoint may answer, for the documentation.</summary>
    public static RouteHandlerBuilder Problems(this RouteHandlerBuilder builder, params ReadOnlySpan<int> statuses)
    {
        foreach (var status in statuses)
        {
            builder.WithMetadata(status == StatusCodes.Status304NotModified
                ? new ProducesResponseTypeMetadata(status)
                : new ProducesResponseTypeMetadata(status, typeof(ProblemDetails), ["application/problem+json"]));
        }

        return builder;
    }
}

/// <summary>Rows of a table by column.</summary>
/// <param name="Table">The table's name.</param>
/// <param name="Signal">The signal; not given for a table of several signals, which has a column of them.</param>
/// <param name="Zone">IANA zone of the signal's wall clock; not given for a table of several signals.</param>
/// <param name="From">First moment asked for, ms UTC.</param>
/// <param name="To">First moment after the time asked for, ms UTC.</param>
/// <param name="BinMs">Length of a bin, ms.</param>
/// <param name="Version">Changes when the rows may have changed; not given for pages.</param>
/// <param name="Next">Address of the next page; null on the last; not given for a table of one signal.</param>
/// <param name="Rows">Number of rows.</param>
/// <param name="Columns">The columns' cells by name: ms UTC, numbers, words, true or false; null where missing.</param>
internal sealed record ColumnsAnswer(string Table, string? Signal, string? Zone, long From, long To, long BinMs, string? Version, string? Next, int Rows, IReadOnlyDictionary<string, object?[]> Columns);
