using System.Text;
using Crosstown.Server.Retiming;
using Crosstown.Timing.Sheets;

namespace Crosstown.Server.Tests.Retiming;

/// <summary>A proposal as a study leaves it, small enough for tests of what people do with it.</summary>
internal static class MadeProposal
{
    public static RetimingFound Of(string corridor = "", string plan = "{\"version\":2}", string at = "101")
    {
        var figures = new RetimingPeriodFigures("weekdays 06:00-09:00", 360, 540, 9, 1, true, 10, 8, 1000, 900);
        var today = new RetimingPattern(1, 90, 10, "begin-green", [[new RetimingPhase(2, "eastbound through", 0, 45, 4, 1, true), new RetimingPhase(4, "", 45, 45, 4, 1, false)]]);
        var signal = new RetimingSignal(at, "Mill & First", true, today, today with { Pattern = 9, OffsetS = 30 }, "Signal 101: offset +20 s.");
        var content = new RetimingContent([new RetimingPeriod(figures, [signal], [], [])], [], [], [], [], [], [], []);
        var details = new SheetDetails { Title = "made", PreparedOn = new DateOnly(2026, 5, 13) };
        RetimingDocument[] files = [new(RetimingDocuments.Plans, Encoding.UTF8.GetBytes(plan)), new(RetimingDocuments.RollBack, Encoding.UTF8.GetBytes("cycle 90 s"))];
        return new RetimingFound(
            RetimingOrigin.Request, corridor, new RetimingOrder(corridor), new RetimingSummary("Made by hand.", 0, 1, 2, 1, 1, 3, [figures]), content, new RetimingDocuments(files, [], details, plan));
    }
}
