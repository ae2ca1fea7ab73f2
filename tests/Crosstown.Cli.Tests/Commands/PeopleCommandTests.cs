using Crosstown.Cli.Tests.Output;

namespace Crosstown.Cli.Tests.Commands;

/// <summary>The program itself, as an administrator runs it on the machine.</summary>
public sealed class PeopleCommandTests
{
    [Fact]
    [Trait("rule", "X09")]
    public async Task The_first_account_is_made_on_the_machine_its_password_never_on_the_command_line_and_all_of_it_is_in_the_audit()
    {
        using var folder = new ScratchFolder();

        var added = await InstalledProgram.RunAsync("four words to sign in\n", "people", "add", "ana", "--role", "admin", "--data", folder.Path);
        var twice = await InstalledProgram.RunAsync("four words to sign in\n", "people", "add", "ana", "--role", "view", "--data", folder.Path);
        var weak = await InstalledProgram.RunAsync("short\n", "people", "add", "ben", "--role", "view", "--data", folder.Path);
        var role = await InstalledProgram.RunAsync("four words to sign in\n", "people", "add", "ben", "--role", "king", "--data", folder.Path);
        var nobody = await InstalledProgram.RunAsync("", "people", "disable", "carl", "--data", folder.Path);
        var reset = await InstalledProgram.RunAsync("", "people", "reset", "ana", "--data", folder.Path, "--password-file", folder.Write("password", "four other words to try\nand a line that is none\n"));
        var last = await InstalledProgram.RunAsync("", "people", "disable", "ana", "--data", folder.Path);
        await InstalledProgram.RunAsync("four words to sign in\n", "people", "add", "eve", "--role", "admin", "view", "--data", folder.Path);
        var disabled = await InstalledProgram.RunAsync("", "people", "disable", "ana", "--data", folder.Path);
        var list = await InstalledProgram.RunAsync("", "people", "list", "--data", folder.Path);
        var audit = await InstalledProgram.RunAsync("", "audit", "verify", "--data", folder.Path);

        Assert.Equal((0, "'ana' may sign in as admin."), (added.Exit, added.Said.Split('\n')[0]));
        Assert.Contains("second factor", added.Said, StringComparison.Ordinal);
        Assert.Equal([2, 2, 2, 2, 2], [twice.Exit, weak.Exit, role.Exit, nobody.Exit, last.Exit]);
        Assert.Contains("XT364 roles: 'ana' is the last account that administers", last.Said, StringComparison.Ordinal);
        Assert.Contains("XT363 --role: 'king' is no role", role.Said, StringComparison.Ordinal);
        Assert.Contains("XT362 NAME: There is no account 'carl'.", nobody.Said, StringComparison.Ordinal);
        Assert.Equal([(0, "reset: ana"), (0, "disable: ana")], [(reset.Exit, reset.Said.Trim()), (disabled.Exit, disabled.Said.Trim())]);
        Assert.Equal("ana\tadmin\tdisabled\neve\tview,admin", list.Said.Trim());
        Assert.StartsWith("4 entries hold. The last is 4:", audit.Said, StringComparison.Ordinal);

        var end = audit.Said.Trim().Split(' ')[^1];
        Assert.Equal(0, (await InstalledProgram.RunAsync("", "audit", "verify", "--data", folder.Path, "--holds", end)).Exit);
        var cut = await InstalledProgram.RunAsync("", "audit", "verify", "--data", folder.Path, "--holds", "9:" + end.Split(':')[1]);
        Assert.Equal(1, cut.Exit);
        Assert.Contains("its end was cut off", cut.Said, StringComparison.Ordinal);
    }
}
