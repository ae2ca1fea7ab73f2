using System.Collections.Immutable;
using Crosstown.Core.Controllers;
using Crosstown.Core.Networks;

namespace Crosstown.Simulation.Vehicles;

/// <summary>How a run is made.</summary>
public sealed record TrafficSettings
{
    /// <summary>Decides everything that happens by chance.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Length of a step, ms: 1000, 500, 200 or 100. Drivers decide once a step; detectors and controllers keep to tenths of a second in any case.</summary>
    public int StepMs { get; init; } = 1000;

    /// <summary>Threads that plan speeds, 1 or more; the answer does not depend on it.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Begin, seconds since the network's midnight.</summary>
    public double StartS { get; init; }

    /// <summary>No vehicle enters the demand from here on, seconds since midnight.</summary>
    public double EndS { get; init; } = 3600;

    /// <summary>How long after <see cref="EndS"/> the run may go on to empty the network, s.</summary>
    public double DrainS { get; init; } = 3600;

    /// <summary>After this long, drivers get past a vehicle that stands in their way inside a junction, s.</summary>
    public double BlockerReleaseS { get; init; } = 60;

    /// <summary>Mean speed of walkers, m/s.</summary>
    public double WalkSpeedMps { get; init; } = 1.3;

    /// <summary>UTC of the network's midnight in ms since 1970: what events are stamped from.</summary>
    public long MidnightMs { get; init; }
}

/// <summary>What rules the signals of a run, and what they sense.</summary>
public sealed record TrafficControl
{
    /// <summary>Fixed programs; a signal without one keeps the program that came with the network.</summary>
    public ImmutableArray<FixedProgram> Programs { get; init; } = [];

    /// <summary>Signals with a controller of ours.</summary>
    public ImmutableArray<ControlledSignal> Controllers { get; init; } = [];

    /// <summary>Detectors that log.</summary>
    public ImmutableArray<StreetDetector> Detectors { get; init; } = [];

    /// <summary>
    /// Sections whose delay and stops are told apart, one entry per edge of the network: the section, 0 or more, that begins with the edge, or -1 where the one before
    /// goes on. Empty for none. What a vehicle loses counts for the section that it began last.
    /// </summary>
    public ImmutableArray<int> SectionBegins { get; init; } = [];
}

/// <summary>What a detector tells.</summary>
public enum SensingMode
{
    /// <summary>On as long as anything is over it: stop-bar zones, lane areas and loops.</summary>
    Presence,

    /// <summary>A tenth of a second for each vehicle that comes: counts.</summary>
    Pulse,
}

/// <summary>A detector in a lane; it logs codes 82 and 81 at its signal.</summary>
public sealed record StreetDetector
{
    /// <summary>Name of the signal whose log it writes to, as connections give it.</summary>
    public required string Signal { get; init; }

    /// <summary>Channel, 1-255.</summary>
    public required int Channel { get; init; }

    /// <summary>Index of the lane.</summary>
    public required int Lane { get; init; }

    /// <summary>Upstream edge, from the lane's begin, m.</summary>
    public required double StartM { get; init; }

    /// <summary>Downstream edge, from the lane's begin, m; not before the start.</summary>
    public required double EndM { get; init; }

    public SensingMode Mode { get; init; }

    /// <summary>Phases that it calls; bit n for phase n.</summary>
    public uint Calls { get; init; }

    /// <summary>Phases whose green it extends; bit n for phase n.</summary>
    public uint Extends { get; init; }
}

/// <summary>A signal that one of our controllers runs.</summary>
public sealed record ControlledSignal
{
    /// <summary>Name of the signal, as connections give it.</summary>
    public required string Signal { get; init; }

    public required ControllerProgram Program { get; init; }

    /// <summary>What shows each signal link its color, by <see cref="RoadConnection.SignalLink"/>.</summary>
    public required ImmutableArray<LinkDisplay> Links { get; init; }

    /// <summary>The pattern that the schedule commands; 254 for free.</summary>
    public byte Pattern { get; init; } = ControllerStep.FreePattern;
}

/// <summary>Which displays of a controller rule a signal link. The strongest of them counts.</summary>
public sealed record LinkDisplay
{
    /// <summary>Phases whose green gives the right of way; bit n for phase n.</summary>
    public uint Protected { get; init; }

    /// <summary>Phases in whose green it may go where gaps allow; bit n for phase n.</summary>
    public uint Permissive { get; init; }

    /// <summary>Places in <see cref="ControllerProgram.Overlaps"/> whose green lets it go, yielding for a flashing yellow arrow; bit n for place n.</summary>
    public uint Overlaps { get; init; }

    /// <summary>For a crossing: the phase whose walk it shows; 0 for none.</summary>
    public int WalkPhase { get; init; }

    /// <summary>Whether it may turn on red after a stop.</summary>
    public bool TurnsOnRed { get; init; }
}
