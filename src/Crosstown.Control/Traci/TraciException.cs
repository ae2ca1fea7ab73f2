namespace Crosstown.Control.Traci;

/// <summary>Why a conversation with a simulator ended or a command was not carried out.</summary>
public enum TraciFault
{
    /// <summary>Nobody answers at the address.</summary>
    NotReached,

    /// <summary>The other side closed the connection, which is how a run ends.</summary>
    Closed,

    /// <summary>The simulator did not do what it was told; it says why.</summary>
    Refused,

    /// <summary>The simulator does not know the command.</summary>
    NotKnown,

    /// <summary>An answer that does not follow the protocol.</summary>
    Malformed,

    /// <summary>The simulation's clock went back, so that what was shown and counted until then means nothing any more.</summary>
    ClockWentBack,
}

/// <summary>A conversation with a simulator went wrong.</summary>
public sealed class TraciException : Exception
{
    public TraciException(TraciFault fault, string message)
        : base(message) => Fault = fault;

    public TraciException(TraciFault fault, string message, Exception inner)
        : base(message, inner) => Fault = fault;

    public TraciFault Fault { get; }
}
