using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Crosstown.Core.Data;

namespace Crosstown.Timing.Utdf;

/// <summary>A UTDF file, kept byte for byte, with an index of its sections and rows.</summary>
/// <remarks>
/// UTDF is the comma-separated exchange format of signal timing. Read are the combined format (sections that begin with <c>[Name]</c>), and the older single files
/// that have a title and a header: timing plans and turning movement counts. Line ends, byte order mark, quotes, stars, padding, blank lines and unknown sections
/// stay as they are: writing gives the bytes that were read, and <see cref="Apply"/> changes the cells that it is told to and nothing else. Text is read as UTF-8, or
/// as Latin-1 where the bytes are no UTF-8.
/// </remarks>
public sealed class UtdfDocument
{
    /// <summary>The largest file that is read, in bytes.</summary>
    public const int MaxBytes = 256 << 20;

    private static readonly string[] s_headers = ["RECORDNAME", "INTID", "PLANID", "DATE"];

    private readonly byte[] _content;
    private readonly UtdfLine[] _lines;
    private readonly Encoding _encoding;

    private UtdfDocument(byte[] content, string name, UtdfLine[] lines, Encoding encoding)
    {
        _content = content;
        _lines = lines;
        _encoding = encoding;
        Name = name;
    }

    /// <summary>The file, as the user named it.</summary>
    public string Name { get; }

    /// <summary>In file order; a name may come twice.</summary>
    public ImmutableArray<UtdfSection> Sections { get; private set; } = [];

    public int LineCount => _lines.Length;

    /// <summary>Reads a file to its end.</summary>
    /// <param name="stream">The file; it stays open.</param>
    /// <param name="name">The file, as the user named it: issues and problems refer to it.</param>
    /// <param name="issues">Takes sections without a header, rows without a node, and rows that come twice; they stay in the document.</param>
    /// <exception cref="ProblemException">XT660: the file is empty, too large, in UTF-16, or has neither a section nor a header that UTDF knows.</exception>
    public static UtdfDocument Read(Stream stream, string name, DataIssueLog issues)
    {
        using var copy = new MemoryStream();
        var block = new byte[1 << 16];
        for (var read = stream.Read(block); read > 0; read = stream.Read(block))
        {
            copy.Write(block, 0, read);
            if (copy.Length > MaxBytes)
            {
                throw new ProblemException("XT660", name, $"The file has more than {MaxBytes >> 20} MiB: that is no UTDF file.");
            }
        }

        return Parse(copy.ToArray(), name, issues);
    }

    /// <summary>Writes the file's bytes.</summary>
    public void Write(Stream stream) => stream.Write(_content);

