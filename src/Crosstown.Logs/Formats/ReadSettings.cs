using Crosstown.Core.Street;

namespace Crosstown.Logs.Formats;

/// <summary>What a reader must be told that files do not say.</summary>
public sealed record ReadSettings
{
    /// <summary>IANA zone of the cabinets' clocks; null reads wall clocks as UTC and reports that it was assumed.</summary>
    public string? Zone { get; init; }

    /// <summary>IANA zone of one signal's clock, where it differs; null, or a null answer, means <see cref="Zone"/>.</summary>
    public Func<SignalId, string?>? ZoneOfSignal { get; init; }

    /// <summary>The signal of files that name none; null refuses those files.</summary>
    public SignalId? Signal { get; init; }

    public ReadLimits Limits { get; init; } = new();
}
