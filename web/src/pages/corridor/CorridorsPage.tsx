import type { JSX } from 'preact';
import { capital } from '../../charts/words';
import { count } from '../../plot/numbers';
import { Link } from '../../state/Link';
import { useCity, useSignals } from '../../state/live';
import { DataTable, Empty, Panel, StatusMark } from '../../ui';
import './corridor.css';

/** The streets whose signals are timed together. */
export default function CorridorsPage(): JSX.Element {
  const city = useCity();
  const signals = useSignals();
  const states = new Map(signals.map(s => [s.id, s.status.class]));
  return (
    <main class="page" id="main" aria-busy={city === null ? 'true' : undefined}>
      <div class="page-head"><h1>Corridors</h1></div>
      {city && (
        <Panel title="Streets whose signals are timed together" flush>
          <DataTable
            caption="Corridors" rows={city.corridors} rowKey={c => c.id} empty={<Empty title="No corridor is configured">Name corridors and their signals in the city’s configuration.</Empty>}
            columns={[
              { key: 'name', title: 'Corridor', isHead: true, value: c => c.name, cell: c => <Link href={`/corridors/${encodeURIComponent(c.id)}`}>{c.name || c.id}</Link> },
              { key: 'ways', title: 'Ways', value: c => `${capital(c.forward)} and ${c.backward}` },
              { key: 'signals', title: 'Signals', align: 'right', value: c => c.signals.length },
              { key: 'length', title: 'Length', unit: 'ft', align: 'right', value: c => c.signals.at(-1)?.distanceFt ?? null, cell: c => count(c.signals.at(-1)?.distanceFt) },
              { key: 'states', title: 'How they are', value: c => c.signals.filter(s => states.get(s.signal) !== 'healthy').length, cell: c => <span class="corridor-states">{c.signals.map(s => <Link key={s.signal} href={`/signals/${encodeURIComponent(s.signal)}`} title={s.signal}><StatusMark state={states.get(s.signal) ?? 'unknown'} /></Link>)}</span> },
            ]}
          />
        </Panel>
      )}
    </main>
  );
}
