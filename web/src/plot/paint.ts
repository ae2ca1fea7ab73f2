import { numberTicks, plain } from './numbers';
import { legendOf, type LegendEntry, type Mark, type NumberScale, type PlotModel } from './model';
import type { Painter } from './painter';
import { viridis } from '../ui/viridis';
import type { Palette } from './palette';
import { timeTicks } from './time';

/** A plot's drawing area in CSS pixels and what its edges stand for. */
export interface Frame {
  left: number; top: number; width: number; height: number;
  xMin: number; xMax: number; yMin: number; yMax: number; rightMin: number; rightMax: number;
  /** True when y grows downward, as lanes do. */
  isDown: boolean;
}

export function frameOf(model: PlotModel, left: number, top: number, width: number, height: number): Frame {
  const { x, y, right } = model;
  return {
    left, top, width, height,
    xMin: x.kind === 'time' ? x.startMs : x.min, xMax: x.kind === 'time' ? x.endMs : x.max,
    yMin: y.kind === 'lanes' ? 0 : y.min, yMax: y.kind === 'lanes' ? y.lanes.length : y.max, isDown: y.kind === 'lanes',
    rightMin: right?.min ?? 0, rightMax: right?.max ?? 1,
  };
}

export const atX = (f: Frame, x: number): number => f.left + ((x - f.xMin) / (f.xMax - f.xMin)) * f.width;
export const xAt = (f: Frame, px: number): number => f.xMin + ((px - f.left) / f.width) * (f.xMax - f.xMin);

export function atY(f: Frame, y: number, axis: Mark['axis']): number {
  const [min, max] = axis === 'right' ? [f.rightMin, f.rightMax] : [f.yMin, f.yMax];
  const share = (y - min) / (max - min);
  return f.isDown ? f.top + share * f.height : f.top + (1 - share) * f.height;
}

export const yAt = (f: Frame, py: number): number =>
  f.isDown ? f.yMin + ((py - f.top) / f.height) * (f.yMax - f.yMin) : f.yMin + (1 - (py - f.top) / f.height) * (f.yMax - f.yMin);

/** A line as pixels; stepped lines hold each value to the next point, and end with their last point. */
function pathOf(f: Frame, x: readonly number[], y: readonly (number | null)[], axis: Mark['axis'], isStepped: boolean): number[] {
  const xy: number[] = [];
  for (let i = 0; i < x.length; i++) {
    const value = y[i];
    if (value == null) {
      if (isStepped && i > 0 && y[i - 1] != null) {
        xy.push(atX(f, x[i]!), atY(f, y[i - 1]!, axis));
      }

      xy.push(Number.NaN, Number.NaN);
      continue;
    }

    const px = atX(f, x[i]!);
    if (isStepped && i > 0 && y[i - 1] != null) {
      xy.push(px, atY(f, y[i - 1]!, axis));
    }

    xy.push(px, atY(f, value, axis));
  }

  return xy;
}

/** Parallel strokes across a rectangle, 7 px apart, for what was not seen or was filled in. */
function hatch(painter: Painter, x: number, y: number, width: number, height: number, color: string): void {
  const xy: number[] = [];
  const first = Math.ceil((x + y) / 7) * 7;
  for (let d = first; d < x + width + y + height; d += 7) {
    const x0 = Math.max(x, d - y - height);
    const x1 = Math.min(x + width, d - y);
    if (x1 > x0) {
      xy.push(x0, d - x0, x1, d - x1, Number.NaN, Number.NaN);
    }
  }

  painter.line(xy, color, 1.4, [], 1);
}

