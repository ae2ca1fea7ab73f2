using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Crosstown.Control.Sites;
using Crosstown.Core.Data;
using Crosstown.Core.Networks;

namespace Crosstown.Control.Traci;

/// <summary>Controls all signals of a simulation until it is over.</summary>
public static class TraciRun
{
    /// <summary>What a clock of steps that are no whole part of a second may be off, s.</summary>
    private const double AlmostS = 1e-6;

    /// <summary>Drives a simulation step by step.</summary>
    /// <remarks>
    /// The clock is the simulation's own, whatever its steps are: it is decided at each whole second that comes, and what a signal really shows is read back before.
    /// </remarks>
    /// <param name="client">Connected.</param>
    /// <param name="network">The streets.</param>
    /// <param name="equipment">Their detectors.</param>
    /// <param name="reference">A program for each signal, that says what may be green together.</param>
    /// <param name="profile">The times to keep.</param>
    /// <param name="settings">Who decides, who guards, what is sensed.</param>
    /// <returns>What was done up to the end of the connection, however it came about.</returns>
    /// <exception cref="TraciException">The conversation went wrong, other than by its end; or the clock went back.</exception>
    public static TraciRecord Drive(
        TraciClient client, RoadNetwork network, RoadEquipment equipment, ImmutableArray<FixedProgram> reference, RoadProfile profile, TraciSettings settings)
    {
        var sites = SignalSite.List(network, equipment, reference);
        var wanted = sites.SelectMany(s => s.Approaches).SelectMany(a => a.Lanes.SelectMany(l => (int[])[l.Zone, l.StopLoop, l.AdvanceLoop, .. l.Links.Select(k => k.ExitZone)])
            .Concat(a.Upstream.Select(u => u.Zone)).Concat(a.Feeders.Select(f => f.Loop))).Where(d => d >= 0 && (!settings.SensesLoopsOnly || equipment.Detectors[d].IsLoop)).Distinct().Order().ToArray();
        var disturb = settings.Disturbs?.Invoke(wanted);
        var times = new List<double>();
        GuardedSignal[] signals = [];
        try
        {
            var sensors = new TraciSensors(client, equipment.Detectors, wanted);
            var clock = client.Subscribe(TraciDomain.Simulation, "", TraciValue.TimeS);
            var shown = sites.Select(s => client.Subscribe(TraciDomain.Signal, s.Card.Signal, TraciValue.State)).ToArray();
            var timeS = client.ReadNumber(TraciDomain.Simulation, TraciValue.TimeS);
            var beginS = (int)Math.Ceiling(timeS - AlmostS);
            signals = [.. sites.Select(s => Take(s, client.ReadText(TraciDomain.Signal, TraciValue.State, s.Card.Signal), beginS))];
            var isFirst = true;
            var isWithinSecond = false;
            while (true)
            {
                var start = Stopwatch.GetTimestamp();
                sensors.Read(client, isWithinSecond);
                var second = (int)Math.Round(timeS);
                isWithinSecond = Math.Abs(timeS - second) > AlmostS;
                if (!isWithinSecond)
                {
                    disturb?.Invoke(sensors.Frame);
                    for (var s = 0; s < signals.Length; s++)
                    {
                        // The first state is always told: from then on no program of the simulator's own runs.
                        if (signals[s].Step(sensors.Frame, second, isFirst ? null : client.TextAt(shown[s])) || isFirst)
                        {
                            client.SetState(signals[s].Site.Card.Signal, signals[s].State);
                        }
                    }

                    isFirst = false;
                    times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                }

                client.Step();
                var before = timeS;
                timeS = client.Values[clock];
                if (!(timeS > before))
                {
                    throw new TraciException(
                        TraciFault.ClockWentBack, string.Create(CultureInfo.InvariantCulture, $"The simulation's clock went from {before} s to {timeS} s: load a simulation anew with a client of its own."));
                }
            }
        }
        catch (TraciException end) when (end.Fault == TraciFault.Closed)
        {
            return new TraciRecord
            {
                StepMs = [.. times],
                Signals = sites.Length,
                RefusedStates = signals.Sum(s => s.Refused),
                FallenBack = [.. signals.Where(s => s.HasFallenBack).Select(s => s.Site.Card.Signal)],
                Astray = signals.Sum(s => s.Astray),
                FirstRefusals = [.. signals.SelectMany(s => s.FirstRefusal)],
            };
        }

        GuardedSignal Take(SignalSite site, string state, int nowS) =>
            new(site, profile, settings.Controller(site), settings.Guard(site.Card, nowS, state), nowS, state);
    }
}

/// <summary>Who decides at the signals of a simulation, who guards them, and what they sense.</summary>
public sealed record TraciSettings
{
    /// <summary>Makes the controller of a signal.</summary>
    public required Func<SignalSite, ISignalController> Controller { get; init; }

    /// <summary>Makes the guard of a signal from its card, the second of the clock, and what it shows then.</summary>
    public required Func<SignalCard, int, string, IStateGuard> Guard { get; init; }

    /// <summary>True when nothing but loops may be read: zones then say nothing.</summary>
    public bool SensesLoopsOnly { get; init; }

    /// <summary>From the indices of the detectors that are read, what changes their frame each second before anybody sees it; null for nothing.</summary>
    public Func<IReadOnlyList<int>, Action<DetectorFrame>>? Disturbs { get; init; }
}

/// <summary>What was done with a simulation.</summary>
public sealed record TraciRecord
{
    /// <summary>Our own time for each step of all signals, ms.</summary>
    public required ImmutableArray<double> StepMs { get; init; }

    public required int Signals { get; init; }

    /// <summary>States that the guards refused.</summary>
    public required int RefusedStates { get; init; }

    /// <summary>Seconds in which a signal showed something else than it was told, by all signals.</summary>
    public required int Astray { get; init; }

    /// <summary>Signals that run their own fixed program since then.</summary>
    public required ImmutableArray<string> FallenBack { get; init; }

    /// <summary>What spoke against the first refused state of each signal.</summary>
    public required ImmutableArray<Problem> FirstRefusals { get; init; }

    /// <summary>Mean of our own time for a signal and second, ms; null without a step or a signal.</summary>
    public double? MeanMs => StepMs.IsEmpty || Signals == 0 ? null : StepMs.Average() / Signals;

    /// <summary>Of a hundred seconds, 99 took a signal no longer, ms; null without a step or a signal.</summary>
    public double? P99Ms => StepMs.IsEmpty || Signals == 0 ? null : StepMs.Order().ElementAt((int)Math.Ceiling(StepMs.Length * 0.99) - 1) / Signals;
}
