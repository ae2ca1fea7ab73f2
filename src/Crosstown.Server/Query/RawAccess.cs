using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Security.Claims;
using Crosstown.Core.Data;
using Crosstown.Core.Street;
using Crosstown.Server.People;
using Microsoft.AspNetCore.Http;

namespace Crosstown.Server.Query;

/// <summary>The closed list of reasons for which raw data may be looked at.</summary>
internal static class RawReasons
{
    public const string Header = "Crosstown-Reason";

    public static ImmutableArray<string> Words { get; } = ["routine-check", "maintenance", "complaint", "timing", "incident", "demonstration"];
}

/// <summary>That a person looked at raw data of a signal.</summary>
/// <param name="Person">The account's name.</param>
/// <param name="Table">The table, or <c>events</c>.</param>
/// <param name="HourMs">Begin of the hour of the server's clock, ms UTC.</param>
/// <param name="Reason">One of <see cref="RawReasons.Words"/>.</param>
internal sealed record RawAccess(string Person, SignalId Signal, string Table, long HourMs, string Reason);

/// <summary>Where it is kept that raw data was looked at (rule P13's third tier).</summary>
internal interface IRawAccessLog
{
    /// <summary>Keeps an entry. Data is handed out only after this has returned.</summary>
    ValueTask RecordAsync(RawAccess access, CancellationToken stop);
}

/// <summary>Lets people at raw data who may operate and say why, and keeps one entry per person, signal, table, reason and hour.</summary>
internal sealed class RawAccessGate(IRawAccessLog log, TimeProvider time)
{
    private const long HourMs = 3_600_000;

    private readonly ConcurrentDictionary<RawAccess, byte> _recorded = new();
    private long _hourMs;

    /// <summary>Null when the data may be handed out, and that is on record; else why not.</summary>
    public async ValueTask<Problem?> EnterAsync(HttpContext context, SignalId signal, string table)
    {
        if (!Access.Holds(context.User.FindAll(ClaimTypes.Role).Select(c => c.Value), Role.Operate))
        {
            return new Problem("XT419", "account", $"{table} is raw data of one signal: it asks for the role operate.");
        }

        var reason = context.Request.Headers[RawReasons.Header].ToString();
        if (!RawReasons.Words.Contains(reason))
        {
            return new Problem(
                "XT410",
                RawReasons.Header,
                $"{(reason.Length == 0 ? "The header is missing" : $"'{RequestReader.Shown(reason)}' is no reason")}: raw data is shown for one of {string.Join(", ", RawReasons.Words)}.");
        }

        var hourMs = time.GetUtcNow().ToUnixTimeMilliseconds() / HourMs * HourMs;
        if (Interlocked.Exchange(ref _hourMs, hourMs) != hourMs)
        {
            _recorded.Clear();
        }

        var access = new RawAccess(context.User.Identity?.Name ?? "", signal, table, hourMs, reason);
        if (!_recorded.ContainsKey(access))
        {
            await log.RecordAsync(access, context.RequestAborted);
            _recorded[access] = 0;
        }

        return null;
    }
}
