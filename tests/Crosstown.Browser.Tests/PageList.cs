namespace Crosstown.Browser.Tests;

/// <summary>An address for each page, with the state that makes it show most; a test holds the list to the client's own.</summary>
internal static class PageList
{
    /// <summary>The town's first proposal, which is there once its logs have been studied.</summary>
    public const string Proposal = "/app/retiming/1";

    public static readonly string[] Client =
    [
        "/app/",
        "/app/signals",
        "/app/findings",
        "/app/rankings",
        "/app/rankings/split-failures?t=now-24h",
        "/app/measures",
        "/app/measures/coordination-diagram",
        "/app/wall",
        "/app/signals/1004?p=coordination&phase=2&t=now-3h",
        "/app/signals/1004?p=termination&t=now-3h",
        "/app/signals/1004?p=split-monitor&t=now-3h",
        "/app/signals/1004?p=split-failure&t=now-3h",
        "/app/signals/1004?p=timing&t=now-15m",
        "/app/signals/1004?p=volume,movements,arrivals-on-red&t=now-3h",
        "/app/signals/1005?p=preempt&t=now-24h",
        "/app/signals/1004?print=day&t=now-3h",
        "/app/signals/1004/events",
        "/app/signals/1004/detectors/3?t=now-24h",
        "/app/signals/1004?p=delay,capacity,wait,green-use,pedestrians&t=now-3h",
        "/app/signals/1004?p=yellow-red,left-turn-gap,spillback,detectors,feed&t=now-3h",
        "/app/corridors",
        "/app/corridors/harrison?t=now-15m",
        "/app/retiming",
        Proposal,
        "/app/adaptive",
        "/app/configuration",
        "/app/configuration/1004",
        "/app/imports",
        "/app/imports/1",
        "/app/data",
        "/app/sources",
        "/app/people",
        "/app/audit",
    ];

    public static readonly string[] Public = ["/", "/status", "/counts", "/feeds", "/privacy/data", "/about", "/sign-in"];

    public static readonly string[] All = [.. Client, .. Public];
}
