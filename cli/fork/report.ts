/** What a fork kept or dropped, and what was paid for it. */
export interface ReportLine {
  readonly what: string;
  readonly kept: number;
  readonly dropped: number;
  /** Base units that went to somebody for what was dropped, by denom. */
  readonly paid: ReadonlyMap<string, bigint>;
  readonly note: string;
}

/** Collects what a fork does. */
export interface Report {
  /** Tells of things that were kept or dropped. */
  tell(what: string, kept: number, dropped: number, note?: string): void;
  /** Tells of coins that went back to their owners. */
  pay(what: string, denom: string, amount: bigint): void;
  lines(): readonly ReportLine[];
}

export function newReport(): Report {
  const lines = new Map<string, ReportLine & { readonly paid: Map<string, bigint> }>();
  const lineOf = (what: string) => {
    const line = lines.get(what) ?? { what, kept: 0, dropped: 0, paid: new Map(), note: "" };
    lines.set(what, line);
    return line;
  };
  return {
    tell: (what, kept, dropped, note = "") => {
      const line = lineOf(what);
      const counts = { kept: line.kept + kept, dropped: line.dropped + dropped };
      lines.set(what, { ...line, ...counts, note: note || line.note });
    },
    pay: (what, denom, amount) => {
      if (amount === 0n) return;
      const { paid } = lineOf(what);
      paid.set(denom, (paid.get(denom) ?? 0n) + amount);
    },
    lines: () => [...lines.values()].filter((line) => line.kept + line.dropped + line.paid.size > 0),
  };
}
