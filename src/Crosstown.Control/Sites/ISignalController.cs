namespace Crosstown.Control.Sites;

/// <summary>Decides, second by second, which stage of one signal runs.</summary>
public interface ISignalController
{
    /// <summary>Says which stage shall run. Called once a second, also while the signal changes.</summary>
    /// <param name="frame">What the detectors said of the last second.</param>
    /// <param name="nowS">Seconds of the clock.</param>
    /// <param name="driver">What the signal shows and may do.</param>
    /// <returns>The stage, and for how many more seconds the running one is expected to stay; 0 to change now.</returns>
    (int Stage, int HoldS) Decide(DetectorFrame frame, int nowS, StageDriver driver);
}
