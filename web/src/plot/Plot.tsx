import type { JSX } from 'preact';
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { useTheme } from '../app/theme';
import { crosshairStore } from '../state/range';
import { useStore } from '../state/store';
import { plotSvgOf } from './export';
import type { EventQuestion, PlotModel } from './model';
import { atX, atY, frameOf, leftRoom, paintMarks, rightRoom, xAt, xTicks, yAt, yTicks, type Frame } from './paint';
import { CanvasPainter } from './painter';
import { DARK, LIGHT, type Palette } from './palette';
import { pickMark, step, stopsOf, type Pick } from './pick';
import './plot.css';

const AXIS_FONT = "11px system-ui, -apple-system, 'Segoe UI', Roboto, 'Liberation Sans', Arial, sans-serif";
const LANE_FONT = "12px system-ui, -apple-system, 'Segoe UI', Roboto, 'Liberation Sans', Arial, sans-serif";

/** A pointer that moved less than this has clicked, not dragged, px. */
const CLICK_PX = 5;

/** The closest look, ms. */
const LEAST_SPAN_MS = 5000;

interface PlotProps {
  model: PlotModel;
  /** Asked with a stretch of the time axis that was dragged over, or zoomed to by a key. */
  onZoom?: (startMs: number, endMs: number) => void;
  /** Asked with a mark or place whose log rows are wanted. */
  onAsk?: (question: EventQuestion) => void;
  /** Takes hold of what lies at a place, to be dragged along the x axis; null when nothing there can be. Told how far, in units of the axis, while it moves. */
  grab?: (x: number, y: number) => ((by: number) => void) | null;
}

/** Width of a page of Letter or A4 between its margins, CSS px. */
const PAPER_PX = 700;

/** A chart for paper: vectors in light colors, and nothing to touch. */
export function PrintedPlot({ model }: { model: PlotModel }): JSX.Element {
  // Our own painter writes the picture and keeps markup out of its texts.
  const svg = useMemo(() => plotSvgOf(model, Math.round(PAPER_PX * (model.share ?? 1))), [model]);
  return (
    <div class="plot is-printed" style={{ flexBasis: `calc(${(model.share ?? 1) * 100}% - 1rem)` }}>
      <div class="plot-head">
        <h3 class="plot-title">{model.title}</h3>
        {model.note && <span class="plot-note">{model.note}</span>}
      </div>
      <div class="plot-paper" dangerouslySetInnerHTML={{ __html: svg }} />
    </div>
  );
}

