using System.Collections.Immutable;
using Crosstown.Core.Data;
using Crosstown.Core.Privacy;
using Crosstown.Core.Street;
using Crosstown.Core.Time;
using Crosstown.Logs;
using Crosstown.Measures.ApproachVolume;
using Crosstown.Measures.Engine;
using Crosstown.Measures.Options;
using Crosstown.Measures.PedestrianVolume;
using Crosstown.Measures.TurningMovements;
using Crosstown.Server.Measuring;

namespace Crosstown.Server.Public.Counts;

/// <summary>Reads what was counted at a signal's places off the measure tables, in bins of the shortest public block.</summary>
internal sealed class CountReader
{
    private const long BinMs = PrivacyLimits.PublicBlockMinutes * 60_000L;

    // Counts need no plan or cycle of the past: enough to tell a gap at the edge from a quiet street, and for hits that are moved by travel time.
    private const long MarginMs = BinMs;

    private readonly Dictionary<(CountedPlace Place, long StartMs), (int? Count, int Faulted)> _cells = [];
    private readonly SignalCoverage _coverage;
    private readonly LocalTimeMap _clock;

    private CountReader(SignalCoverage coverage, LocalTimeMap clock) => (_coverage, _clock) = (coverage, clock);

    /// <summary>Reads a range, which begins and ends at the limits of bins.</summary>
    public static CountReader Read(IEventSource events, SignalConfiguration configuration, TimeRange range)
    {
        var tables = new CollectedTables(["turning-movements", "approach-volume", "pedestrian-volume"]);
        var clock = events.ClockOf(configuration.Signal);
        var pass = new SignalPass(
            [new TurningMovementsMeasure(), new ApproachVolumeMeasure(), new PedestrianVolumeMeasure()], configuration, clock, new MeasureOptions { BinMs = BinMs }, range, tables, new DataIssueLog());
        using (var reader = events.Open(configuration.Signal, new TimeRange(range.StartMs - MarginMs, range.EndMs + MarginMs)))
        {
            while (reader.Next(out var block))
            {
                pass.Append(block);
            }
        }

        pass.Finish();
        var read = new CountReader(pass.Coverage, clock);
        read.TakeVehicles(tables.Find(configuration.Signal, "turning-movements"), hasMovement: true);
        read.TakeVehicles(tables.Find(configuration.Signal, "approach-volume"), hasMovement: false);
        read.TakeCalls(tables.Find(configuration.Signal, "pedestrian-volume"));
        return read;
    }

    /// <summary>0-1: how much of a time the log saw.</summary>
    public double SeenShare(TimeRange range) => _coverage.SeenShare(range) ?? 0;

    /// <summary>The bins of a place in a block. A seen bin without a row had no passers.</summary>
    public ImmutableArray<CountedBin> ListBins(CountedPlace place, TimeRange block)
    {
        var bins = ImmutableArray.CreateBuilder<CountedBin>();
        for (var bin = _clock.BinAt(block.StartMs, BinMs); bin.StartMs < block.EndMs; bin = _clock.BinAt(bin.EndMs, BinMs))
        {
            var share = SeenShare(bin);
            var (count, faulted) = _cells.GetValueOrDefault((place, bin.StartMs));
            bins.Add(new CountedBin(bin, count ?? (share > 0 ? 0 : null), share, faulted));
        }

        return bins.ToImmutable();
    }

    private void TakeVehicles(TableRows? rows, bool hasMovement)
    {
        for (var row = 0; row < (rows?.Count ?? 0); row++)
        {
            var direction = (TravelDirection)(int)rows!.Column("direction").Integer(row)!.Value;
            var movement = hasMovement ? (LaneMovement)(int)rows.Column("movement").Integer(row)!.Value : (LaneMovement?)null;
            Add(
                new CountedPlace(CountSubject.Vehicles, direction, rows.Groups().At(row), movement), rows.Column("time").Time(row),
                rows.Column("count").Integer(row), rows.Column("faulted_detectors").Integer(row));
        }
    }

    private void TakeCalls(TableRows? rows)
    {
        for (var row = 0; row < (rows?.Count ?? 0); row++)
        {
            var place = new CountedPlace(CountSubject.PedestrianCalls, TravelDirection.Unknown, SignalGroup.Phase((int)rows!.Column("phase").Integer(row)!.Value), null);
            Add(place, rows.Column("time").Time(row), rows.Column("unique_presses").Integer(row), null);
        }
    }

    /// <summary>Lanes of one movement are counted together.</summary>
    private void Add(CountedPlace place, long startMs, long? count, long? faulted)
    {
        var before = _cells.GetValueOrDefault((place, startMs));
        _cells[(place, startMs)] = (count is null ? before.Count : (before.Count ?? 0) + (int)count.Value, before.Faulted + (int)(faulted ?? 0));
    }
}
