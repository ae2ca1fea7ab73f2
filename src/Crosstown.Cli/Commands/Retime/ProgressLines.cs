using System.Globalization;
using Crosstown.Timing.Optimization;

namespace Crosstown.Cli.Commands.Retime;

/// <summary>How far a search is: one line that changes on a terminal, and a line for each fifth elsewhere.</summary>
internal sealed class ProgressLines(TextWriter output, bool isRedirected) : IProgress<OptimizerProgress>
{
    private readonly Lock _lock = new();
    private string _part = "";
    private int _shown = -1;

    /// <summary>Begins a part, such as <c>search 2</c>; it goes from 0 to 100 %.</summary>
    public void Begin(string part)
    {
        lock (_lock)
        {
            if (_part != part)
            {
                (_part, _shown) = (part, -1);
            }
        }
    }

    public void Report(OptimizerProgress value)
    {
        lock (_lock)
        {
            var percent = (int)(Math.Clamp(value.DoneShare, 0, 1) * 100);
            if (percent <= _shown || (isRedirected && percent / 20 == _shown / 20 && _shown >= 0))
            {
                return;
            }

            _shown = percent;
            var index = value.BestIndex is { } best ? string.Create(CultureInfo.InvariantCulture, $", index {best:0.0}") : "";
            var text = string.Create(CultureInfo.InvariantCulture, $"{_part}: {percent,3} %{index}, {value.Stage}");
            output.Write(isRedirected ? text + Environment.NewLine : $"\r{text,-100}");
        }
    }

    public void End()
    {
        if (!isRedirected && _shown >= 0)
        {
            output.WriteLine();
        }
    }
}
