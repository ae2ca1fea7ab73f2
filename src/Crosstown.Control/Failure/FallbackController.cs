using System.Collections.Immutable;
using System.Globalization;
using Crosstown.Control.Classics;
using Crosstown.Control.Sites;
using Crosstown.Core.Networks;

namespace Crosstown.Control.Failure;

/// <summary>Lets a controller decide as long as its detectors, its own work and the clock are in order; else the actuated one, else the reference plan. It comes back when all is well again.</summary>
/// <remarks>
/// What a failed detector says is kept from whoever decides, who then makes do with the others. It goes down as soon as a reason stands for <see cref="DownAfterS"/>, at once where the controller
/// itself failed; it goes up a level when none has stood for <see cref="UpAfterS"/>, twice that for each failure of the controller itself, and not before a change under way has ended.
/// </remarks>
public sealed class FallbackController : ISignalController
{
    /// <summary>Seconds for which a reason must stand before a level is left.</summary>
    public const int DownAfterS = 5;

    /// <summary>Seconds for which no reason may have stood before a better level is tried.</summary>
    public const int UpAfterS = 60;

    /// <summary>A decision that takes as long as the second that it is for comes too late.</summary>
    public static readonly TimeSpan LongestDecision = TimeSpan.FromSeconds(1);

    /// <summary>Share of the lanes' sensing that may be lost before the controller is left, and the one below which it is tried again.</summary>
    private const double MostBlind = 0.6;
    private const double MostBlindAgain = 0.5;

    /// <summary>The same for the actuated controller.</summary>
    private const double MostBlindActuated = 0.85;
    private const double MostBlindActuatedAgain = 0.75;

    /// <summary>With this share of the detectors failed, the others must see somebody move within this time, s.</summary>
    private const double SuspiciousShare = 0.4;
    private const int MostStillS = 90;

    /// <summary>The same where fewer have: a quiet street is not suspicious for long.</summary>
    private const double NotedShare = 0.15;
    private const int MostQuietS = 600;

    /// <summary>Changes that are kept; later ones are only counted.</summary>
    private const int MostChanges = 1000;

    private const int MostFailures = 6;

    private readonly SignalSite _site;
    private readonly ISignalController[] _controllers;
    private readonly ControlLevel _best;
    private readonly SiteHealth _health;
    private readonly TimeProvider _time;
    private readonly List<(int Detector, float Vehicles, float Halting, float SpeedMps, float Passed, float Covered)> _kept = [];
    private readonly List<LevelChange> _changes = [];
    private readonly int[] _againstS = new int[2];
    private readonly int[] _forS = new int[2];
    private bool _isResting;
    private int _failures;
    private int _awayS;
    private int? _lastS;

    /// <param name="site">The signal.</param>
    /// <param name="profile">The times to keep.</param>
    /// <param name="preferred">Decides while all is well; null for the actuated controller.</param>
    /// <param name="isSensed">By detector of the equipment: true for those that are read at all.</param>
    /// <param name="time">Measures how long a decision takes.</param>
    public FallbackController(SignalSite site, RoadProfile profile, ISignalController? preferred, Func<int, bool> isSensed, TimeProvider time)
    {
        _site = site;
        var actuated = new ActuatedController(site, profile);
        _controllers = [preferred ?? actuated, actuated, new FixedController(site, profile)];
        _best = preferred is null ? ControlLevel.Actuated : ControlLevel.Preferred;
        Level = _best;
        _health = new SiteHealth(site, profile, isSensed);
        _time = time;
    }

    /// <summary>Who decides now.</summary>
    public ControlLevel Level { get; private set; }

    /// <summary>What is held of the signal's detectors.</summary>
    public SiteHealth Health => _health;

    /// <summary>Every change of level so far, first to last; those beyond a thousand are only counted.</summary>
    public ImmutableArray<LevelChange> Changes => [.. _changes];

    /// <summary>Changes of level so far.</summary>
    public int ChangeCount { get; private set; }

