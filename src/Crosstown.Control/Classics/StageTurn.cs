using Crosstown.Control.Sites;

namespace Crosstown.Control.Classics;

/// <summary>Where a controller is in the order of the reference program's stages, and since when.</summary>
internal sealed class StageTurn(SignalSite site)
{
    private int _stage = -1;
    private int _fromS;

    /// <summary>Place in the reference order of the stage that ran last of those that are in it.</summary>
    public int Place { get; private set; }

    public int Count => site.Menu.ReferenceOrder.Length;

    /// <summary>Takes note of the stage that runs. Called each second in which nothing changes.</summary>
    /// <returns>Seconds for which it has run.</returns>
    public int Update(StageDriver driver, int nowS)
    {
        if (_stage != driver.Stage)
        {
            (_stage, _fromS) = (driver.Stage, nowS);
            for (var i = 1; i <= Count; i++)
            {
                var place = (Place + i) % Count;
                if (StageAt(place) == _stage)
                {
                    Place = place;
                    break;
                }
            }
        }

        return nowS - _fromS;
    }

    public int StageAt(int place) => site.Menu.ReferenceOrder[place % Count];
}