    /// <summary>The sections of a name, in file order.</summary>
    public IEnumerable<UtdfSection> Named(string name) => Sections.Where(s => s.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>What a cell says, without quotes and the blanks around it; empty when the row has no such cell.</summary>
    /// <param name="row">A row of this document.</param>
    /// <param name="column">0-based.</param>
    public string GetText(UtdfRow row, int column)
    {
        var line = BytesOf(row.Line - 1);
        var cells = new List<UtdfCell>();
        UtdfCell.Split(line, cells);
        return column >= 0 && column < cells.Count ? cells[column].Text(line, _encoding) : "";
    }

    /// <summary>What every cell of a row says, as <see cref="GetText"/> gives it; as many as the row has.</summary>
    public ImmutableArray<string> GetTexts(UtdfRow row)
    {
        var line = BytesOf(row.Line - 1);
        var cells = new List<UtdfCell>();
        UtdfCell.Split(line, cells);
        var texts = ImmutableArray.CreateBuilder<string>(cells.Count);
        foreach (var cell in cells)
        {
            texts.Add(cell.Text(line, _encoding));
        }

        return texts.MoveToImmutable();
    }

    /// <summary>A document with some cells changed and some rows added; every other byte is the same.</summary>
    public UtdfDocument Apply(UtdfChanges changes)
    {
        var lineEnd = _lines.Length > 0 && _lines[0].EndLength > 0 ? _content.AsSpan(_lines[0].Start + _lines[0].Length, _lines[0].EndLength).ToArray() : "\n"u8.ToArray();
        using var output = new MemoryStream(_content.Length + 4096);
        output.Write(_content, 0, _lines.Length > 0 ? _lines[0].Start : _content.Length);
        var cells = new List<UtdfCell>();
        for (var i = 0; i < _lines.Length; i++)
        {
            var line = _lines[i];
            var bytes = BytesOf(i);
            if (changes.Cells.TryGetValue(i, out var changed))
            {
                UtdfCell.Split(bytes, cells);
                Rewrite(output, bytes, cells, changed);
            }
            else
            {
                output.Write(bytes);
            }

            var end = _content.AsSpan(line.Start + line.Length, line.EndLength);
            output.Write(end);
            if (changes.RowsAfter.TryGetValue(i, out var rows))
            {
                WriteRows(output, rows, lineEnd, needsLineEnd: end.IsEmpty);
            }
        }

        if (changes.RowsAtEnd.Count > 0)
        {
            WriteRows(output, changes.RowsAtEnd, lineEnd, needsLineEnd: _lines.Length > 0 && _lines[^1] is { EndLength: 0, Length: > 0 });
        }

        return Parse(output.ToArray(), Name, new DataIssueLog());
    }

    /// <summary>How many cells a line has; sections padded with commas have the same number in every line.</summary>
    internal int CellCountOf(int line)
    {
        var cells = new List<UtdfCell>();
        UtdfCell.Split(BytesOf(line), cells);
        return cells.Count;
    }

    internal bool IsBlankAtEnd => _lines.Length > 0 && BytesOf(_lines.Length - 1).IndexOfAnyExcept(", \t"u8) < 0;

    internal ReadOnlySpan<byte> BytesOf(int line) => _content.AsSpan(_lines[line].Start, _lines[line].Length);

    private void Rewrite(MemoryStream output, ReadOnlySpan<byte> line, List<UtdfCell> cells, SortedDictionary<int, string> changed)
    {
        var from = 0;
        var lastCell = cells.Count - 1;
        foreach (var (column, text) in changed)
        {
            if (column <= lastCell)
            {
                var cell = cells[column];
                var (start, end) = cell.Content(line);
                output.Write(line[from..start]);
                output.Write(_encoding.GetBytes(UtdfCell.Quote(text, cell.IsQuoted)));
                from = end;
                continue;
            }

            output.Write(line[from..]);
            from = line.Length;
            for (; lastCell < column; lastCell++)
            {
                output.Write(","u8);
            }

            output.Write(_encoding.GetBytes(UtdfCell.Quote(text, false)));
        }

        output.Write(line[from..]);
    }

    private void WriteRows(MemoryStream output, List<string> rows, byte[] lineEnd, bool needsLineEnd)
    {
        if (needsLineEnd)
        {
            output.Write(lineEnd);
        }

        foreach (var row in rows)
        {
            output.Write(_encoding.GetBytes(row));
            output.Write(lineEnd);
        }
    }

    private static UtdfDocument Parse(byte[] content, string name, DataIssueLog issues)
    {
        if (content.Length == 0)
        {
            throw new ProblemException("XT660", name, "The file is empty.");
        }

        if (content is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
        {
            throw new ProblemException("XT660", name, "The file is in UTF-16: save it as plain text or UTF-8.");
        }

        var start = content is [0xEF, 0xBB, 0xBF, ..] ? 3 : 0;
        var lines = FindLines(content, start);
        var encoding = System.Text.Unicode.Utf8.IsValid(content.AsSpan(start)) ? Encoding.UTF8 : Encoding.Latin1;
        var document = new UtdfDocument(content, name, lines, encoding);
        document.Sections = new Indexer(document, issues).Run();
        if (document.Sections.IsEmpty)
        {
            throw new ProblemException(
                "XT660", name,
                "No UTDF is in it: expected are sections such as [Network], [Lanes] or [Phases], or the header of a timing plan or turning movement count file.");
        }

        return document;
    }

    private static UtdfLine[] FindLines(byte[] content, int start)
    {
        var lines = new List<UtdfLine>(content.Length / 50 + 1);
        while (start < content.Length)
        {
            var rest = content.AsSpan(start);
            var length = rest.IndexOfAny((byte)'\r', (byte)'\n');
            if (length < 0)
            {
                lines.Add(new UtdfLine(start, rest.Length, 0));
                break;
            }

            var end = rest[length] == '\r' && length + 1 < rest.Length && rest[length + 1] == '\n' ? 2 : 1;
            lines.Add(new UtdfLine(start, length, end));
            start += length + end;
        }

        return [.. lines];
    }

    /// <summary>Finds sections and rows.</summary>
    private sealed class Indexer(UtdfDocument document, DataIssueLog issues)
    {
        private readonly List<UtdfCell> _cells = [];
        private readonly Dictionary<string, string> _records = new(StringComparer.OrdinalIgnoreCase);
        private readonly ImmutableArray<UtdfSection>.Builder _sections = ImmutableArray.CreateBuilder<UtdfSection>();
        private readonly List<UtdfRow> _rows = [];
        private readonly List<string> _titles = [];

        private string _section = "";
        private int _sectionLine;
        private int _headerLine;
        private ImmutableArray<string> _columns = [];
        private bool _hasRecord;
        private int _nodeColumn = -1;

        public ImmutableArray<UtdfSection> Run()
        {
            for (var i = 0; i < document._lines.Length; i++)
            {
                var line = document.BytesOf(i);
                var rest = line.TrimStart(" \t\""u8);
                if (rest.IsEmpty || (rest[0] == ',' && line.IndexOfAnyExcept(", \t"u8) < 0))
                {
                    continue;
                }

                if (rest[0] == '[' && rest.IndexOf((byte)']') is > 1 and var end)
                {
                    Close();
                    _section = document._encoding.GetString(rest[1..end]).Trim();
                    _sectionLine = i + 1;
                    _headerLine = 0;
                    _titles.Clear();
                }
                else if (_headerLine > 0)
                {
                    AddRow(line, i + 1);
                }
                else
                {
                    AddHeading(line, i + 1);
                }
            }

            Close();
            return _sections.ToImmutable();
        }

        /// <summary>A line between a section's name and its rows: the header if its first cell is a key, else a title. Sections we do not know have one title.</summary>
        private void AddHeading(ReadOnlySpan<byte> line, int number)
        {
            UtdfCell.Split(line, _cells);
            var first = _cells[0].Text(line, document._encoding);
            var isHeader = s_headers.Contains(first, StringComparer.OrdinalIgnoreCase) || (_sectionLine > 0 && _titles.Count > 0);
            if (!isHeader)
            {
                _titles.Add(first);
                return;
            }

            var columns = ImmutableArray.CreateBuilder<string>(_cells.Count);
            foreach (var cell in _cells)
            {
                columns.Add(cell.Text(line, document._encoding));
            }

            while (columns.Count > 0 && columns[^1].Length == 0)
            {
                columns.RemoveAt(columns.Count - 1);
            }

            _columns = columns.ToImmutable();
            _headerLine = number;
            _hasRecord = _columns is [var key, ..] && key.Equals("RECORDNAME", StringComparison.OrdinalIgnoreCase);
            _nodeColumn = -1;
            for (var i = 0; i < _columns.Length && _nodeColumn < 0; i++)
            {
                _nodeColumn = _columns[i].Equals("INTID", StringComparison.OrdinalIgnoreCase) ? i : -1;
            }
        }

        private void AddRow(ReadOnlySpan<byte> line, int number)
        {
            if (!_hasRecord && _nodeColumn < 0)
            {
                _rows.Add(new UtdfRow(number, "", null));
                return;
            }

            UtdfCell.Split(line, _cells, Math.Max(1, _nodeColumn + 1));
            var record = _hasRecord ? Intern(_cells[0].Text(line, document._encoding)) : "";
            int? node = null;
            if (_nodeColumn >= 0)
            {
                var text = _nodeColumn < _cells.Count ? _cells[_nodeColumn].Value(line) : default;
                if (System.Buffers.Text.Utf8Parser.TryParse(text, out int parsed, out var used) && used == text.Length && parsed >= 0)
                {
                    node = parsed;
                }
                else
                {
                    issues.Add(
                        DataIssueKind.BadRow, document.Name, number, document._encoding.GetString(text),
                        $"[{_section}] row '{record}': INTID is no whole number of 0 or more; the row is kept as it is and not used");
                }
            }

            _rows.Add(new UtdfRow(number, record, node));
        }

        private string Intern(string record) => _records.TryGetValue(record, out var known) ? known : _records[record] = record;

        private void Close()
        {
            if (_headerLine > 0)
            {
                var name = _section.Length > 0 ? _section : OldName();
                _sections.Add(new UtdfSection(name, [.. _titles], _columns, [.. _rows], _headerLine, document.Name, issues));
            }
            else if (_section.Length > 0)
            {
                issues.Add(DataIssueKind.BadHeader, document.Name, _sectionLine, _section, "The section has no header; it is kept as it is and not used");
                _sections.Add(new UtdfSection(_section, [.. _titles], [], [], _sectionLine, document.Name, issues));
            }

            _rows.Clear();
            _titles.Clear();
            _headerLine = 0;
            _section = "";
            _sectionLine = 0;
        }

        /// <summary>The older single files have no section name: their header tells what they are.</summary>
        private string OldName() => _columns[0].ToUpper(CultureInfo.InvariantCulture) switch
        {
            "PLANID" => "Timing",
            "DATE" => "Volume",
            "INTID" => "Layout",
            _ => _titles is [var title, ..] ? title : "",
        };
    }
}

/// <summary>A line of the file: where it begins, its bytes without the line end, and the bytes of the line end.</summary>
internal readonly record struct UtdfLine(int Start, int Length, int EndLength);

/// <summary>A row of a section.</summary>
/// <param name="Line">1-based line of the file.</param>
/// <param name="Record">What the row says, such as <c>Volume</c>; empty where the section has a row per node or date.</param>
/// <param name="Node">The intersection or controller; null where the section has none, or the cell is bad.</param>
public readonly record struct UtdfRow(int Line, string Record, int? Node);

/// <summary>A section of a UTDF file: titles, a header and rows.</summary>
public sealed class UtdfSection
{
    private readonly Dictionary<string, int> _columns = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, int> _records = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<(int Record, int Node), UtdfRow> _byKey;

    internal UtdfSection(string name, ImmutableArray<string> titles, ImmutableArray<string> columns, ImmutableArray<UtdfRow> rows, int headerLine, string file, DataIssueLog issues)
    {
        Name = name;
        Titles = titles;
        Columns = columns;
        Rows = rows;
        HeaderLine = headerLine;
        for (var i = 0; i < columns.Length; i++)
        {
            _columns.TryAdd(columns[i], i);
        }

        _byKey = new Dictionary<(int, int), UtdfRow>(rows.Length);
        KeyColumns = [.. columns.Select(IsKey)];
        foreach (var row in columns is [var first, ..] && IsKey(first) ? rows : [])
        {
            if (!_records.TryGetValue(row.Record, out var record))
            {
                _records[row.Record] = record = _records.Count;
            }

            if (!_byKey.TryAdd((record, row.Node ?? -1), row))
            {
                issues.Add(DataIssueKind.Conflict, file, row.Line, row.Record, $"[{name}] row '{row.Record}' of node {row.Node} comes twice; the first is used, both are kept");
            }
        }
    }

    /// <summary>Without brackets; for the older single files <c>Timing</c>, <c>Volume</c> or <c>Layout</c>.</summary>
    public string Name { get; }

    /// <summary>First cells of the lines between the section's name and its header.</summary>
    public ImmutableArray<string> Titles { get; }

    /// <summary>The header, without empty cells at its end.</summary>
    public ImmutableArray<string> Columns { get; }

    /// <summary>Every line after the header that is not blank.</summary>
    public ImmutableArray<UtdfRow> Rows { get; }

    /// <summary>1-based line of the file; that of the section's name when it has no header.</summary>
    public int HeaderLine { get; }

    /// <summary>By column: whether it names the record or the node.</summary>
    internal bool[] KeyColumns { get; }

    /// <summary>1-based line of the last row, or of the header.</summary>
    internal int LastLine => Rows.Length > 0 ? Rows[^1].Line : HeaderLine;

    /// <summary>0-based column; null when the header has none of the name (case does not matter).</summary>
    public int? FindColumn(string name) => _columns.TryGetValue(name, out var column) ? column : null;

    /// <summary>The row of a record and node (case does not matter); null when there is none.</summary>
    /// <param name="record">Empty for sections with a row per node.</param>
    /// <param name="node">Null for sections without nodes.</param>
    public UtdfRow? Find(string record, int? node) => _records.TryGetValue(record, out var key) && _byKey.TryGetValue((key, node ?? -1), out var row) ? row : null;

    private static bool IsKey(string column) => column.Equals("RECORDNAME", StringComparison.OrdinalIgnoreCase) || column.Equals("INTID", StringComparison.OrdinalIgnoreCase);
}
