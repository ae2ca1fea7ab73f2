namespace Crosstown.Logs.Store;

/// <summary>The system could not put something on the disk. Final, whatever the reason it gives (rule R03).</summary>
internal sealed class SyncFailedException(string message) : IOException(message);
