import type { JSX } from 'preact';
import { ringText, round, type RetimingPattern } from './answers';

/** A pattern's rings as bars along its cycle: a part per phase, its change interval hatched, coordinated phases marked. The same scale for both of a pair. */
export function Rings({ pattern, scaleS, label }: { pattern: RetimingPattern | null; scaleS: number; label: string }): JSX.Element {
  if (!pattern || pattern.rings.length === 0) {
    return <p class="muted rings-none">{pattern ? 'Its splits do not fill its cycle: not drawn.' : 'runs free'}</p>;
  }

  const at = (seconds: number) => `${(100 * seconds) / scaleS}%`;
  return (
    <div class="rings">
      {pattern.rings.map((ring, i) => (
        <div key={i} class="ring" role="img" aria-label={`${label}, ring ${i + 1}: ${ringText(ring)}`}>
          <span class="ring-cycle" style={{ width: at(pattern.cycleS) }} />
          {ring.map(p => (
            <span key={p.phase} class={`ring-phase${p.isCoordinated ? ' is-coordinated' : ''}`} style={{ left: at(p.startS), width: at(p.splitS) }} title={`Phase ${p.phase}${p.movement ? `, ${p.movement}` : ''}: ${round(p.splitS, 1)} s`}>
              <b>{p.phase}</b><span class="ring-split">{round(p.splitS, 0)}</span>
              <i class="ring-change" style={{ width: `${(100 * (p.yellowS + p.redClearanceS)) / p.splitS}%` }} />
            </span>
          ))}
        </div>
      ))}
    </div>
  );
}
