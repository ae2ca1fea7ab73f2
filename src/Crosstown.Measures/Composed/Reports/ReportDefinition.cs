using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Crosstown.Core.Data;
using Crosstown.Core.Street;
using Crosstown.Core.Time;
using Crosstown.Measures.BuildingBlocks;

namespace Crosstown.Measures.Composed.Reports;

/// <summary>Local days from one to before another.</summary>
/// <param name="From">First day.</param>
/// <param name="Until">Day after the last.</param>
public readonly record struct DateSpan(DateOnly From, DateOnly Until)
{
    /// <summary>The span on a signal's wall clock.</summary>
    public TimeRange On(LocalTimeMap clock) => new(StartOf(clock, From), StartOf(clock, Until));

    private static long StartOf(LocalTimeMap clock, DateOnly date)
    {
        var localMs = (date.DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber) * LocalDays.DayMs;

        // The offset at noon is that day's; midnight itself may be skipped.
        return LocalDay.At(clock, localMs + (LocalDays.DayMs / 2) - clock.OffsetMs(localMs)).StartMs;
    }
}

/// <summary>A saved report: which measures, of which signals or corridor, of which days and hours.</summary>
/// <remarks>
/// <code>
/// { "name": "Main St weekday PM", "measures": ["arrivals-on-green", "corridor-summary"], "corridor": "main-st",
///   "from": "2026-03-02", "until": "2026-03-16", "days": "weekdays", "fromHour": 15, "toHour": 19,
///   "before": { "from": "2026-02-02", "until": "2026-02-16" } }
/// </code>
/// </remarks>
public sealed record ReportDefinition
{
    public required string Name { get; init; }

    /// <summary>Names in <see cref="MeasureCatalog"/> or <see cref="ComposedCatalog"/>.</summary>
    public required ImmutableArray<string> Measures { get; init; }

    /// <summary>The signals; empty when a corridor is given or all are meant.</summary>
    public ImmutableArray<SignalId> Signals { get; init; } = [];

    /// <summary>The corridor's id; null when signals are given or all are meant.</summary>
    public string? Corridor { get; init; }

    /// <summary>The local days.</summary>
    public required DateSpan Period { get; init; }

    /// <summary>Earlier days to compare with; null for none.</summary>
    public DateSpan? Before { get; init; }

    public DayTypes Days { get; init; } = DayTypes.All;

    /// <summary>First local hour that counts, 0-24.</summary>
    public double FromHour { get; init; }

    /// <summary>Local hour before which bins must begin, 0-24.</summary>
    public double ToHour { get; init; } = 24;

    private const string NotJson = "XT130";
    private const string BadValue = "XT131";
    private const string UnknownName = "XT132";
    private const string MissingPart = "XT133";

