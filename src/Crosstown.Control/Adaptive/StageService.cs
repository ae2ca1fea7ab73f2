using Crosstown.Control.Sites;

namespace Crosstown.Control.Adaptive;

/// <summary>What each lane of a signal gets of a set of green links.</summary>
internal sealed class StageService
{
    /// <param name="site">The signal.</param>
    /// <param name="isGreen">By link.</param>
    /// <param name="shares">By lane, by its links: share of its vehicles that go this way, 0-1.</param>
    public StageService(SignalSite site, Func<int, bool> isGreen, float[][] shares)
    {
        var lanes = site.Lanes;
        Go = new float[lanes.Length];
        Yielding = new float[lanes.Length];
        Foes = new int[lanes.Length][];
        Links = new ulong[lanes.Length];
        for (var l = 0; l < lanes.Length; l++)
        {
            var foes = new List<int>();
            for (var k = 0; k < lanes[l].Links.Length; k++)
            {
                var link = lanes[l].Links[k].Link;
                if (!isGreen(link))
                {
                    continue;
                }

                Go[l] += shares[l][k];
                Links[l] |= 1UL << k;
                var yieldsTo = Enumerable.Range(0, lanes.Length)
                    .Where(o => o != l && lanes[o].Links.Any(x => isGreen(x.Link) && site.Card.Yields(link, x.Link)))
                    .ToArray();
                if (yieldsTo.Length > 0)
                {
                    Yielding[l] += shares[l][k];
                    foes.AddRange(yieldsTo);
                }
            }

            Foes[l] = [.. foes.Distinct()];
        }
    }

    /// <summary>By lane: share of its vehicles whose way is green.</summary>
    public float[] Go { get; }

    /// <summary>By lane: share of its vehicles whose way is green and yields.</summary>
    public float[] Yielding { get; }

    /// <summary>By lane: which of its links are green, a bit each.</summary>
    public ulong[] Links { get; }

    /// <summary>By lane: lanes that it yields to.</summary>
    public int[][] Foes { get; }
}
