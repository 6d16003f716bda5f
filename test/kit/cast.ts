import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runMember } from "#client/agents/member/member.ts";
import type { MemberEvent } from "#client/agents/member/types.ts";
import { runOperator } from "#client/agents/operator/operator.ts";
import { trainedStrategy } from "#client/agents/operator/strategies.ts";
import type { OperatorEvent } from "#client/agents/operator/types.ts";
import { systemClock } from "#client/clock.ts";
import { connect } from "#client/connect.ts";
import { loadMember } from "#client/member/identity.ts";
import { fileSecrets } from "#client/member/secrets.ts";
import type { ProverPort } from "#client/ports.ts";
import { signerFromKey } from "#client/signer.ts";
import { startDataNode } from "#data/server.ts";
import { dataNodeStore } from "#data/store.ts";
import { floatProver, localTrainer, seedRows, wordSource } from "../client/agents/players.ts";
import type { Person } from "./accounts.ts";
import { GAME_ID } from "./genesis.ts";

/** Agents that play a node's game, with a data node of their own, until they are stopped. */
export interface Cast {
  readonly told: readonly (MemberEvent | OperatorEvent)[];
  stop(): Promise<void>;
}

interface Setting {
  readonly rpcUrl: string;
  readonly dataUrl: string;
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly told: (MemberEvent | OperatorEvent)[];
  readonly proverOf: (who: Person) => ProverPort;
}

async function actor({ rpcUrl, folder }: Setting, who: Person) {
  const chain = await connect({ rpc: rpcUrl, signer: await signerFromKey(who.secretKey), faster: true });
  return { chain, store: await fileSecrets(join(folder, who.name)), gameId: GAME_ID };
}

async function playMember(setting: Setting, who: Person): Promise<void> {
  const { signal, told, dataUrl } = setting;
  const { chain, store, gameId } = await actor(setting, who);
  const clock = (): number => Date.now();
  const identity = await loadMember({
    ethereumKey: who.ethereumKey,
    secrets: store,
    domain: "iterum.example",
    clock,
  });
  const onEvent = (event: MemberEvent): void => void told.push(event);
  const source = wordSource(who.name, 8);
  await runMember({
    chain,
    gameId,
    source,
    data: dataNodeStore({ url: dataUrl }),
    identity,
    store,
    signal,
    onEvent,
  });
  chain.close();
}

async function playOperator(setting: Setting, who: Person): Promise<void> {
  const { signal, told, proverOf } = setting;
  const { chain, store, gameId } = await actor(setting, who);
  const onEvent = (event: OperatorEvent): void => void told.push(event);
  const strategy = trainedStrategy("lr-64", 500_000);
  const ports = { trainer: localTrainer, prover: proverOf(who), clock: systemClock };
  await runOperator({
    chain,
    gameId,
    strategy,
    ...ports,
    store,
    seedSet: await seedRows(20),
    signal,
    onEvent,
  });
  chain.close();
}

/** Starts an agent for each person; outages of the node are theirs to wait out. */
export async function startCast(
  rpcUrl: string,
  members: readonly Person[],
  operators: readonly Person[],
  proverOf: (who: Person) => ProverPort = () => floatProver(),
): Promise<Cast> {
  const folder = await mkdtemp(join(tmpdir(), "iterum-cast-"));
  const data = await startDataNode({ path: join(folder, "data"), port: 0, clock: () => Date.now() });
  const abort = new AbortController();
  const told: (MemberEvent | OperatorEvent)[] = [];
  const setting = { rpcUrl, dataUrl: data.url, folder, signal: abort.signal, told, proverOf };
  const playing = Promise.all([
    ...members.map((who) => playMember(setting, who)),
    ...operators.map((who) => playOperator(setting, who)),
  ]);
  // An agent that fails is seen when the cast is stopped; until then nobody waits for it.
  playing.catch(() => undefined);
  return {
    told,
    stop: async () => {
      abort.abort();
      try {
        await playing;
      } finally {
        await data.close();
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}