/** Draws a plot's marks into its frame. Returns nothing; order is the order of the list. */
export function paintMarks(painter: Painter, model: PlotModel, frame: Frame, palette: Palette): void {
  const right = frame.left + frame.width;
  const bottom = frame.top + frame.height;
  painter.clipped(frame.left, frame.top, frame.width, frame.height, () => {
    for (const mark of model.marks) {
      const color = palette[mark.ink];
      const opacity = mark.opacity ?? 1;
      switch (mark.kind) {
        case 'dots': {
          const xy = new Float64Array(mark.x.length * 2);
          let n = 0;
          for (let i = 0; i < mark.x.length; i++) {
            const x = mark.x[i]!;
            const y = mark.y[i]!;
            if (x >= frame.xMin && x <= frame.xMax && y >= (mark.axis === 'right' ? frame.rightMin : frame.yMin) && y <= (mark.axis === 'right' ? frame.rightMax : frame.yMax)) {
              xy[n++] = atX(frame, x);
              xy[n++] = atY(frame, y, mark.axis);
            }
          }

          // On a phone the same dots share a quarter of the room.
          painter.dots(xy.subarray(0, n), mark.shape, frame.width < NARROW ? mark.size * 0.75 : mark.size, color, opacity);
          break;
        }

        case 'line': {
          const xy = pathOf(frame, mark.x, mark.y, mark.axis, mark.isStepped ?? false);
          if (mark.hasHalo) {
            painter.line(xy, palette.plot, mark.width + 2.4, [], 1);
          }

          painter.line(xy, color, mark.width, mark.dash ?? [], opacity);
          break;
        }

        case 'boxes': {
          const boxes: number[] = [];
          const colors: string[] = [];
          const last = new Map<number, number>();
          for (let i = 0; i < mark.x0.length; i++) {
            const x0 = Math.max(frame.left, atX(frame, mark.x0[i]!));
            const x1 = Math.min(right, atX(frame, mark.x1[i]!));
            if (x1 < frame.left || x0 > right || x1 < x0) {
              continue;
            }

            // Of many boxes in one pixel, one is enough.
            const [column, row] = [Math.floor(x0 * 2), mark.y0[i]!];
            if (x1 - x0 < 0.5 && last.get(row) === column && !mark.colors) {
              continue;
            }

            last.set(row, column);
            const a = atY(frame, mark.y0[i]!, mark.axis);
            const b = atY(frame, mark.y1[i]!, mark.axis);
            const width = Math.max(mark.leastWidth ?? 0.6, x1 - x0);
            if (mark.isHatched) {
              hatch(painter, x0, Math.min(a, b), width, Math.abs(b - a), color);
            } else {
              boxes.push(x0, Math.min(a, b), width, Math.abs(b - a));
              colors.push(mark.colors?.[i] ?? color);
            }
          }

          if (mark.colors) {
            for (let i = 0; i < colors.length; i++) {
              painter.boxes(boxes.slice(i * 4, i * 4 + 4), colors[i]!, opacity);
            }
          } else if (boxes.length > 0) {
            painter.boxes(boxes, color, opacity);
          }

          break;
        }

        case 'shapes':
          for (const points of mark.points) {
            painter.shape(points.map((v, i) => (i % 2 === 0 ? atX(frame, v) : atY(frame, v, mark.axis))), color, opacity);
          }

          break;
        case 'levels':
          for (let i = 0; i < mark.y.length; i++) {
            const y = atY(frame, mark.y[i]!, mark.axis);
            painter.line([frame.left, y, right, y], color, 1.4, mark.dash ?? [5, 3], opacity);
            painter.text(right - 4, y - 4, mark.labels[i] ?? '', { color, size: 11, anchor: 'end', halo: palette.plot });
          }

          break;
        case 'rules': {
          let free = frame.left;
          for (let i = 0; i < mark.x.length; i++) {
            const x = atX(frame, mark.x[i]!);
            if (x >= frame.left - 1 && x <= right) {
              painter.line([x, frame.top, x, bottom], color, 1.2, [1, 3], opacity);
            }

            const start = Math.max(frame.left, x);
            const next = i + 1 < mark.x.length ? Math.min(right, atX(frame, mark.x[i + 1]!)) : right;
            const fitting = fit(mark.labels[i] ?? '', next - start - 8);
            if (fitting && start >= free && start < right) {
              painter.text(start + 4, frame.top + 12, fitting, { color, size: 11, halo: palette.plot });
              free = start + 4 + textWidth(fitting, 11);
            }
          }

          break;
        }

        case 'spans':
          for (let i = 0; i < mark.x0.length; i++) {
            const x0 = Math.max(frame.left, atX(frame, mark.x0[i]!));
            const x1 = Math.min(right, atX(frame, mark.x1[i]!));
            if (x1 <= x0) {
              continue;
            }

            if (mark.isHatched) {
              hatch(painter, x0, frame.top, x1 - x0, frame.height, color);
            } else {
              painter.boxes([x0, frame.top, x1 - x0, frame.height], color, opacity);
            }
          }

          break;
      }
    }
  });
}

/** Near enough for a proportional font to decide what fits. */
export const textWidth = (text: string, size = 12): number => text.length * size * 0.54;

