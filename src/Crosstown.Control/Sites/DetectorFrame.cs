namespace Crosstown.Control.Sites;

/// <summary>What all detectors said in one step of a second.</summary>
/// <remarks>Arrays are by detector, as the equipment lists them; NaN where a detector said nothing.</remarks>
public sealed class DetectorFrame(int detectors)
{
    /// <summary>Zones: vehicles inside now.</summary>
    public float[] Vehicles { get; } = Filled(detectors);

    /// <summary>Zones: vehicles that stand.</summary>
    public float[] Halting { get; } = Filled(detectors);

    /// <summary>Zones: mean speed, m/s; NaN without vehicles.</summary>
    public float[] SpeedMps { get; } = Filled(detectors);

    /// <summary>Loops: vehicles that left it in the step.</summary>
    public float[] Passed { get; } = Filled(detectors);

    /// <summary>Loops: 1 while a vehicle covers it, else 0.</summary>
    public float[] Covered { get; } = Filled(detectors);

    private static float[] Filled(int count)
    {
        var values = new float[count];
        Array.Fill(values, float.NaN);
        return values;
    }
}
