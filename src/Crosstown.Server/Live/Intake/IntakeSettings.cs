using Microsoft.Extensions.Configuration;

namespace Crosstown.Server.Live.Intake;

/// <summary>How files that are dropped into a folder are taken: the section <c>Intake</c> of the settings.</summary>
internal sealed record IntakeSettings
{
    /// <summary>Longest that files which were taken may be kept, in days: as long as raw events.</summary>
    public const int MostKeepDays = Core.Privacy.PrivacyLimits.RawRetentionDays;

    /// <summary>The folder; <c>inbox</c> in the data folder unless <c>Intake:Folder</c> names another. Null turns it off (an empty <c>Intake:Folder</c>).</summary>
    public required string? Folder { get; init; }

    /// <summary>Days that a file is kept in <c>done</c> after it was taken, <c>Intake:KeepDays</c>; 0 removes it at once.</summary>
    public int KeepDays { get; init; }

    public static IntakeSettings Read(IConfiguration configuration, string data)
    {
        var folder = configuration["Intake:Folder"];
        return new IntakeSettings
        {
            Folder = folder is null ? Path.Combine(data, "inbox") : folder.Length == 0 ? null : Path.GetFullPath(folder, data),
            KeepDays = Math.Clamp(configuration.GetValue("Intake:KeepDays", 0), 0, MostKeepDays),
        };
    }
}
