using System.Buffers;
using Crosstown.Core.Tables;
using Crosstown.Logs.Analytics;
using Crosstown.Server.Imports;
using Microsoft.AspNetCore.Http;

namespace Crosstown.Server.Query;

/// <summary>Work that is done in steps; between them what was made is sent on, so that memory does not grow.</summary>
/// <param name="writer">Takes the rows.</param>
/// <returns>Something per step; the values mean nothing.</returns>
internal delegate IEnumerable<bool> WriteSteps(ITableWriter writer);

/// <summary>Sends a table as CSV, NDJSON or Parquet while it is made, in memory that does not grow with its rows.</summary>
/// <param name="name">The file's name without ending.</param>
internal sealed class TableStream(AnswerFormat format, TableSchema schema, TimeStyle times, string name, WriteSteps steps) : IResult
{
    /// <summary>So much may wait in memory before it is sent, in bytes.</summary>
    private const int MostWaiting = 256 * 1024;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.ContentType = AnswerFormats.TypeOf(format);
        response.Headers.ContentDisposition = $"attachment; filename=\"{name}.{AnswerFormats.EndingOf(format)}\"";
        if (format == AnswerFormat.Parquet)
        {
            await SendFileAsync(httpContext);
            return;
        }

        using var waiting = new WaitingBytes();
        using var writer = AnswerFormats.OpenText(format, waiting, schema, times);
        foreach (var _ in steps(writer))
        {
            httpContext.RequestAborted.ThrowIfCancellationRequested();
            if (waiting.Length >= MostWaiting)
            {
                await response.Body.WriteAsync(waiting.Written, httpContext.RequestAborted);
                waiting.Clear();
            }
        }

        writer.Complete();
        await response.Body.WriteAsync(waiting.Written, httpContext.RequestAborted);
    }

    /// <summary>A Parquet file ends with its index, so it is made whole on the disk and then sent.</summary>
    private async Task SendFileAsync(HttpContext context)
    {
        using var folder = PassingFolder.Create();
        var path = Path.Combine(folder.Path, "answer.parquet");
        using (var writer = new ParquetTableWriter(AnalyticsEngine.Load(), path, schema, times))
        {
            foreach (var _ in steps(writer))
            {
                context.RequestAborted.ThrowIfCancellationRequested();
            }

            writer.Complete();
        }

        context.Response.ContentLength = new FileInfo(path).Length;
        await context.Response.SendFileAsync(path, context.RequestAborted);
    }

    /// <summary>Bytes that wait to be sent.</summary>
    private sealed class WaitingBytes : Stream
    {
        private readonly ArrayBufferWriter<byte> _bytes = new(64 * 1024);

        public ReadOnlyMemory<byte> Written => _bytes.WrittenMemory;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => _bytes.WrittenCount;

        public override long Position { get => _bytes.WrittenCount; set => throw new NotSupportedException(); }

        public void Clear() => _bytes.ResetWrittenCount();

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => _bytes.Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer) => _bytes.Write(buffer);
    }
}
