using System.Collections.Immutable;

namespace Crosstown.Server.Public;

/// <summary>A form in which a feed can be had.</summary>
/// <param name="MediaType">Such as <c>text/csv</c>.</param>
/// <param name="Address">Path on this server.</param>
public sealed record FeedForm(string MediaType, string Address);

/// <summary>Data that machines may read without an account.</summary>
/// <param name="Id">Short name.</param>
/// <param name="Title">What it is.</param>
/// <param name="Description">What it holds, in a sentence.</param>
/// <param name="Updated">How often it changes, in words.</param>
/// <param name="Schema">Path of its JSON Schema on this server.</param>
/// <param name="Forms">Where to get it.</param>
public sealed record PublicFeed(string Id, string Title, string Description, string Updated, string Schema, ImmutableArray<FeedForm> Forms)
{
    /// <summary>The feeds that this server publishes now.</summary>
    public static ImmutableArray<PublicFeed> All { get; } =
    [
        new(
            "counts", "Counts", "Vehicles by movement and quarter or hour, and calls for a walk by day. Counts under 10 are withheld; what is out is final.",
            "every hour, two hours after its end", "/api/v1/public/schemas/counts",
            [new("application/json", "/api/v1/public/counts"), new("text/csv", "/api/v1/public/counts?format=csv")]),
        new(
            "status", "Service status", "How many signals of each street are in service, need work or do not report.",
            "every quarter of an hour", "/api/v1/public/schemas/status", [new("application/geo+json", "/api/v1/public/status")]),
        new(
            "inventory", "What is held", "Every table and field that this server holds, with purpose, class, tier and retention.",
            "with each release", "/api/v1/public/schemas/inventory", [new("application/json", "/api/v1/public/inventory")]),
    ];
}

/// <summary>The feeds and the terms under which they may be used.</summary>
/// <param name="License">The license's name, as the city set it; null when the city has not said.</param>
/// <param name="LicenseAddress">Where its text is; null when the city has not said.</param>
/// <param name="Feeds">All feeds.</param>
public sealed record FeedList(string? License, string? LicenseAddress, ImmutableArray<PublicFeed> Feeds);
