using Crosstown.Core.Events;
using Crosstown.Core;

namespace Crosstown.Simulation.Detection;

/// <summary>One vehicle detector channel at work: from vehicles over its zone to what the cabinet hears.</summary>
/// <param name="channel">Its channel.</param>
/// <param name="isPulse">One short pulse per vehicle instead of presence.</param>
/// <param name="latencyMs">How late the cabinet hears it.</param>
/// <param name="calls">Phases that it calls, bit n for phase n.</param>
/// <param name="extends">Phases whose green it extends.</param>
/// <param name="random">Its own stream.</param>
internal sealed class DetectorRun(byte channel, bool isPulse, int latencyMs, uint calls, uint extends, RandomNumbers random)
{
    /// <summary>Length of a count pulse.</summary>
    public const int PulseMs = 200;

    private const double MissedShare = 0.6;

    private int _inZone;
    private bool _isMissing;

    public byte Channel { get; } = channel;

    public bool IsPulse { get; } = isPulse;

    public int LatencyMs { get; } = latencyMs;

    public uint Calls { get; } = calls;

    public uint Extends { get; } = extends;

    public RandomNumbers Random { get; } = random;

    /// <summary>What the cabinet hears.</summary>
    public bool IsOn { get; set; }

    /// <summary>The fault in force; null for none.</summary>
    public PlannedFault? Fault { get; set; }

    public bool HasVehicle => _inZone > 0;

    /// <summary>True when traffic no longer decides what the cabinet hears.</summary>
    public bool IsCutOff => Fault is not null and not { Kind: FaultKind.LowCounts };

    /// <summary>A vehicle enters or leaves the zone. True when presence changed and the cabinet should hear of it.</summary>
    public bool Move(bool enters)
    {
        _inZone += enters ? 1 : -1;
        var isChange = enters ? _inZone == 1 : _inZone == 0;
        if (!isChange)
        {
            return false;
        }

        if (enters)
        {
            _isMissing = Misses();
        }

        return !_isMissing && !IsCutOff;
    }

    /// <summary>A vehicle gives a pulse. False when a fault swallows it.</summary>
    public bool Pulses() => !IsCutOff && !Misses();

    /// <summary>The code that the cabinet reports for a fault, and how long after its start; 0 for none.</summary>
    public static (ushort Code, int AfterMs) ReportOf(FaultKind kind) => kind switch
    {
        FaultKind.StuckOn => (EventCode.DetectorFaultShortedLoop, 600_000),
        FaultKind.StuckOff => (EventCode.DetectorFaultWatchdog, 3_600_000),
        FaultKind.Chattering => (EventCode.DetectorFaultExcessiveChange, 120_000),
        FaultKind.Erratic => (EventCode.DetectorFaultExcessiveChange, 300_000),
        FaultKind.PedestrianButtonStuck => (EventCode.PedestrianDetectorFailed, 600_000),
        _ => ((ushort)0, 0),
    };

    private bool Misses() => Fault is { Kind: FaultKind.LowCounts } && Random.NextDouble() < MissedShare;
}
