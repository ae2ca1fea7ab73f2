using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using Crosstown.Core.Data;

namespace Crosstown.Logs.Analytics;

/// <summary>DuckDB, found beside us or not at all: Parquet and SQL need it, nothing else does.</summary>
/// <remarks>
/// Its C library is not on NuGet; it comes as an npm package, named and locked in <c>native/duckdb</c>. We look, in this order, at the file that
/// the environment variable <c>CROSSTOWN_DUCKDB</c> names (and then nowhere else), beside our own binary, and in
/// <c>native/duckdb/node_modules</c> of the folder that we stand in or one above it.
/// </remarks>
public sealed class AnalyticsEngine
{
    /// <summary>The environment variable that names the library's file.</summary>
    public const string PathVariable = "CROSSTOWN_DUCKDB";

    /// <summary>The code of the problem that Parquet or SQL was asked for and the library is not here.</summary>
    public const string MissingCode = "XT701";

    private const int FoldersAbove = 6;

    private static readonly Lock s_loading = new();
    private static nint s_library;

    static AnalyticsEngine() => NativeLibrary.SetDllImportResolver(typeof(AnalyticsEngine).Assembly, Resolve);

    private AnalyticsEngine(string path)
    {
        Path = path;
        Version = DuckDb.Text(DuckDb.LibraryVersion());
    }

    /// <summary>The library's file.</summary>
    public string Path { get; }

    /// <summary>The library's version, such as <c>v1.5.6</c>.</summary>
    public string Version { get; }

    private static string FileName =>
        OperatingSystem.IsWindows() ? "duckdb.dll" : OperatingSystem.IsMacOS() ? "libduckdb.dylib" : "libduckdb.so";

    /// <summary>Loads the library, or says why not and how to get it.</summary>
    /// <returns>False when the library is not here or cannot be loaded.</returns>
    public static bool TryLoad([NotNullWhen(true)] out AnalyticsEngine? engine, out string whyNot) =>
        TryLoad(Environment.GetEnvironmentVariable(PathVariable), out engine, out whyNot);

    /// <summary>Loads the library from a named file.</summary>
    /// <param name="namedPath">The only place to look at; null or empty to look where it usually lies.</param>
    /// <returns>False when the library is not here or cannot be loaded.</returns>
    public static bool TryLoad(string? namedPath, [NotNullWhen(true)] out AnalyticsEngine? engine, out string whyNot)
    {
        engine = null;
        var path = string.IsNullOrEmpty(namedPath) ? ListPlaces().FirstOrDefault(File.Exists) : namedPath;
        if (path is null)
        {
            whyNot = "DuckDB's library is not here. On Linux x64 'npm ci --prefix native/duckdb --ignore-scripts' brings it; elsewhere let "
                + $"{PathVariable} name the file {FileName} of DuckDB 1.5. All but Parquet and SQL works without it.";
            return false;
        }

        if (!File.Exists(path))
        {
            whyNot = $"{PathVariable} names {path}, and there is no such file. Correct it, or unset it and run "
                + "'npm ci --prefix native/duckdb --ignore-scripts'. All but Parquet and SQL works without DuckDB's library.";
            return false;
        }

        lock (s_loading)
        {
            try
            {
                s_library = s_library != 0 ? s_library : NativeLibrary.Load(path);
            }
            catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
            {
                whyNot = $"DuckDB's library {path} cannot be loaded: {e.Message}";
                return false;
            }
        }

        engine = new AnalyticsEngine(path);
        whyNot = "";
        return true;
    }

    /// <summary>Loads the library.</summary>
    /// <exception cref="ProblemException"><see cref="MissingCode"/>: the library is not here; the message says how to get it.</exception>
    public static AnalyticsEngine Load() =>
        TryLoad(out var engine, out var whyNot) ? engine : throw new ProblemException(MissingCode, "DuckDB", whyNot);

    /// <summary>Opens a database that spills to disk rather than grow beyond its memory limit.</summary>
    /// <param name="path">A file, or <c>:memory:</c>.</param>
    /// <param name="spillFolder">Where it puts what does not fit; made when needed.</param>
    /// <param name="memoryLimitMb">Megabytes.</param>
    /// <param name="threads">At least 1.</param>
    internal static AnalyticsDatabase Open(string path, string spillFolder, int memoryLimitMb, int threads) => new(path, new Dictionary<string, string>
    {
        ["memory_limit"] = string.Create(CultureInfo.InvariantCulture, $"{memoryLimitMb}MB"),
        ["temp_directory"] = spillFolder,
        ["threads"] = threads.ToString(CultureInfo.InvariantCulture),
        ["preserve_insertion_order"] = "true",
        ["autoinstall_known_extensions"] = "false",
        ["autoload_known_extensions"] = "false",
        ["allow_community_extensions"] = "false",
    });

    private static IEnumerable<string> ListPlaces()
    {
        yield return System.IO.Path.Combine(AppContext.BaseDirectory, FileName);
        var package = "node-bindings-"
            + (OperatingSystem.IsWindows() ? "win32" : OperatingSystem.IsMacOS() ? "darwin" : "linux")
            + (RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "-arm64" : "-x64");
        var folder = AppContext.BaseDirectory;
        for (var i = 0; i <= FoldersAbove && folder is not null; i++)
        {
            yield return System.IO.Path.Combine(folder, "native", "duckdb", "node_modules", "@duckdb", package, FileName);
            folder = System.IO.Path.GetDirectoryName(folder.TrimEnd(System.IO.Path.DirectorySeparatorChar));
        }
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath) => name == DuckDb.Library ? s_library : 0;
}
