import type { App } from "#chain/app.ts";
import * as auth from "#modules/auth/api.ts";
import * as bank from "#modules/bank/api.ts";
import { BasicAllowance, MsgGrantAllowance } from "#proto/gen/cosmos/feegrant.ts";
import type { TxBody } from "#proto/gen/cosmos/tx.ts";
import { MsgRegisterBeaconKey } from "#proto/gen/iterum/elections.ts";
import type { Person } from "#test/kit/accounts.ts";
import { type Said, say, signTx } from "#test/kit/chain.ts";
import type { Random } from "#test/kit/game/random.ts";
import { DENOM, TOKEN } from "#test/kit/genesis.ts";
import { validator } from "#test/kit/validator.ts";
import { delegate, redelegate, undelegate } from "#test/modules/validators/kit.ts";
import { pay, START_MS } from "./kit.ts";

const GAS = [40_000n, 60_000n, 90_000n, 120_000n, 400_000n, 400_000n, 400_000n, 4_000_000n] as const;
/** More than four of these no block holds. */
const GAS_MOST = 50_000_000n;

/** Who there is, and what follows from the last state of a chain. */
export interface Crowd {
  readonly app: App;
  readonly people: readonly Person[];
  /** Those of them that run validators. */
  readonly validators: readonly Person[];
  readonly random: Random;
}

const balance = (app: App, who: Person): bigint => app.read((ctx) => bank.balance(ctx, who.address, DENOM));

/** All that somebody has but for about a fee or two. */
function drained({ app, random }: Crowd, who: Person, gas: bigint): bigint {
  const left = (gas / 1_000n + 1n) * BigInt(random.int(4)) + BigInt(random.int(3)) - 1n;
  const held = balance(app, who);
  return held > left + 1n ? held - left : 1n;
}

function grantOf(random: Random, who: Person, to: Person): Said {
  const spendLimit = random.chance(0.5) ? [{ denom: DENOM, amount: BigInt(1 + random.int(2_000)) }] : [];
  const allowance = say(BasicAllowance, { ...BasicAllowance.zero(), spendLimit });
  return say(MsgGrantAllowance, { granter: who.address, grantee: to.address, allowance });
}

/** Something that somebody may say: much of it fails, for want of money or stake. */
function saidBy(crowd: Crowd, who: Person, gas: bigint): Said {
  const { app, random, people, validators } = crowd;
  const [other, one, two] = [random.pick(people), random.pick(validators), random.pick(validators)];
  const amount = BigInt(1 + random.int(5)) * TOKEN;
  const kinds: readonly (() => Said)[] = [
    () => pay(who, other, BigInt(1 + random.int(1_000))),
    () => pay(who, other, BigInt(1 + random.int(1_000))),
    () => pay(who, other, balance(app, who) / 2n),
    () => pay(who, other, drained(crowd, who, gas)),
    () => pay(who, other, 1_000_000n * TOKEN),
    () => delegate(who, one, amount),
    () => undelegate(who, one, amount),
    () => redelegate(who, one, two, amount),
    () => grantOf(random, who, other),
    () => say(MsgRegisterBeaconKey, { operator: who.address, ...validator(who.name).key }),
  ];
  return random.pick(kinds)();
}

/** Limits of time, mostly none. */
function bodyOf({ app, random }: Crowd): Partial<TxBody> {
  const height = app.info().height + 1n;
  const seconds = START_MS / 1_000n + height + BigInt(random.int(640)) - 2n;
  const timeoutTimestamp = { seconds, nanos: random.int(1_000_000_000) };
  if (random.chance(0.1)) return { unordered: true, timeoutTimestamp };
  if (random.chance(0.05)) return { timeoutTimestamp };
  return random.chance(0.05) ? { timeoutHeight: height + BigInt(random.int(3)) - 1n } : {};
}

/** Transactions for the next block: of some people, in turn and out of it, some of them broken. */
export function randomTxs(crowd: Crowd, count: number): readonly Uint8Array[] {
  const { app, random, people } = crowd;
  const turns = new Map<Person, bigint>();
  const made: Uint8Array[] = [];
  while (made.length < count) {
    const who = random.pick(people);
    const account = app.read((ctx) => auth.account(ctx, who.address));
    if (!account) throw new Error(`${who.name} has no account`);
    const body = bodyOf(crowd);
    const turn = turns.get(who) ?? account.sequence;
    const sequence = body.unordered ? 0n : random.chance(0.05) ? turn + 1n : turn;
    if (!body.unordered && !random.chance(0.05)) turns.set(who, turn + 1n);
    const gas = random.chance(0.05) ? GAS_MOST : random.pick(GAS);
    const said = Array.from({ length: random.chance(0.2) ? 3 : 1 }, () => saidBy(crowd, who, gas));
    const granter = random.chance(0.15) ? random.pick(people).address : "";
    const tx = signTx(who, { number: account.number, sequence, gas, granter, body }, ...said);
    if (random.chance(0.03)) tx[tx.length - 1 - random.int(60)] = random.int(256);
    made.push(tx);
    if (random.chance(0.03)) made.push(random.pick(made));
  }
  return made;
}
