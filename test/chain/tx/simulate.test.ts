import assert from "node:assert/strict";
import test from "node:test";
import {
  createMultisigThresholdPubkey,
  encodeSecp256k1Pubkey,
  type Pubkey,
  pubkeyToAddress,
} from "@cosmjs/amino";
import { encodePubkey } from "@cosmjs/proto-signing";
import { Tx } from "cosmjs-types/cosmos/tx/v1beta1/tx";
import { ADDRESS_PREFIX } from "#chain/protocol/address.ts";
import { MsgSend } from "#proto/gen/cosmos/bank.ts";
import { SimulateRequest, SimulateResponse } from "#proto/gen/cosmos/tx.ts";
import { MsgDonate } from "#proto/gen/iterum/treasury.ts";
import { type Said, say, signTx, type TestChain } from "#test/kit/chain.ts";
import { DENOM, GAME_ID } from "#test/kit/genesis.ts";
import { ann, ben, chainWith, signerData } from "./people.ts";

const SIMULATE = "/cosmos.tx.v1beta1.Service/Simulate";
const coins = (amount: bigint) => [{ denom: DENOM, amount }];
const pay = (from = ann.address, amount = 1n): Said =>
  say(MsgSend, { fromAddress: from, toAddress: ben.address, amount: coins(amount) });
const annKey = encodeSecp256k1Pubkey(ann.publicKey);

/** What cosmjs sends to measure gas: no fee, no mode, an empty signature. */
function simulated(messages: readonly Said[], key: Pubkey = annKey, fields: object = {}): Uint8Array {
  const signerInfos = [{ publicKey: encodePubkey(key), sequence: 0n, modeInfo: { single: { mode: 0 } } }];
  return Tx.encode(
    Tx.fromPartial({
      authInfo: { fee: {}, signerInfos, ...fields },
      body: { messages: [...messages], memo: "" },
      signatures: [new Uint8Array()],
    }),
  ).finish();
}

function simulate(chain: TestChain, txBytes: Uint8Array) {
  const data = SimulateRequest.encode({ tx: undefined, txBytes });
  const answer = chain.app.query({ path: SIMULATE, data, height: 0n });
  return {
    ...answer,
    gas: answer.code === 0 ? (SimulateResponse.decode(answer.value).gasInfo?.gasUsed ?? 0n) : 0n,
  };
}

test("a transaction runs with the very gas that its simulation used, and not with much less", async () => {
  const many = Array.from({ length: 16 }, (_, i) => pay(ann.address, BigInt(i + 1)));
  const donation = say(MsgDonate, { sender: ann.address, gameId: GAME_ID, amount: 5n });
  for (const messages of [[pay()], many, [donation], [donation, pay()]]) {
    const chain = chainWith();
    const { gas, log } = simulate(chain, simulated(messages));
    assert.ok(gas > 0n, log);
    const { accountNumber: number } = signerData(chain, ann.address);
    const [result] = (await chain.rawBlock([signTx(ann, { number, sequence: 0n, gas }, ...messages)]))
      .results;
    assert.equal(result?.code, 0, result?.log);
    const used = result?.gasUsed ?? 0n;
    assert.ok(used <= gas && gas * 10n < used * 12n, `${used} used, ${gas} foreseen`);
  }
});

test("a simulation changes nothing and gives the same again", async () => {
  const chain = chainWith();
  const before = chain.app.dump();
  const [one, two] = [simulate(chain, simulated([pay()])), simulate(chain, simulated([pay()]))];
  assert.deepEqual(one, two);
  assert.deepEqual(chain.app.dump(), before);
});

test("a simulation counts the signatures that a multisig will give", () => {
  const keys = [annKey, encodeSecp256k1Pubkey(ben.publicKey)];
  const one = createMultisigThresholdPubkey(keys, 1);
  const two = createMultisigThresholdPubkey(keys, 2);
  const gasOf = (key: typeof one): bigint => {
    const address = pubkeyToAddress(key, ADDRESS_PREFIX);
    return simulate(chainWith(address), simulated([pay(address)], key)).gas;
  };
  assert.ok(gasOf(two) > gasOf(one) + 1_000n);
});

test("what cannot run is an error of the simulation, and no bytes make it anything else", () => {
  const chain = chainWith();
  assert.equal(simulate(chain, simulated([pay(ann.address, 10n ** 30n)])).code, 5);
  assert.equal(simulate(chain, simulated([])).code, 2);
  assert.equal(simulate(chain, new Uint8Array()).code, 18);
  assert.equal(simulate(chain, Uint8Array.of(1, 2, 3)).code, 2);
  assert.equal(simulate(chain, simulated([pay("iterum1nobody")])).code, 7);
});

test("a transaction for a simulation is none for a block", async () => {
  const chain = chainWith();
  const { results } = await chain.rawBlock([simulated([pay()])]);
  assert.notEqual(results[0]?.code, 0);
});
