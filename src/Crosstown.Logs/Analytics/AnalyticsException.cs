namespace Crosstown.Logs.Analytics;

/// <summary>DuckDB could not do what it was asked; the message is its own.</summary>
public sealed class AnalyticsException(string message) : Exception(message);
