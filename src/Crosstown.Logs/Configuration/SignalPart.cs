using Crosstown.Core.Street;

namespace Crosstown.Logs.Configuration;

/// <summary>What one file says about one signal.</summary>
/// <param name="Source">The file, as the user named it.</param>
/// <param name="IsForAllTimes">True for tables without dates: they hold for every version of the signal.</param>
/// <param name="Configuration">What it says; what it does not say is at its default.</param>
internal sealed record SignalPart(string Source, bool IsForAllTimes, SignalConfiguration Configuration);
