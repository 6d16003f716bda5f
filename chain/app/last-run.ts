import { equalBytes } from "#chain/bytes/compare.ts";
import type { Evidence, Vote } from "#chain/kernel/ctx.ts";
import type { RanBlock } from "./block.ts";
import type { Block } from "./types.ts";

/** The block that was run last, so that one that was proposed need not run again once it is decided. */
export interface LastRun {
  /** What came of the very same block, if it was the last. */
  find(block: Block): RanBlock | undefined;
  keep(block: Block, ran: RanBlock): void;
  /** Forgets it, since the state has changed. */
  forget(): void;
}

function alike<T>(a: readonly T[] = [], b: readonly T[] = [], same: (a: T, b: T) => boolean): boolean {
  return a.length === b.length && a.every((each, i) => same(each, b[i] as T));
}

const sameVote = (a: Vote, b: Vote): boolean =>
  a.power === b.power && a.signed === b.signed && equalBytes(a.address, b.address);

const sameEvidence = (a: Evidence, b: Evidence): boolean =>
  a.kind === b.kind &&
  a.power === b.power &&
  a.totalPower === b.totalPower &&
  a.height === b.height &&
  a.timeMs === b.timeMs &&
  equalBytes(a.address, b.address);

/** Whether two blocks are the same in all that a run depends on. */
const sameBlock = (a: Block, b: Block): boolean =>
  a.height === b.height &&
  a.timeMs === b.timeMs &&
  equalBytes(a.proposer, b.proposer) &&
  alike(a.votes, b.votes, sameVote) &&
  alike(a.evidence, b.evidence, sameEvidence) &&
  alike(a.txs, b.txs, equalBytes);

export function lastRun(): LastRun {
  let last: { readonly block: Block; readonly ran: RanBlock } | undefined;
  return {
    find: (block) => (last && sameBlock(last.block, block) ? last.ran : undefined),
    keep: (block, ran) => {
      last = { block, ran };
    },
    forget: () => {
      last = undefined;
    },
  };
}
