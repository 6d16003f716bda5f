import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { errors as appErrors } from "#chain/app/injected.ts";
import { sha256 } from "#chain/bytes/hash.ts";
import type { ErrorFactory } from "#chain/kernel/error.ts";
import { predictionsFromLogits } from "#chain/math/transform.ts";
import { unpackInput } from "#chain/protocol/featurizers/pack.ts";
import { type RunningVerifier, startVerifier } from "#chain/verify/verifier.ts";
import * as auth from "#modules/auth/api.ts";
import * as commitments from "#modules/commitments/api.ts";
import * as markets from "#modules/markets/api.ts";
import { errors as proofsErrors } from "#modules/proofs/errors.ts";
import { errors as roundsErrors } from "#modules/rounds/errors.ts";
import { PubKey } from "#proto/gen/cosmos/crypto/secp256k1.ts";
import { AuthInfo, SignDoc, TxRaw } from "#proto/gen/cosmos/tx.ts";
import { OrderStatus } from "#proto/gen/iterum/markets.ts";
import { type Batch, type MsgSubmitProof, Query } from "#proto/gen/iterum/proofs.ts";
import { Phase } from "#proto/gen/iterum/rounds.ts";
import type { Person } from "#test/kit/accounts.ts";
import { signTx } from "#test/kit/chain.ts";
import { featurizer } from "#test/kit/game/items.ts";
import { budget, moduleHolds, purse } from "#test/kit/game/money.ts";
import { operator, someParams } from "#test/kit/game/operator.ts";
import { playRound, playUntil, roundOf, sayAll, type World } from "#test/kit/game/play.ts";
import { type Bench, proofBench } from "#test/kit/game/prove.ts";
import { ask, type Refusal, refuses } from "#test/kit/game/refuse.ts";
import { submitProof } from "#test/kit/game/say.ts";
import { roomy, stage, wordCounter } from "#test/kit/game/stage.ts";
import { CHAIN_ID, GAME_ID, TOKEN } from "#test/kit/genesis.ts";
import { type ZkSample, zkSample } from "#test/kit/zk.ts";

const key = { gameId: GAME_ID, roundId: 1n };
const CLIP_PPM = 10_000;

let sample: ZkSample;
let bench: Bench;
let verifier: RunningVerifier;

before(async () => {
  sample = await zkSample("lr-64");
  bench = await proofBench(sample);
  verifier = startVerifier({ threads: 1 });
});
after(async () => {
  await bench.close();
  await verifier.close();
});

const int32be = (batch: readonly Int32Array[]): Uint8Array => {
  const values = batch.flatMap((item) => [...item]);
  const out = new DataView(new ArrayBuffer(4 * values.length));
  for (const [i, value] of values.entries()) out.setInt32(4 * i, value);
  return new Uint8Array(out.buffer);
};
const int64be = (values: readonly bigint[]): Uint8Array => {
  const out = new DataView(new ArrayBuffer(8 * values.length));
  for (const [i, value] of values.entries()) out.setBigInt64(8 * i, value);
  return new Uint8Array(out.buffer);
};

/** The round's inputs in canonical order. */
const inputsOf = ({ chain }: World): Int32Array[] =>
  chain.read((ctx) => {
    const found = new Map<string, Uint8Array>();
    for (const { member, items } of commitments.setsOf(ctx, key))
      for (const { index, input } of items) found.set(`${member}/${index}`, input);
    return commitments
      .itemList(ctx, key)
      .items.map(({ member, index }) =>
        unpackInput(featurizer, found.get(`${member}/${index}`) ?? new Uint8Array(0)),
      );
  });

/** Whole batches of a list; the last one repeats its last. */
const batches = <T>(list: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(list.length / size) }, (_, i) =>
    Array.from({ length: size }, (__, k) => list[Math.min(i * size + k, list.length - 1)] as T),
  );

/**
 * A round with a real model, one that nobody has, and a third that is not in the market any more, at PROVE.
 */
async function atProve(): Promise<World> {
  const { template, key: templateKey } = sample;
  const logits = new Map<string, bigint>();
  const real = (inputs: readonly Int32Array[]): number[] => {
    const known = inputs.map((values) => logits.get(String(values)) ?? 0n);
    return [...predictionsFromLogits(template.transform, known, template.outputScale, 2, CLIP_PPM)];
  };
  const world = stage({
    templates: [template],
    verifierCode: templateKey.verifierCode,
    policy: "sampled",
    schedule: { ...roomy, prove: 24, open: 80 },
    proofs: verifier,
    operators: [
      operator("olga", template, real, { paramsHash: bench.paramsHash }),
      operator("otto", template, real, { paramsHash: someParams("otto") }),
      operator("ora", template, wordCounter(3)),
    ],
  });
  await playUntil(world, 1n, Phase.PHASE_PREDICT);
  const inputs = inputsOf(world);
  for (const batch of batches(inputs, template.batch))
    for (const [i, logit] of (await bench.logits(batch)).entries()) logits.set(String(batch[i]), logit);
  await playUntil(world, 1n, Phase.PHASE_PROVE, (name, step) =>
    name === "ora" && step === "openPredictions" ? "silent" : undefined,
  );
  return world;
}

