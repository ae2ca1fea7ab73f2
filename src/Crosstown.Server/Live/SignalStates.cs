using System.Collections.Concurrent;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Core.Time;
using Crosstown.Logs.Store;

namespace Crosstown.Server.Live;

/// <summary>How every signal is now, from what its log said last and when it was heard.</summary>
internal sealed class SignalStates : IDisposable
{
    /// <summary>First the newest hour of each signal is remembered, so that all heads are known soon; then the day before it, for patterns and faults that hold long.</summary>
    private static readonly long[] s_rememberedMs = [0, 3_600_000, 25 * 3_600_000L];

    private readonly ConcurrentDictionary<SignalId, SignalState> _states = new();
    private readonly LiveEvents _events;
    private readonly TimeProvider _time;

    public SignalStates(LiveEvents events, TimeProvider time)
    {
        (_events, _time) = (events, time);
        events.Appended += Arrive;
        foreach (var signal in events.ListSignals())
        {
            if (events.FindRange(signal) is { } range)
            {
                Of(signal).Remember([new ControllerEvent(range.EndMs - 1, ushort.MaxValue, 0)], range.EndMs - 1);
            }
        }
    }

    /// <summary>The signals that were heard of or promised.</summary>
    public IEnumerable<SignalId> ListSignals() => _states.Keys;

    /// <summary>The state of a signal; it is kept from now on.</summary>
    public SignalState Of(SignalId signal) => _states.GetOrAdd(signal, static (s, time) => new SignalState(s, time), _time);

    public SignalStatus StatusOf(SignalId signal) => _states.TryGetValue(signal, out var state)
        ? state.Judge()
        : new SignalStatus(SignalClass.Unknown, null, null, null, null, []);

    /// <summary>Every head and detector of a signal; null when nothing was ever heard of it.</summary>
    public SignalStateAnswer? Describe(SignalId signal) => _states.TryGetValue(signal, out var state) ? state.Describe() : null;

    /// <summary>Reads the newest stored events of all signals; live ones may arrive meanwhile.</summary>
    public void Remember(CancellationToken stop)
    {
        for (var step = 1; step < s_rememberedMs.Length; step++)
        {
            foreach (var signal in _events.ListSignals())
            {
                stop.ThrowIfCancellationRequested();
                if (_events.FindRange(signal) is { } range)
                {
                    using var reader = _events.Open(signal, new TimeRange(range.EndMs - s_rememberedMs[step], range.EndMs - s_rememberedMs[step - 1]));
                    while (reader.Next(out var block))
                    {
                        Of(signal).Remember(block, range.EndMs - 1);
                    }
                }
            }
        }
    }

    public void Dispose() => _events.Appended -= Arrive;

    private void Arrive(SignalId signal, ReadOnlyMemory<ControllerEvent> events) => Of(signal).Arrive(events.Span);
}
