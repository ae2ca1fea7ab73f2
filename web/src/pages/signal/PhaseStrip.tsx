import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { getJson, ProblemError } from '../../api/client';
import type { SignalDetail, StateAnswer } from '../../api/types';
import { approachOf, overlapName } from '../../charts/words';
import { lengthText } from '../../plot/time';
import { nowMs } from '../../state/live';

const EVERY_MS = 1000;

const WALK_WORDS: Record<string, string> = { walk: 'Walk', clearance: 'Clearing', 'dont-walk': 'Don’t walk' };

/** Every phase's display now: red above, yellow in the middle, green below, as on the street; with how long it has stood and the walk beside it. */
export function PhaseStrip({ detail }: { detail: SignalDetail }): JSX.Element | null {
  const id = detail.signal.id;
  const [state, setState] = useState<StateAnswer | null>(null);
  const [isOffered, setOffered] = useState(true);
  useEffect(() => {
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async (): Promise<void> => {
      try {
        if (!document.hidden) {
          setState(await getJson<StateAnswer>(`/signals/${encodeURIComponent(id)}/state`, { signal: abort.signal }));
        }
      } catch (error) {
        if (abort.signal.aborted) {
          return;
        }

        if (error instanceof ProblemError && (error.status === 404 || error.status === 403)) {
          setOffered(false);
          return;
        }

        setState(null);
      }

      if (!abort.signal.aborted) {
        timer = setTimeout(() => void ask(), EVERY_MS);
      }
    };
    void ask();
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [id]);

  if (!isOffered) {
    return null;
  }

  if (!state) {
    return <div class="phase-strip is-waiting" aria-busy="true"><span class="muted">Asking for the displays…</span></div>;
  }

  const now = nowMs();
  const walks = new Map(state.pedestrians.map(p => [p.phase, p.state]));
  return (
    <div class="phase-strip scrolls-itself no-print" role="group" aria-label="Displays now" tabIndex={0}>
      {state.phases.map(({ phase, state: shown, sinceMs }) => {
        const walk = walks.get(phase);
        const since = sinceMs === null ? '' : lengthText(Math.max(0, now - sinceMs)).replace(/\.\d s/, ' s');
        return <Head key={`p${phase}`} name={`${phase}`} title={approachOf(detail, String(phase))} shown={shown} since={since} walk={walk ? WALK_WORDS[walk] ?? '' : ''} walkState={walk ?? ''} />;
      })}
      {state.overlaps.map(({ overlap, state: shown, sinceMs }) => (
        <Head key={`o${overlap}`} name={overlapName(overlap)} title={approachOf(detail, overlapName(overlap))} shown={shown} since={sinceMs === null ? '' : lengthText(Math.max(0, now - sinceMs)).replace(/\.\d s/, ' s')} walk="" walkState="" />
      ))}
      <span class="phase-facts">
        {state.pattern !== null && <span>{state.pattern === 254 ? 'Free' : state.pattern === 255 ? 'Flash' : `Plan ${state.pattern}`}</span>}
        {state.preempt !== null && <span class="is-partial">Preempt {state.preempt}</span>}
        <span>{state.detectors.filter(d => d.isOn).length} of {state.detectors.length} detectors on</span>
        {state.detectors.some(d => d.fault !== null) && <span class="is-partial">{state.detectors.filter(d => d.fault !== null).length} at fault</span>}
      </span>
    </div>
  );
}

function Head({ name, title, shown, since, walk, walkState }: { name: string; title: string; shown: string; since: string; walk: string; walkState: string }): JSX.Element {
  return (
    <div class="phase-head" title={title ? `${title}: ${shown}` : shown}>
      <svg viewBox="0 0 14 38" width="14" height="38" role="img" aria-label={`${name} ${title}: ${shown}${walk ? `, ${walk}` : ''}`}>
        <rect x="0.5" y="0.5" width="13" height="37" rx="3" class="head-box" />
        <circle cx="7" cy="7.5" r="4.6" class={shown === 'red' ? 'lamp is-red' : 'lamp'} />
        <circle cx="7" cy="19" r="4.6" class={shown === 'yellow' ? 'lamp is-yellow' : 'lamp'} />
        <circle cx="7" cy="30.5" r="4.6" class={shown === 'green' ? 'lamp is-green' : 'lamp'} />
      </svg>
      <span class="phase-words"><strong>{name}</strong><span class="numbers">{since}</span>{walk && <span class={`walk is-${walkState}`}>{walk}</span>}</span>
    </div>
  );
}
