import { Fragment, type JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { Link } from '../../state/url';
import { parseMarkdown, plainText, safeHref, type Block, type Inline } from './markdown';
import './markdown.css';

/** A definition's Markdown as elements. Pictures are left out: charts of this server show the real thing. */
export function Markdown({ source, skipTitle }: { source: string; skipTitle?: boolean }): JSX.Element {
  const blocks = useMemo(() => parseMarkdown(source), [source]);
  const shown = skipTitle && blocks[0]?.kind === 'heading' && blocks[0].level === 1 ? blocks.slice(1) : blocks;
  return <div class="markdown">{shown.map((block, i) => <BlockOf key={i} block={block} number={shown.slice(0, i + 1).filter(b => b.kind === 'table').length} />)}</div>;
}

/** @param number Which table of the page it is, counted from 1, so that each has a name of its own. */
function BlockOf({ block, number = 1 }: { block: Block; number?: number }): JSX.Element | null {
  switch (block.kind) {
    case 'heading': {
      const Tag = `h${Math.min(6, Math.max(2, block.level))}` as 'h2';
      return <Tag id={plainText(block.children).toLowerCase().replace(/[^\w]+/g, '-')}>{inlines(block.children)}</Tag>;
    }
    case 'paragraph':
      return block.children.every(c => c.kind === 'image') ? null : <p>{inlines(block.children)}</p>;
    case 'code':
      return <pre tabIndex={0}><code>{block.text}</code></pre>;
    case 'quote':
      return <blockquote>{block.children.map((b, i) => <BlockOf key={i} block={b} />)}</blockquote>;
    case 'list': {
      const items = block.items.map((item, i) => <li key={i}>{inlines(item)}</li>);
      return block.isOrdered ? <ol>{items}</ol> : <ul>{items}</ul>;
    }
    case 'table':
      return (
        <div class="table-frame" tabIndex={0} role="region" aria-label={`Table ${number}: ${block.head.map(plainText).join(', ')}`}>
          <table class="table">
            <thead><tr>{block.head.map((cell, i) => <th key={i} scope="col" class={block.align[i] === 'right' ? 'is-right' : ''}>{inlines(cell)}</th>)}</tr></thead>
            <tbody>{block.rows.map((row, i) => <tr key={i}>{row.map((cell, j) => <td key={j} class={block.align[j] === 'right' ? 'is-right' : ''}>{inlines(cell)}</td>)}</tr>)}</tbody>
          </table>
        </div>
      );
    case 'rule':
      return <hr />;
  }
}

function inlines(parts: readonly Inline[]): JSX.Element[] {
  return parts.map((part, i) => {
    switch (part.kind) {
      case 'text':
        return <Fragment key={i}>{part.text}</Fragment>;
      case 'code':
        return <code key={i}>{part.text}</code>;
      case 'strong':
        return <strong key={i}>{inlines(part.children)}</strong>;
      case 'emphasis':
        return <em key={i}>{inlines(part.children)}</em>;
      case 'image':
        return <Fragment key={i} />;
      case 'link': {
        const target = safeHref(part.href);
        return target === null ? <Fragment key={i}>{inlines(part.children)}</Fragment>
          : 'inside' in target ? <Link key={i} href={target.inside}>{inlines(part.children)}</Link>
          : <a key={i} href={target.outside} rel="noreferrer">{inlines(part.children)}</a>;
      }
    }
  });
}