/** The longest of "a · b · c", "a · b", "a" that fits; nothing when none does. */
function fit(label: string, width: number): string {
  let text = label;
  while (text !== '' && textWidth(text, 11) > width) {
    const cut = text.lastIndexOf(' · ');
    text = cut > 0 ? text.slice(0, cut) : '';
  }

  return text;
}

export function leftRoom(model: PlotModel, width: number): number {
  if (model.y.kind === 'lanes') {
    const isNarrow = width < 560;
    return Math.min(isNarrow ? 92 : 210, 16 + Math.max(24, ...model.y.lanes.map(l => textWidth(isNarrow ? l.short : l.label))));
  }

  if (model.y.ticks) {
    return Math.min(width < 560 ? 60 : 200, 16 + Math.max(24, ...model.y.ticks.map(t => textWidth(width < 560 ? t.short : t.label))));
  }

  return width < 560 ? 50 : 60;
}

export const rightRoom = (model: PlotModel, width: number): number => (model.right ? (width < 560 ? 40 : 56) : model.x.kind === 'time' ? 30 : 14);

export interface AxisTick { value: number; label: string; isStrong: boolean }

export function xTicks(model: PlotModel, width: number): AxisTick[] {
  const most = Math.max(2, Math.floor(width / 78));
  if (model.x.kind === 'time') {
    return timeTicks(model.x.zone, model.x.startMs, model.x.endMs, most).map(t => ({ value: t.timeMs, label: t.label, isStrong: t.isDay }));
  }

  const format = model.x.format ?? plain;
  return numberTicks(model.x.min, model.x.max, most).map(value => ({ value, label: format(value), isStrong: false }));
}

export function yTicks(scale: NumberScale, height: number, width: number): AxisTick[] {
  if (scale.ticks) {
    return scale.ticks.map(t => ({ value: t.value, label: width < 560 ? t.short : t.label, isStrong: false }));
  }

  const format = scale.format ?? plain;
  return numberTicks(scale.min, scale.max, Math.max(2, Math.floor(height / 44))).map(value => ({ value, label: format(value), isStrong: false }));
}

/** Plots narrower than this are a phone's, px. */
const NARROW = 420;

const TOP = 8;
const BOTTOM = 38;

/** Draws axes, grid and marks of one plot for a picture; on screen the plot library draws the axes from the same ticks. */
export function paintPlot(painter: Painter, model: PlotModel, x: number, y: number, width: number, palette: Palette): void {
  const left = x + leftRoom(model, width);
  const right = x + width - rightRoom(model, width);
  const frame = frameOf(model, left, y + TOP, right - left, model.height - TOP - BOTTOM);
  const bottom = frame.top + frame.height;
  painter.boxes([frame.left, frame.top, frame.width, frame.height], palette.plot, 1);
  for (const tick of xTicks(model, frame.width)) {
    const at = atX(frame, tick.value);
    painter.line([at, frame.top, at, bottom], tick.isStrong ? palette.edge : palette.grid, 1, [], 1);
    tick.label.split('\n').forEach((text, row) => painter.text(at, bottom + 16 + row * 14, text, { color: palette.muted, size: 11, anchor: 'middle' }));
  }

  if (model.y.kind === 'lanes') {
    const isNarrow = width < 560;
    model.y.lanes.forEach((lane, i) => {
      const top = atY(frame, i, 'left');
      const next = atY(frame, i + 1, 'left');
      painter.line([frame.left, next, right, next], palette.grid, 1, [], 1);
      painter.text(frame.left - 8, (top + next) / 2 + 4, isNarrow ? lane.short : lane.label, { color: palette.text, size: 12, anchor: 'end' });
    });
  } else {
    for (const tick of yTicks(model.y, frame.height, width)) {
      const at = atY(frame, tick.value, 'left');
      painter.line([frame.left, at, right, at], palette.grid, 1, [], 1);
      painter.text(frame.left - 6, at + 4, tick.label, { color: palette.muted, size: 11, anchor: 'end' });
    }

    painter.text(x + 12, frame.top + frame.height / 2, model.y.label, { color: palette.muted, size: 11, anchor: 'middle', isUpward: true });
  }

  if (model.right) {
    for (const tick of yTicks(model.right, frame.height, width)) {
      painter.text(right + 6, atY(frame, tick.value, 'right') + 4, tick.label, { color: palette.muted, size: 11 });
    }

    if (width >= 560) {
      painter.text(x + width - 4, frame.top + frame.height / 2, model.right.label, { color: palette.muted, size: 11, anchor: 'middle', isUpward: true });
    }
  }

  paintMarks(painter, model, frame, palette);
  painter.line([frame.left, frame.top, right, frame.top, right, bottom, frame.left, bottom, frame.left, frame.top], palette.edge, 1, [], 1);
  if (model.x.kind === 'number') {
    painter.text((frame.left + right) / 2, bottom + 32, model.x.label, { color: palette.muted, size: 11, anchor: 'middle' });
  }
}

