import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { getJson } from '../../api/client';
import type { RankingAnswer, RankingItem, RankingSummary, SignalAnswer } from '../../api/types';
import { useCity, useSignals } from '../../state/live';
import { useLoad } from '../../state/load';
import { TimeScrubber, useRange } from '../../state/range';
import { Link, usePlace, useRoute, useUrlState } from '../../state/url';
import { DataTable, Empty, Failure, Panel, shareText, StatusMark, type SortOrder, type TableColumn } from '../../ui';
import { viridis } from '../../ui/viridis';
import { amountText } from '../map/amounts';
import './rankings.css';

/** Signals by a measure, the one to look at first at the head. */
export default function RankingsPage(): JSX.Element {
  const { params } = useRoute();
  const { search } = usePlace();
  const city = useCity();
  const zone = city?.zone ?? 'UTC';
  const { range } = useRange(zone);
  const signals = useSignals();
  const [sortText, setSort] = useUrlState('sort', '');
  const sort: SortOrder | null = sortText === '' ? null : { key: sortText.replace(/^-/, ''), descending: sortText.startsWith('-') };
  const rankings = useLoad('rankings', signal => getJson<RankingSummary[]>('/rankings', { signal }));
  const name = params['name'] ?? rankings.data?.[0]?.name;
  const ranking = useLoad(
    name && city ? `${name} ${range.startMs} ${range.endMs}` : null,
    signal => getJson<RankingAnswer>(`/rankings/${encodeURIComponent(name!)}?from=${range.startMs}&to=${range.endMs}&limit=5000`, { signal }), name);
  const names = useMemo(() => new Map(signals.map(s => [s.id, s])), [signals]);
  const data = ranking.data;
  const about = rankings.data?.find(r => r.name === name);
  const ranked = useMemo(() => rankItems(data?.items ?? []), [data]);
  const columns = useMemo(() => columnsOf(data, ranked, names, search), [data, ranked, names, search]);

  return (
    <main class="page" id="main">
      <div class="page-head">
        <h1>Rankings</h1>
        <p>Which signals to look at first, by what was measured.</p>
      </div>
      {rankings.error ? <Panel title="Rankings" error={rankings.error} onRetry={rankings.reload} /> : (
        <>
          {city && <TimeScrubber zone={zone} compares={false} />}
          <div class="rankings">
            <nav class="ranking-names" aria-label="Measures to rank by" aria-busy={rankings.isLoading ? 'true' : undefined}>
              <ul>
                {rankings.data?.map(r => (
                  <li key={r.name}><Link href={`/rankings/${r.name}${withoutSort(search)}`} class={r.name === name ? 'is-current' : ''} aria-current={r.name === name ? 'true' : undefined}>{r.title}</Link></li>
                ))}
              </ul>
            </nav>
            <Panel
              title={about?.title ?? 'Ranking'}
              subtitle={data ? `${ranked.length.toLocaleString('en-US')} ranked` : undefined}
              loading={ranking.isLoading}
              error={data ? null : ranking.error}
              onRetry={ranking.reload}
              note={<>{about?.description} {about?.isLeastFirst ? 'The least stands first.' : 'The most stands first.'} What has no data is not ranked as zero. <Link href="/measures">How things are measured</Link></>}
              flush
            >
              {ranking.error && data && <Failure error={ranking.error} onRetry={ranking.reload} />}
              {data && <DataTable columns={columns} rows={ranked} caption={`${data.title}, by signal`} rowKey={r => r.rank} sort={sort} onSort={s => setSort(`${s.descending ? '-' : ''}${s.key}`)} empty={<Empty title="Nothing to rank">No signal has data for this time.</Empty>} />}
            </Panel>
          </div>
        </>
      )}
    </main>
  );
}

interface Ranked extends RankingItem {
  rank: number;
}

/** Items in the order of the server, missing values last, numbered. */
export function rankItems(items: readonly RankingItem[]): Ranked[] {
  return [...items.filter(i => i.value !== null), ...items.filter(i => i.value === null)].map((item, i) => ({ ...item, rank: i + 1 }));
}

function withoutSort(search: string): string {
  const time = new URLSearchParams(search).get('t');
  return time === null ? '' : `?t=${time}`;
}

function columnsOf(data: RankingAnswer | undefined, items: readonly Ranked[], names: ReadonlyMap<string, SignalAnswer>, search: string): TableColumn<Ranked>[] {
  const values = items.flatMap(i => (i.value === null ? [] : [i.value]));
  const high = Math.max(...values, 0);
  const low = Math.min(...values, 0);
  return [
    { key: 'rank', title: '#', align: 'right', value: r => (r.value === null ? null : r.rank) },
    { key: 'signal', title: 'Signal', isHead: true, value: r => r.signal, cell: r => <Link href={`/signals/${encodeURIComponent(r.signal)}${withoutSort(search)}`}>{r.signal}</Link> },
    { key: 'name', title: 'Streets', isWide: true, value: r => names.get(r.signal)?.name ?? null },
    { key: 'group', title: 'Of', value: r => r.group, cell: r => (r.group === null ? <span class="missing">–</span> : <span class="nowrap">{r.group}</span>) },
    {
      key: 'value', title: 'Value', align: 'right', value: r => r.value,
      cell: r => (r.value === null ? <span class="missing">no data</span> : (
        <span class="amount">
          <span>{amountText(r.value, data?.unit ?? '')}</span>
          <i><b style={{ width: `${high === low ? 0 : ((r.value - low) / (high - low)) * 100}%`, background: viridis(high === low ? 0.5 : (r.value - low) / (high - low)) }} /></i>
        </span>
      )),
    },
    { key: 'count', title: 'From', hint: 'How many cycles, vehicles or walks the value is made of', align: 'right', value: r => r.count },
    { key: 'seen', title: 'Seen', hint: 'Share of the time that the log saw', align: 'right', value: r => r.seenShare, cell: r => (r.seenShare === null ? <span class="missing">–</span> : shareText(r.seenShare)) },
    { key: 'state', title: 'Now', sortable: false, value: () => null, cell: r => {
      const signal = names.get(r.signal);
      return signal ? <StatusMark state={signal.status.class} words /> : null;
    } },
  ];
}
