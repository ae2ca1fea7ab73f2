using System.Diagnostics.Metrics;

namespace Crosstown.Server.Live.Intake;

/// <summary>How much is taken, for whoever watches the program.</summary>
internal static class IntakeMeter
{
    public const string Name = "Crosstown.Intake";

    private static readonly Meter s_meter = new(Name);
    private static readonly Counter<long> s_taken = s_meter.CreateCounter<long>("crosstown.intake.events", "{event}", "Events taken, known ones included.");
    private static readonly Counter<long> s_refused = s_meter.CreateCounter<long>("crosstown.intake.rows_refused", "{row}", "Rows and events left out, each with an issue.");
    private static readonly Counter<long> s_recordings = s_meter.CreateCounter<long>("crosstown.intake.recordings_refused", "{request}", "Pictures, films and sounds that were turned away.");

    public static void Count(IntakeReport report)
    {
        var door = new KeyValuePair<string, object?>("door", report.Door.ToString().ToLowerInvariant());
        s_taken.Add(report.Taken, door);
        s_refused.Add(report.Refused, door);
    }

    public static void CountRecording() => s_recordings.Add(1);
}
