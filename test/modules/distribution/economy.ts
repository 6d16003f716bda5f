import assert from "node:assert/strict";
import type { BlockResult } from "#chain/app/types.ts";
import { toHex } from "#chain/bytes/hex.ts";
import type { ReadCtx } from "#chain/kernel/ctx.ts";
import type { AppState } from "#chain/kernel/genesis.ts";
import { toJson } from "#chain/proto/json.ts";
import * as bank from "#modules/bank/api.ts";
import { PARTS } from "#modules/distribution/accrual.ts";
import { dueTo } from "#modules/distribution/api.ts";
import { pursesOf } from "#modules/distribution/ledgers.ts";
import * as validators from "#modules/validators/api.ts";
import { GenesisState } from "#proto/gen/iterum/mint.ts";
import { EventUnbondingDisplaced } from "#proto/gen/iterum/validators.ts";
import { type Person, person } from "#test/kit/accounts.ts";
import { type Happened, newChain, type Said, START_MS, type TestChain } from "#test/kit/chain.ts";
import { type Random, seeded } from "#test/kit/game/random.ts";
import { DENOM, TOKEN } from "#test/kit/genesis.ts";
import { consensusAddressOf, staked } from "#test/kit/staked.ts";
import { doubleSigned, unjail } from "../slashing/kit.ts";
import { crowd, LEAVERS_MAX } from "../validators/crowd.ts";
import { create, delegate, edit, redelegate, undelegate } from "../validators/kit.ts";
import { ATTO, fund, payTo, withdraw, withdrawCommission } from "./kit.ts";

const DISPLACED = EventUnbondingDisplaced.typeUrl.slice(1);
const PEOPLE = 16;
const FIRST = 3;
/** Ten to thirty per cent a year of ten thousand blocks. */
const MINTING: GenesisState = {
  params: {
    mintDenom: DENOM,
    inflationRateChange: ATTO / 2n,
    inflationMax: (ATTO * 3n) / 10n,
    inflationMin: ATTO / 10n,
    goalBonded: ATTO / 2n,
    blocksPerYear: 10_000n,
  },
  minter: undefined,
};

/** What came of a run. */
export interface Tally {
  /** Messages that succeeded, and that were refused, by what they were. */
  readonly done: Map<string, number>;
  readonly refused: Map<string, number>;
  /** Rewards of single delegations that were compared with the plain reckoning. */
  compared: number;
  minted: bigint;
  burned: bigint;
  /** Entries that made room for larger stake to leave. */
  displaced: number;
}

const count = (counts: Map<string, number>, name: string): void =>
  void counts.set(name, (counts.get(name) ?? 0) + 1);

interface Economy {
  readonly chain: TestChain;
  readonly random: Random;
  readonly people: readonly Person[];
  readonly tally: Tally;
  /** Who does not sign, and until which height. */
  readonly asleep: Map<Person, bigint>;
  /** Whose validator as much leaves from the start as may. */
  readonly crowded: Person | undefined;
}

const operators = ({ chain, people }: Economy): readonly Person[] =>
  people.filter((who) => chain.read((ctx) => validators.validator(ctx, who.address)));

/** Some of an amount, or all of it. */
const someOf = (random: Random, amount: bigint): bigint =>
  random.chance(0.3) ? amount : (amount * BigInt(1 + random.int(1_000))) / 1_000n;

function worth(ctx: ReadCtx, who: Person, at: Person): bigint {
  const shares = validators.delegation(ctx, who.address, at.address)?.shares ?? 0n;
  return shares === 0n ? 0n : validators.tokensOf(ctx, at.address, shares);
}

/** Something that somebody does: with stake more often than not. */
function act(economy: Economy, who: Person): readonly [kind: string, said: Said] {
  const { chain, random, people, crowded } = economy;
  const all = operators(economy);
  const fills = crowded && random.chance(0.5) ? crowded : undefined;
  const at = fills ?? random.pick(all.length > 0 ? all : people);
  const own = all.filter((each) => chain.read((ctx) => worth(ctx, who, each)) > 0n);
  const from = fills && own.includes(fills) ? fills : own.length > 0 ? random.pick(own) : at;
  const stake = someOf(
    random,
    chain.read((ctx) => worth(ctx, who, from)),
  );
  const amount = BigInt(1 + random.int(300)) * TOKEN + BigInt(random.int(1_000_000));
  const deeds = [
    () => ["delegate", delegate(who, at, amount)] as const,
    () => ["delegate", delegate(who, at, amount)] as const,
    () => ["undelegate", undelegate(who, from, stake)] as const,
    () => ["redelegate", redelegate(who, from, at, stake)] as const,
    () => ["withdraw", withdraw(who, from)] as const,
    () => ["commission", withdrawCommission(who)] as const,
    () => ["payee", payTo(who, random.pick(people).address)] as const,
    () => ["fund", fund(who, BigInt(1 + random.int(1_000)))] as const,
    () => ["unjail", unjail(who)] as const,
    () => ["edit", edit(who, { commissionRate: (ATTO * BigInt(random.int(30))) / 100n })] as const,
    () => ["create", create(who)] as const,
    ...(fills
      ? Array.from({ length: 5 }, () => () => ["undelegate", undelegate(who, from, stake)] as const)
      : []),
  ];
  return random.pick(deeds)();
}