/** A chart on a canvas with axes, marks, the crosshair of the page, zoom by drag or key, and readings by pointer or arrow keys. */
export function Plot({ model, onZoom, onAsk, grab }: PlotProps): JSX.Element {
  const theme = useTheme();
  const palette = theme === 'light' ? LIGHT : DARK;
  const mount = useRef<HTMLDivElement>(null);
  const frame = useRef<Frame | null>(null);
  const [width, setWidth] = useState(0);
  const [drawn, setDrawn] = useState(0);
  const [pick, setPick] = useState<Pick | null>(null);
  const [touched, setTouched] = useState(false);
  const [ownX, setOwnX] = useState<number | null>(null);
  const select = useRef<HTMLDivElement>(null);
  const drag = useRef<{ x: number; y: number; isZoom: boolean; held: ((by: number) => void) | null } | null>(null);
  const isTime = model.x.kind === 'time';
  const sharedX = useStore(crosshairStore, t => (isTime ? t : null));
  const x = isTime ? sharedX : ownX;
  const setX = (at: number | null): void => (isTime ? crosshairStore.set(at === null ? null : Math.round(at)) : setOwnX(at));
  const stops = useMemo(() => stopsOf(model), [model]);

  useLayoutEffect(() => {
    const element = mount.current!;
    const measure = (): void => setWidth(Math.floor(element.clientWidth));
    measure();
    const watch = new ResizeObserver(measure);
    watch.observe(element);
    return () => watch.disconnect();
  }, []);

  useLayoutEffect(() => {
    if (width < 80) {
      return;
    }

    const plot = draw(mount.current!, model, width, palette, f => {
      frame.current = f;
    });
    setPick(null);
    setDrawn(n => n + 1);
    return () => plot.destroy();
  }, [model, width, palette]);

  const place = (event: PointerEvent): { px: number; py: number } => {
    const box = mount.current!.getBoundingClientRect();
    return { px: event.clientX - box.left, py: event.clientY - box.top };
  };

  const within = (f: Frame, px: number): number => Math.min(f.left + f.width, Math.max(f.left, px));

  const onMove = (event: PointerEvent): void => {
    const f = frame.current;
    if (!f) {
      return;
    }

    const { px, py } = place(event);
    if (drag.current?.held) {
      drag.current.held(xAt(f, px) - xAt(f, drag.current.x));
      return;
    }

    if (drag.current?.isZoom && select.current) {
      const [a, b] = [within(f, Math.min(drag.current.x, px)), within(f, Math.max(drag.current.x, px))];
      Object.assign(select.current.style, { display: b - a > CLICK_PX ? 'block' : 'none', left: `${a}px`, width: `${b - a}px`, top: `${f.top}px`, height: `${f.height}px` });
    }

    const isInside = px >= f.left && px <= f.left + f.width && py >= f.top && py <= f.top + f.height;
    if (isInside || drag.current) {
      const near = pickMark(model, f, px, py);
      setPick(before => (before?.mark === near?.mark && before?.index === near?.index ? before : near));
      setX(xAt(f, within(f, px)));
    } else {
      setPick(null);
      setX(null);
    }
  };

  const onDown = (event: PointerEvent): void => {
    const { px, py } = place(event);
    const f = frame.current;
    if (event.button !== 0 || !f || px < f.left || px > f.left + f.width) {
      return;
    }

    const held = grab?.(xAt(f, px), yAt(f, py)) ?? null;
    drag.current = { x: px, y: py, held, isZoom: held === null && isTime && onZoom !== undefined && event.pointerType !== 'touch' };
    if (drag.current.isZoom || held) {
      mount.current!.setPointerCapture(event.pointerId);
    }
  };

  const onUp = (event: PointerEvent): void => {
    const from = drag.current;
    const f = frame.current;
    drag.current = null;
    if (select.current) {
      select.current.style.display = 'none';
    }

    if (!from || !f) {
      return;
    }

    const { px, py } = place(event);
    if (Math.hypot(px - from.x, py - from.y) <= CLICK_PX) {
      if (event.pointerType === 'touch') {
        setTouched(true);
        onMove(event);
      } else {
        ask(xAt(f, px), yAt(f, py), pickMark(model, f, px, py));
      }
    } else if (from.isZoom && onZoom && Math.abs(px - from.x) > CLICK_PX) {
      const [a, b] = [xAt(f, within(f, Math.min(from.x, px))), xAt(f, within(f, Math.max(from.x, px)))];
      onZoom(...roundSpan(a, b));
    }
  };

  const ask = (atX0: number, atY0: number, near: Pick | null): void => {
    const question = near?.mark.behind?.(near.index) ?? model.behind?.(atX0, atY0) ?? null;
    if (question && onAsk) {
      onAsk(question);
    }
  };

  const zoomBy = (factor: number): void => {
    if (model.x.kind === 'time' && onZoom) {
      const { startMs, endMs } = model.x;
      const middle = x ?? (startMs + endMs) / 2;
      onZoom(...roundSpan(middle - (middle - startMs) * factor, middle + (endMs - middle) * factor));
    }
  };

  const moveTo = (to: number | null): void => {
    const f = frame.current;
    setX(to);
    if (to !== null && f) {
      setPick(nearestAt(model, f, to));
    }
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }

    switch (event.key) {
      case 'ArrowRight': moveTo(step(stops, x, 1)); break;
      case 'ArrowLeft': moveTo(step(stops, x, -1)); break;
      case 'PageDown': moveTo(step(stops, x, 10)); break;
      case 'PageUp': moveTo(step(stops, x, -10)); break;
      case 'Home': moveTo(stops[0] ?? null); break;
      case 'End': moveTo(stops.at(-1) ?? null); break;
      case 'Enter':
        if (x !== null) {
          ask(x, 0, pick);
        }

        break;
      case '+': case '=': zoomBy(0.5); break;
      case '-': zoomBy(2); break;
      case 'Escape':
        if (x === null) {
          return;
        }

        setX(null);
        setPick(null);
        break;
      default: return;
    }

    event.preventDefault();
    event.stopPropagation();
  };

  const reading = x === null ? [] : readingOf(model, x, pick);
  const f = drawn > 0 ? frame.current : null;
  const [min, max] = model.x.kind === 'time' ? [model.x.startMs, model.x.endMs] : [model.x.min, model.x.max];
  const lineX = f && x !== null && x >= f.xMin && x <= f.xMax ? atX(f, x) : null;
  const ring = f && pick ? placeOf(f, pick) : null;
  return (
    <div class="plot" style={{ flexBasis: model.share ? `calc(${model.share * 100}% - 1rem)` : '100%' }} data-narrow={model.share && model.share < 0.5 ? 'yes' : undefined}>
      <div class="plot-head">
        <h3 class="plot-title">{model.title}</h3>
        {model.note && <span class="plot-note">{model.note}</span>}
      </div>
      <div
        ref={mount}
        class="plot-area"
        style={{ height: `${model.height}px` }}
        role="slider"
        tabIndex={0}
        aria-label={`Chart: ${model.title}. Arrow keys read it point by point, plus and minus zoom, Enter shows the log rows.`}
        aria-valuemin={min}
        aria-valuemax={max}
        aria-valuenow={Math.round(x ?? min)}
        aria-valuetext={reading.length > 0 ? reading.join('; ') : 'No point chosen'}
        onPointerMove={onMove}
        onPointerDown={onDown}
        onPointerUp={onUp}
        onPointerLeave={() => {
          if (!drag.current && !touched) {
            setX(null);
            setPick(null);
          }
        }}
        onPointerCancel={() => {
          drag.current = null;
        }}
        onKeyDown={onKeyDown}
      >
        {f && lineX !== null && <div class="plot-crosshair" style={{ left: `${lineX}px`, top: `${f.top}px`, height: `${f.height}px` }} />}
        {ring && <div class="plot-ring" style={{ left: `${ring.x}px`, top: `${ring.y}px` }} />}
        <div ref={select} class="plot-select" />
      </div>
      <p class="plot-reading" aria-hidden="true">
        {reading.map((fact, i) => <span key={i}>{fact}</span>)}
        {x === null && <span class="plot-hint">Point at the chart or tap it to read it{onAsk && model.behind ? '; click for the log rows' : ''}</span>}
      </p>
      {x !== null && touched && onAsk && (pick?.mark.behind || model.behind) && <button type="button" class="button plot-ask" onClick={() => ask(x, 0, pick)}>Log rows here</button>}
    </div>
  );
}

