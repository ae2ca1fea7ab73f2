using Crosstown.Cli.Demo;
using Crosstown.Cli.Tests.Output;
using Crosstown.Core.Data;

namespace Crosstown.Cli.Tests.Report;

/// <summary>A demo of three signals over six hours, made once for all tests that look at it.</summary>
public sealed class SmallTown : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public SmallTown()
    {
        Report = Path.Combine(_folder.Path, "report.html");
        Result = Run("data", Report);
    }

    /// <summary>The report's file.</summary>
    public string Report { get; }

    internal DemoResult Result { get; }

    internal DataIssueLog Issues { get; } = new();

    internal List<string> Steps { get; } = [];

    /// <summary>The same demo again, elsewhere.</summary>
    internal DemoResult Run(string data, string report, ulong seed = 1) =>
        DemoRun.Run(
            new DemoRequest { Seed = seed, SignalCount = 3, Length = TimeSpan.FromHours(6), Data = Path.Combine(_folder.Path, data), Report = report },
            Issues,
            Steps.Add);

    internal string PathTo(string name) => Path.Combine(_folder.Path, name);

    public void Dispose() => _folder.Dispose();
}
