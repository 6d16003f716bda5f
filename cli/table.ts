import Table from "cli-table3";

/** Columns by their headings; those of numbers are set to the right. */
export interface Column {
  readonly head: string;
  readonly right?: boolean;
}

/** Rows of texts as a table with thin lines. */
export function tableOf(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const table = new Table({
    head: columns.map(({ head }) => head),
    colAligns: columns.map(({ right }) => (right ? "right" : "left")),
    style: { head: [], border: [], compact: true },
  });
  table.push(...rows.map((row) => [...row]));
  return table.toString();
}
