using System.Globalization;
using System.Text;
using Crosstown.Core.Data;
using Crosstown.Core.Street;
using Crosstown.Logs.Formats;

namespace Crosstown.Logs.Configuration;

/// <summary>Signal configuration from the tables that peers write: signals, approaches and detectors, in one file or in several that name each other's ids.</summary>
internal sealed class SignalTables(DataIssueLog issues, SignalId? unnamed)
{
    private const int HighestSpeedMph = 120;
    private const double LongestDistanceFt = 10_000;
    private const double LongestDelayS = 600;

    private readonly List<CsvTable> _detectorTables = [];
    private readonly Dictionary<string, (SignalId Signal, Approach Approach)> _approachById = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Source, SignalId Signal), List<Approach>> _approaches = [];
    private readonly List<SignalPart> _signals = [];

    /// <summary>Takes a table; false when its columns are none of a configuration.</summary>
    public bool Add(CsvTable table)
    {
        if (table.Column("detector", "detchannel", "detectorchannel", "channel") >= 0)
        {
            _detectorTables.Add(table);
            return true;
        }

        if (table.Column("approachid") >= 0 && table.Column("protectedphasenumber", "protectedphase") >= 0)
        {
            ReadApproaches(table);
            return true;
        }

        if (SignalColumn(table) >= 0 && (table.Column("primaryname", "name") >= 0 || table.Column("latitude", "lat") >= 0))
        {
            ReadSignals(table);
            return true;
        }

        return false;
    }

    /// <summary>What the tables say, detectors joined with their approaches; file by file in the order in which they were added.</summary>
    public IReadOnlyList<SignalPart> Finish()
    {
        var parts = new List<SignalPart>(_signals);
        foreach (var ((source, signal), approaches) in _approaches)
        {
            parts.Add(new SignalPart(source, true, new SignalConfiguration { Signal = signal, Approaches = [.. approaches] }));
        }

        foreach (var table in _detectorTables)
        {
            parts.AddRange(ReadDetectors(table));
        }

        return parts;
    }

    private static int SignalColumn(CsvTable table) =>
        table.Column("signalid", "deviceid", "locationid", "locationidentifier", "signalidentifier", "signal", "intersectionid");

    private void ReadSignals(CsvTable table)
    {
        int signal = SignalColumn(table), name = table.Column("primaryname", "name"), cross = table.Column("secondaryname");
        int latitude = table.Column("latitude", "lat"), longitude = table.Column("longitude", "lon", "lng"), start = table.Column("start"), zone = table.Column("zone", "timezone");
        foreach (var (line, fields) in table.Rows)
        {
            var row = new Row(table.Source, line, fields, issues);
            if (!row.TrySignal(signal, out var id) || !row.TryStart(start, out var validFromMs))
            {
                continue;
            }

            var at = row.Place(latitude, longitude);
            var names = new[] { row.FreeText(row.Text(name), "the name"), row.FreeText(row.Text(cross), "the name of the cross street") }.Where(n => n.Length > 0);
            _signals.Add(new SignalPart(table.Source, start < 0, new SignalConfiguration
            {
                Signal = id,
                Name = string.Join(" & ", names),
                Latitude = at?.Latitude,
                Longitude = at?.Longitude,
                Zone = row.Zone(zone),
                ValidFromMs = validFromMs,
            }));
        }

        table.ReportUnused(issues);
    }

    private void ReadApproaches(CsvTable table)
    {
        int approachId = table.Column("approachid"), signal = SignalColumn(table);
        var columns = new ApproachColumns(table);
        foreach (var (line, fields) in table.Rows)
        {
            var row = new Row(table.Source, line, fields, issues);
            if (!row.TrySignal(signal, unnamed, out var id) || !row.TryNeeded(approachId, "approach id", out var name) || !columns.TryRead(row, name, out var approach))
            {
                continue;
            }

            if (!_approachById.TryAdd(name, (id, approach)))
            {
                row.Report(DataIssueKind.Conflict, name, "an approach of this id was read before; that one is kept");
                continue;
            }

            var key = (table.Source, id);
            if (!_approaches.TryGetValue(key, out var list))
            {
                _approaches[key] = list = [];
            }

            list.Add(approach);
        }

        table.ReportUnused(issues);
    }

    private List<SignalPart> ReadDetectors(CsvTable table)
    {
        var columns = new DetectorColumns(table);
        var approachColumns = new ApproachColumns(table);
        int signal = SignalColumn(table), approach = table.Column("approachid", "approach");
        var found = new Dictionary<SignalId, (List<Detector> Detectors, Dictionary<string, Approach> Approaches)>();
        foreach (var (line, fields) in table.Rows)
        {
            var row = new Row(table.Source, line, fields, issues);
            var name = row.Text(approach);
            (SignalId Signal, Approach Approach)? joined = _approachById.TryGetValue(name, out var known) ? known : null;
            if (!row.TrySignal(signal, joined?.Signal ?? unnamed, out var id))
            {
                continue;
            }

            if (!found.TryGetValue(id, out var lists))
            {
                found[id] = lists = ([], new Dictionary<string, Approach>(StringComparer.Ordinal));
            }

            var on = joined?.Approach;
            if (on is null && name.Length > 0 && !lists.Approaches.TryGetValue(name, out on))
            {
                if (!approachColumns.TryRead(row, name, out on))
                {
                    continue;
                }

                lists.Approaches.Add(name, on);
            }

            if (columns.TryRead(row, on, out var detector))
            {
                AddDetector(lists.Detectors, detector, row);
            }
        }

        table.ReportUnused(issues);
        return
        [
            .. found.Select(f => new SignalPart(table.Source, true, new SignalConfiguration
            {
                Signal = f.Key,
                Approaches = [.. f.Value.Approaches.Values],
                Detectors = [.. f.Value.Detectors],
            })),
        ];
    }

    /// <summary>A channel listed again for the same phase or overlap has one more function; for another one it is another detector.</summary>
    private static void AddDetector(List<Detector> detectors, Detector detector, Row row)
    {
        var same = detectors.FindIndex(d => d.Channel == detector.Channel && d.Phase == detector.Phase && d.Overlap == detector.Overlap);
        if (same < 0)
        {
            detectors.Add(detector);
            return;
        }

        var known = detectors[same];
        detectors[same] = known with { Functions = known.Functions | detector.Functions };
        if (known with { Functions = detector.Functions } != detector)
        {
            row.Report(
                DataIssueKind.Conflict,
                detector.Channel.ToString(CultureInfo.InvariantCulture),
                "an earlier row describes this detector channel otherwise; that one is taken, with the functions of both");
        }
    }

    private sealed class ApproachColumns(CsvTable table)
    {
        private readonly int _direction = table.Column("directiontypeid", "directiontype", "direction");
        private readonly int _description = table.Column("description");
        private readonly int _speed = table.Column("mph", "speedlimitmph", "speedlimit");
        private readonly int _protected = table.Column("protectedphasenumber", "protectedphase");
        private readonly int _protectedIsOverlap = table.Column("isprotectedphaseoverlap");
        private readonly int _permissive = table.Column("permissivephasenumber", "permissivephase");
        private readonly int _permissiveIsOverlap = table.Column("ispermissivephaseoverlap");
        private readonly int _pedestrian = table.Column("pedestrianphasenumber", "pedestrianphase");
        private readonly int _pedestrianIsOverlap = table.Column("ispedestrianphaseoverlap");

        public bool TryRead(Row row, string id, out Approach approach)
        {
            approach = new Approach { Id = id };
            var description = row.FreeText(_description < 0 ? id : row.Text(_description), "the description");
            if (!row.TryWord<TravelDirection>(_direction, "direction", DetectorWords.TryDirection, out var direction)
                || !row.TryNumber(_speed, "speed limit", 0, HighestSpeedMph, out var speed)
                || !row.TryGroup(_protected, _protectedIsOverlap, out var protectedBy)
                || !row.TryGroup(_permissive, _permissiveIsOverlap, out var permissive)
                || !row.TryGroup(_pedestrian, _pedestrianIsOverlap, out var pedestrian))
            {
                return false;
            }

            approach = approach with
            {
                Description = description,
                Direction = direction != TravelDirection.Unknown ? direction : DetectorWords.DirectionOf(description.Length > 0 ? description : id),
                SpeedLimitMph = speed is null or 0 ? null : (int)speed,
                Protected = protectedBy,
                Permissive = permissive,
                Pedestrian = pedestrian,
            };
            return true;
        }
    }

    private sealed class DetectorColumns(CsvTable table)
    {
        private readonly int _channel = table.Column("detector", "detchannel", "detectorchannel", "channel");
        private readonly int _phase = table.Column("phase", "phasenumber");
        private readonly int _overlap = table.Column("overlap", "overlapnumber");
        private readonly int _functions = table.Column("function", "functions", "detectiontypes", "detectiontype");
        private readonly int _lane = table.Column("lane", "lanenumber");
        private readonly int _movement = table.Column("movement", "movementtypeid", "movementtype");
        private readonly int _laneType = table.Column("lanetype", "lanetypeid");
        private readonly int _distance = table.Column("stopbardistanceft", "distancefromstopbarft", "distancefromstopbar");
        private readonly int _latency = table.Column("latencys", "latencycorrections", "latencycorrection");
        private readonly int _decision = table.Column("decisionpoints", "decisionpoint");
        private readonly int _delay = table.Column("movementdelays", "movementdelay");
        private readonly int _speed = table.Column("minimumspeedmph", "minspeedfilter");

        public bool TryRead(Row row, Approach? approach, out Detector detector)
        {
            detector = new Detector { Channel = 1 };
            if (!row.TryNumber(_channel, "detector channel", 1, byte.MaxValue, out var channel)
                || !row.TryNumber(_phase, "phase", 0, byte.MaxValue, out var phase)
                || !row.TryNumber(_overlap, "overlap", 0, byte.MaxValue, out var overlap)
                || !row.TryNumber(_lane, "lane", 0, 16, out var lane)
                || !row.TryWord<LaneMovement>(_movement, "movement", DetectorWords.TryMovement, out var movement)
                || !row.TryWord<LaneType>(_laneType, "lane type", DetectorWords.TryLaneType, out var laneType)
                || !row.TryNumber(_distance, "distance to the stop bar", 0, LongestDistanceFt, out var distance)
                || !row.TryNumber(_latency, "latency", -LongestDelayS, LongestDelayS, out var latency)
                || !row.TryNumber(_decision, "decision point", 0, LongestDelayS, out var decision)
                || !row.TryNumber(_delay, "movement delay", 0, LongestDelayS, out var delay)
                || !row.TryNumber(_speed, "minimum speed", 0, HighestSpeedMph, out var speed))
            {
                return false;
            }

            if (channel is null)
            {
                row.Report(DataIssueKind.BadRow, "", "the row has no detector channel; it is left out");
                return false;
            }

            var group = approach?.Protected ?? approach?.Permissive;
            detector = new Detector
            {
                Channel = (byte)channel,
                Phase = phase is > 0 ? (byte)phase : group is { IsOverlap: false } p ? p.Number : null,
                Overlap = overlap is > 0 ? (byte)overlap : group is { IsOverlap: true } o ? o.Number : null,
                ApproachId = approach?.Id,
                Functions = row.Functions(_functions),
                Lane = lane is null or 0 ? null : (int)lane,
                Movement = movement,
                LaneType = laneType,
                StopBarDistanceFt = distance,
                LatencyS = latency ?? 0,
                DecisionPointS = decision ?? 0,
                MovementDelayS = delay ?? 0,
                MinimumSpeedMph = speed,
            };
            return true;
        }
    }

    private delegate bool WordReader<T>(string word, out T value);

    /// <summary>One row: reads its fields, and reports and refuses it when one is wrong. An empty field is null, never 0.</summary>
    private sealed class Row(string source, long line, string[] fields, DataIssueLog issues)
    {
        public void Report(DataIssueKind kind, string value, string assumed) =>
            issues.Add(kind, source, line, IssueText.Value(Encoding.UTF8.GetBytes(value)), assumed);

        public string Text(int column) => column < 0 ? "" : string.Concat(fields[column].Where(c => !char.IsControl(c)));

        /// <summary>Text that people wrote as they liked; empty, and reported, when it is shaped like an identifier (rule P07).</summary>
        public string FreeText(string text, string field) => Configuration.FreeText.TryTake(text, field, source, line, issues) ? text : "";

        public bool TryNeeded(int column, string what, out string value)
        {
            value = Text(column);
            return value.Length > 0 || Refuse("", $"the row has no {what}; it is left out");
        }

        public bool TrySignal(int column, out SignalId id) => TrySignal(column, null, out id);

        public bool TrySignal(int column, SignalId? otherwise, out SignalId id)
        {
            id = otherwise ?? default;
            var text = Text(column);
            if (text.Length == 0)
            {
                return otherwise is not null || Refuse("", "nothing says which signal the row is of; it is left out");
            }

            if (SignalName.TryParse(text, out id))
            {
                return true;
            }

            issues.Add(DataIssueKind.PrivacyRefused, source, line, "", $"{SignalName.Refusal}; the row is left out and the name is not kept");
            return false;
        }

        public bool TryNumber(int column, string what, double smallest, double largest, out double? value)
        {
            value = null;
            var text = Text(column);
            if (text.Length == 0)
            {
                return true;
            }

            if (!double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
                || number < smallest || number > largest)
            {
                return Refuse(text, string.Create(CultureInfo.InvariantCulture, $"the {what} is no number from {smallest} to {largest}; the row is left out"));
            }

            value = number;
            return true;
        }

        public bool TryGroup(int column, int isOverlapColumn, out SignalGroup? group)
        {
            group = null;
            if (!TryNumber(column, "phase", 0, byte.MaxValue, out var number) || !TryNumber(isOverlapColumn, "overlap flag", 0, 1, out var isOverlap))
            {
                return false;
            }

            if (number is > 0)
            {
                group = new SignalGroup((byte)number, isOverlap is 1);
            }

            return true;
        }

        public bool TryWord<T>(int column, string what, WordReader<T> read, out T value)
            where T : struct
        {
            value = default;
            var text = Text(column);
            return text.Length == 0 || read(text, out value) || Refuse(text, $"no such {what} is known; the row is left out");
        }

        /// <summary>All functions listed, with <c>|</c>, <c>/</c> or spaces between; one that is not known is reported and left out.</summary>
        public DetectorFunctions Functions(int column)
        {
            var functions = DetectorFunctions.None;
            foreach (var word in Text(column).Split(['|', '/', ';', '+'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            {
                if (DetectorWords.TryFunction(word, out var function))
                {
                    functions |= function;
                }
                else
                {
                    Report(DataIssueKind.BadRow, word, "no such detector function is known; the detector is kept without it");
                }
            }

            return functions;
        }

        public bool TryStart(int column, out long validFromMs)
        {
            validFromMs = long.MinValue;
            var text = Text(column);
            return text.Length == 0
                || TimestampText.TryParse(Encoding.UTF8.GetBytes(text.Contains(':', StringComparison.Ordinal) ? text : text + " 00:00"), out validFromMs, out _)
                || Refuse(text, "the start is no date in 1970 to 2099; the row is left out");
        }

        /// <summary>A place on earth; null when not given. 0, 0 lies in the sea and means not given.</summary>
        public (double Latitude, double Longitude)? Place(int latitudeColumn, int longitudeColumn)
        {
            if (!double.TryParse(Text(latitudeColumn), NumberStyles.Float, CultureInfo.InvariantCulture, out var latitude)
                || !double.TryParse(Text(longitudeColumn), NumberStyles.Float, CultureInfo.InvariantCulture, out var longitude)
                || (latitude == 0 && longitude == 0))
            {
                return null;
            }

            if (Math.Abs(latitude) <= 90 && Math.Abs(longitude) <= 180)
            {
                return (latitude, longitude);
            }

            Report(DataIssueKind.BadRow, "", "the place is not on earth (latitude -90 to 90, longitude -180 to 180); the signal is kept without it");
            return null;
        }

        public string? Zone(int column)
        {
            var zone = Text(column);
            if (zone.Length == 0 || Zones.ZoneRules.Find(zone) is not null)
            {
                return zone.Length == 0 ? null : zone;
            }

            Report(DataIssueKind.BadRow, "", "the zone is no IANA time zone; the signal is kept without it");
            return null;
        }

        private bool Refuse(string value, string assumed)
        {
            Report(DataIssueKind.BadRow, value, assumed);
            return false;
        }
    }
}
