using Microsoft.Extensions.DependencyInjection;

namespace Crosstown.Server.Privacy;

/// <summary>The verdict on this very server, reached once, when it is first asked for.</summary>
internal sealed class RunningRules(IServiceProvider services)
{
    private readonly Lock _one = new();
    private RulesVerdict? _verdict;

    /// <summary>Compares the live database, interface, log templates, metrics and settings of this server with what is published.</summary>
    public RulesVerdict Verdict
    {
        get
        {
            lock (_one)
            {
                return _verdict ??= RulesVerdict.Of(
                    services.GetService<Inventory>() ?? Inventory.Published, SchemaInventory.ListGroups(ServerInventory.ListGroups(services)), MaterialChange.Published);
            }
        }
    }
}
