namespace Crosstown.Logs.Formats;

/// <summary>One kind of log file.</summary>
public interface ILogFormat
{
    /// <summary>As printed in summaries, such as <c>csv</c>.</summary>
    string Name { get; }

    /// <summary>Whether a file is of this kind, by its content alone.</summary>
    /// <param name="head">The first bytes, unpacked: up to <see cref="LogFormats.HeadBytes"/>, fewer for a short file.</param>
    bool Recognizes(ReadOnlySpan<byte> head);

    /// <summary>Reads a file to its end; what is wrong becomes a data issue, never an exception.</summary>
    void Read(LogContent content, LogReading reading);
}
