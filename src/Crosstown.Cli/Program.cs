using Crosstown.Cli.Commands;

return CommandLine.Run(args);
