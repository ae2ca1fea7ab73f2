import type { ComponentChildren, JSX } from 'preact';
import type { SignalClass } from '../api/types';
import { classes, shapes, wordOf } from './status';

/** A state as shape and color; with `words` also in words, otherwise named for those who do not see it. */
export function StatusMark({ state, words = false, size = 14 }: { state: SignalClass; words?: boolean; size?: number }): JSX.Element {
  const shape = shapes[state] ?? shapes.unknown;
  const color = `var(${classes.find(c => c.name === state)?.token ?? '--class-unknown'})`;
  const mark = (
    <svg class="mark" width={size} height={size} viewBox="0 0 20 20" role={words ? undefined : 'img'} aria-hidden={words ? 'true' : undefined} aria-label={words ? undefined : wordOf(state)}>
      <path d={shape.path} fill={shape.stroke ? 'none' : color} stroke={shape.stroke ? color : 'var(--class-edge)'} stroke-width={shape.stroke ? 2.4 : 1.3} stroke-linejoin="round" />
      {state === 'flash' && <path d="M10 5.5v6M10 14v.6" stroke="var(--class-edge)" stroke-width="2.2" stroke-linecap="round" />}
    </svg>
  );
  return words ? <span class="mark-word">{mark}{wordOf(state)}</span> : mark;
}

export type BadgeTone = 'plain' | 'good' | 'warn' | 'bad' | 'info';

export function Badge({ tone = 'plain', title, children }: { tone?: BadgeTone; title?: string; children: ComponentChildren }): JSX.Element {
  return <span class={`badge is-${tone}`} title={title}>{children}</span>;
}

interface SparklineProps {
  points: readonly { t: number; v: number | null }[];
  /** A line at the value that was crossed. */
  limit?: number | null;
  /** What it shows, for those who do not see it. */
  label: string;
  width?: number;
  height?: number;
}

/** A small line of values over time. Missing values leave a gap. */
export function Sparkline({ points, limit = null, label, width = 120, height = 28 }: SparklineProps): JSX.Element | null {
  const drawn = sparklinePath(points, limit, width, height);
  if (!drawn) {
    return null;
  }

  return (
    <svg class="sparkline" width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
      {drawn.limitY !== null && <path class="limit" d={`M0 ${drawn.limitY}H${width}`} />}
      <path d={drawn.line} />
      {drawn.dots.map(([x, y]) => <circle key={x} cx={x} cy={y} r="1.6" />)}
    </svg>
  );
}

/** The line of a sparkline, a dot for values that stand alone, and the height of the limit; null without values. */
export function sparklinePath(points: SparklineProps['points'], limit: number | null, width: number, height: number): { line: string; dots: [number, number][]; limitY: number | null } | null {
  const values = points.flatMap(p => (p.v === null ? [] : [p.v]));
  if (values.length === 0) {
    return null;
  }

  const low = Math.min(...values, limit ?? Infinity);
  const high = Math.max(...values, limit ?? -Infinity);
  const first = points[0]!.t;
  const span = points[points.length - 1]!.t - first;
  const x = (t: number) => round(span === 0 ? width / 2 : 1 + ((t - first) / span) * (width - 2));
  const y = (v: number) => round(high === low ? height / 2 : height - 2 - ((v - low) / (high - low)) * (height - 4));
  let line = '';
  const dots: [number, number][] = [];
  points.forEach((p, i) => {
    if (p.v === null) {
      return;
    }

    const joins = i > 0 && points[i - 1]!.v !== null;
    line += `${joins ? 'L' : 'M'}${x(p.t)} ${y(p.v)}`;
    if (!joins && (i === points.length - 1 || points[i + 1]!.v === null)) {
      dots.push([x(p.t), y(p.v)]);
    }
  });
  return { line, dots, limitY: limit === null ? null : y(limit) };
}

const round = (n: number): number => Math.round(n * 10) / 10;
