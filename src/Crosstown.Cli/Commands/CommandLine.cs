using System.CommandLine;
using Crosstown.Cli.Commands.Field;
using Crosstown.Cli.Commands.Retime;
using Crosstown.Core.Data;

namespace Crosstown.Cli.Commands;

/// <summary>The command <c>crosstown</c>: its verbs, and what its exit codes mean.</summary>
internal static class CommandLine
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>Done, with problems worth a look.</summary>
    public const int DoneWithProblems = 1;

    /// <summary>Wrong use: the request cannot be carried out as it stands.</summary>
    public const int WrongUse = 2;

    /// <summary>Failed: the world did not allow it.</summary>
    public const int Failed = 3;

    public static RootCommand Create() => new("Open street operations: from controller logs to performance measures.")
    {
        DemoCommand.Create(),
        ServeCommand.Create(),
        ImportCommand.Create(),
        MeasureCommand.Create(),
        LearnCommand.Create(),
        UtdfCommand.Create(),
        ControlCommand.Create(),
        FieldCommand.Create(),
        SimulateCommand.Create(),
        RetimeCommand.Create(),
        EffectCommand.Create(),
        WatchCommand.Create(),
        ReportCommand.Create(),
        RunReportCommand.Create(),
        ExportCommand.Create(),
        SqlCommand.Create(),
        RetentionCommand.Create(),
        BackupCommand.Create(),
        RestoreCommand.Create(),
        VerifyCommand.Create(),
        DocsCommand.Create(),
        PrivacyCommand.Create(),
        PeopleCommand.Create(),
        AuditCommand.Create(),
    };

    public static int Run(string[] args)
    {
        var parsed = Create().Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
            {
                Console.Error.WriteLine(error.Message);
            }

            Console.Error.WriteLine("Add --help to a verb to see its options.");
            return WrongUse;
        }

        try
        {
            return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (ProblemException e)
        {
            foreach (var problem in e.Problems)
            {
                Console.Error.WriteLine($"{problem.Code} {problem.Where}: {problem.Message}");
            }

            return WrongUse;
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("Stopped; nothing was left half-written.");
            return Failed;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            Console.Error.WriteLine($"Failed: {e.Message}");
            return Failed;
        }
    }
}
