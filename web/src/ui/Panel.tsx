import type { ComponentChildren, JSX } from 'preact';
import { ProblemError } from '../api/client';
import { lengthOf } from '../state/zone';
import { Icon } from './icons';

interface PanelProps {
  title: ComponentChildren;
  subtitle?: ComponentChildren;
  actions?: ComponentChildren;
  /** Age of the newest data behind it, ms. */
  ageMs?: number | null;
  /** Share of the shown time that the log saw, 0-1. */
  seenShare?: number | null;
  note?: ComponentChildren;
  error?: Error | string | null;
  onRetry?: () => void;
  loading?: boolean;
  /** No space around the content: for tables and drawings. */
  flush?: boolean;
  id?: string;
  class?: string;
  children?: ComponentChildren;
}

/** A part of a page that shows data, says how old it is and how much of its time was seen. */
export function Panel({ title, subtitle, actions, ageMs, seenShare, note, error, onRetry, loading, flush, id, class: more, children }: PanelProps): JSX.Element {
  return (
    <section class={`panel${more ? ' ' + more : ''}`} id={id} aria-busy={loading ? 'true' : undefined} aria-label={typeof title === 'string' ? title : undefined}>
      {loading && <div class="panel-busy" aria-hidden="true" />}
      <div class="panel-head">
        <div class="panel-title">
          <h2>{title}</h2>
          {subtitle && <span class="panel-subtitle">{subtitle}</span>}
        </div>
        <div class="panel-facts">
          {typeof seenShare === 'number' && <span class={seenShare < 0.995 ? 'is-partial' : ''}>sees {shareText(seenShare)} of this time</span>}
          {typeof ageMs === 'number' && <span>{ageMs < 5000 ? 'data is current' : `data is ${lengthOf(ageMs)} old`}</span>}
        </div>
        {actions && <div class="panel-actions no-print">{actions}</div>}
      </div>
      {error ? <div class="panel-body"><Failure error={error} onRetry={onRetry} /></div> : <div class={`panel-body${flush ? ' is-flush' : ''}`}>{children}</div>}
      {note && <p class="panel-note">{note}</p>}
    </section>
  );
}

/** A share as percent that never rounds up to all or down to none. */
export function shareText(share: number): string {
  const percent = share * 100;
  return percent > 99 && percent < 100 ? `${(Math.floor(percent * 10) / 10).toFixed(1)} %` : percent > 0 && percent < 1 ? '< 1 %' : `${Math.round(percent)} %`;
}

/** What went wrong, in words, all of it; something that this server does not have is said calmly. */
export function Failure({ error, onRetry }: { error: Error | string; onRetry?: () => void }): JSX.Element {
  if (error instanceof ProblemError && error.status === 404 && !error.problems.some(p => p.code)) {
    return <Empty title="Not available">This server does not offer it.</Empty>;
  }

  const words = error instanceof ProblemError ? error.problems.map(p => ({ text: p.message, code: p.code })) : [{ text: typeof error === 'string' ? error : error.message, code: '' }];
  return (
    <div class="notice is-bad" role="alert">
      <Icon name="warning" size={20} />
      <div>
        {words.map(({ text, code }) => <p key={text}>{text}{code && <span class="muted"> ({code})</span>}</p>)}
      </div>
      {onRetry && <div class="notice-actions"><button type="button" class="button" onClick={onRetry}>Try again</button></div>}
    </div>
  );
}

/** Nothing to show, and why: never drawn as zero. */
export function Empty({ title, children }: { title: string; children?: ComponentChildren }): JSX.Element {
  return (
    <div class="empty">
      <strong>{title}</strong>
      {children && <p>{children}</p>}
    </div>
  );
}