    public (int Stage, int HoldS) Decide(DetectorFrame frame, int nowS, StageDriver driver)
    {
        var jumpS = _lastS is { } last ? nowS - last - 1 : 0;
        _lastS = nowS;
        _health.Update(frame, nowS, driver);
        Weigh(nowS, jumpS, driver);
        _health.Mask(frame, _kept);
        try
        {
            while (true)
            {
                var from = Level;
                var start = _time.GetTimestamp();
                try
                {
                    var decided = _controllers[(int)from].Decide(frame, nowS, driver);
                    if (from != ControlLevel.Fixed && _time.GetElapsedTime(start) >= LongestDecision)
                    {
                        Fail(nowS, string.Create(CultureInfo.InvariantCulture, $"its decision took {_time.GetElapsedTime(start).TotalSeconds:0.0} s"));
                    }

                    return decided;
                }
                catch (Exception reason) when (from != ControlLevel.Fixed && reason is not OutOfMemoryException)
                {
                    Fail(nowS, $"it failed: {reason.GetType().Name}");
                }
            }
        }
        finally
        {
            SiteHealth.Unmask(frame, _kept);
        }
    }

    private void Fail(int nowS, string reason)
    {
        _failures = Math.Min(_failures + 1, MostFailures);
        _awayS = UpAfterS << _failures;
        _isResting = false;
        Go(Level + 1, nowS, reason);
    }

    private void Weigh(int nowS, int jumpS, StageDriver driver)
    {
        if (jumpS != 0)
        {
            // Whoever counted the vehicles missed some: the actuated controller needs no memory of them.
            _forS[0] = 0;
            if (Level == ControlLevel.Preferred)
            {
                Go(ControlLevel.Actuated, nowS, string.Create(CultureInfo.InvariantCulture, $"the clock jumped by {jumpS + 1} s"));
            }
        }

        _awayS = Math.Max(0, _awayS - 1);
        var failed = _health.Count == 0 ? 1 : (double)_health.Failed / _health.Count;
        var isStill = _health.StillS >= (failed >= SuspiciousShare ? MostStillS : failed >= NotedShare ? MostQuietS : int.MaxValue);
        for (var level = 0; level < 2; level++)
        {
            var blind = _health.BlindShare;
            var most = (int)Level <= level ? (level == 0 ? MostBlind : MostBlindActuated) : level == 0 ? MostBlindAgain : MostBlindActuatedAgain;
            var isAgainst = blind > most;
            _againstS[level] = isAgainst ? _againstS[level] + 1 : 0;
            _forS[level] = isAgainst ? 0 : _forS[level] + 1;
        }

        if (isStill)
        {
            if (Level != ControlLevel.Fixed)
            {
                _isResting = true;
                Go(ControlLevel.Fixed, nowS, string.Create(CultureInfo.InvariantCulture, $"{_health.Failed} of {_health.Count} detectors have failed, and nobody moves at the others"));
            }
        }
        else if (_isResting)
        {
            // Somebody moves again: it was a quiet street.
            if (!driver.IsChanging)
            {
                _isResting = false;
                Go(_againstS[0] == 0 && _awayS == 0 ? _best : ControlLevel.Actuated, nowS, "somebody moves again");
            }
        }
        else if (Level != ControlLevel.Fixed && _againstS[(int)Level] >= DownAfterS)
        {
            Go(_againstS[1] >= DownAfterS ? ControlLevel.Fixed : ControlLevel.Actuated, nowS, string.Create(CultureInfo.InvariantCulture, $"{_health.Failed} of {_health.Count} detectors have failed"));
        }
        else if (Level > _best && !driver.IsChanging && _forS[(int)Level - 1] >= UpAfterS && _awayS == 0)
        {
            Go(Level - 1, nowS, string.Create(CultureInfo.InvariantCulture, $"all was well for {UpAfterS} s"));
        }
    }

    private void Go(ControlLevel to, int nowS, string reason)
    {
        if (_changes.Count < MostChanges)
        {
            _changes.Add(new LevelChange(_site.Card.Signal, nowS, Level, to, reason));
        }

        ChangeCount++;
        if (to < Level)
        {
            _forS[Math.Max(0, (int)to - 1)] = 0;
        }

        Level = to;
    }
}
