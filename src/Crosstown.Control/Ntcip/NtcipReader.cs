using System.Collections.Immutable;
using Crosstown.Control.Snmp;

namespace Crosstown.Control.Ntcip;

/// <summary>What of a controller is read.</summary>
public sealed record NtcipQuery
{
    /// <summary>Groups of eight phases, 1 or 2.</summary>
    public int PhaseGroups { get; init; } = 1;

    /// <summary>Preempts from 1, 0 to 40.</summary>
    public int Preempts { get; init; }

    /// <summary>Detector channels, 1-255; 255 of them at most.</summary>
    public ImmutableArray<int> Detectors { get; init; } = [];

    /// <summary>The controller is not asked more often than this, ms; 100 to 60,000.</summary>
    public int IntervalMs { get; init; } = 1000;
}

/// <summary>Reads what a controller shows, no more often than agreed.</summary>
public sealed class NtcipReader : IDisposable
{
    // Objects of one packet: an answer then stays below what every network carries whole.
    private const int ObjectsAtOnce = 24;

    private static readonly PhaseStatusColumn[] s_columns = Enum.GetValues<PhaseStatusColumn>();

    private readonly SnmpClient _client;
    private readonly NtcipQuery _query;
    private readonly TimeProvider _time;
    private readonly ObjectIdentifier[] _names;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private ControllerSnapshot? _last;
    private long? _askedAt;

    /// <exception cref="ArgumentOutOfRangeException">The query is out of its limits.</exception>
    public NtcipReader(SnmpClient client, NtcipQuery query, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentOutOfRangeException.ThrowIfLessThan(query.PhaseGroups, 1, nameof(query));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(query.PhaseGroups, NtcipObjects.MostGroups, nameof(query));
        ArgumentOutOfRangeException.ThrowIfNegative(query.Preempts, nameof(query));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(query.Preempts, 40, nameof(query));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(query.Detectors.Length, 255, nameof(query));
        ArgumentOutOfRangeException.ThrowIfLessThan(query.IntervalMs, 100, nameof(query));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(query.IntervalMs, 60_000, nameof(query));
        foreach (var detector in query.Detectors)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(detector, 1, nameof(query));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(detector, 255, nameof(query));
        }

