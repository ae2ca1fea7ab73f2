import type { ComponentChildren, JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { compareText } from './order';

type Sortable = number | string | boolean | null | undefined;

export interface TableColumn<T> {
  key: string;
  title: string;
  unit?: string;
  /** What the column says, shown on hovering its head. */
  hint?: string;
  align?: 'left' | 'right';
  /** The value that is sorted by and shown unless `cell` draws it; null is missing. */
  value(row: T): Sortable;
  cell?(row: T): ComponentChildren;
  /** The column that names the row. */
  isHead?: boolean;
  /** Text that would otherwise be squeezed into a column of single words on a phone. */
  isWide?: boolean;
  sortable?: boolean;
}

export interface SortOrder {
  key: string;
  descending: boolean;
}

interface DataTableProps<T> {
  columns: readonly TableColumn<T>[];
  rows: readonly T[];
  /** What the table is, for everyone who reads it by ear; shown only when `showCaption`. */
  caption: string;
  showCaption?: boolean;
  rowKey(row: T): string | number;
  isSelected?(row: T): boolean;
  /** The order at first; rows stand as they come without one. */
  initialSort?: SortOrder;
  /** Given when the order lives elsewhere, as in the address. */
  sort?: SortOrder | null;
  onSort?(sort: SortOrder): void;
  empty?: ComponentChildren;
  /** Rows shown at first; more on demand. */
  pageRows?: number;
  maxHeight?: string;
}

/** Missing values come last in both directions. */
export function compareValues(a: Sortable, b: Sortable): number {
  if (typeof a === 'number' && typeof b === 'number') {
    return a - b;
  }

  return compareText(String(a), String(b));
}

export function sortRows<T>(rows: readonly T[], value: (row: T) => Sortable, descending: boolean): T[] {
  const isMissing = (v: Sortable) => v === null || v === undefined || v === '' || (typeof v === 'number' && Number.isNaN(v));
  return rows
    .map((row, i) => ({ row, i, v: value(row) }))
    .sort((a, b) => {
      if (isMissing(a.v) || isMissing(b.v)) {
        return Number(isMissing(a.v)) - Number(isMissing(b.v)) || a.i - b.i;
      }

      return (descending ? -compareValues(a.v, b.v) : compareValues(a.v, b.v)) || a.i - b.i;
    })
    .map(x => x.row);
}

/** A table that sorts by its heads, keeps them in view, and scrolls sideways where it is wider than the screen. */
export function DataTable<T>(props: DataTableProps<T>): JSX.Element {
  const { columns, rows, caption, showCaption, rowKey, isSelected, initialSort, onSort, empty, pageRows = 200, maxHeight } = props;
  const [own, setOwn] = useState<SortOrder | null>(initialSort ?? null);
  const [shown, setShown] = useState(pageRows);
  const order = props.sort === undefined ? own : props.sort;
  const column = columns.find(c => c.key === order?.key);
  const sorted = useMemo(
    () => (column && order ? sortRows(rows, column.value, order.descending) : rows),
    [rows, columns, order?.key, order?.descending]);
  const choose = (key: string, isNumber: boolean) => {
    const next = { key, descending: order?.key === key ? !order.descending : isNumber };
    setOwn(next);
    onSort?.(next);
  };

  if (rows.length === 0 && empty) {
    return <>{empty}</>;
  }

  return (
    <div>
      <div class="table-frame scrolls-itself" tabIndex={0} role="region" aria-label={caption} style={maxHeight ? { maxHeight } : undefined}>
        <table class="table">
          <caption class={showCaption ? '' : 'visually-hidden'}>{caption}</caption>
          <thead>
            <tr>
              {columns.map(c => {
                const isSorted = order?.key === c.key;
                const head = <span>{c.title}{c.unit && <span class="unit"> {c.unit}</span>}</span>;
                return (
                  <th key={c.key} scope="col" title={c.hint} class={`${c.align === 'right' ? 'is-right' : ''}${c.sortable === false ? '' : ' is-sortable'}`} aria-sort={isSorted ? (order.descending ? 'descending' : 'ascending') : undefined}>
                    {c.sortable === false ? head : (
                      <button type="button" onClick={() => choose(c.key, c.align === 'right')}>
                        {head}
                        <span aria-hidden="true">{isSorted ? (order.descending ? '▾' : '▴') : ''}</span>
                      </button>
                    )}
                  </th>
                );
              })}
            </tr>
          </thead>
          <tbody>
            {sorted.slice(0, shown).map(row => (
              <tr key={rowKey(row)} aria-selected={isSelected?.(row) ? 'true' : undefined}>
                {columns.map(c => {
                  const content = c.cell ? c.cell(row) : plain(c.value(row));
                  const look = c.align === 'right' ? 'is-right' : c.isWide ? 'is-wide' : undefined;
                  return c.isHead ? <th key={c.key} scope="row" class={look}>{content}</th> : <td key={c.key} class={look}>{content}</td>;
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {sorted.length > shown && (
        <div class="table-more no-print">
          <span>{shown.toLocaleString('en-US')} of {sorted.length.toLocaleString('en-US')} rows</span>
          <button type="button" class="button" onClick={() => setShown(n => n + pageRows)}>Show {Math.min(pageRows, sorted.length - shown).toLocaleString('en-US')} more</button>
          <button type="button" class="button" onClick={() => setShown(Infinity)}>Show all</button>
        </div>
      )}
    </div>
  );
}

function plain(value: Sortable): ComponentChildren {
  if (value === null || value === undefined || value === '') {
    return <span class="missing" title="Not known">–</span>;
  }

  return typeof value === 'number' ? numberText(value) : typeof value === 'boolean' ? (value ? 'yes' : 'no') : value;
}

/** A number to three figures behind the point at most, fewer when it is large. */
export function numberText(value: number): string {
  const digits = Math.abs(value) >= 1000 ? 0 : Math.abs(value) >= 100 ? 1 : Math.abs(value) >= 10 ? 2 : 3;
  return value.toLocaleString('en-US', { maximumFractionDigits: digits });
}
