import { chainRegistry, storeSpaces } from "#chain/app/modules.ts";
import { fromHex } from "#chain/bytes/hex.ts";
import { atomically, type BlockInfo, writeCtx } from "#chain/kernel/block.ts";
import type { Evidence, Vote, WriteCtx } from "#chain/kernel/ctx.ts";
import { ChainError } from "#chain/kernel/error.ts";
import { gasMeter } from "#chain/kernel/gas.ts";
import { type AppState, initGenesis } from "#chain/kernel/genesis.ts";
import { overlay } from "#chain/kernel/overlay.ts";
import { fromJson, toJson } from "#chain/proto/json.ts";
import { memoryStore } from "#chain/store/memory.ts";
import * as bank from "#modules/bank/api.ts";
import * as validators from "#modules/validators/api.ts";
import { GenesisState as Slashing } from "#proto/gen/iterum/slashing.ts";
import { GenesisState, MsgRotateConsensusKey } from "#proto/gen/iterum/validators.ts";
import { type Person, people } from "#test/kit/accounts.ts";
import { type Said, START_MS, say } from "#test/kit/chain.ts";
import { type CometSet, changedSet } from "#test/kit/comet-set.ts";
import { type Random, seeded } from "#test/kit/game/random.ts";
import { CHAIN_ID, DENOM, genesis, TOKEN } from "#test/kit/genesis.ts";
import { staked, stakingParams } from "#test/kit/staked.ts";
import { slashingParams, unjail } from "../slashing/kit.ts";
import { cancel, coin, create, delegate, edit, redelegate, undelegate } from "./kit.ts";

// Stake that changes hands at random, judged after every block by a model of what CometBFT takes.

const GAS = 50_000_000n;
const PEOPLE = 60;
const SEATS = 20;
const OPERATIONS_PER_BLOCK = 5;
const AWAY_CHANCE = 0.05;
const EVIDENCE_CHANCE = 0.004;
const LATE_CHANCE = 0.1;
/** Blocks between two looks into all books. */
const LOOK_EVERY = 8n;
const ED25519 = "/cosmos.crypto.ed25519.PubKey";
const registry = chainRegistry();
const judged = ["validators", "slashing", "bank", "distribution"];
const invariants = registry.modules
  .filter(({ name }) => judged.includes(name))
  .flatMap((module) => module.invariants);

/** What came of a run. */
export interface Churned {
  readonly operations: number;
  readonly succeeded: number;
  readonly updates: number;
  readonly convicted: number;
  readonly destroyed: bigint;
  /** Least and most validators that the set had. */
  readonly sizes: readonly [number, number];
}

type Cast = readonly Person[];

/** One of many operations, most of which make sense; some must fail. */
function operation(random: Random, cast: Cast, height: bigint): Said {
  const [who, to, other] = [random.pick(cast), random.pick(cast), random.pick(cast)];
  const amount = BigInt(1 + random.int(60)) * (TOKEN / 2n) + BigInt(random.int(3));
  const key = random.bytes(32);
  const operations: readonly (() => Said)[] = [
    () => create(who, { value: coin(amount), pubkey: { typeUrl: ED25519, value: packed(key) } }),
    () => delegate(who, to, amount),
    () => delegate(who, who, amount),
    () => undelegate(who, to, amount),
    () => undelegate(who, who, random.chance(0.5) ? amount : amount * 4n),
    () => redelegate(who, to, other, amount),
    () => cancel(who, to, amount, height - BigInt(random.int(20))),
    () => edit(who, { minSelfDelegation: amount }),
    () => unjail(who),
    () => say(MsgRotateConsensusKey, { operator: who.address, publicKey: key }),
  ];
  return random.pick(operations)();
}

/** A key in the message that carries it: field 1, so many bytes. */
const packed = (key: Uint8Array): Uint8Array => Uint8Array.of(10, key.length, ...key);

function begin(cast: Cast): AppState {
  const founders = cast.slice(0, 4).map((who, i) => ({
    who,
    stakes: [[who, BigInt(10 * (i + 1)) * TOKEN]] as const,
  }));
  const members = cast.slice(0, 2);
  const state = genesis({ members, others: cast.slice(2), alter: staked(founders) });
  const stake = fromJson(GenesisState, state["validators"] ?? {});
  const params = { ...stakingParams, maxValidators: SEATS };
  return {
    ...state,
    validators: toJson(GenesisState, { ...stake, params }),
    slashing: toJson(Slashing, { ...Slashing.zero(), params: slashingParams }),
  };
}

/** The sets that consensus has had, by the height that they decide. */
class Sets {
  readonly #sets = new Map<bigint, CometSet>();
  #last: CometSet;

