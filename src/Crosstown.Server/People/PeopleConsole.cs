using Crosstown.Server.People.Accounts;
using Crosstown.Server.People.Audit;
using Crosstown.Server.Store.Records;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Crosstown.Server.People;

/// <summary>Accounts and audit of a data folder for the command line, without a server; one may run beside it.</summary>
internal sealed class PeopleConsole : IAsyncDisposable
{
    /// <summary>Who the audit says it was: whoever may read the data folder on the machine itself.</summary>
    public const string By = "console";

    private readonly ServiceProvider _services;
    private readonly AsyncServiceScope _scope;

    private PeopleConsole(ServiceProvider services)
    {
        _services = services;
        _scope = services.CreateAsyncScope();
    }

    public AccountRegister Accounts => _scope.ServiceProvider.GetRequiredService<AccountRegister>();

    public AccountStore Store => _services.GetRequiredService<AccountStore>();

    public AuditLog Audit => _services.GetRequiredService<AuditLog>();

    /// <param name="config">The settings file of the server; null for none.</param>
    /// <exception cref="Core.Data.ProblemException">The records cannot be opened.</exception>
    public static PeopleConsole Open(string data, string? config, TimeProvider time)
    {
        var settings = new ConfigurationBuilder();
        if (config is not null)
        {
            settings.AddJsonFile(Path.GetFullPath(config), optional: false, reloadOnChange: false);
        }

        var connection = settings.AddEnvironmentVariables().Build().GetConnectionString("Crosstown");
        var services = new ServiceCollection();
        services.AddLogging(l => l.SetMinimumLevel(LogLevel.None)).AddSingleton(time).AddSingleton(_ => RecordStore.Open(data, connection, time));
        PeopleServices.AddAccounts(services, data);
        var console = new PeopleConsole(services.BuildServiceProvider());
        try
        {
            console._services.GetRequiredService<RecordStore>();
            return console;
        }
        catch
        {
            console._services.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _scope.DisposeAsync().ConfigureAwait(false);
        await _services.DisposeAsync().ConfigureAwait(false);
    }
}