        (_client, _query, _time) = (client, query, time);
        var groups = Enumerable.Range(1, query.PhaseGroups);
        _names =
        [
            .. s_columns.SelectMany(c => groups.Select(g => NtcipObjects.PhaseStatus(c, g))),
            NtcipObjects.UnitControlStatus, NtcipObjects.UnitFlashStatus, NtcipObjects.UnitAlarmStatus1, NtcipObjects.UnitAlarmStatus2, NtcipObjects.ShortAlarmStatus, NtcipObjects.UnitBackupTime,
            NtcipObjects.CoordPatternStatus, NtcipObjects.LocalFreeStatus, NtcipObjects.CoordCycleStatus, NtcipObjects.CoordSyncStatus,
            .. Enumerable.Range(1, query.Preempts).Select(NtcipObjects.PreemptState),
            .. query.Detectors.SelectMany(d => new[] { NtcipObjects.DetectorVolume(d), NtcipObjects.DetectorOccupancy(d) }),
            .. query.Detectors.IsEmpty ? [] : new[] { NtcipObjects.VolumeOccupancySequence, NtcipObjects.VolumeOccupancyPeriod },
        ];
    }

    /// <summary>What the controller shows now. Asked again too soon, the answer is the last one, and nothing is sent.</summary>
    /// <exception cref="SnmpException">The controller did not answer, or not as it should.</exception>
    public async Task<ControllerSnapshot> ReadAsync(CancellationToken stop)
    {
        await _turn.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            if (_askedAt is { } asked && _last is { } last && _time.GetElapsedTime(asked).TotalMilliseconds < _query.IntervalMs)
            {
                return last;
            }

            _askedAt = _time.GetTimestamp();
            _last = null;
            var values = new Dictionary<ObjectIdentifier, long>();
            foreach (var part in _names.Chunk(ObjectsAtOnce))
            {
                foreach (var variable in await _client.GetAsync(part, stop).ConfigureAwait(false))
                {
                    if (variable.Value.Number is { } number)
                    {
                        values[variable.Name] = number;
                    }
                }
            }

            return _last = Snapshot(values);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private ControllerSnapshot Snapshot(Dictionary<ObjectIdentifier, long> values)
    {
        int? Number(ObjectIdentifier name, int most) => values.TryGetValue(name, out var number) && number >= 0 && number <= most ? (int)number : null;

        T? Word<T>(ObjectIdentifier name)
            where T : struct, Enum => Number(name, 255) is { } number ? (T)Enum.ToObject(typeof(T), number) is var word && Enum.IsDefined(word) ? word : (T)Enum.ToObject(typeof(T), 1) : null;

        T? Set<T>(ObjectIdentifier name)
            where T : struct, Enum => Number(name, 255) is { } number ? (T)Enum.ToObject(typeof(T), number) : null;

        uint? Phases(PhaseStatusColumn column)
        {
            var mask = 0u;
            for (var group = 1; group <= _query.PhaseGroups; group++)
            {
                if (Number(NtcipObjects.PhaseStatus(column, group), 255) is not { } octet)
                {
                    return null;
                }

                mask |= (uint)octet << (((group - 1) * 8) + 1);
            }

            return mask;
        }

        return new ControllerSnapshot
        {
            TakenAt = _time.GetTimestamp(),
            AnsweredShare = (double)values.Count / _names.Length,
            EngineBoots = _client.EngineBoots,
            Reds = Phases(PhaseStatusColumn.Reds),
            Yellows = Phases(PhaseStatusColumn.Yellows),
            Greens = Phases(PhaseStatusColumn.Greens),
            DontWalks = Phases(PhaseStatusColumn.DontWalks),
            PedestrianClearances = Phases(PhaseStatusColumn.PedestrianClearances),
            Walks = Phases(PhaseStatusColumn.Walks),
            VehicleCalls = Phases(PhaseStatusColumn.VehicleCalls),
            PedestrianCalls = Phases(PhaseStatusColumn.PedestrianCalls),
            PhaseOns = Phases(PhaseStatusColumn.PhaseOns),
            PhaseNexts = Phases(PhaseStatusColumn.PhaseNexts),
            Control = Word<UnitControl>(NtcipObjects.UnitControlStatus),
            Flash = Word<UnitFlash>(NtcipObjects.UnitFlashStatus),
            Alarms1 = Set<UnitAlarms1>(NtcipObjects.UnitAlarmStatus1),
            Alarms2 = Set<UnitAlarms2>(NtcipObjects.UnitAlarmStatus2),
            ShortAlarms = Set<ShortAlarms>(NtcipObjects.ShortAlarmStatus),
            Pattern = (byte?)Number(NtcipObjects.CoordPatternStatus, 255),
            Free = Word<LocalFree>(NtcipObjects.LocalFreeStatus),
            CycleLeftS = Number(NtcipObjects.CoordCycleStatus, 65_535),
            SinceReferenceS = Number(NtcipObjects.CoordSyncStatus, 65_535),
            BackupS = Number(NtcipObjects.UnitBackupTime, 65_535),
            Preempts = [.. Enumerable.Range(1, _query.Preempts).Select(p => Word<PreemptState>(NtcipObjects.PreemptState(p)))],
            Detectors = [.. _query.Detectors.Select(d => Detector(d, Number(NtcipObjects.DetectorVolume(d), 255), Number(NtcipObjects.DetectorOccupancy(d), 255)))],
            PeriodNumber = Number(NtcipObjects.VolumeOccupancySequence, 255),
            PeriodS = Number(NtcipObjects.VolumeOccupancyPeriod, 65_535),
        };
    }

    private static DetectorReading Detector(int channel, int? volume, int? occupancy) => new(
        channel,
        volume is 255 ? null : volume,
        occupancy is <= 200 ? occupancy / 200.0 : null,
        occupancy is > 200 ? Enum.IsDefined((DetectorFault)occupancy) ? (DetectorFault)occupancy : DetectorFault.Other : null);
}
