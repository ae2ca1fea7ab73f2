using Crosstown.Logs.Store;
using Crosstown.Server.Hosting;
using Crosstown.Server.Measuring;
using Microsoft.Extensions.DependencyInjection;

namespace Crosstown.Server.Query;

internal static class QueryServices
{
    public static void Add(IServiceCollection services)
    {
        services.AddSingleton(s => MeasureStore.Open(s.GetRequiredService<ServerSettings>().Data));
        services.AddSingleton<EventVersions>().AddSingleton<KeptMeasures>().AddSingleton<TableRun>().AddSingleton<AnswerTag>().AddSingleton(new AnswerCache());
        services.AddSingleton<RawAccessGate>();
        services.AddSingleton<DayTables>().AddSingleton<RankingQuery>().AddSingleton<FindingSearch>().AddSingleton<Snoozes>();
        services.AddSingleton<FindingBoard>().AddHostedService(s => s.GetRequiredService<FindingBoard>());
        services.AddSingleton<MeasureRoller>().AddHostedService(s => s.GetRequiredService<MeasureRoller>());
    }
}
