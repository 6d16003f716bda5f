import type { ReadCtx } from "#chain/kernel/ctx.ts";
import type { Overlay } from "#chain/kernel/overlay.ts";
import { BLOCK_BYTES_MAX } from "#chain/limits.ts";
import { CODE_PANIC, failureOf } from "#chain/tx/result.ts";
import { beaconIsSigned } from "#modules/elections/api.ts";
import type { BeaconJudge } from "./beacon.ts";
import { type OpenBlock, openBlock, placeTxs, type RanBlock } from "./block.ts";
import { beaconTx } from "./injected.ts";
import { lastRun } from "./last-run.ts";
import {
  judgeTxs,
  type Offers,
  proofsOf,
  runProposal,
  selectTxs,
  type Verdicts,
  verdictsOf,
} from "./propose.ts";
import type { AppOptions, Block, Machine, Proposal } from "./types.ts";

/** What a block is run over and with. */
export interface Ground {
  readonly machine: Machine;
  readonly beacons: BeaconJudge;
  /** Of the committed state. */
  readonly ctx: ReadCtx;
  /** What the block writes into: that state with what comes before the block. */
  fresh(): Overlay;
}

/**
 * Runs blocks: each once, when it is proposed or judged, or else when it is decided. What the last one came
 * to is kept until the state changes.
 */
export interface Runs {
  /** Runs into a block what enters it of what is offered; returns its transactions, the beacon first. */
  propose(
    ground: Ground,
    proposal: Proposal,
    offers: Pick<Offers, "lanes" | "refused">,
  ): Promise<Uint8Array[]>;
  /** Whether a correct proposer could have made the block. */
  accepts(ground: Ground, block: Block): Promise<boolean>;
  /** Runs a decided block, whatever it holds. */
  decided(ground: Ground, block: Block): Promise<RanBlock>;
  forget(): void;
}

/** Begins a block with what its proofs and its beacon were found to show. Throws ChainError. */
function open({ machine, beacons, ctx, fresh }: Ground, block: Block, verdicts: Verdicts): OpenBlock {
  const { txs, ...at } = block;
  const known = new Map([...verdicts, ...beacons(ctx, block)]);
  return openBlock(machine, fresh(), { ...at, chainId: ctx.chainId, verdicts: known }, txs[0]);
}

/** `run` runs what must be deterministic. */
export function runs({ proofs, beacon: sign, warn }: AppOptions, run: <T>(work: () => T) => T): Runs {
  const last = lastRun();

  const propose: Runs["propose"] = async (ground, { bytesMax, ...block }, offers) => {
    const { machine, ctx, beacons } = ground;
    const beacon = beaconTx(ctx, sign);
    const first = beacon ? [beacon] : [];
    const verdicts = [...beacons(ctx, { ...block, txs: first }).values()];
    if (beacon && !verdicts.includes(true)) {
      warn?.("the chain knows another beacon key of this validator, or none: its proposal will be refused");
      return first;
    }
    const most = Math.min(bytesMax, BLOCK_BYTES_MAX) - (beacon ? beacon.length + 4 : 0);
    const judged = await proofsOf({ machine, proofs, ctx, height: block.height }, offers.lanes);
    const { txs, ran } = run(() => {
      const begun = open(ground, { ...block, txs: first }, verdictsOf(judged));
      const chosen = selectTxs(ctx, begun, { ...offers, proofs: judged, bytesMax: most });
      return { txs: [...first, ...chosen], ran: begun.close() };
    });
    last.keep({ ...block, txs }, ran);
    return txs;
  };

  const accepts: Runs["accepts"] = async (ground, block) => {
    if (last.find(block)) return true;
    const { machine, ctx } = ground;
    const judge = { machine, proofs, ctx, height: block.height };
    const judged = await judgeTxs(judge, block.txs.slice(beaconIsSigned(ctx) ? 1 : 0));
    if (judged === undefined) return false;
    try {
      const ran = run(() => runProposal(open(ground, block, judged.verdicts), judged.readings));
      if (ran) last.keep(block, ran);
      return ran !== undefined;
    } catch (error) {
      const { code, log } = failureOf(error);
      // Nothing that a proposer says leads here but for a mistake of ours.
      if (code === CODE_PANIC) warn?.(`the proposal of height ${block.height} is refused: ${log}`);
      return false;
    }
  };

  const decided: Runs["decided"] = async (ground, block) => {
    const found = last.find(block);
    if (found) return found;
    const { machine, ctx } = ground;
    const placed = await placeTxs(machine, ctx, block.txs);
    const verdicts = await proofs.verifyAll(placed.flatMap(({ task }) => task ?? []));
    return run(() => {
      const begun = open(ground, block, verdicts);
      for (const each of placed.slice(begun.isSigned ? 1 : 0)) begun.run(each);
      return begun.close();
    });
  };
  return { propose, accepts, decided, forget: () => last.forget() };
}
