using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;
using Crosstown.Core.Data;
using Crosstown.Core.Street;
using Crosstown.Logs.Configuration;

namespace Crosstown.Logs.Tests.Configuration;

public sealed class SignalFilesTests : IDisposable
{
    private static readonly string[] Objects = ["approaches", "detectors", "phases", "overlaps", "pedestrianButtons", "patterns", "splits", "evidence"];

    private readonly string _folder = Directory.CreateTempSubdirectory("crosstown-signals-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_signal_that_is_written_is_read_back_the_same()
    {
        var issues = new DataIssueLog();

        var read = Assert.Single(SignalFiles.Read(Put("7115.json", Json(Full())), issues));

        Assert.Equal(Json(Full()), Json(read));
        Assert.Equal(Full().Detectors[0], read.Detectors[0]);
        Assert.Equal(Full().Approaches[0], read.Approaches[0]);
        Assert.Equal(Full().Phases[0], read.Phases[0]);
        Assert.Equal(Full().ValidFromMs, read.ValidFromMs);
        Assert.Equal(0, issues.Count);
    }

    [Fact]
    public void Several_signals_in_one_file_are_read_back_by_number()
    {
        using var stream = new MemoryStream();
        SignalFiles.WriteAll(stream, [SignalConfiguration.Unknown(SignalId.Parse("12")), SignalConfiguration.Unknown(SignalId.Parse("9"))]);

        var read = SignalFiles.Read(Put("all.json", Encoding.UTF8.GetString(stream.ToArray())), new DataIssueLog());

        Assert.Equal(["9", "12"], read.Select(s => s.Signal.Value));
    }

    [Fact]
    public void The_published_schema_lists_exactly_the_fields_that_are_written_and_each_is_read()
    {
        var schema = JsonNode.Parse(File.ReadAllText(SchemaPath()))!;
        var listed = SchemaFields(schema).Order(StringComparer.Ordinal).ToList();
        var written = WrittenFields(JsonNode.Parse(Json(Full()))!, "").Append("/$schema").Distinct().Order(StringComparer.Ordinal).ToList();
        Assert.Equal(listed, written);

        foreach (var without in WithoutEachField(JsonNode.Parse(Json(Full()))!))
        {
            var read = SignalFiles.Read(Put("one.json", without), new DataIssueLog());
            Assert.True(read.Count == 0 || Json(read[0]) != Json(Full()), $"A field that is not there makes no difference: {without}");
        }
    }

    [Fact]
    public void The_words_of_the_schema_are_those_that_are_read()
    {
        var schema = JsonNode.Parse(File.ReadAllText(SchemaPath()))!;
        string[] Words(string where, string field) => [.. (schema["$defs"]![where]!["properties"]![field]!["enum"] ?? schema["$defs"]![where]!["properties"]![field]!["items"]!["enum"])!.AsArray().Select(w => (string)w!)];

        foreach (var (field, words) in new[] { ("movement", Words("detector", "movement")), ("laneType", Words("detector", "laneType")) })
        {
            foreach (var word in words)
            {
                var issues = new DataIssueLog();
                SignalFiles.Read(Put("one.json", $$"""{"signal":"1","detectors":[{"channel":1,"{{field}}":"{{word}}"}]}"""), issues);
                Assert.Equal(0, issues.Count);
            }
        }

        Assert.Equal(Enum.GetValues<LaneMovement>().Length, Words("detector", "movement").Length);
        Assert.Equal(Enum.GetValues<LaneType>().Length, Words("detector", "laneType").Length);
        Assert.Equal(Enum.GetValues<TravelDirection>().Length, Words("approach", "direction").Length);
        Assert.Equal(Enum.GetValues<DetectorFunctions>().Length - 1, Words("detector", "functions").Length);
    }

    [Fact]
    [Trait("rule", "P06")]
    public void A_field_that_the_schema_does_not_know_is_dropped_and_reported_by_name_only()
    {
        var issues = new DataIssueLog();

        var read = Assert.Single(SignalFiles.Read(
            Put("1.json", """{"$schema":"s","signal":"1","contact":"ann@example.org","detectors":[{"channel":3,"owner":"Ann Example"}]}"""), issues));

        Assert.Equal(3, Assert.Single(read.Detectors).Channel);
        Assert.Equal(["contact", "owner"], issues.ListExamples().Select(i => i.Value).Order(StringComparer.Ordinal));
        Assert.All(issues.ListExamples(), i => Assert.Equal(DataIssueKind.UnknownField, i.Kind));
        Assert.DoesNotContain("example", string.Join(' ', issues.ListExamples()), StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("ann@example.org")]
    [InlineData("Main & 4th, call 801-555-1234")]
    [InlineData("cabinet 00:04:81:02:80:5c")]
    [InlineData("1HGCM82633A004352")]
    [Trait("rule", "P07")]
    public void A_name_or_description_that_holds_an_identifier_is_dropped_and_not_kept_and_the_rest_stands(string value)
    {
        var files = new (string Name, string Text, int Refused)[]
        {
            ("1.json", $$"""{"signal":"1","name":"{{value}}","approaches":[{"id":"a","description":"{{value}}","speedLimitMph":35}]}""", 2),
            ("signals.csv", $"SignalID,PrimaryName,SecondaryName,Latitude,Longitude\n1,\"{value}\",\"{value}\",40.7,-111.9\n", 2),
            ("approaches.csv", $"ApproachID,SignalID,Description,MPH,ProtectedPhaseNumber\n7,1,\"{value}\",35,2\n", 1),
        };
        foreach (var (name, text, refused) in files)
        {
            var issues = new DataIssueLog();

            var read = Assert.Single(SignalFiles.Read(Put(name, text), issues));

            Assert.Equal(("", refused), (read.Name, (int)issues.CountOf(DataIssueKind.PrivacyRefused)));
            Assert.All(read.Approaches, a => Assert.Equal(("", (int?)35), (a.Description, a.SpeedLimitMph)));
            Assert.DoesNotContain(value, string.Join(' ', issues.ListExamples()) + Json(read), StringComparison.Ordinal);
        }
    }

    [Fact]
    [Trait("rule", "P07")]
    public void Names_of_streets_are_kept()
    {
        var issues = new DataIssueLog();

        var read = Assert.Single(SignalFiles.Read(Put("signals.csv", "SignalID,PrimaryName,SecondaryName,Latitude,Longitude\n7115,Redwood Rd (SR-68),7000 S,40.7,-111.9\n"), issues));

        Assert.Equal(("Redwood Rd (SR-68) & 7000 S", 0), (read.Name, (int)issues.Count));
    }

    [Fact]
    public void A_wrong_value_in_a_signal_file_is_reported_and_the_rest_stands()
    {
        var issues = new DataIssueLog();

        var read = Assert.Single(SignalFiles.Read(
            Put("1.json", """{"signal":"1","zone":"Mars/Olympus","detectors":[{"channel":300},{"channel":3,"phase":"two","functions":["presence"]},{"channel":4,"phase":2}]}"""), issues));

        Assert.Null(read.Zone);
        Assert.Equal([(3, null), (4, (byte?)2)], read.Detectors.Select(d => ((int)d.Channel, d.Phase)));
        Assert.Equal(5, issues.CountOf(DataIssueKind.BadRow));
    }

    [Fact]
    public void A_signal_file_cut_in_the_middle_is_refused_with_the_line()
    {
        var issues = new DataIssueLog();

        Assert.Empty(SignalFiles.Read(Put("1.json", "{\n\"signal\":\"1\",\n\"detectors\":[{\"chan"), issues));

        Assert.Equal((DataIssueKind.BadHeader, 3L), Assert.Single(issues.ListExamples().Select(i => (i.Kind, i.Position))));
    }

    [Fact]
    public void Detector_functions_are_known_by_the_names_that_Oregon_and_Utah_use()
    {
        var issues = new DataIssueLog();

        var read = SignalFiles.Read(
            Put("detectors.csv", "DeviceId,Phase,Function,Detector\n1,2,ADVANCE,1\n1,2,presence,2\n1,2,Yellow_Red,3\n1,2,stopbar count,4\n1,2,AC|AS,5\n1,2,Presence,4\n1,4,LLC,4\n"),
            issues)[0];

        Assert.Equal(
            [
                (1, 2, DetectorFunctions.AdvanceCount),
                (2, 2, DetectorFunctions.StopBarPresence),
                (3, 2, DetectorFunctions.LaneByLaneSpeed),
                (4, 2, DetectorFunctions.LaneByLaneCount | DetectorFunctions.StopBarPresence),
                (5, 2, DetectorFunctions.AdvanceCount | DetectorFunctions.AdvanceSpeed),
                (4, 4, DetectorFunctions.LaneByLaneCount),
            ],
            read.Detectors.Select(d => ((int)d.Channel, (int)d.Phase!, d.Functions)));
        Assert.Equal(0, issues.Count);
    }

    [Fact]
    public void Bad_rows_of_a_detector_table_are_reported_with_line_value_and_limit_and_the_good_ones_kept()
    {
        var issues = new DataIssueLog();

        var read = SignalFiles.Read(
            Put("detectors.csv", "DeviceId,Phase,Function,Detector\n1,2,Presence,1\n1,2,Presence,256\n1,x,Presence,3\n1,2\n1,2,Camera,5\n,2,Presence,6\n1,2,Presence,7\n"),
            issues)[0];

        Assert.Equal([1, 5, 7], read.Detectors.Select(d => (int)d.Channel));
        Assert.Equal(5, issues.CountOf(DataIssueKind.BadRow));
        var first = issues.ListExamples().First(i => i.Position == 3);
        Assert.Equal("256", first.Value);
        Assert.Contains("1 to 255", first.Assumed, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_files_that_disagree_about_a_channel_are_a_conflict_that_says_which_one_is_taken()
    {
        Put("a.csv", "DeviceId,Phase,Function,Detector\n1,2,Presence,1\n1,2,Presence,2\n");
        Put("b.csv", "DeviceId,Phase,Function,Detector\n1,2,Presence,1\n1,6,Presence,2\n1,8,Presence,3\n");
        var issues = new DataIssueLog();

        var read = Assert.Single(SignalFiles.Read(_folder, issues));

        Assert.Equal([(1, 2), (2, 2), (3, 8)], read.Detectors.Select(d => ((int)d.Channel, (int)d.Phase!)));
        var conflict = Assert.Single(issues.ListExamples());
        Assert.Equal(DataIssueKind.Conflict, conflict.Kind);
        Assert.Equal("detector channel 2", conflict.Value);
        Assert.EndsWith("b.csv", conflict.Source, StringComparison.Ordinal);
        Assert.Contains("a.csv", conflict.Assumed, StringComparison.Ordinal);
    }

    [Fact]
    public void A_table_that_names_no_signal_needs_one_from_outside()
    {
        var path = Put("detectors.csv", "ProtectedPhase,DetectorChannel,DetectionTypes\n2,5,AC\n");
        var issues = new DataIssueLog();

        Assert.Empty(SignalFiles.Read(path, issues));
        Assert.Equal(1, issues.CountOf(DataIssueKind.BadRow));
        Assert.Equal("7115", Assert.Single(SignalFiles.Read(path, new DataIssueLog(), SignalId.Parse("7115"))).Signal.Value);
    }

    [Fact]
    [Trait("Category", SharedData.Category)]
    public void Oregons_detector_table_is_read_whole()
    {
        var issues = new DataIssueLog();

        var read = SignalFiles.Read(SharedData.PathTo("data/hires/odot-3h/detectors.csv"), issues);

        Assert.Equal(["227", "452"], read.Select(s => s.Signal.Value));
        Assert.Equal(54, read.Sum(s => s.Detectors.Length));
        Assert.Equal(0, issues.Count);
        Assert.Equal(DetectorFunctions.LaneByLaneSpeed, read[0].Detectors.Single(d => d.Channel == 41).Functions);
    }

    [Fact]
    [Trait("Category", SharedData.Category)]
    public void Utahs_detector_table_gives_distances_latencies_and_lanes_by_letter_or_number()
    {
        var signal = SignalId.Parse("7115");
        var issues = new DataIssueLog();
        var letters = SignalFiles.Read(SharedData.PathTo("data/hires/udot-7115/detectors.csv"), issues, signal)[0];
        var numbers = SignalFiles.Read(SharedData.PathTo("data/hires/udot-7115/adjust1_detectors.csv"), issues, signal)[0];

        Assert.Equal(52, letters.Detectors.Length);
        Assert.Equal(0, issues.Count);
        var advance = letters.Detectors.Single(d => d.Channel == 8);
        Assert.Equal((8, 340.0, 1.2, 15.0), ((int)advance.Phase!, advance.StopBarDistanceFt, advance.LatencyS, advance.MovementDelayS));
        Assert.Equal((LaneMovement.Through, LaneType.Vehicle), (advance.Movement, advance.LaneType));
        Assert.Equal(DetectorFunctions.AdvanceCount | DetectorFunctions.AdvanceSpeed, advance.Functions);
        Assert.Equal((TravelDirection.Westbound, 40), (letters.Approaches.Single(a => a.Id == advance.ApproachId).Direction, letters.Approaches.Single(a => a.Id == advance.ApproachId).SpeedLimitMph));
        Assert.Equal(
            (LaneMovement.Through, LaneType.Vehicle, DetectorFunctions.AdvanceCount | DetectorFunctions.AdvanceSpeed),
            (numbers.Detectors[0].Movement, numbers.Detectors[0].LaneType, numbers.Detectors[0].Functions));
    }

    [Fact]
    [Trait("Category", SharedData.Category)]
    public void Detectors_take_their_phase_from_the_approach_that_another_file_describes()
    {
        var folder = SharedData.PathTo("data/hires/udot-7185");
        var issues = new DataIssueLog();

        var read = Assert.Single(SignalFiles.Read([Path.Combine(folder, "approaches.csv"), Path.Combine(folder, "detectors.csv")], issues));

        Assert.Equal("7185", read.Signal.Value);
        Assert.Equal(8, read.Approaches.Length);
        Assert.Equal(28, read.Detectors.Length);
        Assert.Equal(3, issues.CountOf(DataIssueKind.BadRow));
        Assert.All(issues.ListExamples().Where(i => i.Kind == DataIssueKind.BadRow), i => Assert.Contains("which signal", i.Assumed, StringComparison.Ordinal));
        var left = read.Approaches.Single(a => a.Id == "3082");
        Assert.Equal((SignalGroup.Phase(5), SignalGroup.Phase(6), TravelDirection.Northbound), (left.Protected, left.Permissive, left.Direction));
        Assert.Equal(5, (int)read.Detectors.Single(d => d.Channel == 2).Phase!);
        Assert.Equal(4, (int)read.Approaches.Single(a => a.Id == "5592").Permissive!.Value.Number);
    }

    [Fact]
    [Trait("Category", SharedData.Category)]
    public void A_statewide_configuration_gives_every_signal_its_versions_and_reports_every_row_left_out()
    {
        var folder = SharedData.PathTo("data/hires/udot-statewide-config");
        var issues = new DataIssueLog();

        var read = SignalFiles.Read([Path.Combine(folder, "signals.csv"), Path.Combine(folder, "approaches.csv")], issues);

        Assert.InRange(read.Select(s => s.Signal).Distinct().Count(), 1_800, 1_909);
        Assert.Equal(read.Count, read.Select(s => (s.Signal, s.ValidFromMs)).Distinct().Count());
        Assert.InRange(read.Sum(s => s.Approaches.Length), 6_500, 6_900);
        Assert.Null(read.First(s => s.Signal.Value == "10000").Latitude);
        Assert.Contains("&", read.First(s => s.Signal.Value == "1001").Name, StringComparison.Ordinal);
    }

    private static SignalConfiguration Full() => new()
    {
        Signal = SignalId.Parse("7115"),
        Name = "Redwood Rd & 7000 S",
        Zone = "America/Denver",
        Latitude = 40.5,
        Longitude = -111.9,
        ValidFromMs = 1_700_000_000_000,
        Approaches =
        [
            new Approach
            {
                Id = "NBT",
                Description = "Northbound through",
                Direction = TravelDirection.Northbound,
                SpeedLimitMph = 45,
                Protected = SignalGroup.Phase(2),
                Permissive = SignalGroup.Overlap(1),
                Pedestrian = SignalGroup.Phase(4),
            },
        ],
        Detectors =
        [
            new Detector
            {
                Channel = 8,
                Phase = 2,
                Overlap = 1,
                ApproachId = "NBT",
                Functions = DetectorFunctions.AdvanceCount | DetectorFunctions.AdvanceSpeed,
                Lane = 1,
                Movement = LaneMovement.ThroughRight,
                LaneType = LaneType.Bus,
                StopBarDistanceFt = 340,
                LatencyS = 1.2,
                DecisionPointS = 0.5,
                MovementDelayS = 15,
                MinimumSpeedMph = 5,
                TravelTimeS = 4.5,
            },
        ],
        Phases =
        [
            new PhaseConfiguration
            {
                Number = 2,
                Ring = 1,
                BarrierGroup = 2,
                IsCoordinated = true,
                YellowS = 4.3,
                RedClearanceS = 1.5,
                MinimumGreenS = 10,
                WalkS = 7,
                PedestrianClearanceS = 17.2,
            },
        ],
        Overlaps = [new OverlapConfiguration { Number = 1, ParentPhases = [1, 2], IsFlashingYellowArrow = true }],
        PedestrianButtons = [new PedestrianButton(3, 2)],
        Patterns =
        [
            new CoordinationPattern
            {
                Number = 5,
                CycleLengthS = 120,
                OffsetS = 33,
                SplitS = System.Collections.Immutable.ImmutableSortedDictionary<byte, double>.Empty.Add(2, 45.5),
            },
        ],
        Evidence = [new Evidence("detectors/8/phase", "2", 0.97, "412 of 420 calls began with it")],
    };

    private static string Json(SignalConfiguration signal)
    {
        using var stream = new MemoryStream();
        SignalFiles.Write(stream, signal);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static IEnumerable<string> SchemaFields(JsonNode schema)
    {
        foreach (var (name, _) in schema["properties"]!.AsObject())
        {
            yield return $"/{name}";
        }

        foreach (var (definition, node) in schema["$defs"]!.AsObject())
        {
            foreach (var (name, _) in node!["properties"]!.AsObject())
            {
                yield return $"{definition}/{name}";
            }
        }
    }

    private static IEnumerable<string> WrittenFields(JsonNode node, string definition)
    {
        foreach (var (name, value) in node.AsObject())
        {
            yield return $"{definition}/{name}";
            var inner = value switch
            {
                JsonArray list when Objects.Contains(name) => list.SelectMany(item => WrittenFields(item!, DefinitionOf(name))),
                JsonObject one => WrittenFields(one, "group"),
                _ => [],
            };
            foreach (var field in inner)
            {
                yield return field;
            }
        }
    }

    private static string DefinitionOf(string list) => list switch
    {
        "approaches" => "approach",
        "evidence" => "evidence",
        _ => list[..^1],
    };

    /// <summary>The text once for each field of each object, without that field.</summary>
    private static IEnumerable<string> WithoutEachField(JsonNode root)
    {
        var objects = new List<JsonObject>();
        void Collect(JsonNode? node)
        {
            if (node is JsonObject o)
            {
                objects.Add(o);
                foreach (var (_, value) in o)
                {
                    Collect(value);
                }
            }
            else if (node is JsonArray list)
            {
                foreach (var item in list)
                {
                    Collect(item);
                }
            }
        }

        Collect(root);
        foreach (var o in objects)
        {
            foreach (var name in o.Select(p => p.Key).ToList())
            {
                var value = o[name];
                o.Remove(name);
                yield return root.ToJsonString();
                o[name] = value;
            }
        }
    }

    private static string SchemaPath([CallerFilePath] string thisFile = "") =>
        Path.Combine(Path.GetDirectoryName(thisFile)!, "..", "..", "..", "docs", "schema", "signal.schema.json");

    private string Put(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
