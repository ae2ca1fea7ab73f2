import { describe, expect, test } from 'vitest';
import { parseInline, parseMarkdown, plainText, safeHref, type Block, type Inline } from './markdown';

const definitions = import.meta.glob<string>('../../../../docs/measures/*.md', { query: '?raw', import: 'default', eager: true });
const texts = (blocks: readonly Block[]): string => blocks.map(b => {
  switch (b.kind) {
    case 'heading': case 'paragraph': return plainText(b.children);
    case 'code': return b.text;
    case 'quote': return texts(b.children);
    case 'list': return b.items.map(plainText).join('\n');
    case 'table': return [b.head, ...b.rows].map(row => row.map(plainText).join(' ')).join('\n');
    case 'rule': return '';
  }
}).join('\n');

describe('Markdown', () => {
  test('reads headings, paragraphs over several lines, lists and code', () => {
    const blocks = parseMarkdown('# Title\n\nOne\nline.\n\n- a\n  more\n- b\n\n    x = y\n\n1. one\n2. two\n\n```\n<b>\n```\n\n---\n> said');
    expect(blocks.map(b => b.kind)).toEqual(['heading', 'paragraph', 'list', 'code', 'list', 'code', 'rule', 'quote']);
    expect(blocks[1]).toEqual({ kind: 'paragraph', children: [{ kind: 'text', text: 'One line.' }] });
    expect(blocks[2]).toMatchObject({ isOrdered: false, items: [[{ text: 'a more' }], [{ text: 'b' }]] });
    expect(blocks[5]).toEqual({ kind: 'code', text: '<b>' });
  });

  test('reads tables, with bars in code and behind a backslash', () => {
    const [table] = parseMarkdown('| a | b |\n|---|--:|\n| `x|y` | 1 \\| 2 |\n');
    expect(table).toMatchObject({ kind: 'table', align: ['left', 'right'], rows: [[[{ kind: 'code', text: 'x|y' }], [{ kind: 'text', text: '1 | 2' }]]] });
  });

  test('reads words in bold, italics, code and links', () => {
    expect(parseInline('a **b** *c* `d*e*` [f](g.md) snake_case_name')).toEqual([
      { kind: 'text', text: 'a ' }, { kind: 'strong', children: [{ kind: 'text', text: 'b' }] }, { kind: 'text', text: ' ' },
      { kind: 'emphasis', children: [{ kind: 'text', text: 'c' }] }, { kind: 'text', text: ' ' }, { kind: 'code', text: 'd*e*' }, { kind: 'text', text: ' ' },
      { kind: 'link', href: 'g.md', children: [{ kind: 'text', text: 'f' }] }, { kind: 'text', text: ' snake_case_name' },
    ]);
  });

  test('leaves markup of HTML as the text that it is', () => {
    const hostile = 'a <script>alert(1)</script> <img src=x onerror=alert(1)>';
    expect(parseInline(hostile)).toEqual([{ kind: 'text', text: hostile }]);
  });

  test('follows links to measures and to the web, and no others', () => {
    expect(safeHref('split-failure.md')).toEqual({ inside: '/measures/split-failure' });
    expect(safeHref('split-failure.md#formula')).toEqual({ inside: '/measures/split-failure#formula' });
    expect(safeHref('https://example.org/a')).toEqual({ outside: 'https://example.org/a' });
    for (const href of ['javascript:alert(1)', 'JavaScript:alert(1)', 'data:text/html,x', '//evil.example', '../../etc/passwd', 'vbscript:x', ' javascript:x']) {
      expect(safeHref(href), href).toBeNull();
    }
  });
});

test('every definition is read whole: no mark of Markdown is left in its words', () => {
  expect(Object.keys(definitions).length).toBeGreaterThan(30);
  for (const [name, source] of Object.entries(definitions)) {
    const blocks = parseMarkdown(source);
    const outsideCode = (parts: readonly Inline[]): string => parts.map(p => (p.kind === 'code' ? '' : p.kind === 'text' ? p.text : p.kind === 'image' ? '' : outsideCode(p.children))).join('');
    for (const block of blocks) {
      const parts = block.kind === 'paragraph' || block.kind === 'heading' ? [block.children] : block.kind === 'list' ? block.items : block.kind === 'table' ? [block.head, ...block.rows].flat() : [];
      for (const part of parts) {
        expect(outsideCode(part), name).not.toMatch(/\*\*|\]\(|`/);
      }
    }

    const words = (text: string) => text.match(/[\p{L}\p{N}]{3,}/gu) ?? [];
    const links = source.replace(/\]\([^)]*\)/g, ']');
    expect(words(texts(blocks)).length, name).toBeGreaterThanOrEqual(words(links).length * 0.97);
  }
});
