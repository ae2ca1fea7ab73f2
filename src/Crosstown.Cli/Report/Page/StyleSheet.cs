namespace Crosstown.Cli.Report.Page;

/// <summary>The one style sheet: colors of the charts, and the look of the page around them.</summary>
/// <remarks>
/// Colors follow the Okabe-Ito palette, which stays told apart with every common color vision; they are darkened on paper and lightened at night
/// until lines reach 3:1 and text 4.5:1 against the ground. What color says, shape, dash or place says too.
/// </remarks>
internal static class StyleSheet
{
    private const string Light =
        "--paper:#fff;--ground:#f3f5f7;--ink:#17222d;--muted:#4d5b69;--edge:#8b98a5;--rule:#d3dae0;--grid:#e6eaee;--plot:#fcfdfd;--green:#007a5a;--yellow:#b97d00;--red:#c2410c;"
        + "--blue:#0068a8;--sky:#3f97cf;--purple:#a14a86;--orange:#a85f00;--gray:#8693a0;--dot:#2b3947;--hatch:#8d99a5;--peak:#0068a8;--link:#005a94;--warn:#fdf3e3;";

    private const string Dark =
        "--paper:#161d24;--ground:#0f141a;--ink:#e9eef3;--muted:#a9b5c1;--edge:#66737f;--rule:#2e3944;--grid:#232d37;--plot:#131920;--green:#2fc596;--yellow:#f0b429;--red:#ff7d4d;"
        + "--blue:#62b5f4;--sky:#56b4e9;--purple:#dd94c6;--orange:#f2a23c;--gray:#7f8d9a;--dot:#cbd5de;--hatch:#66737f;--peak:#62b5f4;--link:#7cc4ff;--warn:#33291a;";

    /// <summary>Classes of the shapes in charts. Widths of paths that are drawn in tenths count in tenths.</summary>
    private const string ChartRules =
        "text{font:12px system-ui,-apple-system,'Segoe UI',Roboto,'Liberation Sans',Arial,sans-serif;fill:var(--muted);font-variant-numeric:tabular-nums}text.n{fill:var(--ink)}"
        + "path{fill:none}.plot{fill:var(--plot)}.paper{fill:var(--paper)}.edge{fill:none;stroke:var(--edge);stroke-width:1}.grid{stroke:var(--grid)}.row{stroke:var(--rule)}.day{stroke:var(--edge);stroke-width:1.4}"
        + ".plan{stroke:var(--ink);stroke-width:1.2;stroke-dasharray:1 3}.gap{fill:url(#gap)}.peak{fill:var(--peak);opacity:.12}.corner{fill:var(--red);opacity:.14}"
        + ".dot{stroke:var(--dot);stroke-width:19;stroke-linecap:round;opacity:.5}.dot.sparse{stroke-width:26}"
        + ".line{stroke-width:17;stroke-linejoin:round}.dashed{stroke-width:12;stroke-dasharray:50 30}.halo{stroke:var(--plot);stroke-width:38}"
        + ".line.yellow{stroke-dasharray:70 25}.line.red{stroke-dasharray:20 22}"
        + ".round{stroke-width:28;stroke-linecap:round}.square{stroke-width:40;stroke-linecap:square}.stick{stroke-width:16}.faint{opacity:.38}"
        + ".green{stroke:var(--green)}.yellow{stroke:var(--yellow)}.red{stroke:var(--red)}.blue{stroke:var(--blue)}.gray{stroke:var(--gray)}.purple{stroke:var(--purple)}.ink{stroke:var(--ink)}"
        + ".area{stroke:none}.area.green{fill:var(--green)}.area.yellow{fill:var(--yellow)}.area.red{fill:var(--red)}.area.blue{fill:var(--blue)}.area.sky{fill:var(--sky)}.area.gray{fill:var(--gray);opacity:.45}"
        + ".area.ink{fill:var(--ink)}.area.low{opacity:.6}.walk{fill:var(--purple)}.cap{stroke:var(--ink);stroke-width:16}.band{fill:var(--green);opacity:.2}.band.back{fill:var(--blue)}.legend .dot,.legend .round{stroke-width:52;opacity:1}.legend .round.faint{opacity:.38}.legend .square{stroke-width:54}"
        + ".s1{stroke:var(--blue)}.s2{stroke:var(--orange)}.s3{stroke:var(--green)}.s4{stroke:var(--purple)}"
        + ".s5{stroke:var(--blue);stroke-dasharray:60 30}.s6{stroke:var(--orange);stroke-dasharray:60 30}.s7{stroke:var(--green);stroke-dasharray:60 30}.s8{stroke:var(--purple);stroke-dasharray:60 30}";

    /// <summary>The hatching of gaps.</summary>
    public const string GapPattern =
        "<defs><pattern id=\"gap\" width=\"7\" height=\"7\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\"><path d=\"M0 0V7\" style=\"stroke:var(--hatch);stroke-width:2\"/></pattern></defs>";

    /// <summary>For a picture that stands alone: always on its own light card.</summary>
    public const string Picture = "svg{" + Light + "}" + ChartRules + "text.title{font-size:16px;font-weight:600;fill:var(--ink)}.card{fill:var(--paper);stroke:var(--rule)}";

