using Crosstown.Core.Data;
using Crosstown.Core.Street;
using Crosstown.Logs.Configuration;

namespace Crosstown.Server.Measuring;

/// <summary>The city file at hand and its corridors.</summary>
internal static class Corridors
{
    /// <summary>Where the city file lies in a data folder.</summary>
    public const string FileName = "city.json";

    /// <summary>All corridors; none when there is no city file.</summary>
    /// <exception cref="ProblemException">A named file is not there or is wrong.</exception>
    public static IReadOnlyList<Corridor> ListAll(string? data, string? file, DataIssueLog issues)
    {
        var path = file ?? (data is null ? null : Path.Combine(data, FileName));
        if (file is not null && !File.Exists(file))
        {
            throw new ProblemException("XT102", file, "There is no such file.");
        }

        return path is not null && File.Exists(path) ? CityFile.Read(File.ReadAllText(path), path, issues).Corridors : [];
    }

    /// <summary>The named corridor; null when none is named.</summary>
    /// <exception cref="ProblemException">XT134: there is no corridor of that name.</exception>
    public static Corridor? Find(string? data, string? file, string? id, DataIssueLog issues)
    {
        var all = ListAll(data, file, issues);
        return id is null
            ? null
            : all.FirstOrDefault(c => c.Id == id)
                ?? throw new ProblemException("XT134", "--corridor", $"There is no corridor '{id}'; the city file has: {string.Join(", ", all.Select(c => c.Id))}.");
    }
}
