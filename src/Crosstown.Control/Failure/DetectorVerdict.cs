namespace Crosstown.Control.Failure;

/// <summary>What is held of a detector.</summary>
public enum DetectorVerdict
{
    /// <summary>Nothing speaks against it.</summary>
    Healthy,

    /// <summary>It says nothing, or sees nobody where others do.</summary>
    Silent,

    /// <summary>It says the same all the time, against what others see.</summary>
    Stuck,

    /// <summary>It counts what no street can bring.</summary>
    Chattering,
}
