namespace Crosstown.Timing.Sheets;

/// <summary>The look of sheets and drawings: light, for Letter and A4, told apart by place and words as well as by color.</summary>
internal static class SheetStyle
{
    /// <summary>Shapes of drawings.</summary>
    public const string Drawing =
        "svg text{font:12px system-ui,-apple-system,'Segoe UI',Roboto,'Liberation Sans',Arial,sans-serif;fill:#17222d;font-variant-numeric:tabular-nums}"
        + "svg .tick{font-size:11px;fill:#4d5b69}svg .number{font-size:14px;font-weight:700}svg .split{font-size:11px}"
        + "svg .green{fill:#a5dcc8}svg .coordinated{fill:#5fbf9d}svg .yellow{fill:#f3d27a}svg .red{fill:#e7a083}svg .frame{fill:none;stroke:#17222d;stroke-width:1}"
        + "svg .barrier{stroke:#17222d;stroke-width:3}svg .mark{fill:#17222d}svg .axis{stroke:#8b98a5;fill:none}svg .row{stroke:#d3dae0}"
        + "svg .forward{fill:#007a5a}svg .backward{fill:#0068a8}svg .band{fill:#007a5a;opacity:.22}svg .band.back{fill:#0068a8}svg .arrivals{fill:#2b3947;opacity:.6}svg .title{font-size:15px;font-weight:600}";

    /// <summary>The page.</summary>
    public const string Page =
        "@page{size:auto;margin:14mm}*{box-sizing:border-box}:root{color-scheme:light}"
        + "body{margin:0 auto;max-width:200mm;padding:8mm;background:#fff;color:#17222d;font:10.5pt/1.4 system-ui,-apple-system,'Segoe UI',Roboto,'Liberation Sans',Arial,sans-serif}"
        + "h1{font-size:17pt;line-height:1.2;margin:0}h2{font-size:12pt;margin:5mm 0 1.5mm;break-after:avoid}p{margin:0 0 2mm;max-width:85ch}"
        + ".sheet{break-before:page}.sheet:first-of-type{break-before:auto}.sheet+.sheet{margin-top:14mm}header{border-bottom:2px solid #17222d;padding-bottom:2mm;margin-bottom:3mm}header p{margin:.5mm 0 0;color:#4d5b69}"
        + "table{border-collapse:collapse;width:100%;font-size:9pt;font-variant-numeric:tabular-nums;break-inside:auto}caption{text-align:left;color:#4d5b69;padding-bottom:1mm}"
        + "th,td{border:1px solid #b5bfc8;padding:.8mm 1.6mm;text-align:right;vertical-align:top}th{background:#eef1f4;font-weight:600}thead{display:table-header-group}tr{break-inside:avoid}"
        + "th.w,td.w{text-align:left}.scroll{margin-bottom:3mm}table.compared{font-size:8pt}table.compared td,table.compared th{padding:.8mm 1mm}table.compared td{white-space:nowrap}tbody th{text-align:left;font-weight:600}td.changed{font-weight:700}tfoot th,tfoot td{border-top:2px solid #17222d;font-weight:600;background:#eef1f4}"
        + "figure{margin:0 0 2mm;break-inside:avoid}figcaption{color:#4d5b69;margin-bottom:1mm}svg{display:block;width:100%;height:auto}ul.checks{list-style:none;padding:0;margin:0}"
        + "ul.checks li{padding:.6mm 0 .6mm 7mm;position:relative;break-inside:avoid}ul.checks li::before{content:\"\";position:absolute;left:0;top:1.4mm;width:3.6mm;height:3.6mm;border:1.3px solid #17222d}"
        + ".lines{display:grid;grid-template-columns:1fr 1fr;gap:8mm 10mm;margin-top:7mm;break-inside:avoid}.lines div{border-top:1px solid #17222d;padding-top:1mm;font-size:8.5pt;color:#4d5b69}"
        + "section.objects td,section.objects th{font-size:8pt;padding:.3mm 1.2mm}code{font:.92em ui-monospace,'Cascadia Mono',Menlo,Consolas,'Liberation Mono',monospace}"
        + ".scroll{overflow-x:auto}@media print{body{padding:0;max-width:none}.scroll{overflow:visible}.sheet+.sheet{margin-top:0}thead th{-webkit-print-color-adjust:exact;print-color-adjust:exact}svg{-webkit-print-color-adjust:exact;print-color-adjust:exact}}"
        + Drawing;
}
