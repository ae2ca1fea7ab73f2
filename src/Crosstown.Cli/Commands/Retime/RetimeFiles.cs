using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Crosstown.Core.Data;
using Crosstown.Logs.Store;
using Crosstown.Timing.Guard;

namespace Crosstown.Cli.Commands.Retime;

/// <summary>Files that a retiming reads and writes, whatever it is made from.</summary>
internal static class RetimeFiles
{
    /// <exception cref="ProblemException">XT102: there is no such file.</exception>
    public static FileStream Open(string path) => File.Exists(path) ? File.OpenRead(path) : throw new ProblemException("XT102", path, "There is no such file.");

    /// <exception cref="ProblemException">XT102: there is no such file. XT672: it is wrong.</exception>
    public static ImmutableArray<MeasuredFacts> ReadFacts(string path)
    {
        using var stream = Open(path);
        return FactsFile.Read(stream, Path.GetFileName(path));
    }

    public static byte[] Bytes(Action<Stream> write)
    {
        using var stream = new MemoryStream();
        write(stream);
        return stream.ToArray();
    }

    public static byte[] Bytes(Action<TextWriter> write)
    {
        using var writer = new StringWriter(CultureInfo.InvariantCulture);
        write(writer);
        return Encoding.UTF8.GetBytes(writer.ToString());
    }

    /// <summary>Writes each file whole.</summary>
    public static void Write(string folder, IEnumerable<(string Name, byte[] Bytes)> files)
    {
        foreach (var (name, bytes) in files)
        {
            WholeFile.Write(Path.Combine(folder, name), bytes);
        }
    }
}
