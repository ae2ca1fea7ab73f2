using System.Collections.Immutable;
using System.Globalization;
using Crosstown.Core.Controllers;
using Crosstown.Core.Street;
using Crosstown.Timing.Demand.Volumes;
using Crosstown.Timing.Model;

namespace Crosstown.Timing.Utdf;

/// <summary>Writes a network that came from elsewhere as a timing file in the combined format, for the programs that read it.</summary>
/// <remarks>
/// It holds what the network knows: signals, the streets between them with travel times, lanes, phases, volumes of the first demand, saturation flows as overrides, one pattern
/// for each signal. Shared through lanes carry their turns as through traffic: a lane group does not say how many turn. Signals whose directions are unknown, and those that
/// stay free, are left out. Streets that end outside get an end 1,000 ft away.
/// </remarks>
public sealed class UtdfDraft
{
    private const double EndFt = 1000;
    private const double UnknownFtPerS = 44;
    private const double FeetPerDegree = 364_000;

    private static readonly string[] s_turns = ["L", "T", "R"];

    private readonly TimingNetwork _network;
    private readonly NetworkPlan _plan;
    private readonly SortedDictionary<int, int> _ids = [];
    private readonly Dictionary<(int Signal, TravelDirection Toward), int> _ends = [];
    private int _lastId;

