using System.Globalization;
using System.Text;
using System.Text.Json;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;

namespace Crosstown.Core.Tests.Tables;

public sealed class TableTextTests
{
    private static readonly SignalId s_signal = SignalId.Parse("227");

    private static readonly LocalTimeMap s_denver = new("America/Denver", [0, 1_710_061_200_000, 1_730_620_800_000], [-25_200_000, -21_600_000, -25_200_000]);

    private static readonly TableSchema s_schema = new()
    {
        Name = "everything",
        Columns =
        [
            new Column("TimeStamp", ColumnType.Time, "", "When"),
            new Column("DeviceId", ColumnType.Signal, "", "Which signal"),
            new Column("Count", ColumnType.Integer, "veh", "How many"),
            new Column("Share", ColumnType.Real, "0-1", "A share"),
            new Column("Peer", ColumnType.Single, "s", "A peer's share"),
            new Column("Failed", ColumnType.Boolean, "", "Whether"),
            new Column("Reason", ColumnType.Word, "", "Why") { Words = ["GapOut", "say \"max\", out", "=1+1", "\tMax", "Größe"] },
        ],
    };

    [Fact]
    public void A_row_is_written_as_csv_on_the_wall_clock_of_its_signal()
    {
        var rows = new RowBuffer(s_schema);
        rows.Time(1_715_637_600_000).Integer(186).Real(1).Single(0.6722689f).Boolean(true).Word(0);

        Assert.Equal(
            "TimeStamp,DeviceId,Count,Share,Peer,Failed,Reason\n2024-05-13T16:00:00.000,227,186,1.0,0.6722689,true,GapOut\n",
            Csv(rows, TimeStyle.Local));
        Assert.Equal("2024-05-13T22:00:00.000Z", Csv(rows, TimeStyle.Utc).Split('\n')[1].Split(',')[0]);
    }

    [Fact]
    public void Missing_values_are_empty_in_csv_and_null_in_ndjson_and_numbers_that_are_none_are_missing()
    {
        var rows = new RowBuffer(s_schema);
        rows.Null().Null().Null().Null().Null().Null();
        rows.Time(0).Integer(0).Real(double.NaN).Single(float.PositiveInfinity).Boolean(false).Null();
        rows.Time(0).Integer(0).Real(double.NegativeInfinity).Single(float.NaN).Boolean(false).Null();

        Assert.Equal([",227,,,,,", "1970-01-01T00:00:00.000Z,227,0,,,false,", "1970-01-01T00:00:00.000Z,227,0,,,false,"], Csv(rows, TimeStyle.Utc).Split('\n')[1..^1]);
        Assert.Equal(
            """{"TimeStamp":null,"DeviceId":"227","Count":null,"Share":null,"Peer":null,"Failed":null,"Reason":null}""",
            Ndjson(rows, TimeStyle.Utc).Split('\n')[0]);
    }

    [Fact]
    [Trait("rule", "X06")]
    public void Text_that_a_spreadsheet_would_run_is_quoted_harmless_and_numbers_are_left_alone()
    {
        var rows = new RowBuffer(s_schema);
        rows.Time(0).Integer(-5).Real(-0.5).Single(-1).Boolean(false).Word(2);
        rows.Time(0).Integer(-5).Real(-0.5).Single(-1).Boolean(false).Word(3);
        rows.Time(0).Integer(-5).Real(-0.5).Single(-1).Boolean(false).Word(1);

        var lines = Csv(rows, TimeStyle.Utc).Split('\n');

        Assert.EndsWith(",-5,-0.5,-1.0,false,\"'=1+1\"", lines[1], StringComparison.Ordinal);
        Assert.EndsWith(",\"'\tMax\"", lines[2], StringComparison.Ordinal);
        Assert.EndsWith(",\"say \"\"max\"\", out\"", lines[3], StringComparison.Ordinal);
        foreach (var start in "=+-@\t\r")
        {
            Assert.StartsWith("\"'", CellText.QuoteForCsv(start + "x"), StringComparison.Ordinal);
        }

        Assert.Equal(["plain", "", "a-b"], new[] { "plain", "", "a-b" }.Select(CellText.QuoteForCsv));
    }

