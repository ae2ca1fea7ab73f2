using System.Collections.Immutable;
using System.Globalization;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Logs;
using Crosstown.Server.City;
using Crosstown.Server.Measuring;
using Crosstown.Server.People;
using Crosstown.Server.Query;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using P = Crosstown.Server.Query.Parameters;

namespace Crosstown.Server.Api;

/// <summary>Raw events of one signal.</summary>
/// <param name="Times">Ms UTC, one an event.</param>
/// <param name="Codes">Event codes.</param>
/// <param name="Parameters">Phase, channel or value, as the code says.</param>
/// <param name="IsCut">True when there are more events in the time than were asked for.</param>
/// <param name="Next">Address of the next page; null when this is the last.</param>
internal sealed record EventsAnswer(string Signal, IReadOnlyList<long> Times, IReadOnlyList<int> Codes, IReadOnlyList<int> Parameters, bool IsCut, string? Next);

/// <summary>What an event code means.</summary>
/// <param name="Name">What happened, in a few words.</param>
/// <param name="Parameter">What the event's parameter is; empty where it says nothing.</param>
/// <param name="Description">What happened, in a sentence.</param>
internal sealed record EventCodeAnswer(int Code, string Name, string Parameter, string Description);

internal static class EventsApi
{
    private const int DefaultLimit = 2000;
    private const int EventsInStep = 8192;

    private static readonly ApiParameter s_codes = new("codes", ParameterKind.Wholes, "Only events of these codes; all when not given.") { Least = 1, Most = 1024, Example = "1,8" };
    private static readonly ApiParameter s_parameter = new("parameter", ParameterKind.Wholes, "Only events with one of these parameters; all when not given.") { Least = 1, Most = 256, Example = "2" };
    private static readonly ApiParameter s_limit = new("limit", ParameterKind.Whole, "Most events of the answer; of other formats than JSON all when not given.")
    {
        Least = 1, Most = 100_000, Default = DefaultLimit.ToString(CultureInfo.InvariantCulture),
    };