const dueOf = (world: World, i: number): Batch => {
  const operatorAddress = world.operators[i]?.who.address ?? "";
  const { due } = ask(world.chain, Query.due, { ...key, operator: operatorAddress });
  return due?.batches[0] as Batch;
};

type Terms = Omit<MsgSubmitProof, "operator" | "gameId" | "roundId">;

/** What the i-th operator must send; the proof is of its own batch under the one real model. */
async function termsOf(world: World, i: number, proven = true): Promise<Terms> {
  const inputs = inputsOf(world);
  const batch = dueOf(world, i).places.map((place) => inputs[place] as Int32Array);
  const made = proven
    ? await bench.prove(batch)
    : { logits: await bench.logits(batch), proof: new Uint8Array(sample.template.proofLength) };
  return {
    batchIndex: 0,
    paramsHash: world.operators[i]?.paramsHash ?? new Uint8Array(0),
    inputs: int32be(batch),
    outputs: int64be(made.logits),
    proof: made.proof,
  };
}

const flip = (bytes: Uint8Array, at: number): Uint8Array => bytes.with(at, (bytes[at] as number) ^ 1);

/** Everything that is wrong with a proof but for the proof itself, with its error. */
function wrongTerms(good: Terms): readonly (readonly [ErrorFactory, Partial<Terms>])[] {
  const { WrongModel, WrongInput, WrongOutput, BadLength, NoBatch, Invalid } = proofsErrors;
  // Far enough to change the prediction that the chain derives.
  const outputs = good.outputs.slice();
  outputs[5] = (outputs[5] as number) ^ 0x40;
  return [
    [NoBatch, { batchIndex: 1 }],
    [WrongModel, { paramsHash: someParams("another model") }],
    [WrongInput, { inputs: flip(good.inputs, 3) }],
    [WrongOutput, { outputs }],
    [BadLength, { paramsHash: good.paramsHash.subarray(1) }],
    [BadLength, { inputs: good.inputs.subarray(4) }],
    [BadLength, { outputs: good.outputs.subarray(8) }],
    [BadLength, { proof: good.proof.subarray(1) }],
    [BadLength, { proof: new Uint8Array(70_000) }],
    [Invalid, { proof: flip(good.proof, 40) }],
    [Invalid, { proof: flip(good.proof, good.proof.length - 1) }],
  ];
}

test("in an audit false proofs are refused, the true one settles, a missing one forfeits", async () => {
  const world = await atProve();
  const { chain } = world;
  const [olga, otto, ora] = world.operators.map(({ who }) => who);
  assert.ok(olga && otto && ora);
  const good = await termsOf(world, 0);
  const stolen = { ...(await termsOf(world, 1, false)), proof: good.proof };
  const { NotDue, WrongModel, Invalid, AlreadyProven } = proofsErrors;
  const submit = (terms: Partial<Terms>) => submitProof(olga, 1n, { ...good, ...terms });
  // One at a time: a block has one lane for each debtor.
  const refusals: readonly Refusal[] = [
    ...wrongTerms(good).map(([error, terms]) => [olga, error, submit(terms)] as const),
    [ora, NotDue, submitProof(ora, 1n, good)],
    [otto, WrongModel, submitProof(otto, 1n, good)],
    [otto, Invalid, submitProof(otto, 1n, stolen)],
    [olga, appErrors.TwoProofs, submit({}), submit({})],
    [olga, roundsErrors.WrongPhase, submitProof(olga, 2n, good)],
  ];
  for (const refusal of refusals) await refuses(chain, refusal);
  await proposals(world, submit({}), submit({ proof: flip(good.proof, 40) }));
  await noFlood(world, submit({}), submitProof(otto, 1n, stolen));
  const { results } = await sayAll(chain, [[olga, submit({})]]);
  assert.equal(results[0]?.code, 0, results[0]?.log);
  await refuses(chain, [olga, AlreadyProven, submit({})]);

  const [held, treasury] = [purse(chain, otto), budget(chain) + moduleHolds(chain, "markets")];
  await playRound(world, 1n);
  assert.equal(roundOf(world, 1n)?.phase, Phase.PHASE_DONE);
  const orders = chain.read((ctx) => markets.ordersOf(ctx, key));
  const end = (who: typeof olga) => orders.find((order) => order.operator === who.address);
  assert.equal(end(olga)?.status, OrderStatus.ORDER_STATUS_SETTLED);
  assert.deepEqual(
    [end(otto)?.status, end(otto)?.reason],
    [OrderStatus.ORDER_STATUS_FORFEITED, "proof missing"],
  );
  assert.equal(purse(chain, otto), held);
  const { results: settled, forfeited } = chain.read((ctx) => markets.outcomeOf(ctx, key));
  assert.deepEqual([settled.map((each) => each.operator), forfeited], [[olga.address], 800n * TOKEN]);
  // Bounds, fees and the bond of the missing proof; the bonds of the other two went back.
  const { payouts, deposits, committeePaid } = chain.read((ctx) => markets.outcomeOf(ctx, key));
  const bonds = 100n * TOKEN;
  const left = budget(chain) + moduleHolds(chain, "markets");
  const out = deposits + (400n * TOKEN - deposits) + bonds + (payouts - deposits) + committeePaid;
  assert.equal(left, treasury - out);
});