/** Who is asleep, who has signed twice, and how late the block is. */
function happens({ chain, random, people, asleep }: Economy): Happened {
  const height = chain.height() + 1n;
  if (random.chance(0.04)) asleep.set(random.pick(people), height + BigInt(random.int(30)));
  for (const [who, until] of asleep) if (until < height) asleep.delete(who);
  const absent = new Set([...asleep.keys()].map((who) => toHex(consensusAddressOf(who))));
  const lateMs = BigInt(random.int(random.chance(0.2) ? 40_000 : 2_000));
  if (height < 10n || !random.chance(0.015)) return { absent, lateMs };
  const guilty = random.pick(people);
  const power = chain.read((ctx) => validators.validator(ctx, guilty.address)?.tokens ?? 0n) / TOKEN;
  const timeMs = chain.read(({ timeMs: now }) => now) - BigInt(random.int(50_000));
  const deed = doubleSigned(guilty, height - 1n - BigInt(random.int(8)), power);
  return { absent, lateMs, evidence: [{ ...deed, timeMs: timeMs < START_MS ? START_MS : timeMs }] };
}

/** Events of a type, of a block and its transactions. */
const happenings = ({ events, txResults }: BlockResult, type: string) =>
  [...events, ...txResults.flatMap((result) => result.events)].filter((each) => each.type === type);

/** Amounts that events of a type say. */
function amounts(block: BlockResult, type: string): bigint {
  let sum = 0n;
  for (const { attributes } of happenings(block, type))
    for (const { key, value } of attributes) if (key === "amount") sum += BigInt(value.replace(DENOM, ""));
  return sum;
}

/** What each delegation has earned, with its shares and its validator's books. */
interface Book {
  readonly shares: bigint;
  readonly due: bigint;
  readonly outstanding: bigint;
  readonly commission: bigint;
  readonly rate: bigint;
  readonly all: bigint;
  /** Parts of a unit that wait until there are enough for all shares. */
  readonly rest: bigint;
}

function books(economy: Economy): ReadonlyMap<string, Book> {
  const found = new Map<string, Book>();
  economy.chain.read((ctx) => {
    for (const { address: operator } of operators(economy)) {
      const { shares: all, commission: rates } = validators.validatorOf(ctx, operator);
      const { outstanding = 0n, commission = 0n, rest = 0n } = pursesOf(ctx, operator).get(DENOM) ?? {};
      for (const { delegator, shares } of validators.delegationsTo(ctx, operator)) {
        const due = dueTo(ctx, delegator, operator)[0]?.amount ?? 0n;
        const book = { shares, due, outstanding, commission, rate: rates?.rate ?? 0n, all, rest };
        found.set(`${operator} ${delegator}`, book);
      }
    }
  });
  return found;
}

/**
 * Compares what delegations earned in a block with the plain reckoning: each its part, by shares, of what
 * their validator got after commission. Only where nothing else touched the books: no stake or rate changed,
 * and all delegations there have earned, so that nobody was paid in between.
 */
function compare(before: ReadonlyMap<string, Book>, after: ReadonlyMap<string, Book>): number {
  let compared = 0;
  const paid = new Set<string>();
  for (const [key, { due }] of before)
    if ((after.get(key)?.due ?? 0n) <= due) paid.add(key.split(" ")[0] as string);
  for (const [key, now] of after) {
    const then = before.get(key);
    if (!then || paid.has(key.split(" ")[0] as string)) continue;
    if (then.all !== now.all || then.shares !== now.shares || then.rate !== now.rate) continue;
    const got = now.outstanding - then.outstanding;
    const kept = (got * now.rate) / ATTO;
    if (got <= 0n || now.commission - then.commission !== kept) continue;
    const fair = (((got - kept) * PARTS + then.rest) * now.shares) / now.all / PARTS;
    const off = now.due - then.due - fair;
    // Both are cut to whole units of 10⁻¹⁸, and less than a part for each share waits.
    const least = 2n + (2n * now.all) / PARTS;
    assert.ok(off <= least && -off <= least, `${key}: off by ${off} of ${fair}`);
    compared += 1;
  }
  return compared;
}

