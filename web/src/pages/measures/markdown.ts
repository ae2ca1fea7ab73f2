/** A small Markdown reader for the definitions of measures: it makes a tree, never HTML text, so nothing in a page can become markup. */

export type Inline =
  | { kind: 'text'; text: string }
  | { kind: 'code'; text: string }
  | { kind: 'strong' | 'emphasis'; children: Inline[] }
  | { kind: 'link'; href: string; children: Inline[] }
  | { kind: 'image'; href: string; alt: string };

export type Block =
  | { kind: 'heading'; level: number; children: Inline[] }
  | { kind: 'paragraph'; children: Inline[] }
  | { kind: 'code'; text: string }
  | { kind: 'quote'; children: Block[] }
  | { kind: 'list'; isOrdered: boolean; items: Inline[][] }
  | { kind: 'table'; head: Inline[][]; align: ('left' | 'right' | 'center')[]; rows: Inline[][][] }
  | { kind: 'rule' };

const fence = /^\s*(`{3,}|~{3,})/;
const heading = /^(#{1,6})\s+(.*?)\s*#*\s*$/;
const rule = /^\s*([-*_])(\s*\1){2,}\s*$/;
const item = /^(\s*)([-*+]|\d{1,9}[.)])\s+(.*)$/;
const divider = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/;

export function parseMarkdown(source: string): Block[] {
  const lines = source.replace(/\r\n?/g, '\n').split('\n');
  const blocks: Block[] = [];
  let i = 0;
  while (i < lines.length) {
    const line = lines[i]!;
    const fenced = fence.exec(line);
    const head = heading.exec(line);
    if (line.trim() === '') {
      i++;
    } else if (fenced) {
      const text: string[] = [];
      for (i++; i < lines.length && !lines[i]!.trim().startsWith(fenced[1]!); i++) {
        text.push(lines[i]!);
      }

      i++;
      blocks.push({ kind: 'code', text: text.join('\n') });
    } else if (/^( {4}|\t)/.test(line)) {
      const text: string[] = [];
      for (; i < lines.length && (/^( {4}|\t)/.test(lines[i]!) || lines[i]!.trim() === ''); i++) {
        text.push(lines[i]!.replace(/^( {4}|\t)/, ''));
      }

      blocks.push({ kind: 'code', text: text.join('\n').replace(/\n+$/, '') });
    } else if (head) {
      blocks.push({ kind: 'heading', level: head[1]!.length, children: parseInline(head[2]!) });
      i++;
    } else if (rule.test(line)) {
      blocks.push({ kind: 'rule' });
      i++;
    } else if (line.startsWith('>')) {
      const text: string[] = [];
      for (; i < lines.length && lines[i]!.startsWith('>'); i++) {
        text.push(lines[i]!.replace(/^>\s?/, ''));
      }

      blocks.push({ kind: 'quote', children: parseMarkdown(text.join('\n')) });
    } else if (line.includes('|') && i + 1 < lines.length && divider.test(lines[i + 1]!) && lines[i + 1]!.includes('-')) {
      const align = cells(lines[i + 1]!).map(c => (c.endsWith(':') ? (c.startsWith(':') ? 'center' as const : 'right' as const) : 'left' as const));
      const rows: Inline[][][] = [];
      const first = cells(line).map(parseInline);
      for (i += 2; i < lines.length && lines[i]!.includes('|') && lines[i]!.trim() !== ''; i++) {
        rows.push(cells(lines[i]!).map(parseInline));
      }

      blocks.push({ kind: 'table', head: first, align, rows });
    } else if (item.test(line)) {
      const isOrdered = /\d/.test(item.exec(line)![2]!);
      const items: string[] = [];
      for (; i < lines.length && lines[i]!.trim() !== ''; i++) {
        const next = item.exec(lines[i]!);
        if (next) {
          items.push(next[3]!);
        } else {
          items[items.length - 1] += ' ' + lines[i]!.trim();
        }
      }

      blocks.push({ kind: 'list', isOrdered, items: items.map(parseInline) });
    } else {
      const text: string[] = [];
      for (; i < lines.length && lines[i]!.trim() !== '' && (text.length === 0 || !startsBlock(lines, i)); i++) {
        text.push(lines[i]!.trim());
      }

      blocks.push({ kind: 'paragraph', children: parseInline(text.join(' ')) });
    }
  }

  return blocks;
}

function startsBlock(lines: readonly string[], i: number): boolean {
  const line = lines[i]!;
  return fence.test(line) || heading.test(line) || rule.test(line) || line.startsWith('>') || item.test(line) || (line.includes('|') && i + 1 < lines.length && divider.test(lines[i + 1]!));
}

/** Cells of a table's line; a bar in code or behind a backslash is no border. */
function cells(line: string): string[] {
  const text = line.trim().replace(/^\|/, '').replace(/(?<!\\)\|$/, '');
  const found: string[] = [];
  let cell = '';
  let isCode = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (c === '\\' && text[i + 1] === '|') {
      cell += '|';
      i++;
    } else if (c === '|' && !isCode) {
      found.push(cell.trim());
      cell = '';
    } else {
      isCode = c === '`' ? !isCode : isCode;
      cell += c;
    }
  }

  found.push(cell.trim());
  return found;
}

