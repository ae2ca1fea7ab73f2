using System.Runtime.InteropServices;
using System.Text;
using Crosstown.Core.Data;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Core.Time;

namespace Crosstown.Logs.Analytics;

/// <summary>
/// The SQL table function <c>events('227', since := TIMESTAMP '…', before := TIMESTAMP '…')</c>: one signal's raw events, straight from where they lie.
/// </summary>
/// <remarks>
/// SQL joins whatever it can name, so rule P12 is kept here: the first signal that a query names is the only one it gets. The half-open span is
/// in UTC, like the column <c>time</c>; <c>local_time</c> is the signal's wall clock.
/// </remarks>
internal sealed unsafe class EventTableFunction : IDisposable
{
    /// <summary>The code of the problem that a query asks for single events of two signals.</summary>
    public const string TwoSignalsCode = "XT703";

    private static readonly (string Name, DuckDbType Type)[] s_columns =
    [
        ("signal", DuckDbType.Varchar),
        ("time", DuckDbType.Timestamp),
        ("local_time", DuckDbType.Timestamp),
        ("code", DuckDbType.Integer),
        ("parameter", DuckDbType.Integer),
    ];

    private readonly IEventSource _source;
    private readonly Lock _asking = new();
    private readonly Lock _reading = new();
    private GCHandle _self;
    private SignalId? _signal;

    private EventTableFunction(IEventSource source)
    {
        _source = source;
        _self = GCHandle.Alloc(this);
    }

    /// <summary>The problem that ended the query, where it was ours rather than DuckDB's.</summary>
    public Problem? Problem { get; private set; }

    /// <summary>Makes the function known to a connection; dispose it after the database.</summary>
    /// <exception cref="AnalyticsException">DuckDB does not take it.</exception>
    public static EventTableFunction Register(AnalyticsDatabase database, IEventSource source)
    {
        var events = new EventTableFunction(source);
        var function = DuckDb.CreateTableFunction();
        var text = DuckDb.CreateLogicalType(DuckDbType.Varchar);
        var timestamp = DuckDb.CreateLogicalType(DuckDbType.Timestamp);
        DuckDb.SetTableFunctionName(function, "events");
        DuckDb.AddParameter(function, text);
        DuckDb.AddNamedParameter(function, "since", timestamp);
        DuckDb.AddNamedParameter(function, "before", timestamp);
        DuckDb.SetExtraInfo(function, GCHandle.ToIntPtr(events._self), null);
        DuckDb.SetBind(function, &Bind);
        DuckDb.SetInit(function, &Init);
        DuckDb.SetFunction(function, &Fill);
        DuckDb.SupportProjection(function, true);
        var state = DuckDb.RegisterTableFunction(database.Connection, function);
        DuckDb.DestroyLogicalType(ref text);
        DuckDb.DestroyLogicalType(ref timestamp);
        DuckDb.DestroyTableFunction(ref function);
        if (state != DuckDb.Success)
        {
            events.Dispose();
            throw new AnalyticsException("DuckDB does not take the table function events.");
        }

        return events;
    }

    public void Dispose()
    {
        if (_self.IsAllocated)
        {
            _self.Free();
        }
    }

    [UnmanagedCallersOnly]
    private static void Bind(nint info)
    {
        try
        {
            var events = (EventTableFunction)GCHandle.FromIntPtr(DuckDb.BindExtraInfo(info)).Target!;
            foreach (var (name, type) in s_columns)
            {
                var logical = DuckDb.CreateLogicalType(type);
                DuckDb.AddResultColumn(info, name, logical);
                DuckDb.DestroyLogicalType(ref logical);
            }

            var signal = events.Admit(TextParameter(info));
            var sinceMs = MomentParameter(info, "since") ?? long.MinValue;
            var beforeMs = MomentParameter(info, "before") ?? long.MaxValue;
            var range = new TimeRange(sinceMs, Math.Max(sinceMs, beforeMs));
            DuckDb.SetBindData(info, GCHandle.ToIntPtr(GCHandle.Alloc(new Request(events, signal, range))), &Release);
        }
        catch (Exception e)
        {
            DuckDb.SetBindError(info, e.Message);
        }
    }

    [UnmanagedCallersOnly]
    private static void Init(nint info)
    {
        try
        {
            var request = (Request)GCHandle.FromIntPtr(DuckDb.InitBindData(info)).Target!;
            var columns = new int[DuckDb.InitColumnCount(info)];
            for (var i = 0; i < columns.Length; i++)
            {
                // A column beyond ours is the row number that DuckDB asks for when a query only counts rows.
                columns[i] = (int)Math.Min(DuckDb.InitColumnIndex(info, (ulong)i), (ulong)s_columns.Length);
            }

            DuckDb.SetMaxThreads(info, 1);
            DuckDb.SetInitData(info, GCHandle.ToIntPtr(GCHandle.Alloc(new Scan(request, columns))), &Release);
        }
        catch (Exception e)
        {
            DuckDb.SetInitError(info, e.Message);
        }
    }

    [UnmanagedCallersOnly]
    private static void Fill(nint info, nint chunk)
    {
        try
        {
            ((Scan)GCHandle.FromIntPtr(DuckDb.FunctionInitData(info)).Target!).Fill(chunk);
        }
        catch (Exception e)
        {
            DuckDb.SetFunctionError(info, e.Message);
        }
    }

