using System.Globalization;
using System.Runtime.CompilerServices;
using Crosstown.Core.Controllers;

namespace Crosstown.Core.Tests.Controllers;

/// <summary>Looks at a controller from outside, tick by tick, and names every breach of rules C05-C08. Knows only the program and the displays.</summary>
internal sealed class SafetyWatch(ControllerProgram program, string scene)
{
    private readonly VehicleInterval[] _display = new VehicleInterval[17];
    private readonly long[] _displaySinceMs = new long[17];
    private readonly long[] _greenEndMs = new long[17];
    private readonly PedestrianInterval[] _walker = new PedestrianInterval[17];
    private readonly long[] _walkerSinceMs = new long[17];
    private readonly OverlapInterval[] _overlap = new OverlapInterval[17];
    private readonly long[] _overlapSinceMs = new long[17];
    private readonly long[] _overlapEndMs = new long[17];
    private readonly uint[] _drivers = new uint[17];
    private bool _isFirst = true;

    public int Greens { get; private set; }

    public void Look(ControllerState state)
    {
        var now = state.TimeMs;
        if (_isFirst)
        {
            Array.Fill(_greenEndMs, long.MinValue / 2);
            Array.Fill(_overlapEndMs, long.MinValue / 2);
            _isFirst = false;
        }

        var lit = state.Greens | state.Yellows;
        foreach (var phase in program.Phases)
        {
            LookAtPhase(state, phase, now);
            if ((lit >> phase.Number & 1) != 0 && (program.ConflictsOf(phase.Number) & lit) != 0)
            {
                Fail(now, $"phase {phase.Number} shows green or yellow together with a conflicting one: mask {lit:x}");
            }
        }

        foreach (var phase in program.Phases)
        {
            LookAtWalk(state, phase, now);
        }

        for (var i = 0; i < program.Overlaps.Length; i++)
        {
            LookAtOverlap(state, i, now);
        }
    }

    private void LookAtPhase(ControllerState state, PhaseTiming phase, long now)
    {
        int number = phase.Number;
        var display = state.IntervalOf(number);
        var before = _display[number];
        if (display == before)
        {
            return;
        }

        var lasted = now - _displaySinceMs[number];
        switch (before)
        {
            case VehicleInterval.Green:
                Require(display == VehicleInterval.Yellow, now, $"phase {number} went from green to {display}");
                Require(lasted >= phase.MinimumGreenMs, now, $"phase {number} was green for {lasted} ms, minimum {phase.MinimumGreenMs}");
                _greenEndMs[number] = now;
                break;
            case VehicleInterval.Yellow:
                Require(lasted == phase.YellowMs, now, $"phase {number} was yellow for {lasted} ms, programmed {phase.YellowMs}");
                Require(display == (phase.RedClearanceMs > 0 ? VehicleInterval.RedClearance : display), now, $"phase {number} skipped its red clearance");
                break;
            case VehicleInterval.RedClearance:
                Require(lasted >= phase.RedClearanceMs, now, $"phase {number} cleared for {lasted} ms, programmed {phase.RedClearanceMs}");
                break;
        }

        if (display == VehicleInterval.Green)
        {
            Greens++;
            foreach (var other in program.Phases)
            {
                var clearMs = _greenEndMs[other.Number] + other.YellowMs + other.RedClearanceMs;
                Require(
                    (program.ConflictsOf(number) >> other.Number & 1) == 0 || now >= clearMs, now,
                    $"phase {number} turned green {clearMs - now} ms before phase {other.Number} had cleared");
            }
        }

        _display[number] = display;
        _displaySinceMs[number] = now;
    }

