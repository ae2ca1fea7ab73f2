using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Logs;
using Crosstown.Logs.Zones;
using Crosstown.Server.City;
using Crosstown.Server.Measuring;
using Crosstown.Server.People;
using Crosstown.Server.Query;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using P = Crosstown.Server.Query.Parameters;

namespace Crosstown.Server.Api;

/// <summary>Tables of measures: of one signal for a chart, or of all signals for a file.</summary>
internal static class TablesApi
{
    /// <summary>The longest time that one request may ask for from raw events.</summary>
    public const long MostMs = P.MostRawMs;

    /// <summary>JSON holds whole columns, so its rows are bounded; the other formats are not.</summary>
    public const int MostRows = 400_000;

    private const int DefaultPageRows = 10_000;

    private static readonly ApiParameter s_limit = new("limit", ParameterKind.Whole, "Most rows on a page of JSON.") { Least = 1, Most = 100_000, Default = DefaultPageRows.ToString(CultureInfo.InvariantCulture) };

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/signals/{id}/tables/{table}", GetAsync).RequireRole(Role.View).WithName("getTable").Streams().WithTags("tables")
            .WithSummary("One signal's rows of a table of measures over a time, computed from its events or read from what is kept.")
            .TakesWithOptions(P.Id, P.Table, P.From, P.To, P.Bin, P.Local, P.Definitions, P.CorridorName, P.Format, P.Reason)
            .Answers(AnswerKind.Table, StatusCodes.Status304NotModified, StatusCodes.Status400BadRequest, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound, StatusCodes.Status406NotAcceptable, StatusCodes.Status413PayloadTooLarge, StatusCodes.Status501NotImplemented);
        api.MapGet("/tables/{table}", GetAll).RequireRole(Role.View).WithName("getCityTable").Streams().WithTags("tables")
            .WithSummary("All or named signals' rows of a table, streamed; JSON comes in pages.")
            .TakesWithOptions(P.Table, P.Signals, P.From, P.To, P.Bin, P.Local, P.Definitions, P.CorridorName, s_limit, P.Cursor, P.Format)
            .Answers(AnswerKind.Table, StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound, StatusCodes.Status406NotAcceptable, StatusCodes.Status501NotImplemented);
    }

    private static async Task<IResult> GetAsync(
        string id, string table, HttpContext context, CityModel city, IEventSource events, KeptMeasures kept, TableRun run, EventVersions versions, AnswerCache cache, AnswerTag tags, RawAccessGate gate)
    {
        if (SignalsApi.Known(id, city, events, kept) is not { } signal)
        {
            return ApiProblem.NoSignal(id);
        }

        var now = city.Now;
        var reader = new RequestReader(context);
        if (TableRequest.Read(reader, context.Request, table, now) is not { } request)
        {
            return ApiProblem.OfRequest(reader.Problems);
        }

        var isRaw = TableTiers.IsRaw(request.Source.Schema.Name);
        if (isRaw && request.Source.IsComposed)
        {
            return ApiProblem.Of(StatusCodes.Status400BadRequest, "XT409", "table", $"The table {table} holds raw data of several signals; it is given out signal by signal as the tables that it is made from.");
        }

        if (AnswerFormats.Check(request.Format, context.Request) is { } refused)
        {
            return ApiProblem.Of(refused.Status, [refused.Problem]);
        }

        if (isRaw && await gate.EnterAsync(context, signal, request.Source.Schema.Name) is { } closed)
        {
            return ApiProblem.Of(StatusCodes.Status403Forbidden, [closed]);
        }

        var read = new TimeRange(request.Range.StartMs - MeasureRun.LookBackMs, request.Range.EndMs + MeasureRun.LookAheadMs);
        var tag = tags.Of(
            signal, request.Source.Schema.Name, request.Changes, request.Options.BinMs, request.Range.StartMs, request.Range.EndMs, request.Corridor?.Id, request.Times, request.Format,
            versions.Of(signal, read), now.Version);
        if (AnswerTag.IsKnown(context, tag, isRaw))
        {
            return Results.StatusCode(StatusCodes.Status304NotModified);
        }

        if (request.Format != AnswerFormat.Json)
        {
            return new TableStream(request.Format!.Value, request.Source.Schema, request.Times, $"{table}-{signal}", w => run.Run(request, [signal], now, new WriterSink(w)));
        }

        try
        {
            var answer = await cache.GetAsync(tag, () => Compute(request, signal, now, run, kept, tag), context.RequestAborted);
            return new JsonAnswer(answer);
        }
        catch (TooManyRowsException)
        {
            return ApiProblem.Of(
                StatusCodes.Status413PayloadTooLarge, "XT408", "to",
                $"The answer has more than {MostRows} rows, which is the limit of JSON. Ask for a shorter time or longer bins, or for text/csv, application/x-ndjson or application/vnd.apache.parquet, which have no limit.");
        }
    }

    private static IResult GetAll(string table, HttpContext context, CityModel city, IEventSource events, KeptMeasures kept, TableRun run)
    {
        var now = city.Now;
        var reader = new RequestReader(context);
        var named = reader.Signals(P.Signals);
        var limit = (int)(reader.Whole(s_limit) ?? DefaultPageRows);
        var cursor = TableCursor.Read(reader);
        if (TableRequest.Read(reader, context.Request, table, now) is not { } request)
        {
            return ApiProblem.OfRequest(reader.Problems);
        }

        if (TableTiers.IsRaw(request.Source.Schema.Name))
        {
            return ApiProblem.Of(StatusCodes.Status400BadRequest, "XT409", "table", $"The table {table} holds raw data: it is given out one signal at a time, for a reason, at /api/v1/signals/{{id}}/tables/{table}.");
        }

        if (AnswerFormats.Check(request.Format, context.Request) is { } refused)
        {
            return ApiProblem.Of(refused.Status, [refused.Problem]);
        }

        ImmutableArray<SignalId> signals = named ?? [.. request.Corridor?.Signals.Select(s => s.Signal) ?? events.ListSignals().Union(kept.ListSignals()).Order()];
        context.Response.Headers.CacheControl = "private, no-cache";
        return request.Format != AnswerFormat.Json
            ? new TableStream(request.Format!.Value, request.Source.Schema, request.Times, table, w => run.Run(request, signals, now, new WriterSink(w)))
            : ComputePage(request, signals, now, run, kept, limit, cursor, context);
    }

    private static CachedAnswer Compute(TableRequest request, SignalId signal, CitySnapshot city, TableRun run, KeptMeasures kept, string tag)
    {
        var rows = new RowBuffer(request.Source.Schema, 1024);
        foreach (var _ in run.Run(request, [signal], city, new PageSink(rows, null, MostRows)))
        {
        }

        var buffer = new ArrayBufferWriter<byte>(1 << 16);
        using (var json = new Utf8JsonWriter(buffer))
        {
            var clock = kept.ClockOf(signal);
            TableJson.Write(json, request.Source.Schema, rows, request.Times == TimeStyle.Local ? clock : null, null, about =>
            {
                about.WriteString("signal", signal.Value);
                about.WriteString("zone", clock.Zone);
                WriteAbout(about, request);
                about.WriteString("version", tag);
            });
        }

        return new CachedAnswer(buffer.WrittenSpan.ToArray(), rows.Count);
    }

    private static JsonAnswer ComputePage(
        TableRequest request, ImmutableArray<SignalId> signals, CitySnapshot city, TableRun run, KeptMeasures kept, int limit, TableCursor cursor, HttpContext context)
    {
        var rows = new RowBuffer(request.Source.Schema, 1024);
        var owners = new List<(SignalId Signal, LocalTimeMap Clock)>();
        string? next = null;

        // Rows of composed tables come when all signals are read; those of single signals as they are read, so that a page reads no more than it needs.
        var sink = new PageSink(rows, owners, limit, cursor.Skip);
        if (request.Source.IsComposed)
        {
            foreach (var _ in run.Run(request, signals, city, sink))
            {
            }

            next = sink.IsFull ? new TableCursor(null, cursor.Skip + limit).ToString() : null;
        }
        else
        {
            var from = cursor.Signal is { } first ? Math.Max(0, signals.BinarySearch(first) is >= 0 and var at ? at : ~signals.BinarySearch(first)) : 0;
            for (var i = from; i < signals.Length && next is null; i++)
            {
                var before = rows.Count;
                sink.Skip = i == from ? cursor.Skip : 0;
                foreach (var _ in run.Run(request, [signals[i]], city, sink))
                {
                    if (sink.IsFull)
                    {
                        break;
                    }
                }

                next = sink.IsFull ? new TableCursor(signals[i], (i == from ? cursor.Skip : 0) + rows.Count - before).ToString()
                    : rows.Count == limit && i + 1 < signals.Length ? new TableCursor(signals[i + 1], 0).ToString()
                    : null;
            }
        }

        var buffer = new ArrayBufferWriter<byte>(1 << 16);
        using (var json = new Utf8JsonWriter(buffer))
        {
            TableJson.Write(json, request.Source.Schema, rows, request.Times == TimeStyle.Local ? kept.ClockOf(signals.FirstOrDefault()) : null, owners, about =>
            {
                WriteAbout(about, request);
                about.WriteString("next", next is null ? null : NextOf(context, next));
            });
        }

        return new JsonAnswer(new CachedAnswer(buffer.WrittenSpan.ToArray(), rows.Count));
    }

    /// <summary>Rows that belong to no single signal, all on one page.</summary>
    /// <param name="zone">Zone of the wall clock that local times are on.</param>
    public static JsonAnswer Page(TableRequest request, RowBuffer rows, string? zone)
    {
        var buffer = new ArrayBufferWriter<byte>(1 << 14);
        var clock = zone is null ? LocalTimeMap.Utc : ZoneRules.MapFor(zone);
        using (var json = new Utf8JsonWriter(buffer))
        {
            TableJson.Write(json, request.Source.Schema, rows, request.Times == TimeStyle.Local ? clock : null, null, about =>
            {
                about.WriteString("zone", clock.Zone);
                WriteAbout(about, request);
            });
        }

        return new JsonAnswer(new CachedAnswer(buffer.WrittenSpan.ToArray(), rows.Count));
    }

    private static string NextOf(HttpContext context, string cursor) =>
        context.Request.Path + QueryString.Create(context.Request.Query.Where(q => q.Key != P.Cursor.Name).Select(q => KeyValuePair.Create(q.Key, (string?)q.Value.ToString())).Append(new(P.Cursor.Name, cursor)));

    private static void WriteAbout(Utf8JsonWriter json, TableRequest request)
    {
        json.WriteNumber("from", request.Range.StartMs);
        json.WriteNumber("to", request.Range.EndMs);
        json.WriteNumber("binMs", request.Options.BinMs);
    }

    /// <summary>Where a page of rows begins: a signal, and how many of its rows were given out.</summary>
    private sealed record TableCursor(SignalId? Signal, int Skip)
    {
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Signal}~{Skip}");

        public static TableCursor Read(RequestReader reader)
        {
            if (reader.Text(P.Cursor.Name) is not { Length: > 0 } text)
            {
                return new TableCursor(null, 0);
            }

            var parts = text.Split('~');
            SignalId signal = default;
            if (parts.Length == 2 && (parts[0].Length == 0 || SignalId.TryParse(parts[0], out signal)) && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var skip))
            {
                return new TableCursor(parts[0].Length == 0 ? null : signal, skip);
            }

            reader.Add("XT417", P.Cursor.Name, $"'{RequestReader.Shown(text)}' is no cursor of ours; take the address in next as it stands.");
            return new TableCursor(null, 0);
        }
    }

    /// <summary>Keeps rows up to a limit.</summary>
    /// <param name="owners">Takes the signal of each row; null when there is one signal and more rows than the limit are an error.</param>
    private sealed class PageSink(RowBuffer to, List<(SignalId Signal, LocalTimeMap Clock)>? owners, int limit, int skip = 0) : ITableSink
    {
        public int Skip { get; set; } = skip;

        /// <summary>True when a row came for which there was no room.</summary>
        public bool IsFull { get; private set; }

        public void Take(SignalId signal, LocalTimeMap clock, RowBuffer rows)
        {
            for (var row = 0; row < rows.Count; row++)
            {
                if (Skip > 0)
                {
                    Skip--;
                    continue;
                }

                if (to.Count == limit)
                {
                    IsFull = true;
                    if (owners is null)
                    {
                        throw new TooManyRowsException();
                    }

                    return;
                }

                to.AddRow(rows.Cells(row), rows.Nulls(row));
                owners?.Add((signal, clock));
            }
        }
    }

#pragma warning disable CA1064, RCS1194 // It never leaves this file.
    private sealed class TooManyRowsException : Exception;
#pragma warning restore CA1064, RCS1194
}