    private static readonly EventCodeAnswer[] s_meanings = [.. EventMeanings.All.Select(m => new EventCodeAnswer(m.Code, m.Name, m.Parameter, m.Description))];

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/signals/{id}/events", GetAsync).RequireRole(Role.Operate).WithName("listEvents").Streams().WithTags("events")
            .WithSummary("Raw events of one signal, in the order of time, code and parameter.")
            .Takes(P.Id, P.From, P.To, s_codes, s_parameter, s_limit, P.Cursor, P.Local, P.Format, P.Reason)
            .Answers(AnswerKind.Events, StatusCodes.Status400BadRequest, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound, StatusCodes.Status406NotAcceptable, StatusCodes.Status501NotImplemented);
        api.MapGet("/event-codes", () => s_meanings).RequireRole(Role.View).WithName("listEventCodes").WithTags("events")
            .WithSummary("What each event code means, and what its parameter is.");
    }

    private static async Task<IResult> GetAsync(string id, HttpContext context, CityModel city, IEventSource events, KeptMeasures kept, RawAccessGate gate)
    {
        if (SignalsApi.Known(id, city, events, kept) is not { } signal)
        {
            return ApiProblem.NoSignal(id);
        }

        var reader = new RequestReader(context);
        var range = reader.Range(P.From, P.To, P.MostRawMs);
        var codes = reader.Wholes(s_codes, 0, ushort.MaxValue);
        var parameters = reader.Wholes(s_parameter, short.MinValue, short.MaxValue);
        var limit = reader.Whole(s_limit);
        var cursor = EventCursor.Read(reader);
        var times = reader.Flag(P.Local) ? TimeStyle.Local : TimeStyle.Utc;
        var format = AnswerFormats.Choose(context.Request, reader.Word(P.Format));
        if (reader.Problems.Count > 0)
        {
            return ApiProblem.OfRequest(reader.Problems);
        }

        if (AnswerFormats.Check(format, context.Request) is { } refused)
        {
            return ApiProblem.Of(refused.Status, [refused.Problem]);
        }

        if (await gate.EnterAsync(context, signal, EventExport.Schema.Name) is { } closed)
        {
            return ApiProblem.Of(StatusCodes.Status403Forbidden, [closed]);
        }

        context.Response.Headers.CacheControl = "private, no-store";
        var wanted = new WantedEvents(events, signal, range!.Value, codes, parameters, cursor);
        if (format == AnswerFormat.Json)
        {
            return Results.Ok(wanted.ReadPage((int)limit!.Value, context));
        }

        var most = context.Request.Query.ContainsKey(s_limit.Name) ? limit!.Value : long.MaxValue;
        return new TableStream(format!.Value, EventExport.Schema, times, $"events-{signal}", w => wanted.Write(w, most));
    }

    /// <summary>Where a page of events begins: a moment, and how many wanted events of that moment were given out.</summary>
    private sealed record EventCursor(long TimeMs, int Skip)
    {
        public static EventCursor? Read(RequestReader reader)
        {
            if (reader.Text(P.Cursor.Name) is not { Length: > 0 } text)
            {
                return null;
            }

            var parts = text.Split('~');
            if (parts.Length == 2 && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var timeMs) && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var skip))
            {
                return new EventCursor(timeMs, skip);
            }

            reader.Add("XT417", P.Cursor.Name, $"'{RequestReader.Shown(text)}' is no cursor of ours; take the address in next as it stands.");
            return null;
        }

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{TimeMs}~{Skip}");
    }

    /// <summary>The events of one signal that a request asks for.</summary>
    private sealed class WantedEvents(IEventSource events, SignalId signal, TimeRange range, ImmutableArray<int>? codes, ImmutableArray<int>? parameters, EventCursor? cursor)
    {
        private readonly bool[]? _codes = codes is { } c ? Set(c) : null;
        private readonly HashSet<int>? _parameters = parameters is { } p ? [.. p] : null;

        public EventsAnswer ReadPage(int limit, HttpContext context)
        {
            var rows = new RowBuffer(EventExport.Schema, 1024);
            foreach (var _ in Read(rows, limit + 1L))
            {
            }

            var isCut = rows.Count > limit;
            var count = Math.Min(limit, rows.Count);
            var (times, found, values) = (new long[count], new int[count], new int[count]);
            for (var row = 0; row < count; row++)
            {
                (times[row], found[row], values[row]) = (rows.Bits(row, 0), (int)rows.Bits(row, 2), (int)rows.Bits(row, 3));
            }

            string? next = null;
            if (isCut)
            {
                var last = times[^1];
                var sameMoment = times.Reverse().TakeWhile(t => t == last).Count() + (cursor is not null && cursor.TimeMs == last ? cursor.Skip : 0);
                next = context.Request.Path + QueryString.Create(context.Request.Query.Where(q => q.Key != P.Cursor.Name)
                    .Select(q => KeyValuePair.Create(q.Key, (string?)q.Value.ToString())).Append(new(P.Cursor.Name, new EventCursor(last, sameMoment).ToString())));
            }

            return new EventsAnswer(signal.Value, times, found, values, isCut, next);
        }

        public IEnumerable<bool> Write(ITableWriter writer, long most)
        {
            var rows = new RowBuffer(EventExport.Schema, EventsInStep);
            var clock = events.ClockOf(signal);
            foreach (var step in Read(rows, most))
            {
                writer.Write(signal, clock, rows, 0, rows.Count);
                rows.Clear();
                yield return step;
            }
        }

        /// <summary>Adds the wanted events to the rows, a bounded number a step; the caller may clear them in between.</summary>
        private IEnumerable<bool> Read(RowBuffer rows, long most)
        {
            var left = most;
            var skip = cursor?.Skip ?? 0;
            var start = cursor is null ? range.StartMs : Math.Max(range.StartMs, cursor.TimeMs);
            if (start >= range.EndMs)
            {
                yield break;
            }

            using var reader = events.Open(signal, new TimeRange(start, range.EndMs));
            while (left > 0 && Step(reader, rows, start, ref skip, ref left))
            {
                yield return true;
            }
        }

        private bool Step(IEventReader reader, RowBuffer rows, long startMs, ref int skip, ref long left)
        {
            if (!reader.Next(out var block))
            {
                return false;
            }

            foreach (ref readonly var e in block)
            {
                if ((_codes is not null && (e.Code >= _codes.Length || !_codes[e.Code])) || (_parameters is not null && !_parameters.Contains(e.Parameter)))
                {
                    continue;
                }

                if (skip > 0 && e.TimeMs == startMs)
                {
                    skip--;
                    continue;
                }

                if (left == 0)
                {
                    break;
                }

                rows.Time(e.TimeMs).Integer((long)e.Code).Integer((long)e.Parameter);
                left--;
            }

            return true;
        }

        private static bool[] Set(ImmutableArray<int> codes)
        {
            var set = new bool[codes.Max() + 1];
            foreach (var code in codes)
            {
                set[code] = true;
            }

            return set;
        }
    }
}
