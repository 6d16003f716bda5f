import Table from "cli-table3";
import type { Figure } from "./pieces.ts";

/** The figures of one part. */
export interface Measured {
  readonly piece: string;
  readonly seconds: number;
  readonly figures: readonly Figure[];
}

/** A number as people read it: about three digits, thousands grouped. */
export function shown(value: number): string {
  const decimals = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  const [whole = "", fraction] = value.toFixed(decimals).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** One aligned table of all figures, each part's ratios after its figures. */
export function tableOf(measured: readonly Measured[]): string {
  const table = new Table({
    head: ["part", "what", "figure", "unit"],
    colAligns: ["left", "left", "right", "left"],
    style: { head: [], border: [], compact: true },
  });
  for (const { piece, figures } of measured)
    for (const [i, { name, value, unit }] of figures.entries())
      table.push([i === 0 ? piece : "", name, shown(value), unit]);
  return table.toString();
}
