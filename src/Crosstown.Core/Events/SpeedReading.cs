namespace Crosstown.Core.Events;

/// <summary>One speed read by an advance detector: when, on which channel, how fast.</summary>
/// <remarks>
/// Rule P11: a single reading lives in memory only, until it is counted in a bin; nothing writes it to disk. It has no room for an identifier.
/// </remarks>
/// <param name="TimeMs">Milliseconds UTC.</param>
/// <param name="Channel">Detector channel, 1-255.</param>
/// <param name="Mph">Whole miles per hour, as detectors report.</param>
public readonly record struct SpeedReading(long TimeMs, byte Channel, byte Mph);