export interface Picture { title: string; subtitle: string; source: string; plots: readonly PlotModel[] }

/** How high a picture of this width becomes. */
export function pictureHeight(picture: Picture, width: number): number {
  return 64 + rowsOf(legendOf(picture.plots), width).length * 20 + linesOf(picture.plots).reduce((sum, line) => sum + 26 + Math.max(...line.map(p => p.height)), 0) + 28;
}

/** Plots that share a line stand beside each other. */
export function linesOf(plots: readonly PlotModel[]): PlotModel[][] {
  const lines: PlotModel[][] = [];
  let used = 1;
  for (const plot of plots) {
    const share = plot.share ?? 1;
    if (used + share > 1.001) {
      lines.push([plot]);
      used = share;
    } else {
      lines.at(-1)!.push(plot);
      used += share;
    }
  }

  return lines;
}

function rowsOf(entries: LegendEntry[], width: number): LegendEntry[][] {
  const rows: LegendEntry[][] = [];
  let x = width;
  for (const entry of entries) {
    const own = 44 + textWidth(entry.name);
    if (x + own > width - 16) {
      rows.push([]);
      x = 16;
    }

    rows.at(-1)!.push(entry);
    x += own;
  }

  return rows;
}

/** Signs are small: faint marks are shown stronger than they are drawn, and areas keep their order. */
export const signOpacity = ({ kind, opacity = 1 }: LegendEntry): number => Math.min(1, kind === 'box' ? Math.max(0.25, opacity * 1.5) : Math.max(0.45, opacity));

/** Draws one sign of a legend in a 24 by 12 px box. */
export function paintSign(painter: Painter, entry: LegendEntry, x: number, y: number, palette: Palette): void {
  const color = palette[entry.ink];
  const opacity = signOpacity(entry);
  switch (entry.kind) {
    case 'line': painter.line([x, y + 6, x + 24, y + 6], color, 2, entry.dash ?? [], opacity); break;
    case 'box': painter.boxes([x + 4, y + 1, 16, 10], color, opacity); break;
    case 'amount': [0, 1, 2, 3, 4, 5].forEach(i => painter.boxes([x + i * 4, y + 1, 4, 10], viridis(i / 5), 1)); break;
    case 'hatch': hatch(painter, x + 2, y, 20, 12, color); break;
    default: painter.dots([x + 12, y + 6], entry.kind, entry.kind === 'dot' ? 6 : 8, color, opacity);
  }
}

/** Draws a whole picture for paper or another program: title, legend, plots, and where it comes from. */
export function paintPicture(painter: Painter, picture: Picture, width: number, palette: Palette): void {
  painter.boxes([0, 0, width, pictureHeight(picture, width)], palette.paper, 1);
  painter.text(16, 26, picture.title, { color: palette.text, size: 17, weight: 600 });
  painter.text(16, 46, picture.subtitle, { color: palette.muted, size: 12 });
  let y = 58;
  for (const row of rowsOf(legendOf(picture.plots), width)) {
    let x = 16;
    for (const entry of row) {
      paintSign(painter, entry, x, y, palette);
      painter.text(x + 30, y + 10, entry.name, { color: palette.muted, size: 12 });
      x += 44 + textWidth(entry.name);
    }

    y += 20;
  }

  for (const line of linesOf(picture.plots)) {
    let x = 8;
    for (const plot of line) {
      const own = (width - 16) * (plot.share ?? 1);
      painter.text(x + 8, y + 18, plot.title, { color: palette.text, size: 13, weight: 600 });
      if (plot.note) {
        painter.text(x + own - 14, y + 18, plot.note, { color: palette.muted, size: 12, anchor: 'end' });
      }

      paintPlot(painter, plot, x, y + 24, own, palette);
      x += own;
    }

    y += 26 + Math.max(...line.map(p => p.height));
  }

  painter.text(16, y + 16, picture.source, { color: palette.muted, size: 11 });
}
