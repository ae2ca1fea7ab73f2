import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { getJson, getText } from '../../api/client';
import type { MeasureAnswer } from '../../api/types';
import { useLoad } from '../../state/load';
import { Link, useRoute } from '../../state/url';
import { Failure } from '../../ui';
import { Markdown } from './Markdown';
import '../rankings/rankings.css';

/** One measure's definition, as it stands in the documentation of the very version that computes it. */
export default function MeasurePage(): JSX.Element {
  const name = useRoute().params['name'] ?? '';
  const measures = useLoad('measures', signal => getJson<MeasureAnswer[]>('/measures', { signal }));
  const definition = useLoad(`definition ${name}`, signal => getText(`/measures/${encodeURIComponent(name)}/definition`, { signal }), name);
  const title = measures.data?.find(m => m.name === name)?.title ?? /^#\s+(.+)$/m.exec(definition.data ?? '')?.[1] ?? name;
  useEffect(() => {
    if (definition.data && location.hash.length > 1) {
      document.getElementById(location.hash.slice(1))?.scrollIntoView();
    }
  }, [definition.data]);

  return (
    <main class="page" id="main" aria-busy={definition.isLoading ? 'true' : undefined}>
      <div class="page-head">
        <h1>{title}</h1>
        <p><Link href="/measures">All measures</Link></p>
      </div>
      <div class="measure-page">
        <nav class="ranking-names measure-names" aria-label="Measures">
          <ul>{measures.data?.map(m => <li key={m.name}><Link href={`/measures/${m.name}`} class={m.name === name ? 'is-current' : ''} aria-current={m.name === name ? 'page' : undefined}>{m.title}</Link></li>)}</ul>
        </nav>
        <article class="panel">
          <div class="panel-body">
            {definition.error ? <Failure error={definition.error} onRetry={definition.reload} /> : definition.data !== undefined && <Markdown source={definition.data} skipTitle />}
          </div>
        </article>
      </div>
    </main>
  );
}
