using System.Text.Json;
using Crosstown.Timing.Proof;

namespace Crosstown.Cli.Commands.Retime;

/// <summary>What judges say of two plans, for scripts.</summary>
internal static class JudgesJson
{
    /// <summary>Writes the fields <c>judges</c> and <c>judging_notes</c> into the object that is open.</summary>
    public static void Write(Utf8JsonWriter json, JudgedPlans judged)
    {
        json.WriteStartArray("judges");
        foreach (var total in judged.Totals)
        {
            json.WriteStartObject();
            json.WriteString("judge", total.Source);
            Figure(json, "delay_today_veh_h", total.DelayBefore);
            Figure(json, "delay_plan_veh_h", total.DelayAfter);
            Figure(json, "stops_today_per_h", total.StopsBefore);
            Figure(json, "stops_plan_per_h", total.StopsAfter);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("judging_notes");
        foreach (var note in judged.Notes)
        {
            json.WriteStringValue(note);
        }

        json.WriteEndArray();
    }

    /// <summary>A number of two places; null where there is none.</summary>
    public static void Number(Utf8JsonWriter json, string name, double? value, int places = 2)
    {
        if (value is { } number && double.IsFinite(number))
        {
            json.WriteNumber(name, Math.Round(number, places));
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static void Figure(Utf8JsonWriter json, string name, JudgedFigure? figure)
    {
        Number(json, name, figure?.Mean);
        Number(json, $"{name}_deviation", figure?.Deviation);
    }
}