  constructor(first: CometSet) {
    this.#last = first;
    for (const height of [1n, 2n]) this.#sets.set(height, first);
  }

  at(height: bigint): CometSet {
    return this.#sets.get(height) ?? new Map();
  }

  /** Takes what a block changes; throws where CometBFT would stop. */
  change(height: bigint, updates: Parameters<typeof changedSet>[1]): number {
    this.#last = changedSet(this.#last, updates);
    this.#sets.set(height + 2n, this.#last);
    return this.#last.size;
  }
}

function votesOf(random: Random, set: CometSet): readonly Vote[] {
  return [...set].map(([address, power]) => {
    const signed = !random.chance(AWAY_CHANCE);
    return { address: fromHex(address), power, signed };
  });
}

function evidenceOf(random: Random, sets: Sets, { height, timeMs }: BlockInfo): readonly Evidence[] {
  if (height < 4n || !random.chance(EVIDENCE_CHANCE)) return [];
  const at = height - 1n - BigInt(random.int(Math.min(20, Number(height) - 2)));
  const set = sets.at(at);
  const [address, power] = random.pick([...set]);
  const totalPower = [...set.values()].reduce((sum, each) => sum + each, 0n);
  const kind = random.pick(["duplicateVote", "lightClientAttack"] as const);
  const one = { kind, address: fromHex(address), power, totalPower, height: at };
  return [{ ...one, timeMs: timeMs - (height - at) * 1_000n }];
}

/** Runs a message over a savepoint; false where it is refused. */
function runs(ctxOf: { store: WriteCtx["store"]; block: BlockInfo }, { typeUrl, value }: Said): boolean {
  const message = registry.messages.get(typeUrl);
  if (!message) throw new Error(`no message ${typeUrl}`);
  const { store, block } = ctxOf;
  try {
    const decoded = message.request.decode(value);
    message.handler.check?.(decoded);
    atomically(registry, store, block, [], gasMeter(GAS), (ctx) => message.handler.run(ctx, decoded));
    return true;
  } catch (error) {
    if (error instanceof ChainError) return false;
    throw error;
  }
}

/** Lets so many random operations happen; throws as soon as a book is wrong or CometBFT would stop. */
export function churn(seed: string, operations: number): Churned {
  const random = seeded(seed);
  const cast = people(...Array.from({ length: PEOPLE }, (_, i) => `person ${i}`));
  const state = overlay(memoryStore({ spaces: storeSpaces }));
  let [succeeded, done, updates, convicted, late] = [0, 0, 0, 0, 0n];
  let block: BlockInfo = blockAt(0n, 0n);
  const ctxOf = (): WriteCtx => writeCtx(registry, state, block, []);
  initGenesis(ctxOf(), registry.modules, begin(cast));
  const sets = new Sets(changedSet(new Map(), validators.launch(ctxOf())));
  const before = bank.supply(ctxOf(), DENOM);
  let sizes: [number, number] = [Infinity, 0];
  while (done < operations) {
    late += random.chance(LATE_CHANCE) ? BigInt(random.int(60_000)) : 0n;
    const next = blockAt(block.height + 1n, late);
    const evidence = evidenceOf(random, sets, next);
    block = { ...next, votes: votesOf(random, sets.at(next.height - 1n)), evidence };
    convicted += evidence.length;
    for (const module of registry.modules) module.beginBlock?.(ctxOf());
    for (let i = random.int(OPERATIONS_PER_BLOCK + 1); i > 0; i--) {
      done += 1;
      if (runs({ store: state, block }, operation(random, cast, block.height))) succeeded += 1;
    }
    for (const module of registry.modules) module.endBlock?.(ctxOf());
    const changes = validators.elect(ctxOf());
    updates += changes.length;
    const size = sets.change(block.height, changes);
    sizes = [Math.min(sizes[0], size), Math.max(sizes[1], size)];
    const looks = block.height % LOOK_EVERY === 0n || done >= operations;
    for (const { name, holds } of looks ? invariants : [])
      if (!holds(ctxOf())) throw new Error(`seed "${seed}", height ${block.height}: broken: ${name}`);
  }
  const destroyed = before - bank.supply(ctxOf(), DENOM);
  return { operations: done, succeeded, updates, convicted, destroyed, sizes };
}

const blockAt = (height: bigint, lateMs: bigint): BlockInfo => ({
  ...{ chainId: CHAIN_ID, height, timeMs: START_MS + height * 1_000n + lateMs },
  proposer: new Uint8Array(20),
  verdicts: new Map(),
});
