using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;

namespace Crosstown.Server.Query;

/// <summary>What a parameter of the interface holds.</summary>
internal enum ParameterKind
{
    /// <summary>A moment, whole milliseconds UTC.</summary>
    Time,

    /// <summary>A whole number.</summary>
    Whole,

    /// <summary>One of a few words.</summary>
    Word,

    /// <summary>True or false.</summary>
    Flag,

    /// <summary>A length of time: a number and <c>m</c>, <c>h</c> or <c>d</c>.</summary>
    Length,

    /// <summary>Whole numbers with commas between them.</summary>
    Wholes,

    /// <summary>Signal ids with commas between them.</summary>
    Signals,

    /// <summary>A signal's id.</summary>
    Signal,

    /// <summary>A short name of ours: a table, a ranking, a corridor, a cursor.</summary>
    Name,
}

/// <summary>One parameter of the query, the path or a header, with its limits. Reading, documentation and the client are made from it.</summary>
internal sealed record ApiParameter(string Name, ParameterKind Kind, string Description)
{
    /// <summary>Where it stands: <c>query</c>, <c>path</c> or <c>header</c>.</summary>
    public string In { get; init; } = "query";

    public bool IsRequired { get; init; }

    /// <summary>The least value, or the least number of values in a list.</summary>
    public long? Least { get; init; }

    /// <summary>The greatest value; of a list the greatest number of values.</summary>
    public long? Most { get; init; }

    /// <summary>What holds when it is not given, as it would be written; null where nothing does.</summary>
    public string? Default { get; init; }

    /// <summary>For <see cref="ParameterKind.Word"/>: all words.</summary>
    public ImmutableArray<string> Words { get; init; } = [];

    /// <summary>A value for examples.</summary>
    public string Example { get; init; } = "";
}

/// <summary>The parameters that an endpoint reads by itself; kept with the endpoint for the documentation.</summary>
/// <param name="TakesOptions">Options of measures are read too, each under its own name.</param>
internal sealed record ApiParameters(ImmutableArray<ApiParameter> All, bool TakesOptions);

internal static class ApiParameterExtensions
{
    /// <summary>Says which parameters an endpoint reads; all others of a query are refused.</summary>
    public static TBuilder Takes<TBuilder>(this TBuilder builder, params ImmutableArray<ApiParameter> parameters)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new ApiParameters(parameters, false));

    /// <summary>The same for an endpoint that also reads options of measures.</summary>
    public static TBuilder TakesWithOptions<TBuilder>(this TBuilder builder, params ImmutableArray<ApiParameter> parameters)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new ApiParameters(parameters, true));
}
