using System.CommandLine;
using System.Globalization;
using Crosstown.Cli.Output;
using Crosstown.Core.Data;
using Crosstown.Core.Street;

namespace Crosstown.Cli.Commands;

/// <summary>Options that several verbs have, so that they mean the same everywhere.</summary>
internal static class SharedOptions
{
    /// <summary>Names PostgreSQL where the records are kept there: the server's setting <c>ConnectionStrings:Crosstown</c> as an environment variable.</summary>
    public const string RecordsVariable = "ConnectionStrings__Crosstown";

    public static Option<string> Data(bool required) => new("--data")
    {
        Description = "The data folder: events, configuration, results.",
        HelpName = "DIR",
        Required = required,
    };

    public static Argument<string[]> Paths(string description, bool required) => new("PATH")
    {
        Description = description,
        Arity = required ? ArgumentArity.OneOrMore : ArgumentArity.ZeroOrMore,
    };

    public static Option<string> Zone() => new("--zone")
    {
        Description = "IANA time zone of the cabinets' clocks, such as America/Denver; without it their times are taken as UTC.",
        HelpName = "IANA",
    };

    public static Option<string> Signal() => new("--signal") { Description = "The signal of logs and configuration tables that name none.", HelpName = "ID" };

    public static Option<string[]> Signals() => new("--signals")
    {
        Description = "Signal configuration: files or folders, JSON or CSV; without it, that in the data folder.",
        HelpName = "FILE",
        AllowMultipleArgumentsPerToken = true,
    };

    public static Option<string> Format() => new("--format") { Description = "csv, ndjson or parquet.", HelpName = "NAME", DefaultValueFactory = _ => "csv" };

    public static Option<bool> Json() => new("--json") { Description = "Print what was done as one JSON object, for scripts." };

    /// <exception cref="ProblemException">The text names no format.</exception>
    public static TableFormat ParseFormat(string text) => text switch
    {
        "csv" => TableFormat.Csv,
        "ndjson" => TableFormat.Ndjson,
        "parquet" => TableFormat.Parquet,
        _ => throw new ProblemException("XT150", "--format", $"'{text}' is no format; there are csv, ndjson and parquet."),
    };

    /// <exception cref="ProblemException">The text is no signal id.</exception>
    public static SignalId? ParseSignal(string? text) => text is null
        ? null
        : SignalId.TryParse(text, out var id)
            ? id
            : throw new ProblemException("XT151", "--signal", $"'{text}' is no signal id: 1 to {SignalId.MaxLength} letters, digits, '_', '.' or '-'.");

    /// <summary>Reads a length of time such as <c>15m</c>, <c>1h</c> or <c>30s</c>.</summary>
    /// <exception cref="ProblemException">The text is no length, or lies outside 1 minute to 1 day.</exception>
    public static long ParseBinMs(string text)
    {
        var unitMs = text.Length == 0 ? 0 : text[^1] switch { 's' => 1_000L, 'm' => 60_000L, 'h' => 3_600_000L, _ => 0 };
        return unitMs > 0 && long.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && count * unitMs is >= 60_000 and <= 86_400_000
            ? count * unitMs
            : throw new ProblemException("XT152", "--bin", $"'{text}' is no bin length; give 1m to 24h, such as 15m or 1h.");
    }
}
