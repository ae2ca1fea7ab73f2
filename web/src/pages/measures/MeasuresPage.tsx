import type { JSX } from 'preact';
import { getJson } from '../../api/client';
import type { MeasureAnswer } from '../../api/types';
import { useLoad } from '../../state/load';
import { Link, useUrlState } from '../../state/url';
import { Empty, Failure } from '../../ui';
import './markdown.css';

/** Every measure that this server computes, and the way to its definition. */
export default function MeasuresPage(): JSX.Element {
  const { data, error, isLoading, reload } = useLoad('measures', signal => getJson<MeasureAnswer[]>('/measures', { signal }));
  const [query, setQuery] = useUrlState('q', '');
  const wanted = query.trim().toLowerCase();
  const found = data?.filter(m => m.title.toLowerCase().includes(wanted) || m.name.includes(wanted) || m.tables.some(t => t.columns.some(c => c.name.includes(wanted))));
  return (
    <main class="page" id="main" aria-busy={isLoading ? 'true' : undefined}>
      <div class="page-head">
        <h1>Measures</h1>
        <p>What each number means, how it is made, and what happens with no data.</p>
        <div class="page-actions"><input class="input" type="search" aria-label="Find a measure or a column" placeholder="Measure or column" value={query} onInput={e => setQuery(e.currentTarget.value)} /></div>
      </div>
      {error && <Failure error={error} onRetry={reload} />}
      {found?.length === 0 && <Empty title="No measure fits">Neither a title nor a column has “{query}” in it.</Empty>}
      {found && (
        <ul class="measure-list">
          {found.map(m => (
            <li key={m.name}>
              <Link href={`/measures/${m.name}`}>
                <strong>{m.title}</strong>
                <span>{m.tables.length === 0 ? m.name : m.tables.map(t => `${t.name} (${t.columns.length} columns)`).join(', ')}</span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </main>
  );
}
