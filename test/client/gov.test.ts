import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Secp256k1Wallet } from "@cosmjs/amino";
import { chainRegistry } from "#chain/app/modules.ts";
import type { Json } from "#chain/proto/json.ts";
import { ADDRESS_PREFIX } from "#chain/protocol/address.ts";
import { AUTHORITY } from "#chain/protocol/authority.ts";
import { ClientError } from "#client/errors.ts";
import { governedFromJson, governedToJson, msgPropose, packGoverned } from "#client/gov.ts";
import { encodeMessage, governedCodecs, messageCodecs } from "#client/registry.ts";
import { accountOf } from "#client/sign.ts";
import { signerFromEthereumKey, signerFromKey } from "#client/signer.ts";
import { MsgPayout } from "#proto/gen/iterum/treasury.ts";
import { proposalOf } from "#test/kit/game/govern.ts";
import { CHAIN_ID, DENOM, GAME_ID, TOKEN } from "#test/kit/genesis.ts";
import { ann, chainWith, ethereumPerson, signerData } from "../chain/tx/people.ts";

const registry = chainRegistry();
const guide = readFileSync(new URL("../../docs/guides/govern.md", import.meta.url), "utf8");

test("the client knows what a transaction may carry and what a proposal may, and nothing is both", () => {
  assert.deepEqual([...messageCodecs.keys()].sort(), [...registry.messages.keys()].sort());
  assert.deepEqual([...governedCodecs.keys()].sort(), [...registry.governed.keys()].sort());
});

test("every message that governance sends says in whose name, and who decides on it", () => {
  for (const { typeUrl, request, handler } of registry.governed.values()) {
    assert.equal(request.fields[0]?.protoName, "authority", typeUrl);
    assert.equal(handler.signer({ ...(request.zero() as object), authority: "me" }), "me", typeUrl);
    assert.equal(handler.proof, undefined, typeUrl);
  }
});

test("every message of the guide is one that a proposal may carry, and comes back as it was", () => {
  const blocks = [...guide.matchAll(/```json\n([\s\S]*?)```/g)].map(([, text = ""]) => text);
  assert.ok(blocks.length >= 5);
  for (const text of blocks) {
    const json = JSON.parse(text) as { readonly [key: string]: Json };
    const packed = governedFromJson(json);
    assert.deepEqual(governedToJson(packed), { ...json, authority: AUTHORITY });
    registry.governed
      .get(packed.typeUrl)
      ?.handler.check?.(governedCodecs.get(packed.typeUrl)?.decode(packed.value));
  }
});

test("what no proposal may carry is refused before it is sent", () => {
  const payout = { authority: AUTHORITY, gameId: "spam", to: AUTHORITY, amount: 1n, purpose: "" };
  assert.equal(packGoverned({ typeUrl: MsgPayout.typeUrl, value: payout }).typeUrl, MsgPayout.typeUrl);
  const refused: readonly Json[] = [
    null,
    [],
    "text",
    {},
    { "@type": "/cosmos.bank.v1beta1.MsgSend" },
    { "@type": MsgPayout.typeUrl, surprise: true },
  ];
  for (const json of refused)
    assert.throws(
      () => governedFromJson(json),
      (error) => error instanceof ClientError && error.kind === "badInput",
    );
});

test("a proposal is signed in every mode, with what it carries in the text that a wallet shows", async () => {
  const eve = ethereumPerson("eve");
  const signers = [
    await signerFromKey(ann.secretKey),
    await Secp256k1Wallet.fromKey(ann.secretKey, ADDRESS_PREFIX),
    signerFromEthereumKey(eve.secret),
  ];
  for (const signer of signers) {
    const account = await accountOf(signer);
    const { address: proposer } = account;
    const chain = proposer === ann.address ? chainWith() : chainWith(proposer);
    await chain.until(1n);
    const packed = governedFromJson({
      "@type": MsgPayout.typeUrl,
      ...{ gameId: GAME_ID, to: proposer, amount: "7", purpose: "Zoë's <data>" },
    });
    const terms = { gameId: GAME_ID, title: "A payout", summary: "", deposit: 10n * TOKEN };
    const message = encodeMessage(msgPropose({ proposer, ...terms, messages: [packed] }));
    const { accountNumber, sequence } = signerData(chain, proposer);
    const fee = { amount: [{ denom: DENOM, amount: 2_000n }], gasLimit: 2_000_000n, payer: "", granter: "" };
    const tx = await account.sign({
      ...{ messages: [message], memo: "", fee, timeoutHeight: 50n, chainId: CHAIN_ID },
      ...{ accountNumber, sequence: BigInt(sequence) },
    });
    const { results } = await chain.rawBlock([tx]);
    assert.deepEqual([results[0]?.code, results[0]?.log], [0, ""]);
    const [kept] = proposalOf(chain, 1n).messages;
    assert.deepEqual(kept, packed);
  }
});
