using Crosstown.Core.Events;

namespace Crosstown.Measures.Learning;

/// <summary>One detector channel's hits, held against calls and displays of every phase.</summary>
internal sealed class ChannelFacts
{
    private ChannelFacts(byte channel, int phases)
    {
        Channel = channel;
        CallDeviations = new double[phases];
        CallShare = new double[phases];
        DisplayFit = new double[phases];
        DeepRedShare = new double[phases];
        OnInGreenShare = new double[phases];
        RedOccupancy = new double[phases];
    }

    public byte Channel { get; }

    public List<long> OnMs { get; } = [];

    public List<long> OffMs { get; } = [];

    /// <summary>By phase index: standard deviations by which calls come and go with this channel more often than by chance.</summary>
    public double[] CallDeviations { get; }

    /// <summary>By phase index: the share of this channel's hits, or of the phase's calls where those are fewer, that coincide beyond chance.</summary>
    public double[] CallShare { get; }

    /// <summary>By phase index: how well the phase's display tells when this channel is hit, in nats per hit; 0 is not at all.</summary>
    public double[] DisplayFit { get; }

    /// <summary>By phase index: the share of hits that ended when the phase had been red for 3 seconds and more.</summary>
    public double[] DeepRedShare { get; }

    /// <summary>By phase index: the share of hits that began in green or yellow.</summary>
    public double[] OnInGreenShare { get; }

    /// <summary>By phase index: the share of red time during which the channel was on.</summary>
    public double[] RedOccupancy { get; }

    /// <summary>On-time that nine hits in ten stay below.</summary>
    public long LongHitMs { get; private set; }

    /// <summary>Reads the facts of all channels of a log.</summary>
    public static List<ChannelFacts> ReadAll(ReadOnlySpan<ControllerEvent> events, PhaseDisplays displays)
    {
        var byChannel = new ChannelFacts?[256];
        var registered = new List<long>[256];
        var dropped = new List<long>[256];
        foreach (ref readonly var e in events)
        {
            if (e.Parameter is < 1 or > 255)
            {
                continue;
            }

            switch (e.Code)
            {
                case EventCode.DetectorOn:
                    (byChannel[e.Parameter] ??= new ChannelFacts((byte)e.Parameter, displays.Phases.Length)).OnMs.Add(e.TimeMs);
                    break;
                case EventCode.DetectorOff:
                    (byChannel[e.Parameter] ??= new ChannelFacts((byte)e.Parameter, displays.Phases.Length)).OffMs.Add(e.TimeMs);
                    break;
                case EventCode.PhaseCallRegistered:
                    (registered[e.Parameter] ??= []).Add(e.TimeMs);
                    break;
                case EventCode.PhaseCallDropped:
                    (dropped[e.Parameter] ??= []).Add(e.TimeMs);
                    break;
                default:
                    break;
            }
        }

        var facts = byChannel.OfType<ChannelFacts>().Where(f => f.OnMs.Count > 0 && f.OffMs.Count > 0).ToList();
        foreach (var channel in facts)
        {
            channel.ReadDurations();
            for (var p = 0; p < displays.Phases.Length; p++)
            {
                var phase = displays.Phases[p];
                var spanMs = Math.Max(1, displays.EndMs - displays.StartMs);
                var (onDeviations, onShare) = Coincide(channel.OnMs, registered[phase], spanMs);
                var (offDeviations, offShare) = Coincide(channel.OffMs, dropped[phase], spanMs);
                channel.CallDeviations[p] = onDeviations + offDeviations;
                channel.CallShare[p] = Math.Max(onShare, offShare);
                channel.ReadDisplay(displays, p);
            }
        }

        return facts;
    }

    /// <summary>How much more often than by chance one of <paramref name="calls"/> follows a time within the call window.</summary>
    private static (double Deviations, double Share) Coincide(List<long> times, List<long>? calls, long spanMs)
    {
        if (calls is null || times.Count == 0)
        {
            return (0, 0);
        }

        var hits = 0;
        var j = 0;
        foreach (var time in times)
        {
            while (j < calls.Count && calls[j] < time)
            {
                j++;
            }

            hits += j < calls.Count && calls[j] <= time + LearningLimits.CallWindowMs ? 1 : 0;
        }

        var windowMs = LearningLimits.CallWindowMs + 100;
        var byChance = (double)times.Count * calls.Count * windowMs / spanMs;
        return ((hits - byChance) / Math.Sqrt(byChance + 1), (hits - byChance) / Math.Min(times.Count, calls.Count));
    }

    private void ReadDurations()
    {
        var durations = new List<long>(OnMs.Count);
        var j = 0;
        foreach (var on in OnMs)
        {
            while (j < OffMs.Count && OffMs[j] <= on)
            {
                j++;
            }

            if (j < OffMs.Count)
            {
                durations.Add(OffMs[j] - on);
            }
        }

        durations.Sort();
        LongHitMs = durations.Count == 0 ? 0 : durations[(int)(durations.Count * 0.9)];
    }

    private void ReadDisplay(PhaseDisplays displays, int p)
    {
        var phase = displays.Phases[p];
        var timeIn = displays.TimeInClass(phase);
        double total = timeIn.Sum();
        var on = new int[PhaseDisplays.Classes];
        var off = new int[PhaseDisplays.Classes];
        var deepRed = 0;
        var walker = displays.Walk(phase);
        foreach (var time in OnMs)
        {
            on[walker.ClassAt(time, out _)]++;
        }

        walker = displays.Walk(phase);
        foreach (var time in OffMs)
        {
            off[walker.ClassAt(time, out var isDeepRed)]++;
            deepRed += isDeepRed ? 1 : 0;
        }

        DisplayFit[p] = (Fit(on, timeIn, total) + Fit(off, timeIn, total)) / OnMs.Count;
        DeepRedShare[p] = (double)deepRed / OffMs.Count;
        OnInGreenShare[p] = (double)on[PhaseDisplays.FirstGreen..].Sum() / OnMs.Count;
        RedOccupancy[p] = OccupiedInRed(displays, phase, timeIn[1] + timeIn[2]);
    }

    private double OccupiedInRed(PhaseDisplays displays, byte phase, long redMs)
    {
        var changes = displays.Changes(phase);
        long occupied = 0;
        var c = 0;
        var o = 0;
        foreach (var on in OnMs)
        {
            while (o < OffMs.Count && OffMs[o] <= on)
            {
                o++;
            }

            var off = o < OffMs.Count ? OffMs[o] : displays.EndMs;
            while (c + 1 < changes.Count && changes[c + 1].TimeMs <= on)
            {
                c++;
            }

            for (var k = c; k < changes.Count && changes[k].TimeMs < off; k++)
            {
                if (changes[k].Kind == 'R')
                {
                    var end = k + 1 < changes.Count ? changes[k + 1].TimeMs : displays.EndMs;
                    occupied += Math.Max(0, Math.Min(off, end) - Math.Max(on, changes[k].TimeMs));
                }
            }
        }

        return redMs == 0 ? 0 : Math.Min(1, (double)occupied / redMs);
    }

    /// <summary>Log-likelihood of counts by class against hits spread evenly over time.</summary>
    private static double Fit(int[] counts, long[] timeIn, double totalMs)
    {
        double all = counts.Sum();
        double fit = 0;
        for (var c = 0; c < counts.Length; c++)
        {
            if (counts[c] > 0 && timeIn[c] > 0)
            {
                fit += counts[c] * Math.Log(counts[c] / all / (timeIn[c] / totalMs));
            }
        }

        return fit;
    }
}
