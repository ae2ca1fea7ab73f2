using System.Text.RegularExpressions;
using System.Xml.Linq;
using Crosstown.Core.Events;
using Crosstown.Core.Privacy;

namespace Crosstown.Cli.Tests.Structure;

public sealed class ArchitectureTests
{
    private static readonly string[] Hub = ["Crosstown.Core"];
    private static readonly string[] Composers = ["Crosstown.Cli", "Crosstown.Server", "Crosstown.Sender"];

    [Fact]
    public void A_spoke_refers_to_Core_and_to_no_other_spoke_in_its_project_file()
    {
        foreach (var path in Repository.ListFiles(".csproj").Where(p => p.StartsWith("src/", StringComparison.Ordinal)))
        {
            var name = Path.GetFileNameWithoutExtension(path);
            var references = XDocument.Load(Repository.PathTo(path)).Descendants("ProjectReference").Select(r => Path.GetFileNameWithoutExtension(((string)r.Attribute("Include")!).Replace('\\', '/')));
            Assert.True(Composers.Contains(name) || !references.Except(Hub).Any(), $"{name} refers to {string.Join(", ", references.Except(Hub))}");
        }
    }

    [Fact]
    public void A_spoke_refers_to_Core_and_to_no_other_spoke_in_its_assembly()
    {
        foreach (var assembly in Products.Assemblies.Where(a => a.GetName().Name is not ("crosstown" or "Crosstown.Server" or "Crosstown.Sender")))
        {
            var ours = assembly.GetReferencedAssemblies().Select(r => r.Name!).Where(n => n.StartsWith("Crosstown", StringComparison.OrdinalIgnoreCase));
            Assert.True(!ours.Except(Hub).Any(), $"{assembly.GetName().Name} uses {string.Join(", ", ours.Except(Hub))}");
        }
    }

    [Fact]
    public void Every_source_project_is_looked_at()
    {
        var projects = Repository.ListFiles(".csproj").Where(p => p.StartsWith("src/", StringComparison.Ordinal)).Select(Path.GetFileNameWithoutExtension);
        Assert.Equal(projects.Order(), Products.Assemblies.Select(a => a.GetName().Name == "crosstown" ? "Crosstown.Cli" : a.GetName().Name).Order());
    }

    [Fact]
    public void Core_needs_no_package() =>
        Assert.Empty(XDocument.Load(Repository.PathTo("src/Crosstown.Core/Crosstown.Core.csproj")).Descendants("PackageReference"));

    [Fact]
    public void Core_touches_no_file_network_clock_process_or_thread()
    {
        Regex[] outside =
        [
            new(@"^System\.IO\.(File|Directory|Path|Drive|FileStream|FileInfo|RandomAccess)"), new(@"^System\.Net\."), new(@"^System\.Threading\.(Tasks|Thread|Timer|Monitor)"),
            new(@"^System\.(Console|TimeProvider)\b|^System\.Environment\.(?!get_NewLine)"), new(@"^System\.Diagnostics\.(Stopwatch|Process)"), new(@"^System\.(DateTime|DateTimeOffset)\.get_(Now|UtcNow|Today)$"),
        ];
        Assert.DoesNotContain(Products.ListUses(typeof(ControllerEvent).Assembly), use => outside.Any(o => o.IsMatch(use)));
    }

    [Fact]
    public void The_look_at_what_an_assembly_uses_sees_files() =>
        Assert.Contains(Products.ListUses(typeof(ArchitectureTests).Assembly), use => use == "System.IO.File.ReadAllText");

    [Fact]
    public void No_name_uses_a_word_that_says_nothing()
    {
        string[] banned = ["Manager", "Helper", "Helpers", "Common", "Util", "Utils", "Utility", "Utilities", "Temp", "Dto"];
        Assert.Empty(Products.ListNames().Where(n => Products.SplitWords(n.Name).Any(w => banned.Contains(w, StringComparer.OrdinalIgnoreCase))).Select(n => n.Where));
    }

    [Fact]
    [Trait("rule", "P05")]
    public void No_type_member_or_parameter_is_named_after_an_identifier()
    {
        // The gate itself must name the shapes that it refuses.
        var gate = typeof(ForbiddenWords).Namespace! + ".";
        var found = Products.ListNames().Where(n => !n.Where.StartsWith(gate, StringComparison.Ordinal) && ForbiddenWords.Find(n.Name) is not null);

        Assert.Empty(found.Select(n => $"{n.Where}: {ForbiddenWords.Find(n.Name)}"));
    }
}