    [Fact]
    public void A_signal_number_stays_text_in_ndjson_so_that_007_and_7_are_two_signals()
    {
        var rows = new RowBuffer(s_schema);
        rows.Time(1_715_637_600_000).Integer(long.MinValue).Real(1e300).Single(1e-9f).Boolean(true).Word(4);

        using var line = JsonDocument.Parse(Write((s, t) => new NdjsonTableWriter(s, s_schema, t), rows, TimeStyle.Utc, SignalId.Parse("007")));

        Assert.Equal("007", line.RootElement.GetProperty("DeviceId").GetString());
        Assert.Equal("2024-05-13T22:00:00.000Z", line.RootElement.GetProperty("TimeStamp").GetString());
        Assert.Equal(long.MinValue, line.RootElement.GetProperty("Count").GetInt64());
        Assert.Equal(1e300, line.RootElement.GetProperty("Share").GetDouble());
        Assert.Equal(1e-9f, line.RootElement.GetProperty("Peer").GetSingle());
        Assert.Equal("Größe", line.RootElement.GetProperty("Reason").GetString());
    }

    [Theory]
    [InlineData(0, "0.0")]
    [InlineData(-0.0, "-0.0")]
    [InlineData(1, "1.0")]
    [InlineData(-86.28571, "-86.28571")]
    [InlineData(0.1 + 0.2, "0.30000000000000004")]
    [InlineData(0.0001, "0.0001")]
    [InlineData(0.00001, "1e-05")]
    [InlineData(-0.000012345, "-1.2345e-05")]
    [InlineData(123456789012345.6, "123456789012345.6")]
    [InlineData(1e15, "1000000000000000.0")]
    [InlineData(-1234567890123456d, "-1234567890123456.0")]
    [InlineData(9007199254740993d, "9007199254740992.0")]
    [InlineData(1e16, "1e+16")]
    [InlineData(-12345678901234568d, "-1.2345678901234568e+16")]
    [InlineData(1.5e22, "1.5e+22")]
    [InlineData(double.MaxValue, "1.7976931348623157e+308")]
    [InlineData(double.Epsilon, "5e-324")]
    public void Reals_are_written_as_python_does(double value, string expected)
    {
        Span<byte> text = stackalloc byte[CellText.MaxNumberLength];
        Assert.Equal(expected, Encoding.UTF8.GetString(text[..CellText.WriteReal(text, value)]));
    }

    [Theory]
    [InlineData(0.1f, "0.1")]
    [InlineData(0.2f, "0.2")]
    [InlineData(7.05f, "7.05")]
    [InlineData(16777216f, "16777216.0")]
    [InlineData(1e8f, "100000000.0")]
    [InlineData(1.2345679e8f, "123456790.0")]
    [InlineData(1e16f, "1e+16")]
    [InlineData(float.MaxValue, "3.4028235e+38")]
    [InlineData(float.Epsilon, "1e-45")]
    public void Singles_are_written_with_the_digits_of_32_bits(float value, string expected)
    {
        Span<byte> text = stackalloc byte[CellText.MaxNumberLength];
        Assert.Equal(expected, Encoding.UTF8.GetString(text[..CellText.WriteSingle(text, value)]));
    }

    [Theory]
    [InlineData(CellText.MinTimeMs, "0001-01-01T00:00:00.000Z")]
    [InlineData(-1, "1969-12-31T23:59:59.999Z")]
    [InlineData(951_782_400_007, "2000-02-29T00:00:00.007Z")]
    [InlineData(CellText.MaxTimeMs, "9999-12-31T23:59:59.999Z")]
    public void Times_always_show_three_digits_of_milliseconds(long timeMs, string expected)
    {
        Span<byte> text = stackalloc byte[CellText.MaxTimeLength];
        Assert.Equal(expected, Encoding.UTF8.GetString(text[..CellText.WriteTime(text, timeMs, utc: true)]));
    }