const inline = /(?<code>`+)(?<codeText>[\s\S]*?[^`])\k<code>(?!`)|!\[(?<alt>[^\]]*)\]\((?<src>[^()\s]+)\)|\[(?<label>(?:[^[\]]|\[[^\]]*\])*)\]\((?<href>[^()\s]+(?:\([^()\s]*\)[^()\s]*)?)\)|<(?<auto>https?:\/\/[^<>\s]+)>|(?<strong>\*\*|__)(?=\S)(?<strongText>[\s\S]*?\S)\k<strong>|(?<![\w*])(?<emphasis>[*_])(?=[^\s*_])(?<emphasisText>[^*_]*?[^\s*_])\k<emphasis>(?![\w*])|\\(?<escaped>[\\`*_{}[\]()#+\-.!|<>])/;

export function parseInline(source: string): Inline[] {
  const parts: Inline[] = [];
  let rest = source;
  const add = (text: string) => {
    const last = parts[parts.length - 1];
    if (text === '') {
      return;
    }

    if (last?.kind === 'text') {
      last.text += text;
    } else {
      parts.push({ kind: 'text', text });
    }
  };
  for (let match = inline.exec(rest); match; match = inline.exec(rest)) {
    const g = match.groups!;
    add(rest.slice(0, match.index));
    rest = rest.slice(match.index + match[0].length);
    if (g['codeText'] !== undefined) {
      parts.push({ kind: 'code', text: g['codeText'].trim() });
    } else if (g['src'] !== undefined) {
      parts.push({ kind: 'image', href: g['src'], alt: g['alt'] ?? '' });
    } else if (g['href'] !== undefined) {
      parts.push({ kind: 'link', href: g['href'], children: parseInline(g['label'] ?? '') });
    } else if (g['auto'] !== undefined) {
      parts.push({ kind: 'link', href: g['auto'], children: [{ kind: 'text', text: g['auto'] }] });
    } else if (g['strongText'] !== undefined) {
      parts.push({ kind: 'strong', children: parseInline(g['strongText']) });
    } else if (g['emphasisText'] !== undefined) {
      parts.push({ kind: 'emphasis', children: parseInline(g['emphasisText']) });
    } else {
      add(g['escaped'] ?? '');
    }
  }

  add(rest);
  return parts;
}

/** The words alone, for titles and anchors. */
export function plainText(parts: readonly Inline[]): string {
  return parts.map(p => (p.kind === 'text' || p.kind === 'code' ? p.text : p.kind === 'image' ? p.alt : plainText(p.children))).join('');
}

/** Where a link of a definition leads: another measure's page, a place on this one, or a web address. Null for anything else, `javascript:` above all. */
export function safeHref(href: string): { inside: string } | { outside: string } | null {
  const measure = /^(?:\.\/)?([a-z0-9-]+)\.md(#[\w-]*)?$/.exec(href);
  return measure ? { inside: `/measures/${measure[1]}${measure[2] ?? ''}` }
    : /^#[\w-]+$/.test(href) ? { outside: href }
    : /^https:\/\/[^\s]+$/i.test(href) || /^http:\/\/[^\s]+$/i.test(href) ? { outside: href }
    : null;
}
