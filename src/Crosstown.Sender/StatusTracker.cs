using Crosstown.Control.Ntcip;
using Crosstown.Core.Controllers;

namespace Crosstown.Sender;

/// <summary>What the guard asks of a controller, made of what it showed from one reading to the next. What is not sure counts to the safe side.</summary>
internal sealed class StatusTracker(TimeProvider time)
{
    /// <summary>Older than this a reading is no status.</summary>
    public const int OldestMs = 2000;

    // Every yellow is longer: between readings this close no green can have ended and begun again unseen.
    private const int ClosestYellowMs = 3000;

    // Silent for longer, the controller may have flashed or started unseen.
    private const int LongestSilenceMs = 10_000;

    private readonly long?[] _greenSince = new long?[ControllerProgram.MaxPhase + 1];
    private readonly long?[] _waitingSince = new long?[ControllerProgram.MaxPhase + 1];
    private ControllerSnapshot? _last;
    private long? _runningSince;
    private long? _preemptedAt;

    /// <summary>Why there is no status though the controller answers; null when there is one.</summary>
    public string? Lack { get; private set; } = "It has not answered yet.";

    /// <summary>Under the hand of somebody at the cabinet.</summary>
    public bool IsManual => _last?.Control == UnitControl.Manual;

    /// <summary>What the controller shows; null when it has not been heard lately, or does not say what is needed.</summary>
    public ControllerStatus? Current
    {
        get
        {
            if (_last is not { } last || Lack is not null || Since(last.TakenAt) > OldestMs)
            {
                return null;
            }

            return new ControllerStatus
            {
                Pattern = last.Pattern!.Value,
                IsFlashing = IsFlashing(last),
                IsPreempted = IsPreempted(last),
                SincePreemptMs = _preemptedAt is { } at ? Since(at) : null,
                SinceStartMs = _runningSince is { } start ? Since(start) : 0,
                Greens = last.Greens!.Value,
                Walkers = last.Walks!.Value | last.PedestrianClearances!.Value,
                GreenMs = [.. _greenSince.Select(MsSince)],
                WaitedMs = [.. _waitingSince.Select(MsSince)],
            };
        }
    }

    /// <summary>Takes the next reading.</summary>
    public void Take(ControllerSnapshot snapshot)
    {
        if (_last is { } same && same.TakenAt == snapshot.TakenAt)
        {
            return;
        }

        Lack = LackOf(snapshot);
        if (Lack is not null)
        {
            _runningSince = null;
            _last = snapshot;
            return;
        }

        var gapMs = _last is { } last ? time.GetElapsedTime(last.TakenAt, snapshot.TakenAt).TotalMilliseconds : double.PositiveInfinity;
        if (gapMs > LongestSilenceMs || _last?.EngineBoots != snapshot.EngineBoots || IsFlashing(snapshot) || snapshot.Alarms2?.HasFlag(UnitAlarms2.PowerRestart) == true || _runningSince is null)
        {
            _runningSince = snapshot.TakenAt;
        }

        if (IsPreempted(snapshot))
        {
            _preemptedAt = snapshot.TakenAt;
        }

        var before = _last;
        var calls = (snapshot.VehicleCalls!.Value | snapshot.PedestrianCalls!.Value) & ~snapshot.Greens!.Value;
        for (var phase = 1; phase <= ControllerProgram.MaxPhase; phase++)
        {
            // A green began after it was first not seen: counted from when it was first seen it is never too long. A call is counted from the reading before.
            var isGreen = Bits.Has(snapshot.Greens.Value, phase);
            _greenSince[phase] = !isGreen ? null : gapMs < ClosestYellowMs && _greenSince[phase] is { } since ? since : snapshot.TakenAt;
            _waitingSince[phase] = !Bits.Has(calls, phase) ? null : _waitingSince[phase] ?? before?.TakenAt ?? snapshot.TakenAt;
        }

        _last = snapshot;
    }

    private static bool IsFlashing(ControllerSnapshot snapshot) =>
        snapshot.Flash is not (UnitFlash.None or UnitFlash.Preempt) || snapshot.Pattern == 255 || snapshot.ShortAlarms?.HasFlag(ShortAlarms.Flash) == true
        || (snapshot.Alarms1 & (UnitAlarms1.MonitorFlash | UnitAlarms1.LocalFlash)) is not (null or UnitAlarms1.None);

    private static bool IsPreempted(ControllerSnapshot snapshot) =>
        snapshot.Flash == UnitFlash.Preempt || snapshot.ShortAlarms?.HasFlag(ShortAlarms.Preempt) == true || snapshot.Preempts.Any(p => p is not (null or PreemptState.NotActive));

    private static string? LackOf(ControllerSnapshot snapshot) =>
        snapshot.Greens is null || snapshot.Walks is null || snapshot.PedestrianClearances is null ? "It does not say which phases are green and which walk."
        : snapshot.VehicleCalls is null || snapshot.PedestrianCalls is null ? "It does not say which phases are called."
        : snapshot.Pattern is null ? "It does not say which pattern is in effect."
        : snapshot.Flash is null ? "It does not say whether it flashes."
        : snapshot.ShortAlarms is null && (snapshot.Preempts.IsEmpty || snapshot.Preempts.Contains(null)) ? "It does not say whether a preempt is at work."
        : null;

    private int MsSince(long? at) => at is { } since ? (int)Math.Min(Since(since), int.MaxValue) : 0;

    private long Since(long at) => (long)time.GetElapsedTime(at).TotalMilliseconds;
}