    [UnmanagedCallersOnly]
    private static void Release(nint data)
    {
        var handle = GCHandle.FromIntPtr(data);
        (handle.Target as IDisposable)?.Dispose();
        handle.Free();
    }

    private static string TextParameter(nint info)
    {
        var value = DuckDb.BindParameter(info, 0);
        try
        {
            return DuckDb.IsNullValue(value) ? "" : DuckDb.TakeText(DuckDb.GetVarchar(value));
        }
        finally
        {
            DuckDb.DestroyValue(ref value);
        }
    }

    /// <summary>A moment in milliseconds UTC; null when it is not given.</summary>
    private static long? MomentParameter(nint info, string name)
    {
        var value = DuckDb.BindNamedParameter(info, name);
        if (value == 0)
        {
            return null;
        }

        try
        {
            // Up to the next whole millisecond, at which events lie: 'since' then never lets an earlier one in, 'before' never a later one.
            return DuckDb.IsNullValue(value) ? null : (long)Math.Ceiling(DuckDb.GetTimestamp(value) / 1000m);
        }
        finally
        {
            DuckDb.DestroyValue(ref value);
        }
    }

    /// <summary>The signal that is asked for, when it may be.</summary>
    private SignalId Admit(string text)
    {
        var signals = _source.ListSignals();
        if (!SignalId.TryParse(text, out var signal) || !signals.Contains(signal))
        {
            var known = string.Join(", ", signals.Take(20)) + (signals.Length > 20 ? $" and {signals.Length - 20} more" : "");
            throw Refuse(SqlQuery.FailedCode, $"There are no events of signal '{text}'. There are those of: {(known.Length > 0 ? known : "none")}.");
        }

        lock (_asking)
        {
            if (_signal is { } first && first != signal)
            {
                throw Refuse(
                    TwoSignalsCode,
                    $"This query asks for single events of signal {first} and of signal {signal}. Events of two signals are never joined, because "
                    + "that could follow one vehicle (rule P12). Ask for one signal, or use measures, which are counts.");
            }

            _signal = signal;
        }

        return signal;
    }

    private ProblemException Refuse(string code, string message)
    {
        Problem = new Problem(code, "events", message);
        return new ProblemException([Problem]);
    }

    private sealed record Request(EventTableFunction Events, SignalId Signal, TimeRange Range);

    /// <summary>One pass over a signal's events.</summary>
    private sealed class Scan : IDisposable
    {
        private readonly int[] _columns;
        private readonly byte[] _signal;
        private readonly LocalTimeMap _clock;
        private readonly IEventReader _reader;
        private readonly int _capacity = (int)DuckDb.VectorSize();
        private readonly Lock _oneAtATime;
        private ControllerEvent[] _block = [];
        private int _next;
        private int _end;

        public Scan(Request request, int[] columns)
        {
            _columns = columns;
            _oneAtATime = request.Events._reading;
            _signal = Encoding.UTF8.GetBytes(request.Signal.Value);
            _clock = request.Events._source.ClockOf(request.Signal);
            _reader = request.Events._source.Open(request.Signal, request.Range);
        }

        public void Fill(nint chunk)
        {
            if (_next == _end)
            {
                ReadBlock();
            }

            var count = Math.Min(_capacity, _end - _next);
            var events = _block.AsSpan(_next, count);
            _next += count;
            for (var i = 0; i < _columns.Length; i++)
            {
                if (_columns[i] < s_columns.Length)
                {
                    FillColumn(_columns[i], DuckDb.DataChunkVector(chunk, (ulong)i), events);
                }
            }

            DuckDb.SetDataChunkSize(chunk, (ulong)count);
        }

        public void Dispose() => _reader.Dispose();

        /// <summary>Keeps a block, which is more than one chunk takes, until it is used up.</summary>
        private void ReadBlock()
        {
            // A statement that uses the function twice runs both scans on threads of the engine; the source need not bear that.
            lock (_oneAtATime)
            {
                _reader.Next(out var block);
                _block = _block.Length < block.Length ? new ControllerEvent[block.Length] : _block;
                block.CopyTo(_block);
                (_next, _end) = (0, block.Length);
            }
        }

        private void FillColumn(int column, nint vector, ReadOnlySpan<ControllerEvent> events)
        {
            var data = DuckDb.VectorData(vector);
            switch (s_columns[column].Name)
            {
                case "signal":
                    fixed (byte* signal = _signal)
                    {
                        for (var i = 0; i < events.Length; i++)
                        {
                            DuckDb.AssignString(vector, (ulong)i, signal, (ulong)_signal.Length);
                        }
                    }

                    break;
                case "time":
                    for (var i = 0; i < events.Length; i++)
                    {
                        ((long*)data)[i] = events[i].TimeMs * 1000;
                    }

                    break;
                case "local_time":
                    for (var i = 0; i < events.Length; i++)
                    {
                        ((long*)data)[i] = _clock.ToLocalMs(events[i].TimeMs) * 1000;
                    }

                    break;
                case "code":
                    for (var i = 0; i < events.Length; i++)
                    {
                        ((int*)data)[i] = events[i].Code;
                    }

                    break;
                default:
                    for (var i = 0; i < events.Length; i++)
                    {
                        ((int*)data)[i] = events[i].Parameter;
                    }

                    break;
            }
        }
    }
}
