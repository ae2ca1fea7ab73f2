using System.Numerics;

namespace Crosstown.Core;

/// <summary>A stream of random numbers that only its seed and its purpose decide.</summary>
/// <remarks>
/// xoshiro256** of Blackman and Vigna, started with splitmix64. Every signal, lane and detector has its own stream, so what one draws never
/// shifts what another gets.
/// </remarks>
public sealed class RandomNumbers
{
    private ulong _a;
    private ulong _b;
    private ulong _c;
    private ulong _d;

    /// <param name="seed">The run's seed.</param>
    /// <param name="purpose">Numbers that tell this stream from all others: signal, kind, index.</param>
    public RandomNumbers(ulong seed, params ReadOnlySpan<int> purpose)
    {
        var mixed = seed;
        _ = Mix(ref mixed);
        foreach (var part in purpose)
        {
            mixed ^= (ulong)(uint)part * 0xD1B54A32D192ED03;
            mixed = Mix(ref mixed);
        }

        _a = Mix(ref mixed);
        _b = Mix(ref mixed);
        _c = Mix(ref mixed);
        _d = Mix(ref mixed);
    }

    /// <summary>0 up to, not including, 1.</summary>
    public double NextDouble() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>0 up to, not including, <paramref name="count"/>.</summary>
    public int NextInt(int count) => (int)(NextDouble() * count);

    /// <summary>From low up to, not including, high.</summary>
    public double Between(double low, double high) => low + (NextDouble() * (high - low));

    /// <summary>Time to the next of many independent events.</summary>
    public double Exponential(double mean) => -mean * Math.Log(1 - NextDouble());

    /// <summary>Bell-shaped: the sum of twelve uniform draws, so never farther than six deviations.</summary>
    public double Bell(double mean, double deviation)
    {
        var sum = -6.0;
        for (var i = 0; i < 12; i++)
        {
            sum += NextDouble();
        }

        return mean + (deviation * sum);
    }

    private static ulong Mix(ref ulong state)
    {
        state += 0x9E3779B97F4A7C15;
        var z = state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    private ulong Next()
    {
        var result = BitOperations.RotateLeft(_b * 5, 7) * 9;
        var t = _b << 17;
        _c ^= _a;
        _d ^= _b;
        _b ^= _c;
        _a ^= _d;
        _c ^= t;
        _d = BitOperations.RotateLeft(_d, 45);
        return result;
    }
}
