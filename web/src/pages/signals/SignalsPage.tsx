import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { SignalAnswer } from '../../api/types';
import { fit } from '../../app/Palette';
import { useCity, useNow, useSignals, useSignalsKnown } from '../../state/live';
import { Link, useUrlState } from '../../state/url';
import { lengthOf } from '../../state/zone';
import { DataTable, Empty, Failure, Panel, rankOf, StatusMark, type SortOrder, type TableColumn } from '../../ui';
import { ClassChips, readClasses } from './ClassChips';
import { patternText, reasonsOf } from './signalWords';

/** All signals as a list: found by number or street, by state, in any order. */
export default function SignalsPage(): JSX.Element {
  const signals = useSignals();
  const { isKnown, error } = useSignalsKnown();
  const city = useCity();
  const now = useNow();
  const [query, setQuery] = useUrlState('q', '');
  const [classText] = useUrlState('class', '');
  const [corridorId, setCorridor] = useUrlState('corridor', '');
  const [sortText, setSort] = useUrlState('sort', 'state');
  const sort: SortOrder = { key: sortText.replace(/^-/, ''), descending: sortText.startsWith('-') };
  const wanted = readClasses(classText);
  const corridor = city?.corridors.find(c => c.id === corridorId);
  const inScope = useMemo(() => {
    const members = corridor && new Set(corridor.signals.map(s => s.signal));
    return signals.filter(s => (!members || members.has(s.id)) && (query.trim() === '' || fit(s, query) !== null));
  }, [signals, corridor, query]);
  const rows = wanted.length === 0 ? inScope : inScope.filter(s => wanted.includes(s.status.class));
  // Ages grow by the second; the table is built anew only when a shown figure can have changed.
  const at = Math.floor(now / 5000) * 5000;
  const columns = useMemo(() => columnsAt(at), [at]);

  return (
    <main class="page" id="main">
      <div class="page-head">
        <h1>Signals</h1>
        <div class="page-actions">
          <input class="input" type="search" placeholder="Number or street" aria-label="Number or street" value={query} onInput={e => setQuery(e.currentTarget.value)} />
          {city && city.corridors.length > 0 && (
            <select class="input" aria-label="Corridor" value={corridorId} onChange={e => setCorridor(e.currentTarget.value, 'push')}>
              <option value="">All corridors</option>
              {city.corridors.map(c => <option key={c.id} value={c.id}>{c.name}</option>)}
            </select>
          )}
        </div>
      </div>
      <ClassChips signals={inScope} />
      <Panel title={rows.length === signals.length ? 'All signals' : 'Signals that fit'} subtitle={isKnown ? `${rows.length.toLocaleString('en-US')} of ${signals.length.toLocaleString('en-US')}` : undefined} loading={!isKnown && !error} flush>
        {error && !isKnown ? <Failure error={error} /> : isKnown && (
          <DataTable
            columns={columns}
            rows={rows}
            caption="Signals, their state and the age of their data"
            rowKey={s => s.id}
            sort={sort}
            onSort={next => setSort(`${next.descending ? '-' : ''}${next.key}`)}
            empty={signals.length === 0
              ? <Empty title="No signals yet">Import logs or a configuration, and they appear here.</Empty>
              : <Empty title="No signal fits">Take a filter away to see more.</Empty>}
          />
        )}
      </Panel>
    </main>
  );
}

function columnsAt(now: number): TableColumn<SignalAnswer>[] {
  return [
    { key: 'id', title: 'Signal', isHead: true, value: s => s.id, cell: s => <Link href={`/signals/${encodeURIComponent(s.id)}`}>{s.id}</Link> },
    { key: 'name', title: 'Streets', isWide: true, value: s => s.name },
    { key: 'state', title: 'State', value: s => rankOf(s.status.class), cell: s => <StatusMark state={s.status.class} words /> },
    { key: 'reasons', title: 'What is known of it', isWide: true, sortable: false, value: s => reasonsOf(s) || null },
    { key: 'since', title: 'Since', align: 'right', value: s => (s.status.sinceMs === null ? null : now - s.status.sinceMs), cell: s => (s.status.sinceMs === null ? <Missing /> : <span class="nowrap">{lengthOf(now - s.status.sinceMs)}</span>) },
    { key: 'age', title: 'Data age', hint: 'From the newest event to now', align: 'right', value: s => (s.status.lastEventMs === null ? null : now - s.status.lastEventMs), cell: s => (s.status.lastEventMs === null ? <Missing /> : <span class="nowrap">{lengthOf(now - s.status.lastEventMs)}</span>) },
    { key: 'pattern', title: 'Pattern', hint: 'Coordination pattern in force', align: 'right', value: s => s.status.pattern, cell: s => patternText(s.status.pattern) ?? <Missing /> },
    { key: 'detectors', title: 'Detectors', align: 'right', value: s => (s.isConfigured ? s.detectorCount : null), cell: s => (s.isConfigured ? s.detectorCount : <span class="missing">not configured</span>) },
  ];
}

function Missing(): JSX.Element {
  return <span class="missing" title="Not known">–</span>;
}
