using Crosstown.Core.Data;
using Crosstown.Core.Privacy;

namespace Crosstown.Timing.Utdf;

/// <summary>Nodes, links and movements of a UTDF file, in feet and seconds.</summary>
internal sealed class UtdfRoads
{
    private const double FeetPerMetre = 1 / 0.3048;

    private static readonly string[] s_needed = ["Nodes", "Links", "Lanes", "Timeplans", "Phases"];

    private readonly UtdfCells _cells;

    private UtdfRoads(UtdfCells cells)
    {
        _cells = cells;
        var network = cells.Document.Named("Network").FirstOrDefault();
        double Setting(string record, double least, double most, double otherwise) =>
            network is null ? otherwise : cells.Number(network, record, null, "DATA", least, most) ?? otherwise;
        IsMetric = Setting("Metric", 0, 1, 0) == 1;
        LostTimeAdjustS = Setting("LostTimeAdjust", -20, 20, 0);
        VehicleFt = Feet(Setting("vehLength", 1, 200, IsMetric ? 7.5 : 25));
        CriticalGapS = Setting("criticalgap", 1, 20, 4.5);
        FollowUpS = Setting("followuptime", 1, 20, 2.5);
        PeakHourFactor = Setting("PHF", 0.2, 1, 1);
        HeavyShare = Setting("HV", 0, 1, 0.02);
        IdealFlow = Setting("DefFlow", 300, 4000, 1900);
    }

    /// <summary>Meters and km/h in place of feet and mph.</summary>
    public bool IsMetric { get; }

    public double LostTimeAdjustS { get; }

    /// <summary>Road that a queued vehicle takes.</summary>
    public double VehicleFt { get; }

    public double CriticalGapS { get; }

    public double FollowUpS { get; }

    public double PeakHourFactor { get; }

    public double HeavyShare { get; }

    public double IdealFlow { get; }

    public Dictionary<int, UtdfNode> Nodes { get; } = [];

    public List<UtdfMovement> Movements { get; } = [];

    /// <exception cref="ProblemException">XT662: a section that a network needs is missing.</exception>
    public static UtdfRoads Read(UtdfCells cells)
    {
        var missing = s_needed.Where(n => !cells.Document.Named(n).Any(s => s.Columns.Length > 0)).ToList();
        if (missing.Count > 0)
        {
            throw new ProblemException(
                "XT662", cells.Document.Name, $"The file has no section {string.Join(", ", missing.Select(m => $"[{m}]"))}: export it in the combined format with all sections.");
        }

        var roads = new UtdfRoads(cells);
        roads.ReadNodes(cells.Document.Named("Nodes").First());
        roads.ReadLinks(cells.Document.Named("Links").First());
        roads.ReadLanes(cells.Document.Named("Lanes").First());
        return roads;
    }

    public double Feet(double length) => IsMetric ? length * FeetPerMetre : length;

    private void ReadNodes(UtdfSection section)
    {
        foreach (var id in section.Rows.Where(r => r.Node is not null).Select(r => r.Node!.Value).Distinct())
        {
            Nodes[id] = new UtdfNode
            {
                Id = id,
                Type = (int)(_cells.Number(section, "", id, "TYPE", 0, 9) ?? 1),
                X = _cells.Number(section, "", id, "X", -1e9, 1e9),
                Y = _cells.Number(section, "", id, "Y", -1e9, 1e9),
            };
        }
    }

    private void ReadLinks(UtdfSection section)
    {
        foreach (var node in Nodes.Values)
        {
            var upstream = _cells.Numbers(section, "Up ID", node.Id, 0, int.MaxValue);
            if (upstream.Length == 0)
            {
                continue;
            }

            var time = _cells.Numbers(section, "Time", node.Id, 0, 36_000);
            var distance = _cells.Numbers(section, "Distance", node.Id, 0, 1e6);
            var speed = _cells.Numbers(section, "Speed", node.Id, 0, 200);
            var grade = _cells.Numbers(section, "Grade", node.Id, -30, 30);
            var names = _cells.Texts(section, "Name", node.Id);
            for (var d = 0; d < 8; d++)
            {
                if (section.FindColumn(UtdfMovement.Directions[d]) is not { } at || upstream[at] is not { } from)
                {
                    continue;
                }

                node.Upstream[d] = (int)from;
                node.DistanceFt[d] = At(distance, at) is { } length ? Feet(length) : null;
                node.GradePercent[d] = At(grade, at);
                node.TravelS[d] = At(time, at) is > 0 and var seconds ? seconds : Cruise(At(distance, at), At(speed, at));
                node.Streets[d] = at < names.Length ? Street(names[at]) : "";
            }
        }
    }

