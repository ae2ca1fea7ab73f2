namespace Crosstown.Core.Privacy;

/// <summary>The numbers of the privacy promise, each with its source. A city may make any of them stricter, never looser.</summary>
/// <remarks>A change here is a material change: it needs an entry in <c>privacy/material-changes.md</c> (rule P24).</remarks>
public static class PrivacyLimits
{
    /// <summary>k: the smallest public count of movements, walkers or reports. Rule P14; after the ABS guide on confidentiality.</summary>
    public const int PublicCountMinimum = 10;

    /// <summary>The shortest public block of time, in minutes. Rule P14: finer ranges can be subtracted from each other.</summary>
    public const int PublicBlockMinutes = 15;

    /// <summary>Days after which raw events are deleted. Rule P13; GDPR art. 5(1)(e), storage limitation.</summary>
    public const int RawRetentionDays = 90;

    /// <summary>The shortest bin of speed, length or travel-time readings, in minutes. Rule P11.</summary>
    public const int ReadingBinMinutes = 5;

    /// <summary>The fewest readings of which a bin says anything but their number. Rule P11.</summary>
    public const int ReadingMinimum = 10;

    /// <summary>The shortest random-looking code that is taken for somebody's id, in characters. Rule P07.</summary>
    public const int OpaqueCodeLength = 16;

    /// <summary>The most fields of free text that the whole product may have. Rule P04.</summary>
    public const int FreeTextFields = 6;
}
