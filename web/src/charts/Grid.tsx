import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { count, MISSING, percent, plain, ratio, seconds } from '../plot/numbers';
import { dayClockText } from '../plot/time';
import { Link } from '../state/Link';
import { DataTable, type TableColumn } from '../ui';
import type { Cell, ColumnKind, Grid } from './definition';

/** A value as people read it. */
export function cellText(value: Cell, kind: ColumnKind, zone: string): string {
  if (value === null) {
    return MISSING;
  }

  if (typeof value === 'string') {
    return value;
  }

  switch (kind) {
    case 'time': return dayClockText(zone, value, value % 60_000 === 0 ? 'minutes' : 'tenths');
    case 'count': return count(value);
    case 'percent': return percent(value);
    case 'seconds': return seconds(value);
    case 'ratio': return ratio(value);
    default: return plain(value);
  }
}

/** A grid as a table that sorts and scrolls. */
export function GridTable({ grid, zone, of }: { grid: Grid; zone: string; /** The chart that it belongs to. */ of: string }): JSX.Element {
  const columns = useMemo(() => grid.columns.map((column, i): TableColumn<{ row: readonly Cell[]; index: number }> => ({
    key: `${i}`, title: column.title, ...(column.hint ? { hint: column.hint } : {}), align: column.kind === 'text' || column.kind === 'time' ? 'left' : 'right',
    value: ({ row }) => row[i] ?? null,
    cell: ({ row }) => {
      const value = row[i] ?? null;
      return value === null ? <span class="missing" title="Not known">{MISSING}</span> : <span class={column.kind === 'text' && String(value).length > 40 ? '' : 'nowrap'}>{cellText(value, column.kind, zone)}</span>;
    },
    isHead: i === 0,
    ...(i === 0 && grid.linkOf ? { cell: ({ row }: { row: readonly Cell[] }) => <Link href={grid.linkOf!(row)}>{row[0]}</Link> } : {}),
  })), [grid, zone]);
  const rows = useMemo(() => grid.rows.map((row, index) => ({ row, index })), [grid.rows]);
  return <DataTable columns={columns} rows={rows} caption={`${of}: ${grid.title.toLowerCase()}`} rowKey={({ index }) => index} pageRows={100} maxHeight={rows.length > 16 ? '440px' : undefined} empty={<p class="muted">No rows.</p>} />;
}
