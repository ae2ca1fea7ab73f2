namespace Crosstown.Cli.Commands.Retime;

/// <summary>Says how far simulators are: one line that changes on a terminal, nothing elsewhere.</summary>
internal sealed class ProofLine(TextWriter output) : IProgress<(int Done, int All)>
{
    private readonly Lock _lock = new();

    public void Report((int Done, int All) value)
    {
        lock (_lock)
        {
            if (!Console.IsErrorRedirected)
            {
                output.Write($"\rproof: run {value.Done} of {value.All} {(value.Done == value.All ? Environment.NewLine : "")}");
            }
        }
    }
}
