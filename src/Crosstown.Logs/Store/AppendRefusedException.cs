namespace Crosstown.Logs.Store;

/// <summary>Why events were not taken.</summary>
public enum AppendRefusal
{
    /// <summary>The disk has no room. The same events are taken once there is room again.</summary>
    DiskFull,

    /// <summary>The disk failed. Nothing more is taken until the program is started anew; what was acknowledged is safe (rule R03).</summary>
    DiskFailed,

    /// <summary>Events come faster than they can be put into segments. The same events are taken a little later.</summary>
    Overloaded,

    /// <summary>The program is ending.</summary>
    Ending,
}

/// <summary>Events were not taken, none of them: whoever sent them keeps them (rule R12).</summary>
public sealed class AppendRefusedException(AppendRefusal refusal, string message, Exception? inner = null) : IOException(message, inner)
{
    public AppendRefusal Refusal => refusal;
}
