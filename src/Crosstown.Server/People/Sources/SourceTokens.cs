using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Crosstown.Core.Data;
using Crosstown.Server.People.Audit;
using Crosstown.Server.Store.Records;
using Dapper;
using Microsoft.AspNetCore.WebUtilities;

namespace Crosstown.Server.People.Sources;

/// <summary>A program that may send logs, without its token.</summary>
internal sealed record SourceToken
{
    public string Name { get; init; } = "";

    public long CreatedMs { get; init; }

    /// <summary>The account that made it.</summary>
    public string CreatedBy { get; init; } = "";

    /// <summary>Ms UTC, to the hour; null when it was never used.</summary>
    public long? LastUsedMs { get; init; }

    /// <summary>Ms UTC; null while it counts.</summary>
    public long? RevokedMs { get; init; }
}

/// <summary>Tokens of programs that send logs: 256 random bits, shown once, kept as a hash. They open the two doors of intake and nothing else.</summary>
internal sealed partial class SourceTokens(RecordStore records, AuditLog audit, TimeProvider time)
{
    /// <summary>Begins each token, so that one that got into a file by mistake is found by a search.</summary>
    public const string Prefix = "crosstown-intake-";

    private const long UseStepMs = 3_600_000;

    /// <summary>Makes a token for a new name.</summary>
    /// <returns>The token, which nobody can show again.</returns>
    /// <exception cref="ProblemException">The name is not of its form, or taken.</exception>
    public async Task<string> AddAsync(string name, string by, CancellationToken cancellation)
    {
        if (!Name().IsMatch(name))
        {
            throw new ProblemException("XT366", "name", "A source's name has 1 to 64 lower-case letters, digits, '.', '_' or '-', and begins with a letter or digit.");
        }

        var token = Prefix + WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32));
        await records.WriteAsync(
            async (connection, transaction) =>
            {
                var added = await connection.ExecuteAsync(
                    "insert into source_token (name, token_hash, created_ms, created_by) values (@name, @hash, @nowMs, @by) on conflict (name) do nothing",
                    new { name, hash = HashOf(token), nowMs = time.GetUtcNow().ToUnixTimeMilliseconds(), by },
                    transaction).ConfigureAwait(false);
                if (added == 0)
                {
                    throw new ProblemException("XT366", "name", $"There is a source '{name}' already; a name is used once, so that the audit stays clear.");
                }

                await audit.AppendAsync(connection, transaction, new AuditAct(by, "source", "token-add", $"source/{name}")).ConfigureAwait(false);
            },
            cancellation).ConfigureAwait(false);
        return token;
    }

    /// <summary>Ends a token for good.</summary>
    /// <returns>False when there is none of the name that still counts.</returns>
    public Task<bool> RevokeAsync(string name, string by, CancellationToken cancellation) => records.WriteAsync(
        async (connection, transaction) =>
        {
            var revoked = await connection.ExecuteAsync(
                "update source_token set revoked_ms = @nowMs where name = @name and revoked_ms is null", new { name, nowMs = time.GetUtcNow().ToUnixTimeMilliseconds() }, transaction).ConfigureAwait(false);
            if (revoked == 1)
            {
                await audit.AppendAsync(connection, transaction, new AuditAct(by, "source", "token-revoke", $"source/{name}")).ConfigureAwait(false);
            }

            return revoked == 1;
        },
        cancellation);

    public IReadOnlyList<SourceToken> List()
    {
        using var connection = records.Open();
        return [.. connection.Query<SourceToken>("select name as Name, created_ms as CreatedMs, created_by as CreatedBy, last_used_ms as LastUsedMs, revoked_ms as RevokedMs from source_token order by name")];
    }

    /// <summary>The name of the source that a token belongs to; null when it does not count.</summary>
    public async Task<string?> FindAsync(string token, CancellationToken cancellation)
    {
        if (!token.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return null;
        }

        var hash = HashOf(token);
        SourceToken? found;
        using (var connection = records.Open())
        {
            found = await connection.QuerySingleOrDefaultAsync<SourceToken>(
                "select name as Name, created_ms as CreatedMs, created_by as CreatedBy, last_used_ms as LastUsedMs, revoked_ms as RevokedMs from source_token where token_hash = @hash and revoked_ms is null", new { hash }).ConfigureAwait(false);
        }

        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        if (found is not null && nowMs - (found.LastUsedMs ?? 0) >= UseStepMs)
        {
            await records.WriteAsync(
                (c, t) => c.ExecuteAsync("update source_token set last_used_ms = @usedMs where token_hash = @hash", new { usedMs = nowMs - (nowMs % UseStepMs), hash }, t), cancellation).ConfigureAwait(false);
        }

        return found?.Name;
    }

    private static string HashOf(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    [GeneratedRegex("^[a-z0-9][a-z0-9._-]{0,63}\\z")]
    private static partial Regex Name();
}
