using System.Collections.Frozen;
using System.Collections.Immutable;
using Crosstown.Core.Data;
using Crosstown.Core.Street;
using Crosstown.Logs.Configuration;
using Crosstown.Server.Measuring;

namespace Crosstown.Server.City;

/// <summary>What is known of a city's streets at one moment: signal configurations, corridors, zone. Never changed; replaced as a whole.</summary>
/// <param name="Version">Rises with every change within one run of the program.</param>
internal sealed record CitySnapshot(string Name, string? Zone, ImmutableArray<Corridor> Corridors, SignalConfigurations Configurations, FrozenDictionary<SignalId, SignalConfiguration> Current, long Version);

/// <summary>The configuration in the data folder, in memory, replaced when a person accepts a change.</summary>
internal sealed class CityModel
{
    private readonly string _data;
    private readonly Lock _one = new();
    private volatile CitySnapshot _now;

    /// <param name="data">The data folder: <c>city.json</c> and <c>signals/*.json</c> in it are read; either may be missing.</param>
    /// <param name="issues">Takes what is wrong with the files.</param>
    /// <exception cref="ProblemException">The city file is wrong.</exception>
    public CityModel(string data, DataIssueLog issues)
    {
        _data = data;
        _now = Read(issues, 1);
    }

    /// <summary>Called with the new state after each change.</summary>
    public event Action<CitySnapshot>? Changed;

    public CitySnapshot Now => _now;

    /// <summary>Reads the files again.</summary>
    public CitySnapshot Reload(DataIssueLog issues)
    {
        lock (_one)
        {
            _now = Read(issues, _now.Version + 1);
        }

        Changed?.Invoke(_now);
        return _now;
    }

    private CitySnapshot Read(DataIssueLog issues, long version)
    {
        var path = Path.Combine(_data, Corridors.FileName);
        var city = File.Exists(path) ? CityFile.Read(File.ReadAllText(path), Corridors.FileName, issues) : new Logs.Configuration.City("", null, []);
        var configurations = SignalConfigurations.Open(_data, [], issues);
        var current = configurations.ListAll().Select(c => c.Signal).Distinct().ToFrozenDictionary(s => s, s => configurations.Find(s)!);
        return new CitySnapshot(city.Name, city.Zone, city.Corridors, configurations, current, version);
    }
}
