import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { setWall } from '../../app/theme';
import { useKeys } from '../../app/keys';
import { useCity, useConnection, useFindingsCount, useNow, useSignals, useSignalsKnown } from '../../state/live';
import { Link, navigate } from '../../state/url';
import { clockOf, lengthOf } from '../../state/zone';
import { classes, countClasses, StatusMark } from '../../ui';
import { reasonsOf } from '../signals/signalWords';
import { sortForList, useMapChunk } from './MapPage';
import './map.css';

/** Height of a row with the space below it, in pixels; as many are shown as fit, since nobody scrolls a wall. */
const rowHeight = 100;
const mostRows = 12;

/** For a control room, read at three meters: what is normal recedes, only the abnormal is bright, and nothing flashes. */
export default function WallPage(): JSX.Element {
  const signals = useSignals();
  const { isKnown } = useSignalsKnown();
  const city = useCity();
  const now = useNow();
  const findings = useFindingsCount();
  const { state, heardMs } = useConnection();
  const MapView = useMapChunk();
  const rows = useRef<HTMLDivElement>(null);
  const [fits, setFits] = useState(mostRows);
  const counts = countClasses(signals);
  const abnormal = sortForList(signals.filter(s => classes.find(c => c.name === s.status.class)?.isAbnormal), null);

  useEffect(() => {
    setWall(true);
    const frame = rows.current!;
    const measure = () => setFits(matchMedia('(max-width: 1200px)').matches ? mostRows : Math.min(mostRows, Math.max(1, Math.floor((frame.clientHeight + 8) / rowHeight))));
    const watch = new ResizeObserver(measure);
    watch.observe(frame);
    return () => {
      watch.disconnect();
      setWall(false);
    };
  }, []);
  useKeys([{ keys: 'Escape', does: 'Leave the wall view', group: 'Wall', run: () => navigate('/') }]);

  return (
    <main class="wall-page" id="main">
      <div class="wall-head">
        <h1>{city?.name ?? 'Crosstown'}</h1>
        {findings !== null && <span class={findings === 0 ? 'muted' : ''}>{findings} open {findings === 1 ? 'finding' : 'findings'}</span>}
        {state === 'lost' && <span class="wall-lost" role="status">Connection lost · data {lengthOf(Date.now() - (heardMs ?? Date.now()))} old</span>}
        <span class="wall-clock">{city ? clockOf(now, city.zone) : ''}</span>
        <Link class="button" href="/" aria-label="Leave the wall view">Leave</Link>
      </div>
      <div class="wall-tiles" aria-busy={isKnown ? undefined : 'true'}>
        {classes.map(c => {
          const isBright = c.isAbnormal && counts[c.name] > 0;
          return (
            <div key={c.name} class={`wall-tile ${isBright ? 'is-bright' : 'is-calm'}`} style={isBright ? { borderColor: `var(${c.token})` } : undefined}>
              <StatusMark state={c.name} size={44} />
              <div><strong>{isKnown ? counts[c.name].toLocaleString('en-US') : '–'}</strong><div>{c.word}</div></div>
            </div>
          );
        })}
      </div>
      <div class="wall-map">{MapView && city && <MapView signals={signals} ground={city.basemap ?? 'geojson'} isWall />}</div>
      <section class="wall-list" aria-label="Signals that need a look">
        <h2>Needs a look</h2>
        {isKnown && abnormal.length === 0 && <p class="wall-all-well">Nothing now. {counts.unknown > 0 && `${counts.unknown} never heard of.`}</p>}
        <div class="wall-rows" ref={rows}><ul>
          {abnormal.slice(0, fits).map(s => (
            <li key={s.id}>
              <StatusMark state={s.status.class} size={34} />
              <span class="name">{s.id} {s.name}</span>
              <span class="numbers">{s.status.sinceMs === null ? '' : lengthOf(now - s.status.sinceMs)}</span>
              {s.status.reasons.length > 0 && <span class="why">{reasonsOf(s)}</span>}
            </li>
          ))}
        </ul></div>
        {abnormal.length > fits && <p>and {(abnormal.length - fits).toLocaleString('en-US')} more</p>}
      </section>
    </main>
  );
}