/** Ends of a stretch that read well: whole minutes for hours, whole seconds for minutes, tenths below; at least 5 s apart. */
export function roundSpan(a: number, b: number): [number, number] {
  const grain = b - a > 20 * 60_000 ? 60_000 : b - a > 60_000 ? 1000 : 100;
  const start = Math.round(a / grain) * grain;
  return [start, Math.max(start + LEAST_SPAN_MS, Math.round(b / grain) * grain)];
}

function readingOf(model: PlotModel, x: number, pick: Pick | null): readonly string[] {
  const said = pick?.mark.say?.(pick.index);
  return said ? [said, ...model.read(x)] : model.read(x);
}

/** Of the marks at a place that an arrow key stepped to, the first that says something. */
function nearestAt(model: PlotModel, f: Frame, x: number): Pick | null {
  for (const mark of model.marks) {
    if ((mark.say || mark.behind) && (mark.kind === 'dots' || mark.kind === 'boxes')) {
      const index = mark.kind === 'dots' ? mark.x.indexOf(x) : mark.x0.indexOf(x);
      if (index >= 0 && atX(f, x) >= f.left) {
        return { mark, index, distance: 0 };
      }
    }
  }

  return null;
}

function placeOf(f: Frame, { mark, index }: Pick): { x: number; y: number } | null {
  return mark.kind === 'dots' ? { x: atX(f, mark.x[index] ?? Number.NaN), y: atY(f, mark.y[index] ?? Number.NaN, mark.axis) } : null;
}

