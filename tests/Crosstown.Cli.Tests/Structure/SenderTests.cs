using System.Formats.Asn1;
using System.Reflection;
using System.Xml.Linq;
using Crosstown.Core.Controllers;

namespace Crosstown.Cli.Tests.Structure;

/// <summary>That what is installed by default has no way to command a signal, and that the sender has one way, through the guard.</summary>
public sealed class SenderTests
{
    private static readonly Assembly[] s_default = [.. Products.Assemblies.Where(a => a != Products.Sender)];

    [Fact]
    [Trait("rule", "C01")]
    public void No_program_refers_to_the_sender()
    {
        var projects = Repository.ListFiles(".csproj").Where(p => !p.StartsWith("tests/", StringComparison.Ordinal) && !p.EndsWith("Crosstown.Sender.csproj", StringComparison.Ordinal)).ToList();
        Assert.True(projects.Count >= 9, $"{projects.Count} projects");
        foreach (var path in projects)
        {
            Assert.DoesNotContain(
                XDocument.Load(Repository.PathTo(path)).Descendants().SelectMany(e => e.Attributes()), a => a.Parent!.Name.LocalName != "InternalsVisibleTo" && a.Value.Contains("Crosstown.Sender", StringComparison.OrdinalIgnoreCase));
        }

        Assert.All(s_default, assembly => Assert.DoesNotContain(assembly.GetReferencedAssemblies(), r => r.Name == "Crosstown.Sender"));
    }

    [Fact]
    [Trait("rule", "C01")]
    public void No_image_service_or_script_starts_the_sender()
    {
        var files = Repository.ListFiles().Where(p => p.StartsWith("deploy/", StringComparison.Ordinal) || p is "run" or "run.ps1").ToList();
        Assert.True(files.Count >= 3, $"{files.Count} files");
        Assert.All(files, path => Assert.DoesNotContain("crosstown.sender", File.ReadAllText(Repository.PathTo(path)), StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    [Trait("rule", "C01")]
    public void No_other_code_writes_requests_of_SNMP_than_that_which_can_only_read()
    {
        foreach (var assembly in s_default)
        {
            var calls = Products.ListCalls(assembly).Where(c => c.Callee.DeclaringType == typeof(AsnWriter)).ToList();
            Assert.True(calls.Count > 0 == (assembly.GetName().Name == "Crosstown.Control"), $"{assembly.GetName().Name} has {calls.Count} calls of the ASN.1 writer");

            // A request is a sequence with a tag of its own: one method begins one, for three kinds (SnmpCodecTests tries them all).
            var tagged = calls.Where(c => c.Callee.Name == nameof(AsnWriter.PushSequence) && Products.ListCalls(assembly).Any(o => o.Caller == c.Caller && o.Callee.DeclaringType == typeof(Asn1Tag)));
            Assert.All(tagged, c => Assert.Equal(("ReadPdu", "Write"), (c.Where.Name, c.Caller.Name)));
            var raw = calls.Where(c => c.Callee.Name == nameof(AsnWriter.WriteEncodedValue));
            Assert.All(raw, c => Assert.Equal("MessageFrame", c.Where.Name));
        }
    }

    [Fact]
    [Trait("rule", "C01")]
    public void Nobody_but_the_reader_puts_a_request_into_a_message()
    {
        var control = Assembly.Load("Crosstown.Control");
        var frame = control.GetType("Crosstown.Control.Snmp.MessageFrame", throwOnError: true)!;
        var callers = s_default.SelectMany(Products.ListCalls).Where(c => c.Callee.DeclaringType == frame && c.Where != frame).Select(c => c.Where.Name).Distinct().Order();
        Assert.Equal(["SnmpClient", "SnmpExchange"], callers);
    }

    [Fact]
    [Trait("rule", "C03")]
    public void The_way_to_the_wire_begins_with_an_approval_and_approvals_are_made_by_the_guard()
    {
        var calls = Products.ListCalls(Products.Sender).ToList();
        IEnumerable<string> CallersOf(string type, string method) =>
            calls.Where(c => c.Callee.DeclaringType?.Name == type && c.Callee.Name == method).Select(c => c.Where.Name).Distinct().Order();

        Assert.Equal(["ControlWriter"], CallersOf("SetPdu", "Write"));
        Assert.Equal(["SignalSender"], CallersOf("ControlWriter", "WriteAsync"));
        Assert.Equal(["ControlCommand"], CallersOf("ControlCommand", ".ctor"));
        Assert.Equal(["SignalSender"], CallersOf("ControlCommand", "Of"));
        var made = Products.Assemblies.SelectMany(Products.ListCalls).Where(c => c.Callee.DeclaringType == typeof(ApprovedAdvice) && c.Callee.IsConstructor).Select(c => c.Where.Name);
        Assert.Equal(["PlanGuard"], made.Distinct());
    }

    [Fact]
    [Trait("rule", "C01")]
    public void The_look_at_calls_sees_what_the_sender_does() =>
        Assert.Contains(Products.ListCalls(Products.Sender), c => c.Where.Name == "SetPdu" && c.Callee.DeclaringType == typeof(AsnWriter) && c.Callee.Name == nameof(AsnWriter.PushSequence));
}
