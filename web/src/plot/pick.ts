import type { Mark, PlotModel } from './model';
import { atX, atY, type Frame } from './paint';

export interface Pick { mark: Mark; index: number; distance: number }

/** How far from a mark a pointer still means it, CSS px. */
const REACH = 14;

/** The mark nearest to a place on a plot, of those that have something to say or to show; null when none is near. */
export function pickMark(model: PlotModel, frame: Frame, px: number, py: number): Pick | null {
  let best: Pick | null = null;
  const offer = (mark: Mark, index: number, distance: number): void => {
    if (distance < (best?.distance ?? REACH)) {
      best = { mark, index, distance };
    }
  };
  for (const mark of model.marks) {
    if (!mark.say && !mark.behind) {
      continue;
    }

    if (mark.kind === 'dots') {
      for (let i = 0; i < mark.x.length; i++) {
        const dx = atX(frame, mark.x[i]!) - px;
        if (dx > -REACH && dx < REACH) {
          offer(mark, i, Math.hypot(dx, atY(frame, mark.y[i]!, mark.axis) - py));
        }
      }
    } else if (mark.kind === 'boxes') {
      for (let i = 0; i < mark.x0.length; i++) {
        const a = atY(frame, mark.y0[i]!, mark.axis);
        const b = atY(frame, mark.y1[i]!, mark.axis);
        const dx = Math.max(atX(frame, mark.x0[i]!) - px, 0, px - atX(frame, mark.x1[i]!));
        const dy = Math.max(Math.min(a, b) - py, 0, py - Math.max(a, b));
        // A box holds what is pointed at inside it, but a dot in the box is meant first.
        offer(mark, i, Math.max(4, Math.hypot(dx, dy)));
      }
    } else if (mark.kind === 'rules') {
      for (let i = 0; i < mark.x.length; i++) {
        offer(mark, i, Math.max(3, Math.abs(atX(frame, mark.x[i]!) - px)));
      }
    }
  }

  return best;
}

/** The places that arrow keys step through: where marks are, in order, each once. */
export function stopsOf(model: PlotModel): number[] {
  const stops = new Set<number>();
  for (const mark of model.marks) {
    if (mark.kind === 'dots' || mark.kind === 'line') {
      mark.x.forEach(x => stops.add(x));
    } else if (mark.kind === 'boxes') {
      mark.x0.forEach(x => stops.add(x));
    }
  }

  const { x } = model;
  const [min, max] = x.kind === 'time' ? [x.startMs, x.endMs] : [x.min, x.max];
  return [...stops].filter(s => s >= min && s <= max).sort((a, b) => a - b);
}

/** The stop so many steps from a place; the nearest one first when there is no place yet. */
export function step(stops: readonly number[], from: number | null, by: number): number | null {
  if (stops.length === 0) {
    return null;
  }

  if (from === null) {
    return by >= 0 ? stops[0]! : stops.at(-1)!;
  }

  let low = 0;
  let high = stops.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (stops[middle]! < from) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }

  const isAt = stops[low] === from;
  const index = by > 0 ? low + by - (isAt ? 0 : 1) : low + by;
  return stops[Math.min(stops.length - 1, Math.max(0, index))]!;
}
