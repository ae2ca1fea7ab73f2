using System.Collections.Immutable;
using Crosstown.Server.Privacy;

namespace Crosstown.Server.Public;

/// <summary>A kind of thing in the inventory, as the public page calls it.</summary>
/// <param name="Kind">One of <see cref="Inventory.Kinds"/>.</param>
/// <param name="Title">In people's words.</param>
/// <param name="Description">What such a thing is.</param>
public sealed record HeldKind(string Kind, string Title, string Description)
{
    /// <summary>All kinds, in the order in which people read them.</summary>
    public static ImmutableArray<HeldKind> All { get; } =
    [
        new("record", "What a signal logs", "The one record that everything else is made from."),
        new("file", "Files that engineers write", "How signals are built and timed."),
        new("path", "Files in the data folder", "Names of files that the program makes, and what their parts say."),
        new("relation", "Records", "Tables of the database: what is published, who may sign in, who changed what."),
        new("table", "Measures", "Tables that are computed from the log."),
        new("api", "Answers of the interface", "What programs and pages are answered, and what they may ask for."),
        new("command", "Commands", "What an operator may ask for on the command line."),
        new("setting", "Settings", "What the city decides."),
        new("log", "Log lines", "Everything that the server writes about its own work."),
        new("metric", "Metrics", "Numbers about the server's own work."),
        new("header", "Headers", "What answers carry beside their content."),
        new("cookie", "Cookies", "Only for staff who sign in."),
    ];

    /// <summary>The groups of the kind.</summary>
    public IEnumerable<InventoryGroup> GroupsIn(Inventory inventory) => inventory.Groups.Where(g => g.Kind == Kind);

    /// <summary>Who may see a tier, in words.</summary>
    public static string TierWords(string tier) => tier switch
    {
        "public" => "everybody",
        "staff" => "staff",
        _ => "engineers who give a reason; it is recorded",
    };
}
