using System.Collections.Immutable;
using System.Text.Json;
using Crosstown.Core.Data;
using Crosstown.Measures.Composed;

namespace Crosstown.Measures.Options;

/// <summary>The definitions in force for a run: a named set, and what was changed in it.</summary>
public sealed class MeasureOptions
{
    /// <summary>Default length of a bin.</summary>
    public const long DefaultBinMs = 15 * 60_000;

    private readonly Dictionary<Option, object> _changed = [];

    /// <summary>Whose definitions and whose tables.</summary>
    public DefinitionSet Set { get; init; }

    /// <summary>Length of a bin in milliseconds, 1 minute to 1 day.</summary>
    public long BinMs { get; init; } = DefaultBinMs;

    public double this[NumberOption option] => _changed.TryGetValue(option, out var value) ? (double)value : option.In(Set);

    public bool this[FlagOption option] => _changed.TryGetValue(option, out var value) ? (bool)value : option.In(Set);

    public T Choice<T>(ChoiceOption<T> option)
        where T : struct, Enum => _changed.TryGetValue(option, out var value) ? (T)value : option.In(Set);

    /// <summary>A number option in whole milliseconds, for options given in seconds.</summary>
    public long Milliseconds(NumberOption secondsOption) => (long)Math.Round(this[secondsOption] * 1000);

    /// <summary>The same options with one value changed.</summary>
    /// <exception cref="ArgumentException"><paramref name="value"/> is not of the option's kind.</exception>
    public MeasureOptions With(Option option, object value)
    {
        if (option.Parse(Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture) ?? "", out var limit) is not { } parsed)
        {
            throw new ArgumentException($"Option {option.Name} takes {limit}, not {value}.", nameof(value));
        }

        var copy = new MeasureOptions { Set = Set, BinMs = BinMs };
        foreach (var (key, old) in _changed)
        {
            copy._changed[key] = old;
        }

        copy._changed[option] = parsed;
        return copy;
    }

    /// <summary>The set that a name stands for; null when there is none.</summary>
    public static DefinitionSet? FindSet(string name) => name switch
    {
        "crosstown" => DefinitionSet.Crosstown,
        "odot-2.1" => DefinitionSet.Odot21,
        "udot-5" => DefinitionSet.Udot5,
        _ => null,
    };

    /// <summary>Reads an options file: <c>{"base": "odot-2.1", "split-failure": {"red_window_s": 5}}</c>.</summary>
    /// <param name="json">The file's text.</param>
    /// <param name="where">The file's name, for messages.</param>
    /// <param name="binMs">Length of a bin in milliseconds.</param>
    /// <exception cref="ProblemException">The text is no JSON, or names a measure, option or value that does not exist; all problems at once.</exception>
    public static MeasureOptions Read(string json, string where, long binMs = DefaultBinMs)
    {
        using var document = ParseJson(json, where);
        var problems = new List<Problem>();
        var set = DefinitionSet.Crosstown;
        var changes = new List<(Option Option, object Value)>();
        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            throw new ProblemException("XT110", where, "An options file is a JSON object.");
        }

        foreach (var member in document.RootElement.EnumerateObject())
        {
            if (member.Name == "base")
            {
                var name = member.Value.ToString();
                if (FindSet(name) is { } found)
                {
                    set = found;
                }
                else
                {
                    problems.Add(new Problem("XT111", $"{where}: base", $"'{name}' is no definition set; there are crosstown, odot-2.1 and udot-5."));
                }
            }
            else if (FindOptions(member.Name) is not { } known || member.Value.ValueKind != JsonValueKind.Object)
            {
                problems.Add(new Problem("XT112", $"{where}: {member.Name}", "There is no such measure, or its options are not an object."));
            }
            else
            {
                ReadMeasure(known, member.Value, $"{where}: {member.Name}", changes, problems);
            }
        }

        if (problems.Count > 0)
        {
            throw new ProblemException(problems);
        }

        var options = new MeasureOptions { Set = set, BinMs = binMs };
        foreach (var (option, value) in changes)
        {
            options._changed[option] = value;
        }

        return options;
    }

    private static ImmutableArray<Option>? FindOptions(string measure) => MeasureCatalog.Find(measure)?.Options ?? ComposedCatalog.Find(measure)?.Options;

    private static JsonDocument ParseJson(string json, string where)
    {
        try
        {
            return JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 8, CommentHandling = JsonCommentHandling.Skip });
        }
        catch (JsonException e)
        {
            throw new ProblemException("XT110", where, $"Not JSON: line {e.LineNumber + 1}, byte {e.BytePositionInLine}.");
        }
    }

    private static void ReadMeasure(ImmutableArray<Option> options, JsonElement element, string where, List<(Option, object)> changes, List<Problem> problems)
    {
        foreach (var member in element.EnumerateObject())
        {
            var option = options.FirstOrDefault(o => o.Name == member.Name);
            if (option is null)
            {
                var known = string.Join(", ", options.Select(o => o.Name));
                problems.Add(new Problem("XT113", $"{where}/{member.Name}", known.Length == 0 ? "The measure has no options." : $"No such option; there are {known}."));
            }
            else if (option.Parse(member.Value.ToString(), out var limit) is { } value)
            {
                changes.Add((option, value));
            }
            else
            {
                problems.Add(new Problem("XT114", $"{where}/{member.Name}", $"'{member.Value}' is not {limit}."));
            }
        }
    }
}
