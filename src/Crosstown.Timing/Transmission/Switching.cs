namespace Crosstown.Timing.Transmission;

/// <summary>When the service of every group changes, for every plan: only changes are touched, not every green second.</summary>
internal sealed class Switching(int groups)
{
    private readonly Dictionary<(int Cycle, int Group, int Plan, bool IsPermissive), double[]> _rows = [];
    private readonly List<Schedule> _schedules = [];

    /// <summary>Sets what a group can serve in each second of its cycle.</summary>
    public void Add(int cycle, double[] row, int group, int plan, bool isPermissive) => _rows[(cycle, group, plan, isPermissive)] = row;

    /// <summary>Orders the changes by their second in the cycle.</summary>
    public void Close()
    {
        foreach (var rows in _rows.GroupBy(r => r.Key.Cycle).OrderBy(r => r.Key))
        {
            var cycle = rows.Key;
            var changes = new List<Change>[cycle];
            for (var i = 0; i < cycle; i++)
            {
                changes[i] = [];
            }

            var first = new List<Change>();
            foreach (var (key, row) in rows)
            {
                var cell = (key.Group * TransmissionModel.MaxPlans) + key.Plan + (key.IsPermissive ? groups * TransmissionModel.MaxPlans : 0);
                first.Add(new Change(cell, row[0]));
                for (var i = 0; i < cycle && cycle > 1; i++)
                {
                    if (row[i] != row[(i + cycle - 1) % cycle])
                    {
                        changes[i].Add(new Change(cell, row[i]));
                    }
                }
            }

            _schedules.Add(new Schedule(cycle, [.. first], [.. changes.Select(c => c.ToArray())]));
        }
    }

    /// <summary>Puts what holds in a second into the tables of protected and permitted service.</summary>
    public void Apply(int second, double[] guarded, double[] permitted)
    {
        foreach (var schedule in _schedules)
        {
            foreach (var change in second == 0 ? schedule.First : schedule.Changes[second % schedule.Cycle])
            {
                if (change.Cell < guarded.Length)
                {
                    guarded[change.Cell] = change.Value;
                }
                else
                {
                    permitted[change.Cell - guarded.Length] = change.Value;
                }
            }
        }
    }

    private readonly record struct Change(int Cell, double Value);

    private sealed record Schedule(int Cycle, Change[] First, Change[][] Changes);
}
