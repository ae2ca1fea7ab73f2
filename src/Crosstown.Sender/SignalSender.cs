using System.Globalization;
using Crosstown.Control.Ntcip;
using Crosstown.Control.Snmp;
using Crosstown.Core.Controllers;
using Crosstown.Core.Street;

namespace Crosstown.Sender;

/// <summary>What one signal's sender is made of.</summary>
internal sealed record SignalParts
{
    public required SignalId Signal { get; init; }

    /// <summary>The sender's own; null when it has none, and then nothing is approved.</summary>
    public required SignalFacts? Facts { get; init; }

    public required IPlanGuard Guard { get; init; }

    public required NtcipReader Reader { get; init; }

    public required ControlWriter Writer { get; init; }

    public required SignalLease Lease { get; init; }

    public required ShadowRecord Shadow { get; init; }

    /// <summary>The largest fencing number of advice that was approved before; 0 for none.</summary>
    public long LastFence { get; init; }

    /// <summary>That a person has set the signal to advise; else it is watched only.</summary>
    public required bool IsMeantToAdvise { get; init; }

    public required TimeProvider Time { get; init; }

    /// <summary>Takes a line for whoever listens.</summary>
    public required Action<string> Say { get; init; }
}

/// <summary>Carries approved advice to one controller, and takes it back at every doubt. Doing nothing is the fallback: the cabinet's own plan runs.</summary>
internal sealed class SignalSender(SignalParts parts) : IDisposable
{
    /// <summary>Without a word from who advises for so long, all advice ends.</summary>
    public const int HeartbeatMs = 3000;

    /// <summary>A controller must forget what it was told after this, s at most, or a sender that dies would leave a hold behind.</summary>
    public const int LongestBackupS = 10;

    private readonly Dictionary<(AdviceKind Kind, byte Number), (ApprovedAdvice Approval, long At)> _active = [];
    private readonly StatusTracker _tracker = new(parts.Time);
    private readonly SemaphoreSlim _turn = new(1, 1);
    private ControlCommand _written = ControlCommand.Nothing;
    private bool _isUncertain;
    private bool _isUnheard;
    private bool _wasRestored;
    private long _writtenAt;
    private int _backupS = LongestBackupS;
    private long _heartbeatAt = long.MinValue;
    private long? _tickAt;

    public SignalId Signal => parts.Signal;

    public ShadowRecord Shadow => parts.Shadow;

    public long LastFence { get; private set; } = parts.LastFence;

    /// <summary>The controller did not have what it was told: nothing more is sent until a person starts the sender again.</summary>
    public bool IsLocked { get; private set; }

    /// <summary>What was last written and read back.</summary>
    public ControlCommand Written => _written;

    /// <summary>Who advises lives.</summary>
    public void Heartbeat() => Interlocked.Exchange(ref _heartbeatAt, parts.Time.GetTimestamp());

