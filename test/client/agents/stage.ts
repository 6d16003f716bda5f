import { join } from "node:path";
import type { ReadCtx } from "#chain/kernel/ctx.ts";
import type { ProofVerifier } from "#chain/verify/types.ts";
import { runMember } from "#client/agents/member/member.ts";
import type { MemberEvent } from "#client/agents/member/types.ts";
import { runOperator } from "#client/agents/operator/operator.ts";
import type { OperatorEvent, Strategy } from "#client/agents/operator/types.ts";
import { systemClock } from "#client/clock.ts";
import { ClientError } from "#client/errors.ts";
import { loadMember } from "#client/member/identity.ts";
import { fileSecrets, type SecretStore } from "#client/member/secrets.ts";
import { type ModuleQueries, moduleQueries } from "#client/modules.ts";
import type { ChainPort, ItemSource, ProverPort } from "#client/ports.ts";
import type { TxMessage } from "#client/tx.ts";
import { dataNodeStore } from "#data/store.ts";
import { rounds } from "#modules/rounds/state.ts";
import type { Phase } from "#proto/gen/iterum/rounds.ts";
import { NOW_MS, startNode, withFolder } from "../../data/kit.ts";
import { type Person, people } from "../../kit/accounts.ts";
import { newChain, type TestChain } from "../../kit/chain.ts";
import { GAME_ID, type GenesisChoice } from "../../kit/genesis.ts";
import { unprovableTemplate } from "../../kit/template.ts";
import { type LocalChain, localChain } from "./local-chain.ts";
import { type Meter, meteredPort, newMeter } from "./meter.ts";
import { floatProver, localTrainer, seedRows, wordSource } from "./players.ts";

export const MEMBERS = people(...Array.from({ length: 12 }, (_, i) => `member ${i}`));
const OPERATORS = people("ann", "bob", "gus");
export const SEED_ROWS = 20;
const HEIGHT_MAX = 400n;

export type Told = OperatorEvent | MemberEvent;
/** Stops an agent and waits until it rests. */
export type Stop = () => Promise<void>;

/** What a test plays on, where it is not the default. */
export interface Setting {
  readonly choice?: Partial<GenesisChoice>;
  readonly proofs?: ProofVerifier;
  /** The prover of an operator; by default one that makes no proofs. */
  proverOf?(who: Person): ProverPort;
  /** The items of a member and how it labels others'; by default those of `wordSource`. */
  sourceOf?(who: Person): ItemSource;
  /** Whether the chain cannot be reached with these messages. */
  isLost?(who: Person, messages: readonly TxMessage[], queries: ModuleQueries): Promise<boolean>;
}

/** A chain, a data node, and everything that agents need. */
export interface Stage {
  readonly chain: TestChain;
  readonly queries: ModuleQueries;
  readonly meter: Meter;
  readonly told: Told[];
  member(who: Person): Promise<Stop>;
  operator(who: Person, strategy: Strategy): Promise<Stop>;
  /** Makes blocks until the round has come to the phase; every agent has its turn between two blocks. */
  until(roundId: bigint, phase: Phase): Promise<void>;
  block(): Promise<void>;
  /** Stops agents; what they have in hand comes to its end, which may take blocks. */
  rest(stops: readonly Stop[]): Promise<void>;
  of<K extends Told["kind"]>(kind: K): Extract<Told, { kind: K }>[];
}

interface Parts {
  readonly folder: string;
  readonly dataUrl: string;
  readonly chain: TestChain;
  readonly local: LocalChain;
  readonly meter: Meter;
  readonly setting: Setting;
  readonly told: Told[];
}

function started(run: (signal: AbortSignal) => Promise<void>): Stop {
  const abort = new AbortController();
  const running = run(abort.signal);
  return () => {
    abort.abort();
    return running;
  };
}

const storeOf = async ({ meter, folder }: Parts, who: Person): Promise<SecretStore> =>
  meteredPort(meter, await fileSecrets(join(folder, who.name.replace(" ", "-"))));

function portOf({ local, setting }: Parts, who: Person): ChainPort {
  const port = local.portOf(who);
  return {
    ...port,
    send: async (messages, options) => {
      if (await setting.isLost?.(who, messages, moduleQueries(local.ask)))
        throw new ClientError("unreachable", "the network is down");
      return port.send(messages, options);
    },
  };
}

async function startMember(parts: Parts, who: Person): Promise<Stop> {
  const { meter, dataUrl, told, setting } = parts;
  const store = await storeOf(parts, who);
  const key = { ethereumKey: who.ethereumKey, secrets: store, domain: "iterum.example" };
  const identity = await loadMember({ ...key, clock: () => NOW_MS });
  const data = meteredPort(meter, dataNodeStore({ url: dataUrl }));
  const source = meteredPort(meter, setting.sourceOf?.(who) ?? wordSource(who.name, 8));
  const options = { chain: portOf(parts, who), gameId: GAME_ID, source, data, identity, store };
  const onEvent = (event: MemberEvent): void => void told.push(event);
  return started((signal) => runMember({ ...options, signal, onEvent }));
}

async function startOperator(parts: Parts, who: Person, strategy: Strategy): Promise<Stop> {
  const { meter, told, setting } = parts;
  const trainer = meteredPort(meter, localTrainer);
  const prover = meteredPort(meter, setting.proverOf?.(who) ?? floatProver());
  const ports = { trainer, prover, store: await storeOf(parts, who), clock: systemClock };
  const options = { chain: portOf(parts, who), gameId: GAME_ID, strategy, ...ports };
  const seedSet = await seedRows(SEED_ROWS);
  const onEvent = (event: OperatorEvent): void => void told.push(event);
  return started((signal) => runOperator({ ...options, seedSet, signal, onEvent }));
}

function newStage(parts: Parts): Stage {
  const { chain, local, meter, told } = parts;
  const queries = moduleQueries(local.ask);
  return {
    chain,
    queries,
    meter,
    told,
    member: (who) => startMember(parts, who),
    operator: (who, strategy) => startOperator(parts, who, strategy),
    block: local.block,
    rest: async (stops) => {
      let isStopped = false;
      const stopping = Promise.all(stops.map((stop) => stop())).finally(() => {
        isStopped = true;
      });
      while (!isStopped) await local.block();
      await stopping;
    },
    until: async (roundId, phase) => {
      const isThere = (ctx: ReadCtx): boolean => (rounds.get(ctx, [GAME_ID, roundId])?.phase ?? 0) >= phase;
      while (!chain.read(isThere) && chain.height() < HEIGHT_MAX) await local.block();
    },
    of: (kind) => told.filter((each) => each.kind === kind) as never,
  };
}

/** Runs on a new stage that is cleared away afterwards. */
export const withStage = (setting: Setting, play: (stage: Stage) => Promise<void>): Promise<void> =>
  withFolder(async (folder) => {
    const node = await startNode(join(folder, "data"));
    const templates = [unprovableTemplate("lr-64"), unprovableTemplate("mlp-64-4")];
    const size = { committee: 5, alternates: 3, itemsMax: 30, itemsMin: 10, quorumSets: 3 };
    const choice = { members: MEMBERS, others: OPERATORS, templates, ...size, ...setting.choice };
    const chain = newChain(choice, setting.proofs && { proofs: setting.proofs });
    const meter = newMeter();
    const local = localChain(chain, meter);
    try {
      await play(newStage({ folder, dataUrl: node.url, chain, local, meter, setting, told: [] }));
    } finally {
      await node.close();
    }
  });
