import type { JSX } from 'preact';
import { barText, partsOf, type AdaptiveGreen } from './answers';

interface BarsProps {
  greens: readonly AdaptiveGreen[];
  rings: readonly number[];
  coordinated: readonly number[];
  fromMs: number;
  atMs: number;
  label: string;
}

/** What a signal showed in the last minutes: a line for each ring, a block for each green with its phase, yellow behind it, red left empty. */
export function Bars({ greens, rings, coordinated, fromMs, atMs, label }: BarsProps): JSX.Element {
  return (
    <div class="phase-bars" role="img" aria-label={`${label}, ${barText(greens, fromMs, atMs)}`}>
      {rings.map(ring => (
        <div key={ring} class="phase-bar">
          {partsOf(greens, ring, fromMs, atMs).map(p => (
            <span key={`${p.phase} ${p.kind} ${p.left}`} class={`bar-part is-${p.kind}${coordinated.includes(p.phase) ? ' is-coordinated' : ''}`} style={{ left: `${p.left}%`, width: `${p.width}%` }}>
              {p.kind === 'green' && p.width > 4 && p.phase}
            </span>
          ))}
        </div>
      ))}
    </div>
  );
}
