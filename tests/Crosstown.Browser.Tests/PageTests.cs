namespace Crosstown.Browser.Tests;

/// <summary>Every page of the operations centre and of the public side, as everybody may need it.</summary>
public sealed class PageTests(LiveTown town, Browser browser, ITestOutputHelper output)
{
    /// <summary>One address for each page that there is.</summary>
    public static TheoryData<string> Pages => [.. PageList.All];

    [Theory]
    [MemberData(nameof(Pages))]
    [Trait("rule", "X07")]
    [Trait("rule", "P18")]
    public async Task A_page_loads_without_an_error_a_foreign_request_or_an_overflow_and_axe_has_no_objection(string path)
    {
        if (path == PageList.Proposal)
        {
            await town.FindProposalAsync(TestContext.Current.CancellationToken);
        }

        foreach (var (width, isDark) in new[] { (1440, false), (390, true), (1440, true), (390, false) })
        {
            await using var view = await browser.OpenAsync(town.Address, width, width == 390 ? 844 : 900, isDark);
            await view.GoAsync(path);

            var violations = await view.ListViolationsAsync();
            foreach (var line in violations.Concat(view.Wrong))
            {
                output.WriteLine($"{width} px, {(isDark ? "dark" : "light")}: {line}");
            }

            Assert.Empty(violations);
            Assert.Empty(view.Wrong);
            Assert.Empty(view.Foreign);
            var beyond = await view.Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - document.documentElement.clientWidth");
            Assert.True(beyond <= 0, $"At {width} px the page is {beyond} px too wide.");
        }
    }
}
