using System.Runtime.InteropServices;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;

namespace Crosstown.Cli.Output;

/// <summary>Rows of one table, set aside signal by signal in a temporary file, to be read back merged by time.</summary>
/// <remarks>
/// A run is a signal's rows in time order. Its pieces may lie apart in the file when signals alternate. Where a signal's time goes back, a new
/// run begins, so that the merge is sorted whatever comes. Memory: 16 bytes a piece, and one buffer that all runs share while they are merged.
/// </remarks>
internal sealed class SignalRuns : IDisposable
{
    private const int MergeBufferBytes = 1024 * 1024;
    private const int MaxBufferedRows = 256;

    private readonly TableSchema _schema;
    private readonly int _timeColumn;
    private readonly int? _secondTimeColumn;
    private readonly int _rowWords;
    private readonly FileStream _file;
    private readonly List<Run> _runs = [];
    private readonly Dictionary<SignalId, Run> _open = [];
    private long _rowCount;

    /// <param name="path">The temporary file; gone when this is disposed.</param>
    /// <exception cref="ArgumentException">The table has no time column to sort by.</exception>
    public SignalRuns(string path, TableSchema schema)
    {
        _schema = schema;
        _timeColumn = schema.Columns.Select(c => c.Type).ToList().IndexOf(ColumnType.Time);
        if (_timeColumn < 0)
        {
            throw new ArgumentException($"Table {schema.Name} is to be sorted by time and has no time column.", nameof(schema));
        }

        _secondTimeColumn = _timeColumn + 1 < schema.Columns.Length && schema.Columns[_timeColumn + 1].Type == ColumnType.Time ? _timeColumn + 1 : null;
        _rowWords = schema.Columns.Length + 1;
        _file = new FileStream(path, FileMode.Create, FileAccess.ReadWrite, FileShare.None, bufferSize: 64 * 1024, FileOptions.DeleteOnClose);
    }

    /// <summary>Sets rows aside.</summary>
    public void Add(SignalId signal, LocalTimeMap clock, RowBuffer rows)
    {
        var run = _open.GetValueOrDefault(signal);
        for (var row = 0; row < rows.Count; row++)
        {
            var time = Time(rows, row);
            if (run is null || time.CompareTo(run.LastTime) < 0)
            {
                run = new Run(signal, clock, _runs.Count);
                _runs.Add(run);
                _open[signal] = run;
            }

            run.LastTime = time;
            run.Extend(_rowCount++);
            _file.Write(MemoryMarshal.AsBytes(rows.Cells(row)));
            var nulls = rows.Nulls(row);
            _file.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<ulong>(in nulls)));
        }
    }

    /// <summary>
    /// Writes all rows by time (and by a second time that stands beside it), then signal, then in the order in which the signal's rows came; rows without
    /// time come first.
    /// </summary>
    public void MergeInto(ITableWriter writer)
    {
        _file.Flush();
        _runs.Sort((a, b) => a.Signal != b.Signal ? a.Signal.CompareTo(b.Signal) : a.Sequence - b.Sequence);
        var bufferedRows = Math.Clamp(MergeBufferBytes / Math.Max(1, _runs.Count) / (_rowWords * sizeof(long)), 1, MaxBufferedRows);
        var block = new long[bufferedRows * _rowWords];
        var next = new PriorityQueue<int, ((long, long) Time, int Run)>(_runs.Count);
        for (var i = 0; i < _runs.Count; i++)
        {
            var run = _runs[i];
            run.Buffer = new RowBuffer(_schema, bufferedRows);
            Refill(run, block);
            next.Enqueue(i, (Time(run.Buffer, 0), i));
        }

        while (next.TryDequeue(out var i, out _))
        {
            var run = _runs[i];
            var rows = run.Buffer!;
            var start = run.Row;
            var othersBegin = next.TryPeek(out _, out var other) ? other : ((long.MaxValue, long.MaxValue), int.MaxValue);
            do
            {
                run.Row++;
            }
            while (run.Row < rows.Count && (Time(rows, run.Row), i).CompareTo(othersBegin) < 0);

            writer.Write(run.Signal, run.Clock, rows, start, run.Row - start);
            if (run.Row == rows.Count)
            {
                Refill(run, block);
            }

            if (run.Row < rows.Count)
            {
                next.Enqueue(i, (Time(rows, run.Row), i));
            }
        }

        _runs.Clear();
        _open.Clear();
    }

    public void Dispose() => _file.Dispose();

    private (long First, long Second) Time(RowBuffer rows, int row) => (At(rows, row, _timeColumn), _secondTimeColumn is { } second ? At(rows, row, second) : 0);

    private static long At(RowBuffer rows, int row, int column) => rows.IsNull(row, column) ? long.MinValue : rows.Bits(row, column);

    /// <summary>Replaces a run's buffered rows by its next ones; none are left when it has ended.</summary>
    private void Refill(Run run, long[] block)
    {
        var rows = run.Buffer!;
        rows.Clear();
        run.Row = 0;
        var capacity = block.Length / _rowWords;
        while (rows.Count < capacity && run.TryTake(capacity - rows.Count, out var firstRow, out var count))
        {
            var words = block.AsSpan(0, count * _rowWords);
            Read(MemoryMarshal.AsBytes(words), firstRow * _rowWords * sizeof(long));
            for (var row = 0; row < count; row++)
            {
                var cells = words.Slice(row * _rowWords, _rowWords);
                rows.AddRow(cells[..^1], (ulong)cells[^1]);
            }
        }
    }

    /// <summary>Reads past the stream's own buffer, which would fetch far more than the few rows that are wanted.</summary>
    private void Read(Span<byte> bytes, long offset)
    {
        while (bytes.Length > 0)
        {
            var count = RandomAccess.Read(_file.SafeFileHandle, bytes, offset);
            if (count == 0)
            {
                throw new EndOfStreamException($"{_file.Name} ends at byte {offset}: rows set aside for table {_schema.Name} are gone.");
            }

            bytes = bytes[count..];
            offset += count;
        }
    }

    private sealed class Run(SignalId signal, LocalTimeMap clock, int sequence)
    {
        private readonly List<(long FirstRow, int Count)> _pieces = [];
        private int _piece;
        private int _taken;

        public SignalId Signal { get; } = signal;

        public LocalTimeMap Clock { get; } = clock;

        /// <summary>Earlier runs of a signal come before later ones.</summary>
        public int Sequence { get; } = sequence;

        /// <summary>Time of the last row added.</summary>
        public (long First, long Second) LastTime { get; set; }

        public RowBuffer? Buffer { get; set; }

        /// <summary>The first row of <see cref="Buffer"/> that is not written yet.</summary>
        public int Row { get; set; }

        public void Extend(long row)
        {
            if (_pieces.Count > 0 && _pieces[^1] is var (first, count) && first + count == row && count < int.MaxValue)
            {
                _pieces[^1] = (first, count + 1);
                return;
            }

            _pieces.Add((row, 1));
        }

        /// <summary>Takes up to <paramref name="most"/> rows that lie together; false at the end.</summary>
        public bool TryTake(int most, out long firstRow, out int count)
        {
            (firstRow, count) = (0, 0);
            if (_piece == _pieces.Count)
            {
                return false;
            }

            var piece = _pieces[_piece];
            firstRow = piece.FirstRow + _taken;
            count = Math.Min(most, piece.Count - _taken);
            _taken += count;
            if (_taken == piece.Count)
            {
                (_piece, _taken) = (_piece + 1, 0);
            }

            return true;
        }
    }
}