    [Theory]
    [InlineData(CellText.MinTimeMs - 1)]
    [InlineData(CellText.MaxTimeMs + 1)]
    [InlineData(long.MinValue)]
    public void A_time_no_calendar_shows_is_refused(long timeMs) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => CellText.WriteTime(new byte[CellText.MaxTimeLength], timeMs, utc: true));

    [Fact]
    public void Every_value_of_random_rows_reads_back_from_csv_and_ndjson_as_the_same_bits_in_any_culture()
    {
        const int Seed = 20_240_513;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {Seed}");
        var random = new Random(Seed);
        var rows = RandomRows(random, 5_000);
        var culture = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
        string csv, ndjson;
        try
        {
            csv = Csv(rows, TimeStyle.Utc);
            ndjson = Ndjson(rows, TimeStyle.Local);
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }

        var csvLines = csv.Split('\n')[1..^1];
        var jsonLines = ndjson.Split('\n')[..^1];
        Assert.Equal(rows.Count, csvLines.Length);
        Assert.Equal(rows.Count, jsonLines.Length);
        for (var row = 0; row < rows.Count; row++)
        {
            var fields = SplitCsv(csvLines[row]);
            using var json = JsonDocument.Parse(jsonLines[row]);
            Assert.Equal("227", fields[1]);
            Assert.Equal("227", json.RootElement.GetProperty("DeviceId").GetString());
            for (var column = 0; column < s_schema.Columns.Length; column++)
            {
                if (column == 1)
                {
                    continue;
                }

                var cell = json.RootElement.GetProperty(s_schema.Columns[column].Name);
                var isMissing = rows.IsNull(row, column) || (s_schema.Columns[column].Type is ColumnType.Real or ColumnType.Single && !double.IsFinite(rows.Number(row, column)));
                if (isMissing)
                {
                    Assert.Equal("", fields[column]);
                    Assert.Equal(JsonValueKind.Null, cell.ValueKind);
                    continue;
                }

                var bits = rows.Bits(row, column);
                switch (s_schema.Columns[column].Type)
                {
                    case ColumnType.Time:
                        Assert.Equal(bits, ReadTime(fields[column]));
                        Assert.Equal(s_denver.ToLocalMs(bits), ReadTime(cell.GetString()! + "Z"));
                        break;
                    case ColumnType.Integer:
                        Assert.Equal(bits, long.Parse(fields[column], CultureInfo.InvariantCulture));
                        Assert.Equal(bits, cell.GetInt64());
                        break;
                    case ColumnType.Real:
                        Assert.Equal(bits, BitConverter.DoubleToInt64Bits(double.Parse(fields[column], CultureInfo.InvariantCulture)));
                        Assert.Equal(bits, BitConverter.DoubleToInt64Bits(cell.GetDouble()));
                        Assert.Contains(fields[column], c => c is '.' or 'e');
                        break;
                    case ColumnType.Single:
                        Assert.Equal((int)bits, BitConverter.SingleToInt32Bits(float.Parse(fields[column], CultureInfo.InvariantCulture)));
                        Assert.Equal((int)bits, BitConverter.SingleToInt32Bits(cell.GetSingle()));
                        break;
                    case ColumnType.Boolean:
                        Assert.Equal(bits != 0 ? "true" : "false", fields[column]);
                        Assert.Equal(bits != 0, cell.GetBoolean());
                        break;
                    case ColumnType.Word:
                        var word = s_schema.Columns[column].Words[(int)bits];
                        Assert.Equal(word, fields[column].TrimStart('\''));
                        Assert.Equal(word, cell.GetString());
                        break;
                }
            }
        }
    }

    [Fact]
    public void Writing_rows_allocates_nothing_however_many_there_are()
    {
        var rows = RandomRows(new Random(1), 2_000);
        using var csv = new CsvTableWriter(Stream.Null, s_schema, TimeStyle.Local);
        using var ndjson = new NdjsonTableWriter(Stream.Null, s_schema, TimeStyle.Utc);
        csv.Write(s_signal, s_denver, rows, 0, rows.Count);
        ndjson.Write(s_signal, s_denver, rows, 0, rows.Count);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 50; i++)
        {
            csv.Write(s_signal, s_denver, rows, 0, rows.Count);
            ndjson.Write(s_signal, s_denver, rows, 0, rows.Count);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Rows_of_another_table_are_refused()
    {
        using var writer = new CsvTableWriter(Stream.Null, s_schema, TimeStyle.Utc);
        var other = new RowBuffer(s_schema with { Name = "other" });

        Assert.Throws<ArgumentException>(() => writer.Write(s_signal, s_denver, other, 0, 0));
    }

    [Fact]
    public void A_row_moved_whole_keeps_every_cell_and_what_is_missing()
    {
        var rows = RandomRows(new Random(7), 200);
        var copy = new RowBuffer(s_schema, 0);
        for (var i = 0; i < rows.Count; i++)
        {
            copy.AddRow(rows.Cells(i), rows.Nulls(i));
        }

        Assert.Equal(Csv(rows, TimeStyle.Utc), Csv(copy, TimeStyle.Utc));
        Assert.Throws<ArgumentException>(() => copy.AddRow([1, 2], 0));
    }

    private static RowBuffer RandomRows(Random random, int count)
    {
        double[] oddReals = [0, -0.0, double.Epsilon, double.MaxValue, double.MinValue, double.NaN, double.PositiveInfinity, 1e15, 1e16, 1e-4, 1e-5];
        float[] oddSingles = [0, -0f, float.Epsilon, float.MaxValue, float.NaN, float.NegativeInfinity, 0.1f, 16777217f, 1e8f];
        long[] oddIntegers = [0, -1, long.MinValue, long.MaxValue];
        var rows = new RowBuffer(s_schema);
        for (var i = 0; i < count; i++)
        {
            _ = random.Next(10) == 0 ? rows.Null() : rows.Time(random.NextInt64(CellText.MinTimeMs + 86_400_000, CellText.MaxTimeMs - 86_400_000));
            _ = random.Next(10) == 0 ? rows.Null() : rows.Integer(random.Next(5) == 0 ? oddIntegers[random.Next(4)] : random.NextInt64());
            _ = random.Next(10) == 0 ? rows.Null() : rows.Real(random.Next(5) == 0 ? oddReals[random.Next(oddReals.Length)] : BitConverter.Int64BitsToDouble(random.NextInt64()));
            _ = random.Next(10) == 0 ? rows.Null() : rows.Single(random.Next(5) == 0 ? oddSingles[random.Next(oddSingles.Length)] : BitConverter.Int32BitsToSingle(random.Next()));
            _ = random.Next(10) == 0 ? rows.Null() : rows.Boolean(random.Next(2) == 0);
            _ = random.Next(10) == 0 ? rows.Null() : rows.Word(random.Next(5));
        }

        return rows;
    }

    private static long ReadTime(string text) =>
        DateTimeOffset.ParseExact(text, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal).ToUnixTimeMilliseconds();

    private static List<string> SplitCsv(string line)
    {
        var fields = new List<string>();
        var field = new StringBuilder();
        var quoted = false;
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] == '"' && quoted && i + 1 < line.Length && line[i + 1] == '"')
            {
                field.Append('"');
                i++;
            }
            else if (line[i] == '"')
            {
                quoted = !quoted;
            }
            else if (line[i] == ',' && !quoted)
            {
                fields.Add(field.ToString());
                field.Clear();
            }
            else
            {
                field.Append(line[i]);
            }
        }

        fields.Add(field.ToString());
        return fields;
    }

    private static string Csv(RowBuffer rows, TimeStyle times) => Write((s, t) => new CsvTableWriter(s, s_schema, t), rows, times, s_signal);

    private static string Ndjson(RowBuffer rows, TimeStyle times) => Write((s, t) => new NdjsonTableWriter(s, s_schema, t), rows, times, s_signal);

    private static string Write(Func<Stream, TimeStyle, ITableWriter> make, RowBuffer rows, TimeStyle times, SignalId signal)
    {
        using var stream = new MemoryStream();
        using var writer = make(stream, times);
        writer.Write(signal, s_denver, rows, 0, rows.Count);
        writer.Complete();
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
