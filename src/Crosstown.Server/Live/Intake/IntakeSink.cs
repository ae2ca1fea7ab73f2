using System.Runtime.InteropServices;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Logs;
using Crosstown.Logs.Store;

namespace Crosstown.Server.Live.Intake;

/// <summary>Collects what a reader finds and hands it to the store in large pieces, a few at a time, so that a large file takes little memory.</summary>
/// <remarks>For the one thread that reads; <see cref="EndAsync"/> is done when everything is on the disk.</remarks>
internal sealed class IntakeSink(LiveEvents events, CancellationToken stop) : IEventSink, IDisposable
{
    private const int LargePiece = 1 << 16;
    private const int MostHeld = 1 << 18;
    private const int MostOnTheirWay = 4;

    private readonly Dictionary<(SignalId Signal, string Zone), List<ControllerEvent>> _held = [];
    private readonly SemaphoreSlim _free = new(MostOnTheirWay);
    private readonly List<Task<AppendReceipt>> _given = [];
    private int _count;
    private AppendReceipt _sum;

    public void Add(SignalId signal, string zone, ReadOnlySpan<ControllerEvent> found)
    {
        while (!found.IsEmpty)
        {
            ref var held = ref CollectionsMarshal.GetValueRefOrAddDefault(_held, (signal, zone), out _);
            held ??= [];
            var piece = found[..Math.Min(found.Length, LargePiece - held.Count)];
            held.AddRange(piece);
            _count += piece.Length;
            found = found[piece.Length..];
            if (held.Count == LargePiece)
            {
                Give((signal, zone), held);
            }
            else if (_count >= MostHeld)
            {
                GiveAll();
            }
        }
    }

    /// <summary>What became of everything.</summary>
    /// <exception cref="AppendRefusedException">A part was not taken. What was is safe, and is known when the same comes again.</exception>
    public async Task<AppendReceipt> EndAsync()
    {
        GiveAll();
        foreach (var given in _given)
        {
            Sum(await given.ConfigureAwait(false));
        }

        _given.Clear();
        return _sum;
    }

    public void Dispose() => _free.Dispose();

    private void GiveAll()
    {
        foreach (var (key, held) in _held)
        {
            Give(key, held);
        }
    }

    private void Give((SignalId Signal, string Zone) key, List<ControllerEvent> held)
    {
        if (held.Count == 0)
        {
            return;
        }

        stop.ThrowIfCancellationRequested();
        ControllerEvent[] piece = [.. held];
        _count -= held.Count;
        held.Clear();
        _free.Wait(stop);
        _given.Add(GiveAsync(key.Signal, key.Zone, piece));
    }

    private async Task<AppendReceipt> GiveAsync(SignalId signal, string zone, ControllerEvent[] piece)
    {
        try
        {
            return await events.AppendUnknownAsync(signal, zone, piece, stop).ConfigureAwait(false);
        }
        finally
        {
            _free.Release();
        }
    }

    private void Sum(AppendReceipt receipt) =>
        _sum = new AppendReceipt(_sum.Taken + receipt.Taken, _sum.Refused + receipt.Refused) { Added = _sum.Added + receipt.Added };
}