function draw(element: HTMLElement, model: PlotModel, width: number, palette: Palette, onFrame: (frame: Frame) => void): uPlot {
  const left = leftRoom(model, width);
  const right = rightRoom(model, width);
  const grid = { stroke: palette.grid, width: 1 };
  const ticks = { show: false };
  const xs = xTicks(model, width - left - right);
  const ys = model.y.kind === 'lanes' ? [] : yTicks(model.y, model.height - 46, width);
  const lanes = model.y.kind === 'lanes' ? model.y.lanes : [];
  const isNarrow = width < 560;
  const rightTicks = model.right ? yTicks(model.right, model.height - 46, width) : [];
  const { x, y } = model;
  const axes: uPlot.Axis[] = [
    {
      scale: 'x', size: 38, gap: 6, font: AXIS_FONT, stroke: palette.muted, ticks, grid,
      splits: () => xs.map(t => t.value), values: () => xs.map(t => t.label),
      ...(x.kind === 'number' ? { label: x.label, labelFont: AXIS_FONT, labelSize: 15, labelGap: 0, size: 23 } : {}),
    },
    y.kind === 'lanes'
      ? { scale: 'y', size: left, gap: 8, font: LANE_FONT, stroke: palette.text, ticks, grid: { show: false }, splits: () => lanes.map((_, i) => i + 0.5), values: () => lanes.map(l => (isNarrow ? l.short : l.label)) }
      : {
        scale: 'y', size: y.label === '' ? left : left - 15, gap: 5, font: y.ticks ? LANE_FONT : AXIS_FONT, stroke: y.ticks ? palette.text : palette.muted, ticks, grid,
        ...(y.label === '' ? {} : { label: y.label, labelFont: AXIS_FONT, labelSize: 15, labelGap: 0 }),
        splits: () => ys.map(t => t.value), values: () => ys.map(t => t.label),
      },
  ];
  if (model.right) {
    axes.push({
      scale: 'right', side: 1, size: isNarrow ? right : right - 15, gap: 6, font: AXIS_FONT, stroke: palette.muted, ticks, grid: { show: false },
      ...(isNarrow ? {} : { label: model.right.label, labelFont: AXIS_FONT, labelSize: 15, labelGap: 0 }),
      splits: () => rightTicks.map(t => t.value), values: () => rightTicks.map(t => t.label),
    });
  }

  const bounds = frameOf(model, 0, 0, 1, 1);
  const fixed = (min: number, max: number): (() => [number, number]) => () => [min, max];
  const frameIn = (u: uPlot): Frame => {
    const r = uPlot.pxRatio;
    return frameOf(model, u.bbox.left / r, u.bbox.top / r, u.bbox.width / r, u.bbox.height / r);
  };
  const inPixels = (u: uPlot, body: (painter: CanvasPainter, f: Frame) => void): void => {
    u.ctx.save();
    u.ctx.scale(uPlot.pxRatio, uPlot.pxRatio);
    body(new CanvasPainter(u.ctx), frameIn(u));
    u.ctx.restore();
  };
  return new uPlot(
    {
      width, height: model.height, legend: { show: false }, cursor: { show: false }, select: { show: false, left: 0, top: 0, width: 0, height: 0 },
      padding: [8, model.right ? 0 : right, 0, 0],
      scales: {
        x: { time: false, range: fixed(bounds.xMin, bounds.xMax) },
        y: { range: fixed(bounds.yMin, bounds.yMax), dir: bounds.isDown ? -1 : 1 },
        ...(model.right ? { right: { range: fixed(bounds.rightMin, bounds.rightMax) } } : {}),
      },
      axes,
      series: [{}, { scale: 'y', show: true, stroke: 'transparent', points: { show: false } }, ...(model.right ? [{ scale: 'right', stroke: 'transparent', points: { show: false } }] : [])],
      hooks: {
        drawClear: [u => inPixels(u, (painter, f) => painter.boxes([f.left, f.top, f.width, f.height], palette.plot, 1))],
        draw: [u => inPixels(u, (painter, f) => {
          if (model.y.kind === 'lanes') {
            const edges = lanes.flatMap((_, i) => [f.left, atY(f, i, 'left'), f.left + f.width, atY(f, i, 'left'), Number.NaN, Number.NaN]);
            painter.line(edges, palette.grid, 1, [], 1);
          }

          const strong = xs.filter(t => t.isStrong).flatMap(t => [atX(f, t.value), f.top, atX(f, t.value), f.top + f.height, Number.NaN, Number.NaN]);
          painter.line(strong, palette.edge, 1, [], 1);
          paintMarks(painter, model, f, palette);
          painter.line([f.left, f.top, f.left + f.width, f.top, f.left + f.width, f.top + f.height, f.left, f.top + f.height, f.left, f.top], palette.edge, 1, [], 1);
          onFrame(f);
        })],
      },
    },
    [[bounds.xMin, bounds.xMax], [bounds.yMin, bounds.yMax], ...(model.right ? [[bounds.rightMin, bounds.rightMax]] : [])] as uPlot.AlignedData,
    element,
  );
}
