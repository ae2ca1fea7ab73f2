using System.Buffers;
using System.Text.Json;
using Crosstown.Core.Data;
using Crosstown.Core.Street;
using Crosstown.Core.Time;
using Crosstown.Logs;
using Crosstown.Measures;
using Crosstown.Measures.Options;
using Crosstown.Server.City;
using Crosstown.Server.Measuring;
using Crosstown.Server.People;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Crosstown.Server.Api;

/// <summary>Measures of one signal over a time.</summary>
internal static class TablesApi
{
    /// <summary>The longest time that one request may ask for: 31 days and an hour for the change of clocks.</summary>
    public const long MostMs = (31 * 86_400_000L) + 3_600_000;

    public static void Map(RouteGroupBuilder api) =>
        api.MapGet("/signals/{id}/tables/{table}", Get).RequireRole(Role.View).WithName("getTable").WithTags("tables");

    private static IResult Get(string id, string table, long from, long to, CityModel city, IEventSource events, DataIssueLog issues, string? bin = null)
    {
        if (SignalsApi.Known(id, city, events) is not { } signal)
        {
            return ApiProblem.NoSignal(id);
        }

        var measure = MeasureCatalog.All.FirstOrDefault(m => m.TablesIn(DefinitionSet.Crosstown).Any(t => t.Name == table));
        if (measure is null)
        {
            return ApiProblem.Of(StatusCodes.Status404NotFound, "XT303", "table", $"There is no table '{table}'.");
        }

        if (to <= from || to - from > MostMs)
        {
            return ApiProblem.Of(StatusCodes.Status400BadRequest, "XT304", "to", $"The time from {from} to {to} is not between 1 ms and 31 days.");
        }

        var options = new MeasureOptions();
        var range = new TimeRange(from, to);
        var configuration = city.Now.Configurations.Find(signal, from) ?? SignalConfiguration.Unknown(signal);
        var rows = SignalTables.Run(events, [measure], configuration, range, options, new DataIssueLog()).Find(signal, table);
        var schema = measure.TablesIn(options.Set).First(t => t.Name == table);
        var buffer = new ArrayBufferWriter<byte>(1 << 16);
        using (var json = new Utf8JsonWriter(buffer))
        {
            TableJson.Write(json, schema, rows?.Rows, about =>
            {
                about.WriteString("signal", signal.Value);
                about.WriteString("zone", events.ClockOf(signal).Zone);
                about.WriteNumber("from", from);
                about.WriteNumber("to", to);
                about.WriteNumber("binMs", options.BinMs);
            });
        }

        return Results.Bytes(buffer.WrittenMemory, "application/json");
    }
}
