namespace Crosstown.Control.Failure;

/// <summary>How far verdicts on detectors agree with what is known of them, a second of a detector at a time.</summary>
public sealed class DetectorTally
{
    private long _found;
    private long _missed;
    private long _blamed;
    private long _trusted;

    /// <summary>Share of the seconds of failed detectors in which they were held to have failed, 0-1; null where none had.</summary>
    public double? FoundShare => _found + _missed == 0 ? null : (double)_found / (_found + _missed);

    /// <summary>Share of the seconds of detectors in order in which they were held to have failed, 0-1; null where none was.</summary>
    public double? BlamedShare => _blamed + _trusted == 0 ? null : (double)_blamed / (_blamed + _trusted);

    internal void Add(bool hasFailed, bool isBlamed)
    {
        _found += hasFailed && isBlamed ? 1 : 0;
        _missed += hasFailed && !isBlamed ? 1 : 0;
        _blamed += !hasFailed && isBlamed ? 1 : 0;
        _trusted += !hasFailed && !isBlamed ? 1 : 0;
    }
}
