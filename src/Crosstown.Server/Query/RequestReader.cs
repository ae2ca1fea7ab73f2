using System.Collections.Immutable;
using System.Globalization;
using Crosstown.Core.Data;
using Crosstown.Core.Street;
using Crosstown.Core.Time;
using Microsoft.AspNetCore.Http;

namespace Crosstown.Server.Query;

/// <summary>Reads a request's parameters and collects everything that is wrong with them, so that it can be said at once.</summary>
internal sealed class RequestReader
{
    public const string ValueCode = "XT405";
    public const string NameCode = "XT406";
    public const string RangeCode = "XT404";

    private readonly HttpContext _context;
    private readonly List<Problem> _problems = [];

    public RequestReader(HttpContext context)
    {
        _context = context;
        var known = context.GetEndpoint()?.Metadata.GetMetadata<ApiParameters>();
        if (known is { TakesOptions: false })
        {
            foreach (var name in context.Request.Query.Keys.Where(k => !known.All.Any(p => p.In == "query" && p.Name == k)))
            {
                AddUnknown(name, known.All.Where(p => p.In == "query").Select(p => p.Name));
            }
        }
    }

    /// <summary>What is wrong so far; empty when all is well.</summary>
    public IReadOnlyList<Problem> Problems => _problems;

    public void Add(string code, string where, string message) => _problems.Add(new Problem(code, where, message));

    public void AddUnknown(string name, IEnumerable<string> known) => Add(NameCode, Shown(name), $"There is no such parameter; there are {string.Join(", ", known)}.");

    /// <summary>The names of a query's members that an endpoint's own parameters do not have.</summary>
    public IEnumerable<string> ListOthers()
    {
        var known = _context.GetEndpoint()?.Metadata.GetMetadata<ApiParameters>();
        return _context.Request.Query.Keys.Where(k => known is null || !known.All.Any(p => p.In == "query" && p.Name == k));
    }

    /// <summary>A parameter's text; null when it is not given.</summary>
    public string? Text(string name) => _context.Request.Query.TryGetValue(name, out var values) && values.Count > 0 ? values[^1] : null;

    /// <summary>A whole number within its limits; the default when it is not given; null when there is none or the value is wrong.</summary>
    public long? Whole(ApiParameter parameter)
    {
        var text = Text(parameter);
        if (text is null)
        {
            return null;
        }

        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= (parameter.Least ?? long.MinValue) && value <= (parameter.Most ?? long.MaxValue))
        {
            return value;
        }

        Add(ValueCode, parameter.Name, $"'{Shown(text)}' is not a whole number from {parameter.Least} to {parameter.Most}.");
        return null;
    }

    /// <summary>The time asked for; null when a part of it is missing or wrong.</summary>
    /// <param name="mostMs">The longest that is allowed, in milliseconds.</param>
    public TimeRange? Range(ApiParameter from, ApiParameter to, long mostMs)
    {
        var (start, end) = (Whole(from), Whole(to));
        if (start is not { } startMs || end is not { } endMs)
        {
            return null;
        }

        if (endMs <= startMs || endMs - startMs > mostMs)
        {
            Add(RangeCode, to.Name, string.Create(CultureInfo.InvariantCulture, $"The time from {startMs} to {endMs} is not between 1 ms and {mostMs / 86_400_000.0:0.##} days long."));
            return null;
        }

        return new TimeRange(startMs, endMs);
    }

    public bool Flag(ApiParameter parameter)
    {
        var text = Text(parameter);
        if (text is null or "false")
        {
            return false;
        }

        if (text != "true")
        {
            Add(ValueCode, parameter.Name, $"'{Shown(text)}' is not true or false.");
        }

        return text == "true";
    }

    /// <summary>The place of the word in the parameter's list; null when it is not given or wrong.</summary>
    public int? Word(ApiParameter parameter)
    {
        if (Text(parameter) is not { } text)
        {
            return null;
        }

        var index = parameter.Words.IndexOf(text);
        if (index < 0)
        {
            Add(ValueCode, parameter.Name, $"'{Shown(text)}' is not one of {string.Join(", ", parameter.Words)}.");
            return null;
        }

        return index;
    }

    /// <summary>A length in milliseconds; null when it is wrong, or not given and there is no default.</summary>
    public long? Length(ApiParameter parameter)
    {
        if (Text(parameter) is not { } text)
        {
            return null;
        }

        var unitMs = text.Length > 1 ? text[^1] switch { 'm' => 60_000L, 'h' => 3_600_000L, 'd' => 86_400_000L, _ => 0L } : 0L;
        if (unitMs > 0 && int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && count * unitMs >= parameter.Least && count * unitMs <= parameter.Most)
        {
            return count * unitMs;
        }

        Add(ValueCode, parameter.Name, $"'{Shown(text)}' is not a number of minutes, hours or days from {TextOf(parameter.Least!.Value)} to {TextOf(parameter.Most!.Value)}, such as 15m or 1h.");
        return null;
    }

    /// <summary>Whole numbers; null when the parameter is not given.</summary>
    /// <param name="least">Least value.</param>
    /// <param name="most">Greatest value.</param>
    public ImmutableArray<int>? Wholes(ApiParameter parameter, int least, int most)
    {
        if (Text(parameter) is not { } text)
        {
            return null;
        }

        var parts = text.Split(',');
        if (parts.Length > parameter.Most)
        {
            Add(ValueCode, parameter.Name, $"{parts.Length} values; {parameter.Most} is the limit.");
            return null;
        }

        var values = ImmutableArray.CreateBuilder<int>();
        foreach (var part in parts)
        {
            if (int.TryParse(part, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most)
            {
                values.Add(value);
            }
            else
            {
                Add(ValueCode, parameter.Name, $"'{Shown(part)}' is not a whole number from {least} to {most}.");
            }
        }

        return values.ToImmutable();
    }

    /// <summary>Signals, each once, in their order; null when the parameter is not given.</summary>
    public ImmutableArray<SignalId>? Signals(ApiParameter parameter)
    {
        if (Text(parameter) is not { } text)
        {
            return null;
        }

        var parts = text.Split(',');
        if (parts.Length > parameter.Most)
        {
            Add(ValueCode, parameter.Name, $"{parts.Length} signals; {parameter.Most} is the limit.");
            return null;
        }

        var signals = new SortedSet<SignalId>();
        foreach (var part in parts)
        {
            if (SignalId.TryParse(part, out var signal))
            {
                signals.Add(signal);
            }
            else
            {
                Add(ValueCode, parameter.Name, $"'{Shown(part)}' is no signal id.");
            }
        }

        return [.. signals];
    }

    /// <summary>A value as a message repeats it: short, so that a message stays one.</summary>
    public static string Shown(string text) => text.Length > 40 ? string.Concat(text.AsSpan(0, 39), "…") : text;

    private string? Text(ApiParameter parameter)
    {
        var text = Text(parameter.Name) ?? parameter.Default;
        if (string.IsNullOrEmpty(text) && parameter.IsRequired)
        {
            Add(ValueCode, parameter.Name, "It is missing.");
        }

        return string.IsNullOrEmpty(text) ? null : text;
    }

    private static string TextOf(long ms) => ms % 86_400_000 == 0 ? $"{ms / 86_400_000}d" : ms % 3_600_000 == 0 ? $"{ms / 3_600_000}h" : $"{ms / 60_000}m";
}
