using Crosstown.Control.Sites;

namespace Crosstown.Control.Adaptive;

/// <summary>What each lane of a signal gets of a set of green links.</summary>
internal sealed class StageService
{
    private readonly int _lanes;

    /// <param name="site">The signal.</param>
    /// <param name="isGreen">By link.</param>
    public StageService(SignalSite site, Func<int, bool> isGreen)
    {
        var lanes = site.Lanes;
        _lanes = lanes.Length;
        Go = new float[_lanes];
        Yielding = new float[_lanes];
        Foes = new int[_lanes][];
        FoeLinks = new ulong[_lanes][];
        FoeShares = new float[_lanes][];
        QueueGaps = new float[_lanes][];
        Links = new ulong[_lanes];
        YieldingLinks = new ulong[_lanes];
        for (var l = 0; l < _lanes; l++)
        {
            var foes = new Dictionary<int, ulong>();
            for (var k = 0; k < lanes[l].Links.Length; k++)
            {
                var link = lanes[l].Links[k].Link;
                if (!isGreen(link))
                {
                    continue;
                }

                Links[l] |= 1UL << k;
                for (var o = 0; o < _lanes; o++)
                {
                    for (var x = 0; x < lanes[o].Links.Length; x++)
                    {
                        var other = lanes[o].Links[x].Link;
                        if (o != l && isGreen(other) && site.Card.Yields(link, other))
                        {
                            YieldingLinks[l] |= 1UL << k;
                            foes[o] = foes.GetValueOrDefault(o) | (1UL << x);
                        }
                    }
                }
            }

            Foes[l] = [.. foes.Keys];
            FoeLinks[l] = [.. foes.Values];
            FoeShares[l] = new float[foes.Count];
            QueueGaps[l] = new float[foes.Count];
        }
    }

    /// <summary>By lane: share of its vehicles whose way is green.</summary>
    public float[] Go { get; }

    /// <summary>By lane: share of its vehicles whose way is green and yields.</summary>
    public float[] Yielding { get; }

    /// <summary>By lane: which of its links are green, a bit each.</summary>
    public ulong[] Links { get; }

    /// <summary>By lane: which of these yield, a bit each.</summary>
    public ulong[] YieldingLinks { get; }

    /// <summary>By lane: lanes that it yields to.</summary>
    public int[][] Foes { get; }

    /// <summary>By lane, by lane that it yields to: links of that one which it yields to, a bit each.</summary>
    private ulong[][] FoeLinks { get; }

    /// <summary>By lane, by lane that it yields to: share of that one's vehicles which it yields to.</summary>
    public float[][] FoeShares { get; }

    /// <summary>By lane, by lane that it yields to: share of the time in which there is a gap while that one's queue goes.</summary>
    public float[][] QueueGaps { get; }

    /// <summary>Takes in how the vehicles of the lanes share out over their ways.</summary>
    /// <param name="shares">By lane, by its links, 0-1; those of a lane sum to 1.</param>
    public void Update(float[][] shares)
    {
        for (var l = 0; l < _lanes; l++)
        {
            var (go, yielding) = (0f, 0f);
            for (var k = 0; k < shares[l].Length; k++)
            {
                go += (Links[l] >> k & 1) != 0 ? shares[l][k] : 0;
                yielding += (YieldingLinks[l] >> k & 1) != 0 ? shares[l][k] : 0;
            }

            for (var f = 0; f < Foes[l].Length; f++)
            {
                var share = 0f;
                for (var k = 0; k < shares[Foes[l][f]].Length; k++)
                {
                    share += (FoeLinks[l][f] >> k & 1) != 0 ? shares[Foes[l][f]][k] : 0;
                }

                FoeShares[l][f] = share;
                QueueGaps[l][f] = MathF.Exp(-JunctionModel.GapS * JunctionModel.FoeVps * share);
            }

            // All ways open is exactly 1, whatever the sum rounds to.
            Go[l] = Links[l] == (1UL << shares[l].Length) - 1 ? 1 : go;
            Yielding[l] = Math.Min(yielding, Go[l]);
        }
    }
}
