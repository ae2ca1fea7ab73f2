import type { ComponentChildren, JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { getBlob } from '../api/client';
import type { SignalDetail } from '../api/types';
import { download, fileName, pngOf, svgOf } from '../plot/export';
import { Legend } from '../plot/Legend';
import type { EventQuestion, PlotModel } from '../plot/model';
import type { Picture } from '../plot/paint';
import { Plot, PrintedPlot } from '../plot/Plot';
import { dateText, dayText, lengthText, spanText } from '../plot/time';
import { useMay } from '../state/session';
import { useUrlState } from '../state/url';
import { Button, Empty, Panel, shareText } from '../ui';
import type { Chart, ChartInput, Figure } from './definition';
import { Definition } from './Definition';
import { cellText, GridTable } from './Grid';
import { tablePath, useChartData, type Bin, type ChartData, type Stretch, type Surroundings } from './load';
import { asGhost } from './parts';
import './charts.css';

interface ChartPanelProps {
  chart: Chart;
  detail: SignalDetail;
  range: Stretch;
  /** The same hours of another day; null when nothing is compared. */
  compare: Stretch | null;
  bin: Bin;
  group: string;
  surroundings: Surroundings;
  freshness: string;
  nowMs: number;
  onZoom?: (startMs: number, endMs: number) => void;
  onAsk?: (question: EventQuestion) => void;
  onClose?: () => void;
  isPrint?: boolean;
}

/** One chart of a signal with all that belongs to it: controls, legend, figures, tables, downloads, definition, and how old and whole its data is. */
export function ChartPanel({ chart, detail, range, compare, bin, group, surroundings, freshness, nowMs, onZoom, onAsk, onClose, isPrint }: ChartPanelProps): JSX.Element {
  const zone = detail.signal.zone;
  const signal = detail.signal.id;
  const mayRaw = useMay('operate');
  const isTooLong = chart.mostMs !== undefined && range.endMs - range.startMs > chart.mostMs;
  const loaded = useChartData(chart, signal, zone, isTooLong ? null : range, bin, mayRaw, freshness);
  const other = useChartData(chart, signal, zone, isTooLong ? null : compare, bin, mayRaw, '');
  const choice = useChoice(chart);
  const [view, setView] = useUrlState('v', '');
  const result = useMemo(
    () => (loaded.data ? chart.build(inputOf(detail, loaded.data, group, choice.values, surroundings.unseen)) : null),
    [chart, detail, loaded.data, group, choice.text, surroundings.unseen]);
  const before = useMemo(
    () => (compare && other.data ? chart.build(inputOf(detail, other.data, group, choice.values, [])) : null),
    [chart, detail, other.data, compare, group, choice.text]);
  const day = compare ? dayText(zone, compare.startMs) : '';
  const plots = useMemo(() => (result && before && compare && chart.comparison === 'overlay' ? overlaid(result.plots, before.plots, range.startMs - compare.startMs, day) : result?.plots ?? []), [result, before]);
  const ageMs = surroundings.newestMs === null ? null : Math.max(0, Math.min(nowMs, range.endMs) - Math.min(surroundings.newestMs, range.endMs));
  const isTable = view === 'table';
  const grids = result ? [...(result.summary && result.summary.rows.length > 0 ? [result.summary] : []), ...(isTable && (result.data.rows.length > 0 || !result.summary) ? [result.data] : [])] : [];
  const picture = (): Picture => ({
    title: `${chart.title}, ${signal} ${detail.signal.name}`, subtitle: `${dateText(zone, range.startMs)}, ${spanText(zone, range.startMs, range.endMs)} (${zone.replaceAll('_', ' ')})${result?.reading ? ` · ${result.reading}` : ''}`,
    source: `Crosstown · controller event log${surroundings.seenShare === null ? '' : ` · sees ${shareText(surroundings.seenShare)} of this time`} · definition: ${chart.measure}`, plots,
  });

  return (
    <Panel
      class="chart-panel" title={chart.title} loading={loaded.isLoading || other.isLoading} error={loaded.error ?? other.error} onRetry={loaded.error ? loaded.reload : other.reload} ageMs={isPrint ? null : ageMs} seenShare={surroundings.seenShare}
      subtitle={result?.channels ? reporting(result.channels, surroundings) : undefined}
      actions={isPrint ? undefined : <>
        <Button icon="table" pressed={isTable} onClick={() => setView(isTable ? '' : 'table')} title="Show the data as a table">Table</Button>
        <ExportMenu chart={chart} detail={detail} range={range} bin={bin} picture={picture} hasPlots={plots.length > 0} mayRaw={mayRaw} />
        {onClose && <Button kind="quiet" icon="close" label={`Close ${chart.title}`} onClick={onClose} />}
      </>}
      note={loaded.data && loaded.data.refused.length > 0 ? `Not shown: ${loaded.data.refused.join('; ')}.` : undefined}
    >
      {!isPrint && chart.controls && <div class="chart-controls">{choice.controls}</div>}
      {result?.reading && <p class="chart-reading">{result.reading}</p>}
      {result?.empty && <Empty title="Nothing to draw">{result.empty}</Empty>}
      {isTooLong && <Empty title="This time is too long for it">{chart.title} shows {lengthText(chart.mostMs!)} at most. Choose a shorter time.</Empty>}
      {!result && !isTooLong && <div class="chart-waiting" aria-busy="true" />}
      {plots.length > 0 && <Legend plots={plots} isPrint={isPrint === true} />}
      <PlotLines plots={plots} onZoom={onZoom} onAsk={onAsk} isPrint={isPrint === true} />
      {compare && before && result && <Compared now={result.figures} then={before.figures} day={day} today={dayText(zone, range.startMs)} zone={zone} />}
      {compare && before && chart.comparison === 'beneath' && (
        <div class="chart-other">
          <h3>{dateText(zone, compare.startMs)}</h3>
          {before.empty ? <Empty title="Nothing to draw">{before.empty}</Empty> : <PlotLines plots={before.plots} onAsk={onAsk} isPrint={isPrint === true} />}
        </div>
      )}
      {grids.map(grid => <div key={grid.title} class="chart-grid"><h3>{grid.title}</h3><GridTable grid={grid} zone={zone} of={chart.title} /></div>)}
      {[chart.measure, ...(chart.also ?? [])].map(measure => <Definition key={measure} measure={measure} />)}
    </Panel>
  );
}

function PlotLines({ plots, onZoom, onAsk, isPrint }: { plots: readonly PlotModel[]; onZoom?: ChartPanelProps['onZoom']; onAsk?: ChartPanelProps['onAsk']; isPrint: boolean }): JSX.Element {
  return (
    <div class="plots">
      {plots.map(model => isPrint ? <PrintedPlot key={model.key} model={model} /> : <Plot key={model.key} model={model} {...(onZoom ? { onZoom } : {})} {...(onAsk ? { onAsk } : {})} />)}
    </div>
  );
}

function inputOf(detail: SignalDetail, data: ChartData, group: string, choice: Readonly<Record<string, string>>, unseen: readonly Stretch[]): ChartInput {
  return { detail, zone: detail.signal.zone, startMs: data.stretch.startMs, endMs: data.stretch.endMs, binMs: data.bin.ms, group, choice, tables: data.tables, events: data.events, unseen };
}

/** Marks of the other day over this day's, plot by plot; each mark moved to this day's hours. */
export function overlaid(now: readonly PlotModel[], then: readonly PlotModel[], byMs: number, day: string): PlotModel[] {
  const others = new Map(then.map(p => [p.key, p]));
  return now.map(plot => {
    const other = others.get(plot.key);
    if (!other) {
      return plot;
    }

    const shift = plot.x.kind === 'time' ? byMs : 0;
    const ghosts = asGhost(other.marks, day).map(m => (m.kind === 'line' ? { ...m, x: m.x.map(x => x + shift) } : m));
    const scale = <S extends PlotModel['y'] | PlotModel['right']>(a: S, b: S): S => (a?.kind === 'number' && b?.kind === 'number' ? { ...a, max: Math.max(a.max, b.max), min: Math.min(a.min, b.min) } : a);
    return {
      ...plot, y: scale(plot.y, other.y), ...(plot.right ? { right: scale(plot.right, other.right) ?? plot.right } : {}), marks: [...plot.marks, ...ghosts],
      read: x => {
        const said = other.read(x - shift);
        return [...plot.read(x), ...(said.length > 1 ? [`${day}: ${said.slice(1).join(', ')}`] : [])];
      },
    };
  });
}

function reporting(channels: readonly number[], { faulted }: Surroundings): string {
  if (channels.length === 0) {
    return 'no such detector configured';
  }

  const well = channels.filter(c => !faulted.has(c)).length;
  return `${well} of ${channels.length} ${channels.length === 1 ? 'detector' : 'detectors'} reporting`;
}

function Compared({ now, then, day, today, zone }: { now: readonly Figure[]; then: readonly Figure[]; day: string; today: string; zone: string }): JSX.Element | null {
  const rows = now.map(figure => ({ figure, other: then.find(f => f.label === figure.label)?.value ?? null }));
  return rows.length === 0 ? null : (
    <div class="table-frame">
      <table class="table compare-table">
        <caption class="visually-hidden">Figures of both days</caption>
        <thead><tr><th scope="col">Figure</th><th scope="col" class="is-right">{today}</th><th scope="col" class="is-right">{day}</th><th scope="col" class="is-right">Difference</th></tr></thead>
        <tbody>
          {rows.map(({ figure, other }) => (
            <tr key={figure.label}>
              <th scope="row">{figure.label}</th>
              <td class="is-right">{cellText(figure.value, figure.kind, zone)}</td>
              <td class="is-right">{cellText(other, figure.kind, zone)}</td>
              <td class="is-right">{differenceText(figure, other, zone)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** How a figure differs from another day's: with its sign, in points for shares, and whether that is better where one can say. */
export function differenceText(figure: Figure, other: number | null, zone: string): string {
  if (figure.value === null || other === null) {
    return '–';
  }

  const by = figure.value - other;
  const size = figure.kind === 'percent' ? `${Math.abs(by * 100).toFixed(1)} points` : cellText(Math.abs(by), figure.kind, zone);
  const relative = figure.kind === 'count' && other !== 0 ? ` (${by >= 0 ? '+' : '−'}${Math.abs((by / other) * 100).toFixed(0)} %)` : '';
  const verdict = figure.better && Math.abs(by) > 1e-9 ? (by > 0 === (figure.better === 'more') ? ', better' : ', worse') : '';
  return `${by > 0 ? '+' : by < 0 ? '−' : ''}${size}${relative}${verdict}`;
}

function useChoice(chart: Chart): { values: Record<string, string>; text: string; controls: ComponentChildren } {
  // A chart's controls are a fixed list, so their hooks come in the same order each time; a panel shows one chart for as long as it is drawn.
  const states = (chart.controls ?? []).map(control => ({ control, state: useUrlState(control.key, control.fallback) }));
  const values = Object.fromEntries(states.map(({ control, state }) => [control.key, control.choices.some(c => c.value === state[0]) ? state[0] : control.fallback]));
  return {
    values, text: JSON.stringify(values),
    controls: states.map(({ control, state }) => (
      <label key={control.key} class="chart-control">
        <span>{control.label}</span>
        <select class="input" value={values[control.key]} onChange={e => state[1](e.currentTarget.value)}>
          {control.choices.map(c => <option key={c.value} value={c.value}>{c.label}</option>)}
        </select>
      </label>
    )),
  };
}

function ExportMenu({ chart, detail, range, bin, picture, hasPlots, mayRaw }: { chart: Chart; detail: SignalDetail; range: Stretch; bin: Bin; picture: () => Picture; hasPlots: boolean; mayRaw: boolean }): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const zone = detail.signal.zone;
  const name = (what: string, kind: string): string => fileName(detail.signal.id, what, new Date(range.startMs).toISOString().slice(0, 16).replace(':', '')) + `.${kind}`;
  const run = (make: () => Promise<void> | void) => (): void => {
    setProblem(null);
    Promise.resolve().then(make).then(() => setOpen(false), (error: unknown) => setProblem(error instanceof Error ? error.message : String(error)));
  };
  return (
    <div
      class="export"
      onKeyDown={e => {
        if (e.key === 'Escape' && isOpen) {
          e.stopPropagation();
          setOpen(false);
        }
      }}
      onFocusOut={e => {
        if (!(e.relatedTarget instanceof Node) || !e.currentTarget.contains(e.relatedTarget)) {
          setOpen(false);
        }
      }}
    >
      <Button icon="download" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>Export</Button>
      {isOpen && (
        <div class="export-menu">
          <Button kind="quiet" disabled={!hasPlots} onClick={run(async () => download(name(chart.key, 'png'), await pngOf(picture()), 'image/png'))}>Picture (PNG)</Button>
          <Button kind="quiet" disabled={!hasPlots} onClick={run(() => download(name(chart.key, 'svg'), svgOf(picture()), 'image/svg+xml'))}>Vector picture (SVG)</Button>
          {chart.tables.filter(t => mayRaw || !t.isRaw).map(need => (
            <Button key={need.table} kind="quiet" onClick={run(async () => download(name(need.table, 'csv'), await getBlob(tablePath(detail.signal.id, need, range, zone, bin), 'text/csv', need.isRaw ? { raw: true } : {}), 'text/csv'))}>
              {need.table} (CSV)
            </Button>
          ))}
          {problem && <p class="field-error" role="alert">{problem}</p>}
        </div>
      )}
    </div>
  );
}
