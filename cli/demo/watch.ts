import { bigFromBytes } from "#chain/bytes/int.ts";
import type { CreatedNet } from "#cli/home/create.ts";
import type { VerifiedProof } from "#cli/node/timed-verifier.ts";
import { outcomeTable } from "#cli/views/outcome.ts";
import type { IterumClient } from "#client/connect.ts";
import { type TypedEvent, typedEvent } from "#client/events.ts";
import type { ChainBlock } from "#client/node.ts";
import { EventSettled } from "#proto/gen/iterum/markets.ts";
import { EventProofAccepted } from "#proto/gen/iterum/proofs.ts";
import { crowdLines, lineOf, roundOf } from "./narrate.ts";
import { type Records, valueIn } from "./record.ts";

/** Judged proofs that no block has been seen with yet, by the parameters of their models. */
export class VerifyTimes {
  readonly #times = new Map<string, number[]>();

  add({ params, valid, verifyMs }: VerifiedProof): void {
    if (valid) this.#times.set(params, [...(this.#times.get(params) ?? []), verifyMs]);
  }

  /** The oldest time of a proof of these parameters (decimal), which is then forgotten. */
  take(params: string): number | undefined {
    return this.#times.get(params)?.shift();
  }
}

export interface WatchPlan {
  readonly client: IterumClient;
  readonly net: CreatedNet;
  readonly records: Records;
  readonly times: VerifyTimes;
  readonly say: (line: string) => void;
  /** Called after each block. */
  readonly onBlock: (block: ChainBlock) => void;
  readonly signal: AbortSignal;
}

const eventsOf = ({ events, txs }: ChainBlock): TypedEvent[] =>
  [...txs.flatMap((tx) => tx.events), ...events].flatMap((event) => typedEvent(event) ?? []);

/** Names of the net's accounts by address. */
export function namesOf(net: CreatedNet): (address: string) => string {
  const names = new Map([...net.keys].map(([name, { address }]) => [address, name]));
  return (address) => names.get(address) ?? address;
}

/** How long the proof of an event took to judge. */
async function verifyMsOf({ client, times }: WatchPlan, event: TypedEvent): Promise<number | undefined> {
  const proof = valueIn(EventProofAccepted, event);
  const model = proof && (await client.commitments.model(proof.modelId));
  return model && times.take(String(bigFromBytes(model.paramsHash)));
}

async function tell(plan: WatchPlan, event: TypedEvent, height: bigint): Promise<void> {
  const { records, say, net, client } = plan;
  const nameOf = namesOf(net);
  const verifyMs = await verifyMsOf(plan, event);
  records.take(event, height, verifyMs);
  const line = lineOf(event, { nameOf, verifyMs, unit: net.unit });
  const roundId = roundOf(event);
  const where = roundId === undefined ? "" : `round ${roundId}  `;
  if (line !== undefined) say(`${String(height).padStart(5)}  ${where}${line}`);
  const settled = valueIn(EventSettled, event);
  if (!settled) return;
  const outcome = await client.markets.outcome(net.settings.gameId, settled.roundId);
  if (!outcome) return;
  records.round(settled.roundId).outcome = outcome;
  say(`\nRound ${settled.roundId}\n${outcomeTable(outcome, net.unit, nameOf)}\n`);
}

/** Tells and records every block from the first on until the signal fires. */
export async function watchChain(plan: WatchPlan): Promise<void> {
  for await (const block of plan.client.blocks(0n, plan.signal)) {
    const events = eventsOf(block);
    for (const line of crowdLines(events, namesOf(plan.net)))
      plan.say(`${String(block.height).padStart(5)}  ${line}`);
    for (const event of events) await tell(plan, event, block.height);
    plan.onBlock(block);
  }
}
