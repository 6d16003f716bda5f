import assert from "node:assert/strict";
import * as auth from "#modules/auth/api.ts";
import { MsgMultiSend } from "#proto/gen/cosmos/bank.ts";
import { MsgDonate } from "#proto/gen/iterum/treasury.ts";
import { type Said, START_MS, say, signTx, type TestChain } from "#test/kit/chain.ts";
import { says } from "#test/kit/game/refuse.ts";
import { GAME_ID } from "#test/kit/genesis.ts";
import { chainWith } from "../../chain/tx/people.ts";
import {
  ann,
  basic,
  ben,
  cat,
  coins,
  grant,
  paidBy,
  pay,
  periodic,
  revoke,
  START_S,
  time,
} from "../../modules/feegrant/kit.ts";
import type { Chapter } from "./chapter.ts";
import { aminoSigner, ethereum, multisig } from "./wallets.ts";

const toMany = (amount: bigint): Said =>
  say(MsgMultiSend, {
    inputs: [{ address: ann.address, coins: coins(3n * amount) }],
    outputs: [
      { address: ben.address, coins: coins(amount) },
      { address: cat.address, coins: coins(2n * amount) },
    ],
  });

/** Number and sequence of Ann's account. */
function turnOf(chain: TestChain): { readonly number: bigint; readonly sequence: bigint } {
  const { number = 0n, sequence = 0n } = chain.read((ctx) => auth.account(ctx, ann.address)) ?? {};
  return { number, sequence };
}

/** A payment of Ann's that takes no turn and has until some milliseconds after the chain's begin. */
function unordered(chain: TestChain, untilMs: bigint, ...said: readonly Said[]): Uint8Array {
  const ms = START_MS + untilMs;
  const timeoutTimestamp = { seconds: ms / 1_000n, nanos: Number(ms % 1_000n) * 1_000_000 };
  const body = { unordered: true, timeoutTimestamp };
  return signTx(ann, { number: turnOf(chain).number, sequence: 0n, gas: 1_000_000n, body }, ...said);
}

/** Everybody pays, each in another way of signing. */
async function everybodyPays(chain: TestChain): Promise<void> {
  for (let i = 1n; i <= 8n; i++) {
    const txs = [
      await aminoSigner.pays(chain, ben.address, i),
      await multisig.pays(chain, cat.address, i),
      await ethereum.pays(chain, multisig.address, i),
      unordered(chain, 60_000n + i, pay(ann, i)),
      unordered(chain, 20_000n + i, pay(ann, i)),
      chain.sign(ann, toMany(i), pay(ann, i)),
    ];
    for (const { code, log } of (await chain.rawBlock(txs)).results) assert.deepEqual([code, log], [0, ""]);
  }
}

/** Allowances of every kind, used until they end. */
async function allowances(chain: TestChain): Promise<void> {
  const period = { seconds: 4n, nanos: 0 };
  const limits = { periodSpendLimit: coins(3_001n), periodCanSpend: coins(3_001n) };
  const from = time(START_S + 30n);
  await says(chain, ann, grant(basic({ spendLimit: coins(7_000n) })));
  await says(chain, ben, grant(periodic({ period, ...limits, periodReset: from }), cat, ben));
  await says(chain, ann, grant(basic({ expiration: time(START_S + 40n) }), ben));
  for (let i = 0n; i < 12n; i++) {
    const [byAnn, byBen] = [paidBy(chain, cat, ann, pay(cat, i + 1n)), paidBy(chain, cat, ben, pay(cat))];
    await chain.rawBlock([i % 2n === 0n ? byAnn : byBen, paidBy(chain, ben, ann, pay(ben))]);
  }
  await says(chain, ben, revoke(cat, ben));
}

/** What fails: by its form, its turn, its gas, its signature or its messages. */
async function refusals(chain: TestChain): Promise<void> {
  const donation = say(MsgDonate, { sender: ann.address, gameId: GAME_ID, amount: 1n });
  const nowhere = say(MsgDonate, { sender: ann.address, gameId: "chess", amount: 1n });
  for (const gas of [500n, 6_000n, 20_000n, 30_000n, 40_000n, 60_000n]) {
    const { number, sequence } = turnOf(chain);
    const twice = unordered(chain, 90_000n + gas, nowhere);
    await chain.rawBlock([
      Uint8Array.of(10, 3, 1, 2, 3),
      signTx(ann, { number, sequence: sequence + 3n }, donation),
      signTx(ann, { number, sequence, chainId: "another-chain" }, donation),
      signTx(ann, { number: number + 1n, sequence }, donation),
      signTx(ann, { number, sequence, gas }, donation, pay(ann)),
      chain.sign(ben, pay(ben), pay(ben, 10n ** 20n)),
      chain.sign(cat, pay(ann)),
      ...[twice, twice],
    ]);
    await chain.block([ann, nowhere, donation]);
  }
}

async function work(): Promise<void> {
  const chain = chainWith(aminoSigner.address, multisig.address, ethereum.address, cat.address);
  await chain.until(1n);
  await everybodyPays(chain);
  await allowances(chain);
  await refusals(chain);
  // Marks of unordered transactions are forgotten after their deadlines.
  await chain.until(130n);
}

/** Coins, fees and every way to sign. */
export const paymentChapters: readonly Chapter[] = [{ name: "payments", work }];