    /// <summary>Feet at miles per hour, or metres at kilometres per hour.</summary>
    private double? Cruise(double? distance, double? speed) =>
        distance > 0 && speed > 0 ? distance / (speed * (IsMetric ? 1 / 3.6 : 22.0 / 15)) : null;

    private string Street(string name)
    {
        if (name.Length == 0 || ValueShapes.Find(name) is null)
        {
            return name;
        }

        _cells.Issues.Add(DataIssueKind.PrivacyRefused, _cells.Document.Name, 0, "", "A street's name is shaped like an address or number of a person or vehicle; it is left out and not kept");
        return "";
    }

    private void ReadLanes(UtdfSection section)
    {
        foreach (var node in Nodes.Values.Where(n => section.Find("Up Node", n.Id) is not null || section.Find("Lanes", n.Id) is not null))
        {
            ReadLanes(section, node);
        }
    }

    private void ReadLanes(UtdfSection section, UtdfNode node)
    {
        double?[] Row(string record, double least, double most) => _cells.Numbers(section, record, node.Id, least, most);
        var upstream = Row("Up Node", 0, int.MaxValue);
        var destination = Row("Dest Node", 0, int.MaxValue);
        var lanes = Row("Lanes", 0, 20);
        var shared = Row("Shared", 0, 3);
        var inShared = Row("Traffic in shared lane", 0, 100);
        var phases = Enumerable.Range(1, 4).Select(i => Row($"Phase{i}", -1, 16)).ToArray();
        var permissive = Enumerable.Range(1, 4).Select(i => Row($"PermPhase{i}", -1, 16)).ToArray();
        var adjust = Row("Lost Time Adjust", -60, 60);
        var saturation = Row("SatFlow", 0, 30_000);
        var permissiveSaturation = Row("SatFlowPerm", 0, 30_000);
        var ideal = Row("IdealFlow", 300, 4000);
        var width = Row("Width", 1, 60);
        var heavy = Row("HeavyVehicles", 0, 100);
        var storage = Row("Storage", 0, 1e5);
        var storageLanes = Row("StLanes", 0, 20);
        var volume = Row("Volume", 0, 30_000);
        var factor = Row("PHF", 0.2, 1);
        var growth = Row("Growth", 1, 1000);
        var midblock = Row("Midblock", 0, 100);
        var midblockOf = midblock.Length > 0 ? midblock : Row("Midblock %", 0, 100);
        var travel = Row("TravelTime", 0, 36_000);
        var sign = Row("SignControl", 0, 2);
        for (var at = 0; at < section.Columns.Length; at++)
        {
            if (UtdfMovement.Parse(section.Columns[at]) is not var (direction, turn) || At(upstream, at) is not { } from)
            {
                continue;
            }

            node.Upstream[direction] ??= (int)from;
            node.TravelS[direction] ??= At(travel, at) is > 0 and var seconds ? seconds : null;
            node.MidblockShare[direction] = Math.Max(node.MidblockShare[direction], (At(midblockOf, at) ?? 0) / 100);
            node.Sign[direction] ??= At(sign, at) is { } kind ? (int)kind : null;
            var movement = new UtdfMovement
            {
                Index = Movements.Count,
                Node = node.Id,
                Column = section.Columns[at].ToUpperInvariant(),
                Direction = direction,
                Turn = turn,
                Destination = (int?)At(destination, at),
                Lanes = (int)(At(lanes, at) ?? 0),
                Shared = (int)(At(shared, at) ?? 0),
                InSharedLane = At(inShared, at) / 100,
                Phases = MaskOf(phases, at),
                PermissivePhases = MaskOf(permissive, at),
                LostTimeAdjustS = At(adjust, at) ?? LostTimeAdjustS,
                SaturationVehPerHour = At(saturation, at),
                PermissiveSaturationVehPerHour = At(permissiveSaturation, at),
                IdealFlow = At(ideal, at),
                WidthFt = At(width, at) is { } w ? Feet(w) : null,
                HeavyShare = At(heavy, at) / 100 ?? HeavyShare,
                StorageFt = At(storage, at) is > 0 and var length ? Feet(length) : null,
                StorageLanes = (int?)At(storageLanes, at),
                Volume = At(volume, at) ?? 0,
                PeakHourFactor = At(factor, at) ?? PeakHourFactor,
                Growth = At(growth, at) / 100 ?? 1,
            };
            Movements.Add(movement);
            node.Movements.Add(movement);
        }
    }

    private static uint MaskOf(double?[][] rows, int at)
    {
        var mask = 0u;
        foreach (var row in rows)
        {
            mask |= At(row, at) switch
            {
                null or 0 => 0,
                < 0 => uint.MaxValue,
                var phase => (uint)1 << (int)phase,
            };
        }

        return mask;
    }

    private static double? At(double?[] row, int column) => column < row.Length ? row[column] : null;
}
