import { type BlockInfo, type Event, writeCtx } from "#chain/kernel/block.ts";
import type { ReadCtx, ValidatorUpdate } from "#chain/kernel/ctx.ts";
import { assert, ensure } from "#chain/kernel/error.ts";
import type { Overlay } from "#chain/kernel/overlay.ts";
import type { DueProof } from "#chain/kernel/proof.ts";
import type { Registry } from "#chain/kernel/registry.ts";
import { BLOCK_GAS_MAX } from "#chain/limits.ts";
import { smaller } from "#chain/math/bounds.ts";
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
  return readings.map((reading) => {
    const task = reading.tx && dueTask(ctx, reading.tx);
    const fits = task === undefined || places.take(task);
    return { reading, task: fits ? task : undefined, fits };
  });
}

/** What came of a block; nothing of it is committed. */
export interface RanBlock {
  /** The committed state with all that the block changed. */
  readonly state: Overlay;
  readonly txResults: readonly ExecTxResult[];
  readonly events: readonly Event[];
  readonly validatorUpdates: readonly ValidatorUpdate[];
  readonly ctx: ReadCtx;
  /** Its transactions as they were read, but for the beacon. */
  readonly readings: readonly Reading[];
}

/** A block that runs over a state, one transaction after the other. */
export interface OpenBlock {
  /** Whether transaction 0 is the proposer's beacon, which has been run. */
  readonly isSigned: boolean;
  /** Runs a transaction that enters; one that does not leaves no trace. Says whether it entered. */
  offer(reading: Reading): boolean;
  /** Runs a transaction of a decided block, whatever becomes of it. */
  run(placed: Placed): void;
  /** Runs what modules do last, and the election of the set that follows from all of it. */
  close(): RanBlock;
}

/**
 * Begins a block over a state: what modules do first, and the beacon where transaction 0 must be one; throws
 * ChainError where that does not hold. A transaction that the block has no room for is not run: no correct
 * proposer puts one in, but what is decided is run. Of gas it has what those before it have left, not what
 * they asked for; what one that ran out counts beyond its limit was not used. So all that keeps to the room
 * of a proposal, which goes by limits, is run.
 */
export function openBlock(
  machine: Machine,
  state: Overlay,
  info: BlockInfo,
  first: Uint8Array | undefined,
): OpenBlock {
  const { registry } = machine;
  const events: Event[] = [];
  const txResults: ExecTxResult[] = [];
  const readings: Reading[] = [];
  const ctx = writeCtx(registry, state, info, events);
  let gasLeft = BLOCK_GAS_MAX;
  const keep = (reading: Reading, result: ExecTxResult): void => {
    readings.push(reading);
    txResults.push(result);
  };
  timeItem.set(ctx, info.timeMs);
  for (const module of registry.modules) module.beginBlock?.(ctx);
  const isSigned = beaconIsSigned(ctx);
  if (isSigned) {
    // No later block could follow one that leaves the beacon where it was, an empty one no less than others.
    ensure(first, errors.NotInjected);
    txResults.push(deliverInjected(machine, state, info, readInjected(registry, first)));
  }
  return {
    isSigned,
    offer: (reading) => {
      const { result, entered } = deliverTx(machine, state, info, reading);
      if (entered) keep(reading, result);
      return entered;
    },
    run: ({ reading, fits }) => {
      const { tx } = reading;
      if (tx && (!fits || tx.fee.gasLimit > gasLeft)) {
        keep(reading, noRoomResult(tx));
        return;
      }
      const { result } = deliverTx(machine, state, info, reading);
      gasLeft -= smaller(result.gasUsed, result.gasWanted);
      keep(reading, result);
    },
    close: () => {
      for (const module of registry.modules) module.endBlock?.(ctx);
      return { state, txResults, events, validatorUpdates: elect(ctx), ctx, readings };
    },
  };
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
