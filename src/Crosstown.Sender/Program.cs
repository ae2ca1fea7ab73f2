using System.Runtime.InteropServices;
using Crosstown.Core.Data;
using Crosstown.Sender;

// A person starts it with the folder that it works from; lines come in at standard input, answers go out at standard output.
if (args is not [var folder] || folder.StartsWith('-'))
{
    await Console.Error.WriteLineAsync("usage: Crosstown.Sender FOLDER   (docs/field.md says what the folder holds)");
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
    foreach (var problem in e.Problems)
    {
        await Console.Error.WriteLineAsync($"{problem.Code} {problem.Where}: {problem.Message}");
    }

    return 2;
}
