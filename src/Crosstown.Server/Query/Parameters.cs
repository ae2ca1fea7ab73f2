namespace Crosstown.Server.Query;

/// <summary>The parameters that several endpoints share, so that one name means one thing everywhere.</summary>
internal static class Parameters
{
    /// <summary>The longest time that one request may ask for from raw events: 31 days and an hour for the change of clocks.</summary>
    public const long MostRawMs = (31 * 86_400_000L) + 3_600_000;

    /// <summary>The longest time that one request may ask for at all: a year, its leap day and an hour.</summary>
    public const long MostMs = (366 * 86_400_000L) + 3_600_000;

    private const long MostTimeMs = 253_402_300_799_999;

    public static readonly ApiParameter Id = new("id", ParameterKind.Signal, "The signal.") { In = "path", IsRequired = true, Example = "101" };

    public static readonly ApiParameter Corridor = new("id", ParameterKind.Name, "The corridor.") { In = "path", IsRequired = true, Example = "main" };

    public static readonly ApiParameter From = new("from", ParameterKind.Time, "First moment, milliseconds UTC.") { IsRequired = true, Least = 0, Most = MostTimeMs, Example = "1715610000000" };

    public static readonly ApiParameter To = new("to", ParameterKind.Time, "First moment after the time asked for, milliseconds UTC; behind from, at most 31 days, or 366 for binned tables in 15 minutes without options.")
    {
        IsRequired = true, Least = 1, Most = MostTimeMs, Example = "1715613600000",
    };

    public static readonly ApiParameter Table = new("table", ParameterKind.Name, "The table; GET /api/v1/measures lists them.") { In = "path", IsRequired = true, Example = "approach-volume" };

    public static readonly ApiParameter Bin = new("bin", ParameterKind.Length, "Length of a bin: minutes, hours or a day, 1m to 1d.") { Least = 60_000, Most = 86_400_000, Default = "15m", Example = "15m" };

    public static readonly ApiParameter Local = new("local", ParameterKind.Flag, "Write times on the signal's wall clock, without offset, instead of UTC.") { Default = "false" };

    public static readonly ApiParameter Format = new("format", ParameterKind.Word, "The format, for links that cannot send an Accept header; it goes before that header.") { Words = ["json", "csv", "ndjson", "parquet"] };

    public static readonly ApiParameter Definitions = new("definitions", ParameterKind.Word, "Whose definitions the measure follows.") { Words = ["crosstown", "odot-2.1", "udot-5"], Default = "crosstown" };

    public static readonly ApiParameter Signals = new("signals", ParameterKind.Signals, "Whose rows; all signals when not given.") { Least = 1, Most = 5000, Example = "101,102" };

    public static readonly ApiParameter CorridorName = new("corridor", ParameterKind.Name, "The corridor that tables of corridors are about.") { Example = "main" };

    public static readonly ApiParameter Cursor = new("cursor", ParameterKind.Name, "Where the next page begins, as the page before said in next.");

    public static readonly ApiParameter Reason = new("Crosstown-Reason", ParameterKind.Word, "Why raw data is looked at; asked for with raw events and tables of the raw tier, and kept in the audit.")
    {
        In = "header", Words = RawReasons.Words, Example = "maintenance",
    };
}
