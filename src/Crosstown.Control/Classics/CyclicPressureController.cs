using Crosstown.Control.Sites;
using Crosstown.Core.Networks;

namespace Crosstown.Control.Classics;

/// <summary>Cyclic max-pressure control after Le and others (2015): the reference program's stages in its order and its cycle, with green in each cycle by the mean pressure of the one before.</summary>
public sealed class CyclicPressureController : ISignalController
{
    private readonly SignalSite _site;
    private readonly RoadProfile _profile;
    private readonly SiteSense _sense;
    private readonly int[] _leastS;
    private readonly double[] _referenceS;
    private readonly double[] _pressure;
    private readonly int[] _endS;
    private readonly int _cycleS;
    private int? _beginS;
    private int _place;

    /// <param name="site">The signal.</param>
    /// <param name="profile">The times to keep.</param>
    public CyclicPressureController(SignalSite site, RoadProfile profile)
    {
        (_site, _profile, _sense) = (site, profile, new SiteSense(site));
        var menu = site.Menu;
        var count = menu.ReferenceOrder.Length;
        _leastS = [.. menu.ReferenceOrder.Select(LeastS)];
        _referenceS = new double[count];
        for (var p = 0; p < menu.ReferencePlaces.Length; p++)
        {
            if (menu.ReferencePlaces[p] is var place and >= 0)
            {
                _referenceS[place] += site.Card.Reference.Phases[p].DurationS;
            }
        }

        _pressure = new double[count];
        _endS = new int[count];
        _cycleS = Math.Max((int)Math.Round(site.Card.Reference.CycleS), _leastS.Sum() + (count * profile.ChangeS));

        int LeastS(int stage) => Enumerable.Range(0, site.Card.LinkCount).Where(l => menu.Stages[stage][l])
            .Select(l => site.Card.IsCrossing(l) ? profile.WalkS + Math.Max(0, site.Card.ClearanceS(l, profile) - profile.ChangeS) : profile.MinimumGreenS).DefaultIfEmpty(profile.MinimumGreenS).Max();
    }

    public (int Stage, int HoldS) Decide(DetectorFrame frame, int nowS, StageDriver driver)
    {
        _sense.Update(frame, driver);
        for (var k = 0; k < _pressure.Length; k++)
        {
            _pressure[k] += Math.Max(0, _sense.PressureOf(_site.Menu.ReferenceOrder[k]));
        }

        if (driver.IsChanging)
        {
            return (driver.Target, 0);
        }

        if (ServiceClock.FindDue(_site, _profile, driver, nowS) is { } due)
        {
            return (due, driver.MayEnd(nowS) ? 0 : 1);
        }

        if (_beginS is null || nowS >= _beginS + _cycleS - _profile.ChangeS)
        {
            // The change to the first stage belongs to the end of the cycle before.
            Split((_beginS + _cycleS) ?? nowS);
        }

        while (_place < _endS.Length - 1 && nowS >= _endS[_place])
        {
            _place++;
        }

        var stage = _site.Menu.ReferenceOrder[_place];
        return stage == driver.Stage ? (stage, Math.Max(1, _endS[_place] - nowS)) : (stage, 0);
    }

    /// <summary>Shares the cycle among the stages: to each its least green, the rest by pressure; by the reference where there was none.</summary>
    private void Split(int beginS)
    {
        _beginS = beginS;
        _place = 0;
        var restS = _cycleS - _leastS.Sum() - (_leastS.Length * _profile.ChangeS);
        var weights = _pressure.Sum() > 0 ? _pressure : _referenceS;
        var sum = weights.Sum();
        var upTo = 0.0;
        var atS = beginS;
        for (var k = 0; k < _endS.Length; k++)
        {
            var before = (int)Math.Round(restS * (sum > 0 ? upTo / sum : 0));
            upTo += weights[k];
            var greenS = _leastS[k] + (int)Math.Round(restS * (sum > 0 ? upTo / sum : 0)) - before;
            _endS[k] = atS + greenS;
            atS = _endS[k] + _profile.ChangeS;
        }

        Array.Clear(_pressure);
    }
}