    private void LookAtWalk(ControllerState state, PhaseTiming phase, long now)
    {
        int number = phase.Number;
        var walker = state.PedestrianOf(number);
        Require(
            walker == PedestrianInterval.DontWalk || state.IntervalOf(number) == VehicleInterval.Green, now,
            $"phase {number} shows {walker} while its vehicles have {state.IntervalOf(number)}");
        var before = _walker[number];
        if (walker == before)
        {
            return;
        }

        var lasted = now - _walkerSinceMs[number];
        if (before == PedestrianInterval.Walk)
        {
            Require(walker == PedestrianInterval.Clearance && lasted >= phase.WalkMs, now, $"walk {number} lasted {lasted} ms, then {walker}");
        }
        else if (before == PedestrianInterval.Clearance)
        {
            Require(walker == PedestrianInterval.DontWalk && lasted == phase.PedestrianClearanceMs, now, $"pedestrian clearance {number} lasted {lasted} ms, then {walker}");
        }
        else
        {
            Require(walker == PedestrianInterval.Walk && lasted >= 3000, now, $"don't walk {number} lasted {lasted} ms, then {walker}");
        }

        _walker[number] = walker;
        _walkerSinceMs[number] = now;
    }

    private void LookAtOverlap(ControllerState state, int i, long now)
    {
        var overlap = program.Overlaps[i];
        var display = state.OverlapAt(i);
        var parents = 0u;
        foreach (var parent in overlap.Parents)
        {
            parents |= (uint)1 << parent;
        }

        var own = parents | (overlap.ProtectedPhase == 0 ? 0 : (uint)1 << overlap.ProtectedPhase);
        if ((state.Greens & own) != 0)
        {
            _drivers[i] = overlap.Kind == OverlapKind.Standard ? state.Greens & parents
                : display == OverlapInterval.Green ? parents
                : display == OverlapInterval.Protected ? own & ~parents
                : _drivers[i];
        }

        var isLit = display is OverlapInterval.Green or OverlapInterval.TrailingGreen or OverlapInterval.Yellow;
        foreach (var phase in program.Phases)
        {
            var bit = (uint)1 << phase.Number;
            var conflicts = (program.ConflictsOf(phase.Number) & _drivers[i]) != 0 && (own & bit) == 0;
            Require(!(isLit && conflicts && (state.Greens & bit) != 0), now, $"overlap {overlap.Number} shows {display} while conflicting phase {phase.Number} is green");
            Require(
                !(conflicts && _display[phase.Number] == VehicleInterval.Green && _displaySinceMs[phase.Number] == now && now < _overlapEndMs[i]), now,
                $"phase {phase.Number} turned green before overlap {overlap.Number} had cleared");
        }

        var before = _overlap[i];
        if (display == before)
        {
            return;
        }

        var lasted = now - _overlapSinceMs[i];
        if (before == OverlapInterval.Yellow)
        {
            Require(lasted == overlap.YellowMs, now, $"overlap {overlap.Number} was yellow for {lasted} ms, programmed {overlap.YellowMs}");
        }

        if (before is OverlapInterval.Green or OverlapInterval.TrailingGreen)
        {
            Require(display is OverlapInterval.Yellow or OverlapInterval.TrailingGreen, now, $"overlap {overlap.Number} went from {before} to {display}");
        }

        if (display == OverlapInterval.Yellow)
        {
            _overlapEndMs[i] = now + overlap.YellowMs + overlap.RedClearanceMs;
        }

        _overlap[i] = display;
        _overlapSinceMs[i] = now;
    }

    private void Require(bool holds, long now, [InterpolatedStringHandlerArgument(nameof(holds))] ref Breach otherwise)
    {
        if (!holds)
        {
            Fail(now, otherwise.ToString());
        }
    }

    private void Fail(long now, string what) => Assert.Fail(string.Create(CultureInfo.InvariantCulture, $"{scene}, at {now / 1000.0} s: {what}"));

    /// <summary>Words for a breach, put together only when there is one: this is asked a hundred million times.</summary>
    [InterpolatedStringHandler]
    private ref struct Breach
    {
        private DefaultInterpolatedStringHandler _text;

        public Breach(int literalLength, int formattedCount, bool holds, out bool isNeeded)
        {
            isNeeded = !holds;
            _text = isNeeded ? new DefaultInterpolatedStringHandler(literalLength, formattedCount, CultureInfo.InvariantCulture) : default;
        }

        public void AppendLiteral(string text) => _text.AppendLiteral(text);

        public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);

        public override string ToString() => _text.ToStringAndClear();
    }
}