    /// <summary>Reads the controller, ends what has to end, and repeats what goes on. To be called twice a second.</summary>
    public async Task TickAsync(CancellationToken stop)
    {
        await _turn.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            parts.Lease.Beat();
            await ReadAsync(stop).ConfigureAwait(false);
            var now = parts.Time.GetTimestamp();
            parts.Shadow.Elapse(_tickAt is { } before ? (long)parts.Time.GetElapsedTime(before, now).TotalMilliseconds : 0, _tracker.Current is not null);
            _tickAt = now;
            EndWhatIsOver();
            await SendAsync(stop).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Judges advice, and sends it where that is approved and may be.</summary>
    public async Task AdviseAsync(SignalAdvice advice, CancellationToken stop)
    {
        await _turn.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            Heartbeat();
            var verdict = parts.Guard.Check(parts.Facts, _tracker.Current, LastFence, advice);
            parts.Shadow.Judge(verdict);
            if (verdict.Approval is not { } approval)
            {
                foreach (var problem in verdict.Problems)
                {
                    Say("refused", advice, $"{problem.Code} {problem.Message}");
                }

                return;
            }

            LastFence = advice.Fence;
            if (IsLocked)
            {
                Say("refused", advice, "XT784 The controller did not have what it was told: it is left alone until a person starts the sender again.");
            }
            else if (!parts.IsMeantToAdvise || !parts.Shadow.MayAdvise)
            {
                Say("shadow", advice, string.Create(CultureInfo.InvariantCulture, $"{parts.Shadow.CleanDays} of {ShadowRecord.DaysNeeded} clean days{(parts.IsMeantToAdvise ? "" : ", set to be watched only")}"));
            }
            else if (!parts.Lease.IsHeld)
            {
                Say("refused", advice, "XT787 Another sender holds this signal, or has until ten seconds ago.");
            }
            else if (_tracker.IsManual)
            {
                Say("refused", advice, "XT785 Somebody has the controller under manual control.");
            }
            else if (_isUncertain)
            {
                Say("refused", advice, "XT788 What the controller was told before is not taken back yet.");
            }
            else
            {
                await TakeAsync(approval, stop).ConfigureAwait(false);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Takes back what was sent and lets go of the signal.</summary>
    public async Task StopAsync(CancellationToken stop)
    {
        await _turn.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            _active.Clear();
            await SendAsync(stop).ConfigureAwait(false);
            parts.Lease.Release();
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task ReadAsync(CancellationToken stop)
    {
        try
        {
            _tracker.Take(await parts.Reader.ReadAsync(stop).ConfigureAwait(false));
            if (_isUnheard)
            {
                parts.Say($"heard {parts.Signal}");
            }

            _isUnheard = false;
        }
        catch (SnmpException e)
        {
            if (!_isUnheard)
            {
                Alarm($"XT788 {e.Message}");
            }

            _isUnheard = true;
        }
    }

    private void EndWhatIsOver()
    {
        var status = _tracker.Current;
        if (_active.Count == 0)
        {
            return;
        }

        var reason = status is null ? "the controller is not heard"
            : status.IsPreempted ? "a preempt is at work"
            : status.IsFlashing ? "the signal flashes"
            : _tracker.IsManual ? "somebody has the controller under manual control"
            : !parts.Lease.IsHeld ? "the lease is lost"
            : Interlocked.Read(ref _heartbeatAt) is var beat && (beat == long.MinValue || Since(beat) >= HeartbeatMs) ? "who advises is silent"
            : null;
        if (reason is not null)
        {
            _active.Clear();
            parts.Say($"ended {parts.Signal} all: {reason}");
            return;
        }

        foreach (var ((kind, number), (approval, at)) in _active.ToList())
        {
            var isOver = Since(at) >= approval.Advice.LifetimeMs ? "its time is over"
                : kind != AdviceKind.ChoosePattern && !Bits.Has(status!.Greens, number) ? "its green has ended"
                : null;
            if (isOver is not null)
            {
                _active.Remove((kind, number));
                Say("ended", approval.Advice, isOver);
            }
        }
    }

    private async Task TakeAsync(ApprovedAdvice approval, CancellationToken stop)
    {
        var advice = approval.Advice;
        if (_active.Count == 0 && !await IsReadyAsync(advice, stop).ConfigureAwait(false))
        {
            return;
        }

        // The last word on a phase counts, and there is one pattern.
        foreach (var key in _active.Keys.Where(k => advice.Kind == AdviceKind.ChoosePattern ? k.Kind == AdviceKind.ChoosePattern : k.Kind != AdviceKind.ChoosePattern && k.Number == advice.Number).ToList())
        {
            _active.Remove(key);
        }

        _active[(advice.Kind, advice.Number)] = (approval, parts.Time.GetTimestamp());
        if (await SendAsync(stop).ConfigureAwait(false))
        {
            Say("sent", advice, null);
        }
        else
        {
            Say("refused", advice, "XT788 It was not sent, or is taken back.");
        }
    }

    /// <summary>Before the first word: whether the controller forgets by itself, and whether nobody else commands it.</summary>
    private async Task<bool> IsReadyAsync(SignalAdvice advice, CancellationToken stop)
    {
        ControlReading reading;
        try
        {
            reading = await parts.Writer.ReadAsync(stop).ConfigureAwait(false);
        }
        catch (SnmpException e)
        {
            Say("refused", advice, $"XT788 {e.Message}");
            return false;
        }

        if (reading.BackupS is not (>= 1 and <= LongestBackupS))
        {
            Say("refused", advice, string.Create(
                CultureInfo.InvariantCulture,
                $"XT786 The controller's backup time is {reading.BackupS?.ToString(CultureInfo.InvariantCulture) ?? "unknown"}: set it to 1 to {LongestBackupS} s, so that it forgets a command whose sender is gone."));
            return false;
        }

        _backupS = reading.BackupS.Value;
        if (!reading.IsWhole || !reading.Shows(ControlCommand.Nothing))
        {
            Say("refused", advice, "XT785 Somebody else commands this controller, or it does not say.");
            return false;
        }

        return true;
    }

    /// <summary>Brings what is active to the controller, and reads it back.</summary>
    /// <returns>False when that failed; all is then taken back.</returns>
    private async Task<bool> SendAsync(CancellationToken stop)
    {
        var command = ControlCommand.Of(_active.Values.Select(a => a.Approval));
        var isDue = !command.IsNothing && Since(_writtenAt) >= _backupS * 1000L / 3;
        if (command.IsSame(_written) && !_isUncertain && !isDue)
        {
            return true;
        }

        // Who lost the lease says nothing more: what was sent ends with the controller's backup time.
        if (!parts.Lease.IsHeld)
        {
            _active.Clear();
            (_written, _isUncertain) = (ControlCommand.Nothing, false);
            return command.IsNothing;
        }

        if (await WriteAndReadBackAsync(command, stop).ConfigureAwait(false))
        {
            return true;
        }

        _active.Clear();
        if (!command.IsNothing)
        {
            await WriteAndReadBackAsync(ControlCommand.Nothing, stop).ConfigureAwait(false);
        }

        return false;
    }

    private async Task<bool> WriteAndReadBackAsync(ControlCommand command, CancellationToken stop)
    {
        try
        {
            _isUncertain = true;
            await parts.Writer.WriteAsync(command, () => parts.Lease.IsHeld, stop).ConfigureAwait(false);
            _writtenAt = parts.Time.GetTimestamp();
            var reading = await parts.Writer.ReadAsync(stop).ConfigureAwait(false);
            if (reading.Shows(command))
            {
                (_written, _isUncertain) = (command, false);
                if (IsLocked && command.IsNothing && !_wasRestored)
                {
                    _wasRestored = true;
                    parts.Say($"restored {parts.Signal}");
                }

                return true;
            }

            parts.Shadow.Alarm();
            if (!IsLocked)
            {
                Alarm("XT784 The controller does not have what was written to it: all is taken back, and nothing more is sent until a person starts the sender again.");
            }

            IsLocked = true;
        }
        catch (SnmpException e)
        {
            if (!_isUnheard)
            {
                Alarm($"XT788 {e.Message}");
            }

            _isUnheard = true;
        }
        catch (LeaseLostException)
        {
            (_written, _isUncertain) = (ControlCommand.Nothing, false);
        }

        return false;
    }

    private void Alarm(string what) => parts.Say($"alarm {parts.Signal} {what}");

    private void Say(string word, SignalAdvice advice, string? why) =>
        parts.Say(string.Create(CultureInfo.InvariantCulture, $"{word} {advice.Signal} {advice.Fence} {AdviceLine.WordOf(advice.Kind)} {advice.Number}{(why is null ? "" : $": {why}")}"));

    private long Since(long at) => (long)parts.Time.GetElapsedTime(at).TotalMilliseconds;
}
