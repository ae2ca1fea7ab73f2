using System.Text;
using Crosstown.Core.Data;
using Crosstown.Core.Privacy;

namespace Crosstown.Logs.Formats.Csv;

/// <summary>Which column of a table holds what, from its header line.</summary>
internal sealed class CsvLayout
{
    private CsvLayout(byte delimiter, int columns, int time, int signal, int code, int parameter)
    {
        Delimiter = delimiter;
        Columns = columns;
        Time = time;
        Signal = signal;
        Code = code;
        Parameter = parameter;
    }

    public byte Delimiter { get; }

    public int Columns { get; }

    public int Time { get; }

    /// <summary>-1 when no column names the signal.</summary>
    public int Signal { get; }

    public int Code { get; }

    public int Parameter { get; }

    /// <summary>The comma, semicolon or tab that a header line uses most; 0 when it has none.</summary>
    public static byte DelimiterOf(ReadOnlySpan<byte> header)
    {
        byte best = 0;
        var most = 0;
        foreach (var candidate in ",;\t"u8)
        {
            var count = header.Count(candidate);
            if (count > most)
            {
                (best, most) = (candidate, count);
            }
        }

        return best;
    }

    /// <summary>The layout of a table; null, with the file refused, when the header lacks what an event needs or shows a kind of file that rule P08 refuses.</summary>
    public static CsvLayout? Read(ReadOnlySpan<byte> header, LogReading reading)
    {
        var delimiter = DelimiterOf(header);
        var ends = new int[ReadLimits.MaxColumns];
        var columns = CsvRow.Split(header, delimiter, ends);
        if (columns < 0)
        {
            reading.RefuseFile(DataIssueKind.LimitReached, 1, "", $"the header has more than {ReadLimits.MaxColumns} columns or a quote without its pair; the file is left out");
            return null;
        }

        Span<int> column = [-1, -1, -1, -1, -1];
        Span<int> rank = stackalloc int[5];
        var names = new List<string>(columns);
        var plain = new char[EventFields.MaxNameBytes];
        for (var i = 0; i < columns; i++)
        {
            var name = CsvRow.Field(header, ends, i);
            names.Add(plain.AsSpan(0, EventFields.Plain(name, plain)).ToString());
            var (field, exactness) = EventFields.Find(name);
            if (field != EventField.None && (column[(int)field] < 0 || exactness < rank[(int)field]))
            {
                column[(int)field] = i;
                rank[(int)field] = exactness;
            }
        }

        var missing = new[] { EventField.Time, EventField.Code, EventField.Parameter }.Where(f => MissingIn(f, names)).ToList();
        if (RefusedFeeds.RecognizeColumns(names) is { } refused)
        {
            reading.RefuseFeed(refused, 1);
            return null;
        }

        if (missing.Count > 0)
        {
            reading.RefuseFile(
                DataIssueKind.BadHeader,
                1,
                IssueText.Name(header),
                $"the header has no column for {string.Join(" or ", missing.Select(Describe))}; the file is left out");
            return null;
        }

        for (var i = 0; i < columns; i++)
        {
            if (!column[1..].Contains(i))
            {
                reading.DropField(CsvRow.Field(header, ends, i), 1);
            }
        }

        return new CsvLayout(
            delimiter,
            columns,
            column[(int)EventField.Time],
            column[(int)EventField.Signal],
            column[(int)EventField.Code],
            column[(int)EventField.Parameter]);
    }

    private static bool MissingIn(EventField field, List<string> plainNames) =>
        !plainNames.Any(n => EventFields.Find(Encoding.ASCII.GetBytes(n)).Field == field);

    private static string Describe(EventField field) => field switch
    {
        EventField.Time => "the time (TimeStamp)",
        EventField.Code => "the event code (EventCode, EventId)",
        _ => "the parameter (EventParam, Parameter)",
    };
}