async function playBlock(economy: Economy): Promise<void> {
  const { chain, random, people, tally } = economy;
  const actors = people.filter(() => random.chance(0.2));
  const acts = actors.map((who) => [who, ...act(economy, who)] as const);
  const [supply, before] = [chain.read((ctx) => bank.supply(ctx, DENOM)), books(economy)];
  const happened = happens(economy);
  const block = await chain.rawBlock(
    acts.map(([who, , said]) => chain.sign(who, said)),
    happened,
  );
  for (const [i, { code, codespace }] of block.results.entries()) {
    const kind = acts[i]?.[1] ?? "";
    if (code === 0) count(tally.done, kind);
    else count(tally.refused, `${kind}: ${codespace} ${code}`);
    assert.ok(["", "validators", "slashing", "distribution", "sdk"].includes(codespace), codespace);
  }
  const [minted, burned] = [amounts(block, "coinbase"), amounts(block, "burn")];
  assert.equal(
    chain.read((ctx) => bank.supply(ctx, DENOM)),
    supply + minted - burned,
  );
  tally.minted += minted;
  tally.burned += burned;
  tally.displaced += happenings(block, DISPLACED).length;
  tally.compared += compare(before, books(economy));
}

/** Everybody takes out all there is, in any order; what is left is nobody's. */
async function leave(economy: Economy): Promise<void> {
  const { chain, random, people } = economy;
  for (let round = 0; round < 3; round++) {
    for (const at of operators(economy))
      for (const who of [...people].sort(() => random.int(2) * 2 - 1)) {
        const stake = chain.read((ctx) => worth(ctx, who, at));
        if (stake > 0n) await chain.rawBlock([chain.sign(who, undelegate(who, at, stake))]);
      }
    for (let i = 0; i < 10; i++) await chain.rawBlock([], { lateMs: 30_000n });
  }
  // What is not worth a base unit, or was on its way out too often at once, is still there with its rewards.
  for (const at of operators(economy))
    for (const who of people) {
      if (!chain.read((ctx) => validators.delegation(ctx, who.address, at.address))) continue;
      const { results } = await chain.rawBlock([chain.sign(who, withdraw(who, at))]);
      assert.equal(results[0]?.code, 0, results[0]?.log);
      for (const { amount } of chain.read((ctx) => dueTo(ctx, who.address, at.address)))
        assert.ok(amount < ATTO, `${amount} left`);
    }
}

/** As many entries as may be on their way out of a validator, from dust to ten tokens, for most of a run. */
const crowdOf = (random: Random, who: Person, blocks: number) =>
  crowd(
    who,
    Array.from({ length: LEAVERS_MAX }, () => ({
      amount: BigInt(1 + random.int(10 ** (1 + random.int(7)))),
      endsMs: START_MS + BigInt(blocks * 4_000),
    })),
  );

/** A staking economy that does whatever it likes for so many blocks, with every book checked in each. */
export async function play(seed: string, blocks: number, { isCrowded = false } = {}): Promise<Tally> {
  const random = seeded(seed);
  const people = Array.from({ length: PEOPLE }, (_, i) => person(`staker ${i}`));
  const first = people.slice(0, FIRST);
  const stake = staked(first.map((who) => ({ who, stakes: [[who, 200n * TOKEN]] })));
  const crowded = isCrowded ? first[0] : undefined;
  const fill = crowded ? crowdOf(random, crowded, blocks) : (state: AppState) => state;
  const alter: Parameters<typeof newChain>[0]["alter"] = (state) => ({
    ...fill(stake(state)),
    mint: toJson(GenesisState, MINTING),
  });
  const chain = newChain({ members: people.slice(0, 2), others: people.slice(2), alter }, { twin: false });
  const tally: Tally = {
    done: new Map(),
    refused: new Map(),
    compared: 0,
    minted: 0n,
    burned: 0n,
    displaced: 0,
  };
  const economy: Economy = { chain, random, people, tally, asleep: new Map(), crowded };
  for (let i = 0; i < blocks; i++) await playBlock(economy);
  await leave(economy);
  return tally;
}