    /// <summary>For the page.</summary>
    public const string Page =
        ":root{color-scheme:light dark;" + Light + "}@media (prefers-color-scheme:dark){:root{" + Dark + "}}@media print{:root{" + Light + "}}"
        + "*{box-sizing:border-box}html{scroll-behavior:smooth;-webkit-text-size-adjust:100%}@media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}"
        + "body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,'Liberation Sans',Arial,sans-serif}"
        + ".skip{position:absolute;left:-99em}.skip:focus{left:1rem;top:1rem;background:var(--paper);padding:.5rem 1rem;z-index:2}"
        + "a{color:var(--link)}:focus-visible{outline:3px solid var(--link);outline-offset:2px}"
        + "header,main,footer,nav{max-width:1180px;margin:0 auto;padding:0 clamp(.75rem,3vw,2rem)}header{padding-top:2rem}footer{padding-bottom:3rem;color:var(--muted)}"
        + "h1{font-size:clamp(1.5rem,4vw,2.1rem);line-height:1.2;margin:0 0 .3rem}h2{font-size:1.35rem;line-height:1.25;margin:2.4rem 0 .8rem}h3{font-size:1.08rem;line-height:1.3;margin:0}h4{font-size:1rem;margin:0}"
        + "p{margin:.3rem 0 .8rem;max-width:75ch}.lead{color:var(--muted);font-size:1.05rem}"
        + "nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:.4rem .5rem;padding:0;margin:1rem 0 0}nav a{display:inline-block;padding:.2rem .7rem;border:1px solid var(--rule);border-radius:1rem;background:var(--paper);text-decoration:none}"
        + ".facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(8.5rem,1fr));gap:.7rem;margin:1.2rem 0;padding:0}.facts div{background:var(--paper);border:1px solid var(--rule);border-radius:.6rem;padding:.7rem .9rem}"
        + ".facts dt{color:var(--muted);font-size:.85rem}.facts dd{margin:0;font-size:1.35rem;font-weight:600;font-variant-numeric:tabular-nums;line-height:1.25}.facts .note{display:block;font-size:.8rem;font-weight:400;color:var(--muted)}"
        + ".card,figure,details.signal{background:var(--paper);border:1px solid var(--rule);border-radius:.7rem}.card{padding:1rem 1.2rem;margin:0 0 1rem}figure{padding:1rem 1.2rem .6rem;margin:0 0 1rem;min-width:0}"
        + "figcaption p{color:var(--muted);margin:.2rem 0 .6rem}.legend{list-style:none;display:flex;flex-wrap:wrap;gap:.1rem 1.1rem;margin:.2rem 0 .4rem;padding:0;font-size:.82rem;color:var(--muted)}.legend svg{width:24px;height:12px;vertical-align:-1px;margin-right:.4rem}"
        + ".scroll{overflow-x:auto;max-width:100%}.scroll>svg{display:block;width:100%;min-width:680px;height:auto}"
        + "figure>details,.more{margin:.4rem 0 .2rem;font-size:.9rem}summary{cursor:pointer}figure summary{color:var(--link)}.def{font-size:.9rem;margin:.1rem 0 .2rem}"
        + "table{border-collapse:collapse;min-width:min(100%,44rem);font-size:.9rem;font-variant-numeric:tabular-nums}th,td{padding:.32rem .75rem .32rem 0;text-align:left;border-bottom:1px solid var(--rule);vertical-align:top;white-space:nowrap}"
        + "th{color:var(--muted);font-weight:600}td.r,th.r{text-align:right}td.w{white-space:normal;min-width:14rem}.none{color:var(--muted)}"
        + "details.signal{margin:0 0 1rem;padding:0}details.signal>summary{padding:1rem 1.2rem;list-style-position:inside}details.signal>summary h2{display:inline;margin:0;font-size:1.2rem}details.signal>summary .brief{display:block;color:var(--muted);font-size:.92rem}"
        + "details.signal>.inside{padding:0 1.2rem .6rem}details.signal figure{border-radius:.5rem}.day-part{margin:0 0 1rem}.day-part>summary{padding:.5rem 0}.day-part>summary h3{display:inline}"
        + "dl.words{margin:0}dl.words dt{font-weight:600}dl.words dd{margin:0 0 .8rem}code{font:.9em ui-monospace,'Cascadia Mono',Menlo,Consolas,monospace}pre{overflow-x:auto;background:var(--ground);padding:.7rem;border-radius:.4rem}"
        + "@media (max-width:520px){th:first-child,td:first-child{white-space:normal;min-width:6.5rem}table{min-width:0}figure,.card{padding:.8rem .8rem .4rem}details.signal>summary{padding:.8rem}details.signal>.inside{padding:0 .5rem .3rem}}"
        + "@media print{body{background:#fff}nav,.skip,.def{display:none}figure{break-inside:avoid}details::details-content{content-visibility:visible;block-size:auto}.scroll>svg{min-width:0}}"
        + "svg.hidden{position:absolute;width:0;height:0}" + ChartRules;
}
