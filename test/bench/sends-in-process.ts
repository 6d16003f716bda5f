import type { BenchApp } from "./app.ts";
import { perSecond } from "./measure.ts";
import { interleaved, type Lane } from "./signed-sends.ts";

const BLOCK_TXS = 1000;

/** What the state machine does for a bank send when nobody is between it and its caller. */
export interface InProcessFigures {
  readonly txsPerSecond: number;
  /** Microseconds a transaction of each stage; `propose` is making a proposal and accepting it. */
  readonly checkMicros: number;
  readonly proposeMicros: number;
  readonly finalizeMicros: number;
  readonly commitMicros: number;
}

/**
 * Runs signed sends through an app in this process in blocks of up to 1,000: the mempool's check, proposal,
 * block, and the synced write. Throws unless every one of them succeeds.
 */
export async function benchSendsInProcess(
  { app, next }: BenchApp,
  lanes: readonly Lane[],
): Promise<InProcessFigures> {
  const txs = interleaved(lanes);
  const ms = { check: 0, propose: 0, finalize: 0, commit: 0 };
  let last = performance.now();
  const lap = (stage: keyof typeof ms): void => {
    const now = performance.now();
    ms[stage] += now - last;
    last = now;
  };
  for (let at = 0; at < txs.length; at += BLOCK_TXS) {
    const given = txs.slice(at, at + BLOCK_TXS);
    const codes = given.map((tx) => app.checkTx(tx).code);
    lap("check");
    const block = next(given);
    const proposal = { ...block, txs: await app.prepareProposal(block) };
    if (!(await app.processProposal(proposal))) throw new Error("the app refuses its own proposal");
    lap("propose");
    const { txResults } = await app.finalizeBlock(proposal);
    lap("finalize");
    await app.commit();
    lap("commit");
    const isWhole = txResults.length === given.length + 1;
    if (!isWhole || [...codes, ...txResults.map(({ code }) => code)].some((code) => code !== 0))
      throw new Error(
        `a send failed: ${txResults.find(({ code }) => code !== 0)?.log ?? "before its block"}`,
      );
  }
  const micros = (total: number): number => (1000 * total) / txs.length;
  return {
    txsPerSecond: perSecond(txs.length, ms.check + ms.propose + ms.finalize + ms.commit),
    checkMicros: micros(ms.check),
    proposeMicros: micros(ms.propose),
    finalizeMicros: micros(ms.finalize),
    commitMicros: micros(ms.commit),
  };
}
