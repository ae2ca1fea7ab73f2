using System.Collections.Immutable;

namespace Crosstown.Control.Snmp;

/// <summary>Reads objects of one device. It has no way to change one.</summary>
public sealed class SnmpClient : IDisposable
{
    private const int TooBig = 1;
    private const int NoSuchName = 2;

    private readonly SnmpAccess _access;

    /// <param name="link">The way to the device.</param>
    /// <param name="access">By which right it is asked.</param>
    /// <param name="patience">How long and how often.</param>
    /// <param name="time">Its monotonic clock counts.</param>
    /// <param name="seed">Where salts and request numbers begin; random, so that no salt is used twice with a key.</param>
    public SnmpClient(IDatagramLink link, SnmpAccess access, SnmpPatience patience, TimeProvider time, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(link);
        ArgumentNullException.ThrowIfNull(access);
        ArgumentNullException.ThrowIfNull(patience);
        ArgumentNullException.ThrowIfNull(time);
        _access = access;
        Exchange = new SnmpExchange(link, access, patience, time, seed);
    }

    /// <summary>How often the device's engine has started; null until it is known, and in versions 1 and 2c.</summary>
    public int? EngineBoots => Exchange.EngineBoots;

    internal SnmpExchange Exchange { get; }

    /// <summary>The values of objects, in the order of the names; one that the device lacks says so in its value, in every version.</summary>
    /// <exception cref="SnmpException">The device did not answer, or not as it should.</exception>
    public async Task<ImmutableArray<SnmpVariable>> GetAsync(IReadOnlyList<ObjectIdentifier> names, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(names);
        var values = new SnmpValue?[names.Count];
        await GetPartAsync(names, [.. Enumerable.Range(0, names.Count)], values, stop).ConfigureAwait(false);
        return [.. names.Select((name, i) => new SnmpVariable(name, values[i]!))];
    }

    /// <summary>The next object after each name, in the order of the names.</summary>
    /// <exception cref="SnmpException">The device did not answer, or not as it should.</exception>
    public async Task<ImmutableArray<SnmpVariable>> GetNextAsync(IReadOnlyList<ObjectIdentifier> names, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(names);
        var answer = await AskAsync(SnmpReadKind.GetNext, names, 0, 0, stop).ConfigureAwait(false);
        if (answer.ErrorStatus == NoSuchName && _access is CommunityAccess { Version: SnmpVersion.V1 } && names.Count == 1)
        {
            return [new SnmpVariable(names[0], SnmpValue.Missing(SnmpValueKind.EndOfMibView))];
        }

        Accept(answer);
        return answer.Variables.Length == names.Count && answer.Variables.Zip(names).All(v => v.First.Value.Kind == SnmpValueKind.EndOfMibView || ObjectIdentifier.Compare(v.First.Name, v.Second) > 0)
            ? answer.Variables
            : throw Ber.Malformed("names that do not come after those that were asked for");
    }

    /// <summary>The next objects after each name, several at once.</summary>
    /// <param name="once">So many of the names are asked for once.</param>
    /// <param name="repetitions">So often the others; 1 to 64.</param>
    /// <exception cref="SnmpException">The device did not answer, or not as it should.</exception>
    /// <exception cref="InvalidOperationException">Version 1 has no such request.</exception>
    public async Task<ImmutableArray<SnmpVariable>> GetBulkAsync(IReadOnlyList<ObjectIdentifier> names, int once, int repetitions, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(names);
        ArgumentOutOfRangeException.ThrowIfNegative(once);
        ArgumentOutOfRangeException.ThrowIfLessThan(repetitions, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(repetitions, 64);
        if (_access is CommunityAccess { Version: SnmpVersion.V1 })
        {
            throw new InvalidOperationException("SNMP 1 has no get bulk.");
        }

        var answer = await AskAsync(SnmpReadKind.GetBulk, names, once, repetitions, stop).ConfigureAwait(false);
        Accept(answer);
        return answer.Variables;
    }

    public void Dispose() => Exchange.Dispose();

    private static void Accept(SnmpPdu answer)
    {
        if (answer.ErrorStatus != 0)
        {
            throw new SnmpException(SnmpFault.Refused, $"The device answered with error {answer.ErrorStatus}, variable {answer.ErrorIndex}.", answer.ErrorStatus, answer.ErrorIndex);
        }
    }

    private Task<SnmpPdu> AskAsync(SnmpReadKind kind, IReadOnlyList<ObjectIdentifier> names, int once, int repetitions, CancellationToken stop)
    {
        ArgumentOutOfRangeException.ThrowIfZero(names.Count, nameof(names));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(names.Count, SnmpMessage.MostVariables, nameof(names));
        return Exchange.AskAsync((access, engine, id, salt) => MessageFrame.Encode(access, engine, id, salt, writer => ReadPdu.Write(writer, kind, id, names, once, repetitions)), stop);
    }

    /// <summary>Fills in the values of some names. What is too much for one answer is asked for in halves; version 1 refuses all for one that it lacks, which is then left out.</summary>
    private async Task GetPartAsync(IReadOnlyList<ObjectIdentifier> names, List<int> places, SnmpValue?[] values, CancellationToken stop)
    {
        while (places.Count > 0)
        {
            List<ObjectIdentifier> asked = [.. places.Select(p => names[p])];
            var answer = await AskAsync(SnmpReadKind.Get, asked, 0, 0, stop).ConfigureAwait(false);
            if (answer.ErrorStatus == TooBig && places.Count > 1)
            {
                await GetPartAsync(names, places[..(places.Count / 2)], values, stop).ConfigureAwait(false);
                places = places[(places.Count / 2)..];
                continue;
            }

            if (answer.ErrorStatus == NoSuchName && answer.ErrorIndex is >= 1 && answer.ErrorIndex <= places.Count)
            {
                values[places[answer.ErrorIndex - 1]] = SnmpValue.Missing(SnmpValueKind.NoSuchObject);
                places.RemoveAt(answer.ErrorIndex - 1);
                continue;
            }

            Accept(answer);
            if (!answer.Variables.Select(v => v.Name).SequenceEqual(asked))
            {
                throw Ber.Malformed("names other than those that were asked for");
            }

            for (var i = 0; i < places.Count; i++)
            {
                values[places[i]] = answer.Variables[i].Value;
            }

            return;
        }
    }
}
