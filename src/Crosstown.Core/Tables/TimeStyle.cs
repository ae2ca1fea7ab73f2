namespace Crosstown.Core.Tables;

/// <summary>How a time is shown in a table.</summary>
public enum TimeStyle
{
    /// <summary>The signal's wall clock, without offset: <c>2024-05-13T15:00:00.000</c>. The repeated hour of autumn cannot be told apart.</summary>
    Local,

    /// <summary>UTC: <c>2024-05-13T22:00:00.000Z</c>.</summary>
    Utc,
}
