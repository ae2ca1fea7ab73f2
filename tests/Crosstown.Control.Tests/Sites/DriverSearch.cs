using System.Reflection;
using Crosstown.Control.Sites;
using Crosstown.Core.Networks;

namespace Crosstown.Control.Tests.Sites;

/// <summary>Every state that the real driver can come to, whatever stage it is asked for in whichever second.</summary>
internal sealed class DriverSearch
{
    private static readonly MethodInfo s_clone = typeof(object).GetMethod("MemberwiseClone", BindingFlags.Instance | BindingFlags.NonPublic)!;
    private static readonly FieldInfo[] s_fields = [.. typeof(StageDriver).GetFields(BindingFlags.Instance | BindingFlags.NonPublic)
        .Where(f => !f.IsLiteral && f.Name is not ("_card" or "_profile" or "_stages" or "_foes" or "_letters")).OrderBy(f => f.Name, StringComparer.Ordinal)];

    private readonly StageMenu _menu;
    private readonly int _longS;

    /// <param name="menu">The stages.</param>
    /// <param name="driven">The times that the driver is told to keep.</param>
    /// <param name="checkedBy">The times that are checked.</param>
    public DriverSearch(StageMenu menu, RoadProfile driven, RoadProfile checkedBy)
    {
        _menu = menu;
        _longS = 1 + new[] { driven.YellowS, driven.ChangeS, driven.MinimumGreenS, driven.WalkS, driven.LongestRedS / 3 }
            .Concat(Enumerable.Range(0, menu.Card.LinkCount).Select(l => menu.Card.ClearanceS(l, driven))).Max();
        var first = new string([.. menu.Stages[0].Select(g => g ? 'G' : 'r')]);
        var start = new Node(new StageDriver(menu, driven, 0, first), new PlainCheck(menu.Card, checkedBy, first), 0);
        var open = new Queue<Node>([start]);
        var seen = new Dictionary<string, string?> { [Form(start)] = null };
        while (Wrong is null && open.TryDequeue(out var node))
        {
            var form = Form(node);
            foreach (var (stage, holdS) in Wishes(node.Driver))
            {
                var next = new Node(Copy(node.Driver), node.Check.Copy(), node.NowS + 1);
                next.Driver.Advance(next.NowS, stage, holdS);
                Shown.Add(next.Driver.State);
                Wrong ??= next.Check.Next(next.Driver.State);
                var reached = Form(next);
                if (node.Driver.IsChanging)
                {
                    seen[form] = next.Driver.IsChanging ? reached : null;
                }

                if (seen.TryAdd(reached, null))
                {
                    open.Enqueue(next);
                }
            }
        }

        States = seen.Count;
        LongestChangeS = LongestWay(seen);
    }

    /// <summary>What the check found first; null when nothing.</summary>
    public string? Wrong { get; }

    public int States { get; }

    public SortedSet<string> Shown { get; } = new(StringComparer.Ordinal);

    /// <summary>Seconds that a change can take; null when one goes on for ever.</summary>
    public int? LongestChangeS { get; }

    private static int? LongestWay(Dictionary<string, string?> changes)
    {
        var longest = 0;
        foreach (var start in changes.Keys)
        {
            var way = 0;
            for (var at = changes[start]; at is not null; at = changes[at])
            {
                if (++way > changes.Count)
                {
                    return null;
                }
            }

            longest = Math.Max(longest, way + 1);
        }

        return longest;
    }

    /// <summary>What can be asked for. A change once begun is carried through, so that a wish then changes nothing.</summary>
    private IEnumerable<(int Stage, int HoldS)> Wishes(StageDriver driver)
    {
        if (driver.IsChanging)
        {
            return [(driver.Stage, 0)];
        }

        var stays = new[] { 1, _longS / 2, 100 }.Select(hold => (driver.Stage, hold));
        return stays.Concat(Enumerable.Range(0, _menu.Stages.Length).Where(s => s != driver.Stage).Select(s => (s, 0)));
    }

    private static StageDriver Copy(StageDriver driver)
    {
        var copy = (StageDriver)s_clone.Invoke(driver, null)!;
        foreach (var field in typeof(StageDriver).GetFields(BindingFlags.Instance | BindingFlags.NonPublic).Where(f => f.FieldType.IsArray))
        {
            field.SetValue(copy, ((Array)field.GetValue(driver)!).Clone());
        }

        return copy;
    }

    /// <summary>All of the driver's memory and the check's; moments as seconds ago, up to where they make no difference any more.</summary>
    private string Form(Node node)
    {
        var parts = new List<string> { node.Check.Form };
        foreach (var field in s_fields)
        {
            parts.Add(field.GetValue(node.Driver) switch
            {
                int[] moments => string.Join(',', moments.Select(m => Math.Min(node.NowS - m, _longS))),
                LinkAspect[] aspects => string.Join(',', aspects),
                var other => $"{other}",
            });
        }

        return string.Join('|', parts);
    }

    private sealed record Node(StageDriver Driver, PlainCheck Check, int NowS);
}
