using System.Globalization;

namespace Crosstown.Measures.Options;

/// <summary>A choice that a measure leaves to the engineer, with its value in each definition set.</summary>
/// <remarks>Options are static members of their measure; <see cref="MeasureOptions"/> holds what was chosen.</remarks>
public abstract class Option(string name, string unit, string description)
{
    /// <summary>As written in an options file, in snake_case with the unit last.</summary>
    public string Name { get; } = name;

    /// <summary>Unit of the value; empty for choices.</summary>
    public string Unit { get; } = unit;

    /// <summary>What it decides, and the source of its values.</summary>
    public string Description { get; } = description;

    /// <summary>The value in a definition set, as it would stand in an options file.</summary>
    public abstract string TextIn(DefinitionSet set);

    /// <summary>Reads a value from an options file; null when it is not allowed, with the reason.</summary>
    internal abstract object? Parse(string text, out string limit);
}

/// <summary>A number with limits.</summary>
public sealed class NumberOption(
    string name, string unit, string description, double crosstown, double? odot = null, double? udot = null, double least = 0, double most = double.MaxValue)
    : Option(name, unit, description)
{
    public double In(DefinitionSet set) => set switch
    {
        DefinitionSet.Odot21 => odot ?? crosstown,
        DefinitionSet.Udot5 => udot ?? crosstown,
        _ => crosstown,
    };

    public override string TextIn(DefinitionSet set) => In(set).ToString(CultureInfo.InvariantCulture);

    internal override object? Parse(string text, out string limit)
    {
        limit = $"a number from {least.ToString(CultureInfo.InvariantCulture)} to {most.ToString(CultureInfo.InvariantCulture)}";
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most ? value : null;
    }
}

/// <summary>One of a few named ways.</summary>
public sealed class ChoiceOption<T>(string name, string description, T crosstown, T? odot = null, T? udot = null)
    : Option(name, "", description)
    where T : struct, Enum
{
    public T In(DefinitionSet set) => set switch
    {
        DefinitionSet.Odot21 => odot ?? crosstown,
        DefinitionSet.Udot5 => udot ?? crosstown,
        _ => crosstown,
    };

    public override string TextIn(DefinitionSet set) => In(set).ToString();

    internal override object? Parse(string text, out string limit)
    {
        limit = $"one of {string.Join(", ", Enum.GetNames<T>())}";
        return Enum.TryParse<T>(text, ignoreCase: true, out var value) && Enum.IsDefined(value) ? value : null;
    }
}

/// <summary>Yes or no.</summary>
public sealed class FlagOption(string name, string description, bool crosstown, bool? odot = null, bool? udot = null)
    : Option(name, "", description)
{
    public bool In(DefinitionSet set) => set switch
    {
        DefinitionSet.Odot21 => odot ?? crosstown,
        DefinitionSet.Udot5 => udot ?? crosstown,
        _ => crosstown,
    };

    public override string TextIn(DefinitionSet set) => In(set) ? "true" : "false";

    internal override object? Parse(string text, out string limit)
    {
        limit = "true or false";
        return bool.TryParse(text, out var value) ? value : null;
    }
}