    /// <summary>Reads a definition.</summary>
    /// <param name="json">The file's text.</param>
    /// <param name="where">The file's name, for messages.</param>
    /// <exception cref="ProblemException">The text is no JSON, or asks for what cannot be: all problems at once.</exception>
    public static ReportDefinition Read(string json, string where)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 8, CommentHandling = JsonCommentHandling.Skip });
        }
        catch (JsonException e)
        {
            throw new ProblemException(NotJson, where, $"Not JSON: line {e.LineNumber + 1}, byte {e.BytePositionInLine}.");
        }

        using (document)
        {
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw new ProblemException(NotJson, where, "A report definition is a JSON object.");
            }

            var problems = new List<Problem>();
            var definition = Read(document.RootElement, where, problems);
            return problems.Count == 0 ? definition : throw new ProblemException(problems);
        }
    }

    /// <summary>Whether a moment's row belongs into the report.</summary>
    public bool Wants(LocalTimeMap clock, long timeMs)
    {
        var localMs = clock.ToLocalMs(timeMs);
        var day = LocalDays.NumberOf(localMs);
        var hour = (localMs - (day * LocalDays.DayMs)) / 3_600_000.0;
        return (Days & LocalDays.TypeOf(day)) != 0 && hour >= FromHour && hour < ToHour;
    }

    private static ReportDefinition Read(JsonElement root, string where, List<Problem> problems)
    {
        void Add(string code, string field, string message) => problems.Add(new Problem(code, $"{where}: {field}", message));

        var names = (ReadOnlySpan<string>)["name", "measures", "signals", "corridor", "from", "until", "before", "days", "fromHour", "toHour"];
        foreach (var member in root.EnumerateObject())
        {
            if (!names.Contains(member.Name))
            {
                Add(UnknownName, member.Name, $"No such field; there are {string.Join(", ", names.ToArray())}.");
            }
        }

        var name = root.TryGetProperty("name", out var n) && n.ValueKind == JsonValueKind.String ? n.GetString()! : "";
        if (name.Length is 0 or > 100)
        {
            Add(MissingPart, "name", "A report has a name of 1 to 100 characters.");
        }

        var measures = Texts(root, "measures", Add);
        foreach (var unknown in measures.Where(m => MeasureCatalog.Find(m) is null && ComposedCatalog.Find(m) is null))
        {
            Add(UnknownName, "measures", $"There is no measure '{unknown}'.");
        }

        if (measures.IsEmpty)
        {
            Add(MissingPart, "measures", "List at least one measure.");
        }

        var signals = ImmutableArray.CreateBuilder<SignalId>();
        foreach (var text in Texts(root, "signals", Add))
        {
            if (SignalId.TryParse(text, out var id))
            {
                signals.Add(id);
            }
            else
            {
                Add(BadValue, "signals", $"'{text}' is no signal id.");
            }
        }

        var corridor = root.TryGetProperty("corridor", out var c) && c.ValueKind == JsonValueKind.String ? c.GetString() : null;
        if (corridor is not null && signals.Count > 0)
        {
            Add(BadValue, "corridor", "Give signals or a corridor, not both.");
        }

        var period = Span(root, "", Add);
        DateSpan? before = root.TryGetProperty("before", out var b) && b.ValueKind == JsonValueKind.Object ? Span(b, "before/", Add) : null;
        if (before is { } earlier && earlier.Until > period.From)
        {
            Add(BadValue, "before/until", $"The earlier period ends on {earlier.Until:yyyy-MM-dd}, after the later one begins on {period.From:yyyy-MM-dd}.");
        }

        if (before is null && measures.Contains("before-after"))
        {
            Add(MissingPart, "before", "before-after compares with an earlier period; give before with from and until.");
        }

        var (fromHour, toHour) = (Hour(root, "fromHour", 0, Add), Hour(root, "toHour", 24, Add));
        if (fromHour >= toHour)
        {
            Add(BadValue, "toHour", string.Create(CultureInfo.InvariantCulture, $"The hours end at {toHour}, not after they begin at {fromHour}."));
        }

        return new ReportDefinition
        {
            Name = name,
            Measures = measures,
            Signals = signals.ToImmutable(),
            Corridor = corridor,
            Period = period,
            Before = before,
            Days = DaysOf(root, Add),
            FromHour = fromHour,
            ToHour = toHour,
        };
    }

    private static ImmutableArray<string> Texts(JsonElement root, string field, Action<string, string, string> add)
    {
        if (!root.TryGetProperty(field, out var list))
        {
            return [];
        }

        if (list.ValueKind != JsonValueKind.Array)
        {
            add(BadValue, field, "This is a list of texts.");
            return [];
        }

        return [.. list.EnumerateArray().Select(e => e.ToString())];
    }

    private static DateSpan Span(JsonElement element, string path, Action<string, string, string> add)
    {
        var (from, until) = (Date(element, "from", path, add), Date(element, "until", path, add));
        if (from is { } f && until is { } u && u <= f)
        {
            add(BadValue, $"{path}until", $"The days end before {u:yyyy-MM-dd}, not after {f:yyyy-MM-dd} on which they begin.");
        }

        return new DateSpan(from ?? default, until ?? default);
    }

    private static DateOnly? Date(JsonElement element, string field, string path, Action<string, string, string> add)
    {
        var text = element.TryGetProperty(field, out var value) ? value.ToString() : "";
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) && date.Year is >= 1990 and < 2200)
        {
            return date;
        }

        add(text.Length == 0 ? MissingPart : BadValue, path + field, $"'{text}' is no day; write it as 2026-03-02.");
        return null;
    }

    private static double Hour(JsonElement root, string field, double otherwise, Action<string, string, string> add)
    {
        if (!root.TryGetProperty(field, out var value))
        {
            return otherwise;
        }

        if (value.ValueKind == JsonValueKind.Number && value.GetDouble() is >= 0 and <= 24 and var hour)
        {
            return hour;
        }

        add(BadValue, field, $"'{value}' is no hour from 0 to 24.");
        return otherwise;
    }

    private static DayTypes DaysOf(JsonElement root, Action<string, string, string> add)
    {
        if (!root.TryGetProperty("days", out var value))
        {
            return DayTypes.All;
        }

        string[] words = value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Select(e => e.ToString())] : [value.ToString()];
        var days = DayTypes.None;
        foreach (var word in words)
        {
            if (Enum.TryParse<DayTypes>(word, ignoreCase: true, out var day) && Enum.IsDefined(day) && day != DayTypes.None && !char.IsAsciiDigit(word[0]))
            {
                days |= day;
            }
            else
            {
                add(BadValue, "days", $"'{word}' is no day; there are monday to sunday, weekdays, midweek, weekend and all.");
            }
        }

        if (words.Length == 0)
        {
            add(BadValue, "days", "List at least one day.");
        }

        return days;
    }
}
