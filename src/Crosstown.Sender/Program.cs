using System.Runtime.InteropServices;
using Crosstown.Core.Data;
using Crosstown.Sender;

// A person starts it with the folder that it works from; lines come in at standard input, answers go out at standard output.
if (args is ["facts", var timing, var stated])
{
    return await FactsAsync(timing, stated);
}

if (args is not [var folder] || folder.StartsWith('-'))
{
    await Console.Error.WriteLineAsync("usage: Crosstown.Sender FOLDER | Crosstown.Sender facts TIMING.csv STATED.json   (docs/field.md says what they hold)");
    return 2;
}

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = true;
    stop.Cancel();
};
using var end = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
{
    context.Cancel = true;
    stop.Cancel();
});
try
{
    await new SenderRun(folder, TimeProvider.System).RunAsync(Console.In, Console.Out, stop.Token);
    return 0;
}
catch (ProblemException e)
{
    return await TellAsync(e);
}

static async Task<int> FactsAsync(string timing, string stated)
{
    try
    {
        var draft = FactsDraft.Read(timing, stated);
        await using var output = Console.OpenStandardOutput();
        await output.WriteAsync(draft.Facts);
        foreach (var line in draft.Assumed)
        {
            await Console.Error.WriteLineAsync(line);
        }

        return 0;
    }
    catch (ProblemException e)
    {
        return await TellAsync(e);
    }
    catch (Exception e) when (e is IOException or UnauthorizedAccessException)
    {
        await Console.Error.WriteLineAsync($"A file cannot be read: {e.Message}");
        return 2;
    }
}

static async Task<int> TellAsync(ProblemException refusal)
{
    foreach (var problem in refusal.Problems)
    {
        await Console.Error.WriteLineAsync($"{problem.Code} {problem.Where}: {problem.Message}");
    }

    return 2;
}
