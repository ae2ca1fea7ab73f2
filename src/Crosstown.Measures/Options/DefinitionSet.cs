namespace Crosstown.Measures.Options;

/// <summary>Whose definitions the measures follow.</summary>
public enum DefinitionSet
{
    /// <summary>Ours: the better definition where the peers differ or err.</summary>
    Crosstown,

    /// <summary>What the Python/DuckDB package atspm 2.1.0 of Oregon DOT's engineers computes, its defects included.</summary>
    Odot21,

    /// <summary>What Utah DOT's ATSPM 5 computes, its defects included.</summary>
    Udot5,
}