/** Whatever one debtor sends, another's proof comes in. */
async function noFlood({ chain, operators }: World, good: Said, false_: Said): Promise<void> {
  const [olga, otto] = operators.map(({ who }) => who);
  assert.ok(olga && otto);
  const { number, sequence } = chain.read((ctx) => auth.account(ctx, otto.address)) ?? {
    number: 0n,
    sequence: 0n,
  };
  const flood = Array.from({ length: 20 }, (_, i) =>
    signTx(otto, { number, sequence: sequence + BigInt(i) }, false_),
  );
  const mine = chain.sign(olga, good);
  const next = { height: chain.height() + 1n, timeMs: 1_790_000_000_000n, proposer: new Uint8Array(20) };
  const txs = [...flood, mine];
  assert.deepEqual(await chain.app.prepareProposal({ ...next, txs, bytesMax: 1 << 21 }), [mine]);
}

/** A transaction of olga's whose fee somebody else pays; both sign. */
function paidBy({ chain }: World, olga: Person, payer: Person, said: Said): Uint8Array {
  const people = [olga, payer];
  const accounts = people.map(({ address }) => chain.read((ctx) => auth.account(ctx, address)));
  const alone = TxRaw.decode(chain.sign(olga, said));
  const info = AuthInfo.decode(alone.authInfoBytes);
  const [first] = info.signerInfos;
  assert.ok(info.fee && first);
  const signerInfos = people.map(({ publicKey }, i) => ({
    ...first,
    publicKey: { typeUrl: PubKey.typeUrl, value: PubKey.encode({ key: publicKey }) },
    sequence: accounts[i]?.sequence ?? 0n,
  }));
  const authInfo = { ...info, signerInfos, fee: { ...info.fee, payer: payer.address } };
  const raw = { ...alone, authInfoBytes: AuthInfo.encode(authInfo) };
  const signatures = people.map(({ secretKey }, i) => {
    const doc = SignDoc.encode({
      bodyBytes: raw.bodyBytes,
      authInfoBytes: raw.authInfoBytes,
      chainId: CHAIN_ID,
      accountNumber: accounts[i]?.number ?? 0n,
    });
    return secp256k1.sign(sha256(doc), secretKey, { prehash: false });
  });
  return TxRaw.encode({ ...raw, signatures });
}

type Said = Parameters<typeof sayAll>[1][number][1];

/** What a proposer puts into a block of proofs. */
async function proposals(world: World, good: Said, bad: Said): Promise<void> {
  const { chain } = world;
  const [olga] = world.operators;
  assert.ok(olga);
  const next = { height: chain.height() + 1n, timeMs: 1_790_000_000_000n, proposer: new Uint8Array(20) };
  const propose = (txs: readonly Uint8Array[]) =>
    chain.app.prepareProposal({ ...next, txs, bytesMax: 1 << 21 });
  const [one, two, false_] = [good, good, bad].map((said) => chain.sign(olga.who, said)) as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ];
  assert.deepEqual(await propose([one, two]), [one]);
  assert.deepEqual(await propose([false_]), []);
  assert.equal(await chain.app.processProposal({ ...next, txs: [one] }), true);
  assert.equal(await chain.app.processProposal({ ...next, txs: [one, two] }), false);
  // Whoever pays the fee, the debtor has one lane.
  const others = world.members.map(({ who }) => paidBy(world, olga.who, who, good));
  assert.equal((await propose([...others, one])).length, 1);
  const [{ code } = { code: -1 }] = (await chain.app.finalizeBlock({ ...next, txs: others.slice(0, 1) }))
    .txResults;
  assert.equal(code, 0);
  assert.equal(await chain.app.processProposal({ ...next, txs: others.slice(0, 2) }), false);
}
