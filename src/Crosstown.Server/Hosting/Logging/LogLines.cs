using System.Buffers;
using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Crosstown.Server.Hosting.Logging;

/// <summary>Writes the log: one JSON object a line, which holds no address, agent, path or query of any request (rule P18).</summary>
/// <remarks>
/// Our own messages are written with their values. Those of the framework name requests, so that of them only the fixed words are written, and
/// nothing below a warning, whatever the settings ask for. Of an exception its type and place are written, and its words only where it is of a kind whose words
/// are the system's.
/// </remarks>
internal sealed class LogLines(TimeProvider time) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "crosstown";

    private const string TemplateKey = "{OriginalFormat}";
    private const string Ours = "Crosstown.";
    private const int MostFrames = 30;

    /// <summary>Exceptions that repeat no value of a request.</summary>
    private static readonly FrozenSet<Type> s_plain = new[] { typeof(TimeoutException), typeof(OutOfMemoryException), typeof(Microsoft.Data.Sqlite.SqliteException) }.ToFrozenSet();

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var isOurs = logEntry.Category.StartsWith(Ours, StringComparison.Ordinal);
        if (!isOurs && logEntry.LogLevel < LogLevel.Warning)
        {
            return;
        }

        var values = logEntry.State as IReadOnlyList<KeyValuePair<string, object?>> ?? [];
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("time", time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            json.WriteString("level", logEntry.LogLevel.ToString().ToLowerInvariant());
            json.WriteString("category", logEntry.Category);
            json.WriteNumber("event", logEntry.EventId.Id);
            json.WriteString("message", isOurs ? logEntry.Formatter(logEntry.State, null) : Template(values) ?? logEntry.EventId.Name ?? "");
            foreach (var (key, value) in isOurs ? values : [])
            {
                if (key != TemplateKey)
                {
                    json.WriteString(JsonNamingPolicy.CamelCase.ConvertName(key), Convert.ToString(value, CultureInfo.InvariantCulture));
                }
            }

            for (var (exception, depth) = (logEntry.Exception, 0); exception is not null && depth < 3; exception = exception.InnerException, depth++)
            {
                Write(json, exception, depth);
            }

            json.WriteEndObject();
        }

        textWriter.WriteLine(System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    private static string? Template(IReadOnlyList<KeyValuePair<string, object?>> values) => values.FirstOrDefault(v => v.Key == TemplateKey).Value as string;

    private static void Write(Utf8JsonWriter json, Exception exception, int depth)
    {
        var name = depth == 0 ? "exception" : $"cause{depth}";
        json.WriteStartObject(name);
        json.WriteString("type", exception.GetType().FullName);
        if (s_plain.Contains(exception.GetType()))
        {
            json.WriteString("message", exception.Message);
        }

        json.WriteStartArray("at");
        foreach (var line in (exception.StackTrace ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Take(MostFrames))
        {
            json.WriteStringValue(line);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
