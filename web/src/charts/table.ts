import type { TableAnswer } from '../api/types';

/** A table of the interface, by columns. A column that the server does not send is all missing. */
export class Table {
  readonly rows: number;
  readonly binMs: number;
  readonly #columns: TableAnswer['columns'];

  constructor(answer: Pick<TableAnswer, 'rows' | 'binMs' | 'columns'>) {
    this.rows = answer.rows;
    this.binMs = answer.binMs;
    this.#columns = answer.columns;
  }

  static readonly empty = new Table({ rows: 0, binMs: 900_000, columns: {} });

  #column(name: string): TableAnswer['columns'][string] {
    return this.#columns[name] ?? [];
  }

  number(name: string, row: number): number | null {
    const value = this.#column(name)[row];
    return typeof value === 'number' ? value : null;
  }

  /** A number that the table never leaves out, such as a row's time. */
  time(name: string, row: number): number {
    return this.number(name, row) ?? 0;
  }

  word(name: string, row: number): string {
    const value = this.#column(name)[row];
    return typeof value === 'string' ? value : '';
  }

  flag(name: string, row: number): boolean | null {
    const value = this.#column(name)[row];
    return typeof value === 'boolean' ? value : null;
  }

  /** Rows that a test holds for, in order. */
  where(test: (row: number) => boolean): number[] {
    const rows: number[] = [];
    for (let row = 0; row < this.rows; row++) {
      if (test(row)) {
        rows.push(row);
      }
    }

    return rows;
  }

  /** Row numbers by a key, keys in the order of their first row. */
  by<K>(key: (row: number) => K): Map<K, number[]> {
    const groups = new Map<K, number[]>();
    for (let row = 0; row < this.rows; row++) {
      const own = key(row);
      const rows = groups.get(own);
      if (rows) {
        rows.push(row);
      } else {
        groups.set(own, [row]);
      }
    }

    return groups;
  }

  /** The same table with all its times moved, for laying another day over this one. */
  moved(byMs: number, timeColumns: readonly string[]): Table {
    const columns = { ...this.#columns };
    for (const name of timeColumns) {
      const column = columns[name];
      if (column) {
        columns[name] = column.map(v => (typeof v === 'number' ? v + byMs : v));
      }
    }

    return new Table({ rows: this.rows, binMs: this.binMs, columns });
  }
}
