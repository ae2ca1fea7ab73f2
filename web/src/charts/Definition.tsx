import type { JSX } from 'preact';
import { getText } from '../api/client';
import { Link } from '../state/Link';
import { useLoad } from '../state/load';

const pages = new Map<string, Promise<string>>();

/** What a measure's page says under a heading, its first paragraph, without markup; empty when it has none. */
export function firstParagraph(page: string, heading: string): string {
  const lines = page.split(/\r?\n/);
  const start = lines.findIndex(l => l.trim() === `## ${heading}`);
  if (start < 0) {
    return '';
  }

  const text: string[] = [];
  for (const line of lines.slice(start + 1)) {
    if (line.startsWith('#') || (line.trim() === '' && text.length > 0)) {
      break;
    }

    if (line.trim() !== '') {
      text.push(line.trim());
    }
  }

  return text.join(' ').replace(/\[([^\]]+)\]\([^)]*\)/g, '$1').replace(/[*_`]/g, '');
}

/** The definition beside a chart: what the measure says, and where formula, source and options stand. */
export function Definition({ measure }: { measure: string }): JSX.Element {
  const page = useLoad(measure, () => {
    let text = pages.get(measure);
    if (!text) {
      text = getText(`/measures/${measure}/definition`);
      text.catch(() => pages.delete(measure));
      pages.set(measure, text);
    }

    return text;
  });
  const said = page.data === undefined ? '' : firstParagraph(page.data, 'What it says');
  return <p class="definition">{said && <>{said} </>}<Link href={`/measures/${measure}`}>Formula, source and options</Link></p>;
}