    private UtdfDraft(TimingNetwork network, NetworkPlan plan)
    {
        (_network, _plan) = (network, plan);
        var written = Enumerable.Range(0, network.Signals.Length).Where(s => plan.Patterns[s] is not null && GroupsOf(s).Any() && GroupsOf(s).All(g => g.Direction != TravelDirection.Unknown)).ToList();
        var numbers = written.Select(s => int.TryParse(network.Signals[s].Signal.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n > 0 ? n : 0).ToList();
        var areNumbers = numbers.TrueForAll(n => n > 0) && numbers.Distinct().Count() == numbers.Count;
        for (var i = 0; i < written.Count; i++)
        {
            _ids[written[i]] = areNumbers ? numbers[i] : i + 1;
        }

        _lastId = _ids.Values.DefaultIfEmpty(0).Max();
    }

    /// <summary>Writes the file.</summary>
    /// <param name="plan">One pattern per signal of the network; null for one that stays free.</param>
    /// <returns>The signals that are in it; empty, and nothing written, when none can be.</returns>
    public static ImmutableArray<SignalId> Write(TextWriter writer, TimingNetwork network, NetworkPlan plan)
    {
        var draft = new UtdfDraft(network, plan);
        if (draft._ids.Count > 0)
        {
            draft.Write(writer);
        }

        return [.. draft._ids.Keys.Select(s => network.Signals[s].Signal)];
    }

    private static string Seconds(int ms) => (ms / 1000.0).ToString("0.#", CultureInfo.InvariantCulture);

    private static string Number(double value, string format = "0") => value.ToString(format, CultureInfo.InvariantCulture);

    private IEnumerable<LaneGroup> GroupsOf(int signal) => _network.Groups.Where(g => g.Signal == signal);

    private void Write(TextWriter writer)
    {
        // Links and lanes name the ends, so that they come before the nodes are written.
        using var links = new StringWriter(CultureInfo.InvariantCulture);
        using var lanes = new StringWriter(CultureInfo.InvariantCulture);
        Links(links);
        Lanes(lanes);
        writer.Write("[Network]\nNetwork Settings\nRECORDNAME,DATA\nUTDFVERSION,8\nMetric,0\nvehLength,25\nPHF,1\nLostTimeAdjust,0\n\n");
        Nodes(writer);
        writer.Write(links.ToString());
        writer.Write(lanes.ToString());
        Plans(writer);
        Phases(writer);
    }

    private (double X, double Y) PlaceOf(int signal)
    {
        var (first, one) = (_network.Signals[_ids.Keys.First()], _network.Signals[signal]);
        return first.Latitude is { } lat && first.Longitude is { } lon && one.Latitude is { } y && one.Longitude is { } x
            ? ((x - lon) * FeetPerDegree * Math.Cos(lat * Math.PI / 180), (y - lat) * FeetPerDegree)
            : (_ids.Keys.ToList().IndexOf(signal) * 2 * EndFt, 0);
    }

    private void Nodes(TextWriter writer)
    {
        writer.Write("[Nodes]\nNode Data\nINTID,TYPE,X,Y,Z,DESCRIPTION\n");
        foreach (var (signal, id) in _ids)
        {
            var (x, y) = PlaceOf(signal);
            writer.Write($"{id},0,{Number(x)},{Number(y)},0,{Core.Tables.CellText.QuoteForCsv(_network.Signals[signal].Name)}\n");
        }

        foreach (var ((signal, toward), id) in _ends.OrderBy(e => e.Value))
        {
            var (x, y) = PlaceOf(signal);
            var angle = Heading.EighthsOf(toward) * Math.PI / 4;
            writer.Write($"{id},1,{Number(x + (EndFt * Math.Sin(angle)))},{Number(y + (EndFt * Math.Cos(angle)))},0,\n");
        }

        writer.Write("\n");
    }

    /// <summary>The signal whose traffic an approach gets, with the way; null when it comes from outside.</summary>
    private (int Signal, double TravelS)? UpstreamOf(int signal, TravelDirection direction) => GroupsOf(signal)
        .Where(g => g.Direction == direction).SelectMany(g => g.Feeders).Select(f => ((int, double)?)(_network.Groups[f.Group].Signal, f.TravelS)).FirstOrDefault(f => _ids.ContainsKey(f!.Value.Item1));

    /// <summary>The node that traffic of a heading leaves to.</summary>
    private int OnwardOf(int signal, TravelDirection heading)
    {
        foreach (var next in _ids.Keys.Where(n => n != signal))
        {
            if (UpstreamOf(next, heading)?.Signal == signal)
            {
                return _ids[next];
            }
        }

        return EndOf(signal, heading);
    }

    /// <summary>The end of a street beyond a signal, in a direction from it.</summary>
    private int EndOf(int signal, TravelDirection toward)
    {
        if (!_ends.TryGetValue((signal, toward), out var id))
        {
            _ends[(signal, toward)] = id = ++_lastId;
        }

        return id;
    }

    private int ComesFrom(int signal, TravelDirection direction) => UpstreamOf(signal, direction) is { } up ? _ids[up.Signal] : EndOf(signal, Heading.Opposite(direction));

    private void Links(TextWriter writer)
    {
        var directions = UtdfMovement.Directions.Select((_, d) => UtdfMovement.Heading(d)).ToList();
        writer.Write($"[Links]\nLink Data\nRECORDNAME,INTID,{string.Join(',', UtdfMovement.Directions)}\n");
        foreach (var (signal, id) in _ids)
        {
            var has = directions.Select(d => GroupsOf(signal).Any(g => g.Direction == d)).ToList();
            void Row(string name, Func<TravelDirection, string> cell) => writer.Write($"{name},{id},{string.Join(',', directions.Select((d, i) => has[i] ? cell(d) : ""))}\n");
            double Feet(TravelDirection d)
            {
                if (UpstreamOf(signal, d) is not { } up)
                {
                    return EndFt;
                }

                var (a, b) = (PlaceOf(signal), PlaceOf(up.Signal));
                var apart = Math.Sqrt(((a.X - b.X) * (a.X - b.X)) + ((a.Y - b.Y) * (a.Y - b.Y)));
                return _network.Signals[signal].Latitude is not null && apart > 0 ? apart : up.TravelS * UnknownFtPerS;
            }

            double TravelS(TravelDirection d) => UpstreamOf(signal, d)?.TravelS ?? (EndFt / UnknownFtPerS);
            Row("Up ID", d => $"{ComesFrom(signal, d)}");
            Row("Distance", d => Number(Feet(d)));
            Row("Speed", d => Number(Feet(d) / TravelS(d) * 15 / 22, "0.#"));
            Row("Time", d => Number(TravelS(d), "0.0"));
        }

        writer.Write("\n");
    }

    private void Lanes(TextWriter writer)
    {
        var columns = (from d in UtdfMovement.Directions from t in s_turns select d + t).ToList();
        writer.Write($"[Lanes]\nLane Group Data\nRECORDNAME,INTID,{string.Join(',', columns)}\n");
        var volumes = _network.Demands[0].VolumeVehPerHour;
        foreach (var (signal, id) in _ids)
        {
            var own = Enumerable.Range(0, _network.Groups.Length).Where(g => _network.Groups[g].Signal == signal).ToList();
            var byColumn = own.GroupBy(g => ColumnOf(_network.Groups[g])).ToDictionary(g => g.Key, g => g.ToList());
            void Row(string name, Func<string, string> cell)
            {
                var cells = columns.Select(c => byColumn.ContainsKey(c) || HasTurn(byColumn, c) ? cell(c) : "").ToList();
                if (cells.Exists(c => c.Length > 0))
                {
                    writer.Write($"{name},{id},{string.Join(',', cells)}\n");
                }
            }

            string OfGroup(string column, Func<LaneGroup, string> cell) => byColumn.TryGetValue(column, out var groups) ? cell(_network.Groups[groups[0]]) : "";
            TravelDirection HeadingOf(string column) => UtdfMovement.Heading(UtdfMovement.Parse(column)!.Value.Direction);
            string PhaseAt(uint mask, int index) => _network.Signals[signal].Phases.Where(p => Bits.Has(mask, p.Number)).Skip(index).Select(p => $"{p.Number}").FirstOrDefault("");
            Row("Up Node", c => $"{ComesFrom(signal, HeadingOf(c))}");
            Row("Dest Node", c => $"{OnwardOf(signal, Heading.After(HeadingOf(c), c[^1] switch { 'L' => TurnKind.Left, 'R' => TurnKind.Right, _ => TurnKind.Through }))}");
            Row("Lanes", c => byColumn.TryGetValue(c, out var groups) ? $"{groups.Sum(g => _network.Groups[g].Lanes)}" : "0");
            Row("Shared", c => OfGroup(c, g => g.Movement switch { LaneMovement.ThroughLeft => "1", LaneMovement.ThroughRight => "2", LaneMovement.LeftThroughRight => "3", _ => "0" }));
            Row("Storage", c => OfGroup(c, g => g.Movement is LaneMovement.Left or LaneMovement.Right && g.StorageVeh is { } room ? Number(room * 25 / g.Lanes) : ""));
            Row("Phase1", c => OfGroup(c, g => PhaseAt(g.Phases, 0)));
            Row("Phase2", c => OfGroup(c, g => PhaseAt(g.Phases, 1)));
            Row("PermPhase1", c => OfGroup(c, g => PhaseAt(g.PermissivePhases, 0)));
            Row("Lost Time Adjust", c => OfGroup(c, g => Number(g.StartLostS - g.EndGainS, "0.#")));
            Row("SatFlow", c => byColumn.TryGetValue(c, out var groups) ? "*" + Number(groups.Sum(g => _network.Groups[g].SaturationVehPerHour)) : "");
            Row("Volume", c => byColumn.TryGetValue(c, out var groups) ? Number(groups.Sum(g => volumes[g])) : "0");
            Row("PHF", _ => "1");
            Row("Growth", _ => "100");
        }

        writer.Write("\n");
    }

    private static string ColumnOf(LaneGroup group) =>
        Heading.Letters(group.Direction) + (group.Movement switch { LaneMovement.Left => "L", LaneMovement.Right => "R", _ => "T" });

    /// <summary>Whether a column is a turn from shared through lanes.</summary>
    private bool HasTurn(Dictionary<string, List<int>> byColumn, string column) =>
        column[^1] != 'T' && byColumn.TryGetValue(column[..2] + "T", out var through)
        && _network.Groups[through[0]].Movement is var movement
        && (column[^1] == 'L' ? movement is LaneMovement.ThroughLeft or LaneMovement.LeftThroughRight : movement is LaneMovement.ThroughRight or LaneMovement.LeftThroughRight);

    private void Plans(TextWriter writer)
    {
        writer.Write("[Timeplans]\nTiming Plan Settings\nRECORDNAME,INTID,DATA\n");
        foreach (var (signal, id) in _ids)
        {
            var pattern = _plan.Patterns[signal]!;
            var coordinated = _network.Signals[signal].Phases.Where(p => p.IsCoordinated).Select(p => (int)p.Number).Take(2).ToList();
            var reference = coordinated.Count == 2 ? (coordinated[0] * 100) + coordinated[1] : coordinated.FirstOrDefault();
            writer.Write($"Control Type,{id},{(int)UtdfControl.ActuatedCoordinated}\nCycle Length,{id},{Seconds(pattern.CycleMs)}\nLock Timings,{id},0\n");
            writer.Write($"Referenced To,{id},{(int)ReferenceOf(pattern.Reference)}\nReference Phase,{id},{reference}\nOffset,{id},{Seconds(OffsetOf(signal, pattern))}\nNode 0,{id},{id}\nNode 1,{id},0\n");
        }

        writer.Write("\n");
    }

    private static UtdfReference ReferenceOf(OffsetReference reference) => reference switch
    {
        OffsetReference.BeginLastGreen => UtdfReference.LastGreen,
        OffsetReference.BeginYellow => UtdfReference.Yellow,
        OffsetReference.BeginRed => UtdfReference.Red,
        OffsetReference.BeginGreen => UtdfReference.FirstGreen,
        _ => UtdfReference.FlashingDontWalk,
    };

    /// <summary>The offset as the file counts it: its points lie where rings are served one by one, without the longest change that a barrier waits for.</summary>
    private int OffsetOf(int signal, PatternTiming pattern)
    {
        var layout = UtdfLayout.Of(SignalOf(signal, pattern));
        return layout.Modulo(pattern.OffsetMs - layout.PatternPointMs(pattern.Reference)!.Value + layout.FilePointMs(ReferenceOf(pattern.Reference))!.Value);
    }

    private UtdfSignal SignalOf(int signal, PatternTiming pattern) => new()
    {
        Controller = _ids[signal],
        Nodes = [_ids[signal]],
        Control = UtdfControl.ActuatedCoordinated,
        CycleMs = pattern.CycleMs,
        OffsetMs = 0,
        Reference = ReferenceOf(pattern.Reference),
        ReferencePhases = [.. _network.Signals[signal].Phases.Where(p => p.IsCoordinated).Select(p => p.Number).Take(2)],
        IsLocked = false,
        Phases = [.. _network.Signals[signal].Phases.Select(p => new UtdfPhase
        {
            Number = p.Number,
            Barrier = p.BarrierGroup,
            Ring = p.Ring,
            Position = PositionOf(signal, pattern, p.Number),
            MinimumGreenMs = p.MinimumGreenMs,
            MaximumGreenMs = pattern.SplitMs[p.Number] - p.ChangeMs,
            YellowMs = p.YellowMs,
            RedClearanceMs = p.RedClearanceMs,
            PassageMs = p.PassageMs,
            WalkMs = p.WalkMs,
            DontWalkMs = p.PedestrianClearanceMs,
        })],
    };

    /// <summary>Place of a phase among those of its ring and barrier group, from 1 on.</summary>
    private int PositionOf(int signal, PatternTiming pattern, byte phase)
    {
        var phases = _network.Signals[signal].Phases;
        var diagram = new RingDiagram(phases);
        diagram.SetSequence(pattern.Sequence);
        var own = phases.First(p => p.Number == phase);
        var place = 0;
        foreach (var number in diagram.OrderOf(own.Ring - 1))
        {
            place += phases.First(p => p.Number == number).BarrierGroup == own.BarrierGroup ? 1 : 0;
            if (number == phase)
            {
                break;
            }
        }

        return place;
    }

    private void Phases(TextWriter writer)
    {
        var most = Math.Max(8, _ids.Keys.Max(s => _network.Signals[s].Phases.Max(p => (int)p.Number)));
        writer.Write($"[Phases]\nPhasing Data\nRECORDNAME,INTID,{string.Join(',', Enumerable.Range(1, most).Select(d => $"D{d}"))}\n");
        foreach (var (signal, id) in _ids)
        {
            var timed = _network.Signals[signal];
            var pattern = SignalOf(signal, _plan.Patterns[signal]!);
            void Row(string name, Func<UtdfPhase, string> cell) => writer.Write($"{name},{id},{string.Join(',', Enumerable.Range(1, most).Select(d => pattern.Phases.FirstOrDefault(p => p.Number == d) is { } phase ? cell(phase) : ""))}\n");
            Row("BRP", p => $"{p.Barrier}{p.Ring}{p.Position}");
            Row("MinGreen", p => Seconds(p.MinimumGreenMs));
            Row("MaxGreen", p => Seconds(p.MaximumGreenMs));
            Row("VehExt", p => Seconds(p.PassageMs));
            Row("Yellow", p => Seconds(p.YellowMs));
            Row("AllRed", p => Seconds(p.RedClearanceMs));
            Row("Recall", p => timed.Phases.First(t => t.Number == p.Number) switch { { IsCoordinated: true } or { Recall: Recall.Maximum } => "3", { Recall: Recall.Pedestrian } => "2", { Recall: Recall.Minimum } => "1", _ => "0" });
            Row("Walk", p => p.WalkMs > 0 ? Seconds(p.WalkMs) : "");
            Row("DontWalk", p => p.WalkMs > 0 ? Seconds(p.DontWalkMs) : "");
            Row("PedCalls", p => p.WalkMs > 0 ? Number(timed.WalkCallShare.GetValueOrDefault(p.Number, 1) * 3_600_000 / pattern.CycleMs) : "");
            Row("DualEntry", p => timed.Phases.First(t => t.Number == p.Number).DualEntry ? "1" : "0");
        }
    }
}
