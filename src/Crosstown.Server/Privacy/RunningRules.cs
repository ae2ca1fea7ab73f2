using Microsoft.Extensions.DependencyInjection;

namespace Crosstown.Server.Privacy;

/// <summary>The verdict on this very server, reached once, when it is first asked for.</summary>
internal sealed class RunningRules(IServiceProvider services)
{
    private readonly Lock _one = new();
    private Task<RulesVerdict>? _verdict;

    /// <summary>Compares the live database, interface, log templates, metrics and settings of this server with what is published.</summary>
    public Task<RulesVerdict> VerdictAsync()
    {
        lock (_one)
        {
            return _verdict = _verdict is null or { IsFaulted: true } ? FindAsync() : _verdict;
        }
    }

    private async Task<RulesVerdict> FindAsync() => RulesVerdict.Of(
        services.GetService<Inventory>() ?? Inventory.Published,
        SchemaInventory.ListGroups(await ServerInventory.ListGroupsAsync(services, CancellationToken.None).ConfigureAwait(false)),
        MaterialChange.Published);
}
