using System.Text;
using Crosstown.Core.Data;
using Crosstown.Timing.Utdf;

namespace Crosstown.Timing.Tests.Utdf;

/// <summary>UTDF files for tests: the shared ones, and a small one of two signals with a bend between them that has the quirks of real files.</summary>
internal static class UtdfFiles
{
    public const string Tempe = "data/utdf/tempe_az_synchro8.csv";
    public const string GrandAvenue = "data/utdf/arterial_19signals_utdf8.csv";
    public const string Bullhead = "data/utdf/bullhead_az_8signals.csv";

    /// <summary>
    /// Signals 1 and 2 on an east-west street, a bend (5) between them, ends 10-15 around. Signal 1 has a bay with protected and permissive left turns eastbound, a shared
    /// through and right lane, a star, a quoted name with a comma, an unknown section; signal 2 has the references of a 170.
    /// </summary>
    public const string Small =
        """
        [Network]
        Network Settings
        RECORDNAME,DATA
        UTDFVERSION,8
        Metric,0
        vehLength,25
        criticalgap,4.1
        followuptime,2.2
        PHF,0.92
        LostTimeAdjust,0.0
        ScenarioDate,11/22/2026
        ScenarioTime,7:15 am

        [Nodes]
        Node Data
        INTID,TYPE,X,Y,Z,DESCRIPTION
        1,0,0,0,0,
        2,0,1500,0,0,
        5,2,800,60,0,
        10,1,-500,0,0,
        11,1,2000,0,0,
        12,1,0,500,0,
        13,1,0,-500,0,
        14,1,1500,500,0,
        15,1,1500,-500,0,

        [Links]
        Link Data
        RECORDNAME,INTID,NB,SB,EB,WB
        Up ID,1,13,12,10,5
        Name,1,"Oak St, North",Oak St,Main St,Main St
        Distance,1,500,500,500,800
        Speed,1,30,30,35,35
        Time,1,11.4,11.4,9.7,15.6
        Grade,1,0,0,0,0
        Up ID,2,15,14,5,11
        Name,2,Elm St,Elm St,Main St,Main St
        Distance,2,500,500,700,500
        Speed,2,30,30,35,35
        Time,2,11.4,11.4,,9.7
        Grade,2,0,0,2,0
        Up ID,5,,,1,2
        Distance,5,,,800,700
        Speed,5,,,35,35
        Time,5,,,15.6,13.6

        [Lanes]
        Lane Group Data
        RECORDNAME,INTID,NBL,NBT,NBR,SBL,SBT,SBR,EBL,EBT,EBR,WBL,WBT,WBR,PED,HOLD
        Up Node,1,13,13,13,12,12,12,10,10,10,5,5,5,,
        Dest Node,1,10,12,5,5,13,10,12,5,13,13,10,12,,
        Lanes,1,0,1,0,0,1,0,1,2,0,1,2,0,,
        Shared,1,,3,,,3,,0,2,,0,2,,,
        Storage,1,,,,,,,150,,,150,,,,
        StLanes,1,,,,,,,1,,,1,,,,
        Phase1,1,,8,,,4,,5,2,,1,6,,,
        PermPhase1,1,8,,,4,,,2,,,,,,,
        Lost Time Adjust,1,0,0,0,0,0,0,-1,-1,0,0,0,0,,
        IdealFlow,1,1900,1900,1900,1900,1900,1900,1900,1900,1900,1900,1900,1900,,
        SatFlow,1,0,*1750,0,0,1740,0,1770,3500,0,1770,3490,0,,
        SatFlowPerm,1,0,1400,0,0,1390,0,400,3500,0,1770,3490,0,,
        Volume,1,20,100,30,25,90,15,92,460,46,46,552,40,,
        PHF,1,0.92,0.92,0.92,0.92,0.92,0.92,0.92,0.92,0.92,0.92,0.92,0.92,,
        Growth,1,100,100,100,100,100,100,100,100,100,100,100,100,,
        HeavyVehicles,1,2,2,2,2,2,2,2,2,2,2,2,2,,
        Midblock,1,,0,,,0,,,0,,,0,,,
        Up Node,2,15,15,15,14,14,14,5,5,5,11,11,11,,
        Dest Node,2,5,14,11,11,15,5,14,11,15,15,5,14,,
        Lanes,2,1,1,1,0,1,0,1,2,0,1,2,0,,
        Shared,2,0,0,0,,3,,0,2,,0,2,,,
        Storage,2,100,,100,,,,150,,,150,,,,
        Phase1,2,,8,8,,4,,5,2,,1,6,,,
        Phase2,2,,,1,,,,,,,,,,,
        PermPhase1,2,8,,,4,,,,,,,,,,
        IdealFlow,2,1900,1900,1900,1900,1900,1900,1900,1900,1900,1900,1900,1900,,
        SatFlow,2,1770,1863,1583,0,1700,0,1770,3500,0,1770,3490,0,,
        SatFlowPerm,2,1200,1863,1583,0,1500,0,1770,3500,0,1770,3490,0,,
        Volume,2,46,92,46,10,80,20,92,500,46,46,500,46,,
        PHF,2,0.92,0.92,0.92,1,1,1,0.92,0.92,0.92,1,1,1,,
        Growth,2,100,100,100,100,100,100,100,100,100,110,110,110,,
        HeavyVehicles,2,2,2,2,2,2,2,2,2,2,2,2,2,,

        [Weather]
        Something that is not known
        KEY,VALUE
        sun,bright

        [Timeplans]
        Timing Plan Settings
        RECORDNAME,INTID,DATA
        Control Type,1,3
        Cycle Length,1,80.0
        Lock Timings,1,0
        Referenced To,1,3
        Reference Phase,1,206
        Offset,1,76.0
        Node 0,1,1
        Node 1,1,0
        Control Type,2,3
        Cycle Length,2,80
        Lock Timings,2,1
        Referenced To,2,4
        Reference Phase,2,206
        Offset,2,29
        Node 0,2,2
        Node 1,2,0

        [Phases]
        Phasing Data
        RECORDNAME,INTID,D1,D2,D3,D4,D5,D6,D7,D8
        BRP,1,111,112,211,212,122,121,221,222
        MinGreen,1,5,10,,7,5,10,,7
        MaxGreen,1,9.5,31,,23.5,11.5,29,,23.5
        VehExt,1,2,3,,3,2,3,,3
        Yellow,1,3.5,4,,4,3.5,4,,4
        AllRed,1,1.0,1.5,,2,1,1.5,,2
        Recall,1,0,3,,0,0,3,,0
        Walk,1,,7,,7,,7,,7
        DontWalk,1,,12,,14,,12,,14
        PedCalls,1,,0,,45,,0,,45
        MinSplit,1,9.5,25,,27,9.5,25,,27
        DualEntry,1,0,1,,1,0,1,,1
        Start,1,76,10,,46.5,30.5,76,,46.5
        End,1,10,46.5,,76,46.5,30.5,,76
        Yield,1,5.5,41,,70,42,25,,70
        Yield170,1,5.5,29,,70,42,13,,70
        LocalStart,1,0,14,,50.5,34.5,0,,50.5
        LocalYield,1,9.5,45,,74,46,29,,74
        LocalYield170,1,9.5,33,,74,46,17,,74
        ActGreen,1,5,40,,15,6,39,,15
        BRP,2,111,112,211,212,121,122,221,222
        MinGreen,2,5,10,,7,5,10,,7
        MaxGreen,2,8,34,,22,12,30,,15
        Yellow,2,3,4,,4,3,4,,4
        AllRed,2,1,2,,2,1,2,,2
        Recall,2,0,3,,0,0,3,,0
        Walk,2,,7,,7,,7,,7
        DontWalk,2,,12,,14,,11,,14
        Start,2,75,7,,47,75,11,,47
        End,2,7,47,,75,11,47,,75
        Yield,2,3,41,,69,7,41,,69

        """;

    public static UtdfDocument Read(string text, DataIssueLog? issues = null) => Read(Encoding.UTF8.GetBytes(text), issues);

    public static UtdfDocument Read(byte[] bytes, DataIssueLog? issues = null) =>
        UtdfDocument.Read(new MemoryStream(bytes), "small.csv", issues ?? new DataIssueLog());

    public static (byte[] Bytes, UtdfDocument Document) ReadShared(string path, DataIssueLog? issues = null)
    {
        var bytes = File.ReadAllBytes(SharedData.PathTo(path));
        return (bytes, UtdfDocument.Read(new MemoryStream(bytes), Path.GetFileName(path), issues ?? new DataIssueLog()));
    }

    public static byte[] BytesOf(UtdfDocument document)
    {
        using var stream = new MemoryStream();
        document.Write(stream);
        return stream.ToArray();
    }
}
