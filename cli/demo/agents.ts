import { join } from "node:path";
import { labelByFirst, rowsLabeller } from "#cli/agents/labellers.ts";
import { rowsSource, trainingSetOf } from "#cli/agents/rows.ts";
import { trainerPort } from "#cli/agents/trainer-port.ts";
import type { CreatedNet } from "#cli/home/create.ts";
import type { Key } from "#cli/home/keys.ts";
import type { DealtRows } from "#cli/home/rows.ts";
import { runMember } from "#client/agents/member/member.ts";
import type { MemberEvent } from "#client/agents/member/types.ts";
import { runOperator } from "#client/agents/operator/operator.ts";
import { guessingStrategy, trainedStrategy } from "#client/agents/operator/strategies.ts";
import type { OperatorEvent } from "#client/agents/operator/types.ts";
import { systemClock } from "#client/clock.ts";
import { featurizerSpec } from "#client/commitments.ts";
import { connect, type IterumClient } from "#client/connect.ts";
import { loadMember } from "#client/member/identity.ts";
import { fileSecrets } from "#client/member/secrets.ts";
import type { ItemSource } from "#client/ports.ts";
import { dataNodeStore } from "#data/store.ts";
import { ProverClient } from "#prover/client.ts";
import type { ProverServer } from "#prover/server.ts";
import { type MadeModel, measured } from "./learning.ts";
import { operators } from "./net.ts";

/** What the demo's agents need, and whom they tell. */
export interface AgentsPlan {
  readonly net: CreatedNet;
  readonly rpc: string;
  readonly dataUrl: string;
  readonly prover: ProverServer;
  readonly rows: DealtRows;
  /** Rows that each member offers in a round. */
  readonly perRound: number;
  readonly onMember: (name: string, event: MemberEvent) => void;
  readonly onOperator: (name: string, event: OperatorEvent) => void;
  readonly onModel: (made: MadeModel) => void;
  /** Stops all of them. */
  readonly signal: AbortSignal;
}

const keyNamed = ({ net }: AgentsPlan, name: string): Key => {
  const key = net.keys.get(name);
  if (!key) throw new Error(`no key ${name}`);
  return key;
};

/** Runs an agent with a client of its own. */
async function withAgent(
  plan: AgentsPlan,
  name: string,
  run: (client: IterumClient, key: Key) => Promise<void>,
): Promise<void> {
  const key = keyNamed(plan, name);
  const client = await connect({ rpc: plan.rpc, signer: key.signer });
  try {
    await run(client, key);
  } finally {
    client.close();
  }
}

type LabelOf = NonNullable<ItemSource["labelOf"]>;

/** In a demo all members know all rows: the honest case, in which panels agree. */
const labelOfAll = ({ classes, members, publicRows }: DealtRows): LabelOf =>
  labelByFirst([rowsLabeller([...members.values()].flat())], publicRows, {
    classes: classes.length,
    onUnknown: () => undefined,
  });

const member = (plan: AgentsPlan, name: string, labelOf: LabelOf): Promise<void> =>
  withAgent(plan, name, async (chain, key) => {
    const { net, signal, dataUrl, rows, perRound, onMember } = plan;
    const store = await fileSecrets(join(net.layout.agents, name));
    const identity = await loadMember({
      ...{ ethereumKey: await key.ethereumKey(), secrets: store, domain: "iterum" },
      clock: () => systemClock.now(),
    });
    await runMember({
      ...{ chain, gameId: net.settings.gameId, store, identity, signal },
      source: rowsSource(rows.members.get(name) ?? [], perRound, labelOf),
      data: dataNodeStore({ url: dataUrl }),
      onEvent: (event) => onMember(name, event),
    });
  });

/** Share of the greatest deposit that every operator stakes, in millionths. */
const DEPOSIT_PPM = 1_000_000;

const operator = (plan: AgentsPlan, { name, architecture }: (typeof operators)[number]): Promise<void> =>
  withAgent(plan, name, async (chain) => {
    const { net, signal, prover, rows, onOperator, onModel } = plan;
    const { gameId } = net.settings;
    const template = (await chain.proofs.gameTemplates(gameId)).find((each) =>
      each.name.startsWith(`${architecture}-`),
    );
    if (!template) throw new Error(`no template for ${name}`);
    const strategyOf = name === "guesser" ? guessingStrategy : trainedStrategy;
    const spec = featurizerSpec((await chain.commitments.dataRule(gameId)).featurizer);
    const heldOut = trainingSetOf(spec, rows.heldOut);
    await runOperator({
      ...{ chain, gameId, signal, trainer: trainerPort, clock: systemClock },
      strategy: measured(strategyOf(template.name, DEPOSIT_PPM), name, heldOut, onModel),
      prover: new ProverClient({ url: prover.url, token: prover.tokens.get(name) ?? "" }),
      store: await fileSecrets(join(net.layout.agents, name)),
      seedSet: trainingSetOf(spec, rows.publicRows),
      onEvent: (event) => onOperator(name, event),
    });
  });

/** Runs all members and operators until the signal fires; rejects when one of them fails for good. */
export async function runAgents(plan: AgentsPlan): Promise<void> {
  const labelOf = labelOfAll(plan.rows);
  const members = [...plan.rows.members.keys()].map((name) => member(plan, name, labelOf));
  await Promise.all([...members, ...operators.map((each) => operator(plan, each))]);
}
