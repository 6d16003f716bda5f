import { type BlockInfo, type Event, writeCtx } from "#chain/kernel/block.ts";
import type { ReadCtx, ValidatorUpdate } from "#chain/kernel/ctx.ts";
import { assert, ensure } from "#chain/kernel/error.ts";
import type { Overlay } from "#chain/kernel/overlay.ts";
import type { DueProof } from "#chain/kernel/proof.ts";
import type { Registry } from "#chain/kernel/registry.ts";
import { BLOCK_GAS_MAX } from "#chain/limits.ts";
import { beaconIsSigned } from "#modules/elections/api.ts";
import { elect } from "#modules/validators/api.ts";
import type { ExecTxResult } from "#proto/gen/tendermint/abci.ts";
import { timeItem } from "./base.ts";
import { deliverInjected, deliverTx, noRoomResult, type Reading, readingOf } from "./execute.ts";
import { errors, readInjected } from "./injected.ts";
import { proofPlaces } from "./places.ts";
import { dueTask } from "./proofs.ts";
import { signatoriesOf, verifyAhead } from "./signatures.ts";
import type { InvariantCheck, Machine } from "./types.ts";

/** A transaction of a block as it was read. */
export interface Placed {
  readonly bytes: Uint8Array;
  readonly reading: Reading;
  /** What its proof must show; none without a proof, or where state refuses it: it will fail on its own. */
  readonly task: DueProof | undefined;
  /** Whether the block has a place left among its proofs. */
  readonly fits: boolean;
}

/**
 * Reads the transactions of a block, verifies their signatures ahead, and lets the first proofs have the
 * places that there are.
 */
export async function placeTxs(
  machine: Machine,
  ctx: ReadCtx,
  txs: readonly Uint8Array[],
): Promise<readonly Placed[]> {
  const readings = txs.map((bytes) => readingOf(machine, bytes));
  await verifyAhead(machine, signatoriesOf(ctx), readings);
  const places = proofPlaces();
  return readings.map((reading, i) => {
    const bytes = txs[i] as Uint8Array;
    const task = reading.tx && dueTask(ctx, reading.tx);
    const fits = task === undefined || places.take(task);
    return { bytes, reading, task: fits ? task : undefined, fits };
  });
}

/** What came of a block. */
interface BlockRun {
  readonly txResults: ExecTxResult[];
  readonly events: Event[];
  readonly validatorUpdates: readonly ValidatorUpdate[];
  readonly ctx: ReadCtx;
}

/**
 * Runs a block over a state: what modules do first, the transactions, what modules do last, and the election
 * of the set that follows from all of it. A transaction that the block has no room for is not run: no correct
 * proposer puts one in, but what is decided is run. Of gas it has what those before it have left, not what
 * they asked for.
 */
export function runBlock(
  machine: Machine,
  state: Overlay,
  info: BlockInfo,
  placed: readonly Placed[],
): BlockRun {
  const { registry } = machine;
  const events: Event[] = [];
  const ctx = writeCtx(registry, state, info, events);
  timeItem.set(ctx, info.timeMs);
  for (const module of registry.modules) module.beginBlock?.(ctx);
  const isSigned = beaconIsSigned(ctx);
  // No later block could follow one that leaves the beacon where it was, an empty one no less than others.
  ensure(!isSigned || placed.length > 0, errors.NotInjected);
  let gasLeft = BLOCK_GAS_MAX;
  const txResults = placed.map(({ bytes, reading, fits }, i) => {
    if (i === 0 && isSigned) return deliverInjected(machine, state, info, readInjected(registry, bytes));
    const { tx } = reading;
    if (tx && (!fits || tx.fee.gasLimit > gasLeft)) return noRoomResult(tx);
    const result = deliverTx(machine, state, info, reading);
    gasLeft -= result.gasUsed;
    return result;
  });
  for (const module of registry.modules) module.endBlock?.(ctx);
  return { txResults, validatorUpdates: elect(ctx), events, ctx };
}

/** Stops the node where an invariant does not hold. */
export function checkInvariants(
  { invariants }: Registry,
  ctx: ReadCtx,
  which: InvariantCheck = "cheap",
): void {
  if (which === "none") return;
  for (const { name, cost, holds } of invariants)
    if (cost === "cheap" || which === "full") assert(holds(ctx), `height ${ctx.height}: broken: ${name}`);
}
