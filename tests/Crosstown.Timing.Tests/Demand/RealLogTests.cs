using System.Globalization;
using Crosstown.Core.Controllers;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Core.Time;
using Crosstown.Timing.Demand;
using Crosstown.Timing.Demand.InForce;
using Crosstown.Timing.Demand.Reading;

namespace Crosstown.Timing.Tests.Demand;

/// <summary>Three hours of two real signals: what behavior tells must be what the controller says of itself.</summary>
[Trait("Category", SharedData.Category)]
public sealed class RealLogTests
{
    private static List<ControllerEvent> EventsOf(string device)
    {
        var events = new HashSet<ControllerEvent>();
        foreach (var line in File.ReadLines(SharedData.PathTo("data/hires/odot-3h/events.csv")).Skip(1))
        {
            var cells = line.Split(',');
            var parameter = int.Parse(cells[3], CultureInfo.InvariantCulture);
            if (cells[1] == device && parameter is >= 0 and <= short.MaxValue)
            {
                // The wall clock is read as it stands: all that counts here is local.
                var time = DateTime.Parse(cells[0], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
                events.Add(new ControllerEvent((long)(time - DateTime.UnixEpoch).TotalMilliseconds, ushort.Parse(cells[2], CultureInfo.InvariantCulture), (short)parameter));
            }
        }

        return [.. events.Order()];
    }

    private static SignalConfiguration ConfigurationOf(string device) => SignalConfiguration.Unknown(SignalId.Parse(device)) with
    {
        Detectors =
        [
            .. File.ReadLines(SharedData.PathTo("data/hires/odot-3h/detectors.csv")).Skip(1).Select(l => l.Split(',')).Where(c => c[0] == device && c[2] != "Yellow_Red")
                .Select(c => new Detector
                {
                    Phase = byte.Parse(c[1], CultureInfo.InvariantCulture),
                    Channel = byte.Parse(c[3], CultureInfo.InvariantCulture),
                    Functions = c[2] switch { "Advance" => DetectorFunctions.AdvanceCount, "Presence" => DetectorFunctions.StopBarPresence, _ => DetectorFunctions.LaneByLaneCount },
                }),
        ],
    };

    [Theory]
    [InlineData("227", 130, 72)]
    [InlineData("452", 130, 73)]
    public void Behavior_alone_finds_the_plan_that_the_controller_reports(string device, int cycleS, int offsetS)
    {
        var events = EventsOf(device);
        var logged = InForceLearner.Learn(ConfigurationOf(device), SignalLogReader.Read(SignalId.Parse(device), LocalTimeMap.Utc, events.ToArray()));
        var behavior = InForceLearner.Learn(
            ConfigurationOf(device), SignalLogReader.Read(SignalId.Parse(device), LocalTimeMap.Utc, events.Where(TownRecord.IsBehavior).ToArray()));
        var told = Assert.Single(logged.Patterns).Timing;
        var seen = Assert.Single(behavior.Patterns);
        Assert.Equal((cycleS * 1000, offsetS * 1000, OffsetReference.BeginLastGreen), (told.CycleMs, told.OffsetMs, told.Reference));
        Assert.Equal(cycleS * 1000, seen.Timing.CycleMs);
        Assert.All(told.SplitMs.Where(s => !seen.BoundedSplits.Contains(s.Key)), s => Assert.Equal(s.Value, seen.Timing.SplitMs[s.Key]));

        // Seen from outside, the same greens: the offset told, counted to the reference that behavior shows.
        var expected = CycleDiagram.Of([.. logged.Phases], told)!.OffsetTo(told, seen.Timing.Reference);
        Assert.InRange(Circle.Distance(expected, seen.Timing.OffsetMs, told.CycleMs), 0, 500);
        _ = new ControllerProgram(logged.Phases, patterns: [told]);
        Assert.Equal([2, 6], logged.Phases.Where(p => p.IsCoordinated).Select(p => (int)p.Number));
    }

    [Fact]
    public void A_study_of_real_signals_says_what_it_lacks()
    {
        StudySignal[] signals = [.. new[] { "227", "452" }.Select(d => new StudySignal(ConfigurationOf(d), SignalLogReader.Read(SignalId.Parse(d), LocalTimeMap.Utc, EventsOf(d).ToArray())))];
        var result = DemandStudy.Run(signals, []);

        Assert.NotEmpty(result.Periods);
        foreach (var group in result.Groups.Where(g => g.Saturation.IsMeasured))
        {
            var lanes = result.Periods[0].Network.Groups[result.Groups.IndexOf(group)].Lanes;
            Assert.InRange(group.Saturation.SaturationVehPerHour / lanes, 1200, 2300);
        }
    }
}
