using System.Collections.Immutable;

namespace Crosstown.Control.Priority;

/// <summary>A signal on the way of an emergency: where the vehicle comes in and where it leaves.</summary>
/// <param name="Server">Where requests for the signal arrive.</param>
/// <param name="Entering">Index of the edge that ends at the signal.</param>
/// <param name="Leaving">Index of the edge that leaves it.</param>
public sealed record WaveStep(PriorityServer Server, int Entering, int Leaving);

/// <summary>Releases the signals along the way of an emergency one after the other, each in time for its queue, and gives each back once it has been passed.</summary>
/// <remarks>It lives as long as the drive. It knows neither who drives nor where to beyond the signals still ahead, and keeps nothing of those behind.</remarks>
public sealed class GreenWave
{
    /// <summary>Signals that are reached later are not asked yet: what is expected of them is still too vague.</summary>
    private const int HorizonS = 150;

    /// <summary>From the stop line to behind it, s.</summary>
    private const int ClearS = 2;

    private readonly int _expiryS;
    private readonly Queue<(WaveStep Step, ImmutableArray<int> Links)> _ahead = new();
    private readonly List<int?> _numbers = [];

    /// <param name="steps">In the order of the way; at least one.</param>
    /// <param name="expiryS">Seconds after the last news at which it ends by itself, above 0.</param>
    /// <exception cref="ArgumentException">A signal does not lead from the one edge to the other.</exception>
    public GreenWave(IEnumerable<WaveStep> steps, int expiryS)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(expiryS);
        _expiryS = expiryS;
        foreach (var step in steps)
        {
            var links = step.Server.ListLinks(step.Entering, step.Leaving);
            if (links.IsEmpty)
            {
                throw new ArgumentException($"Signal '{step.Server.Site.Card.Signal}' does not lead from edge {step.Entering} to edge {step.Leaving}.", nameof(steps));
            }

            _ahead.Enqueue((step, links));
            _numbers.Add(null);
        }
    }

    /// <summary>Signals still ahead.</summary>
    public int Count => _ahead.Count;

    /// <summary>Takes newer times of arrival.</summary>
    /// <param name="serviceS">For each signal still ahead, in order: second of the clock at which the vehicle would be at its stop line if nothing stood in its way.</param>
    /// <param name="nowS">Seconds of the clock.</param>
    /// <exception cref="ArgumentException">There are more or fewer times than signals ahead.</exception>
    public void Expect(ReadOnlySpan<int> serviceS, int nowS)
    {
        if (serviceS.Length != _ahead.Count)
        {
            throw new ArgumentException($"{serviceS.Length} times were given for {_ahead.Count} signals ahead.", nameof(serviceS));
        }

        var i = 0;
        foreach (var (step, links) in _ahead)
        {
            var (arrivalS, expiryS) = (serviceS[i], nowS + _expiryS);
            if (_numbers[i] is { } number)
            {
                step.Server.Update(number, arrivalS, arrivalS + ClearS, expiryS);
            }
            else if (arrivalS - nowS <= HorizonS)
            {
                var request = new PriorityRequest { Role = PriorityRole.Emergency, Approach = step.Entering, Links = links, ServiceS = arrivalS, DepartureS = arrivalS + ClearS, ExpiryS = expiryS };
                _numbers[i] = step.Server.Open(request, nowS).Number;
            }

            i++;
        }
    }

    /// <summary>The first signal ahead has been passed: it is given back. Nothing when none is ahead.</summary>
    public void Pass(int nowS)
    {
        if (_ahead.TryDequeue(out var passed))
        {
            if (_numbers[0] is { } number)
            {
                passed.Step.Server.Pass(number, nowS);
            }

            _numbers.RemoveAt(0);
        }
    }

    /// <summary>The drive is over, or goes another way: all signals still ahead are given back.</summary>
    public void End(int nowS)
    {
        foreach (var (step, _) in _ahead)
        {
            if (_numbers[0] is { } number)
            {
                step.Server.Cancel(number, nowS);
            }

            _numbers.RemoveAt(0);
        }

        _ahead.Clear();
    }
}
