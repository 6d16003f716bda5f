import assert from "node:assert/strict";
import test from "node:test";
import { makeSignDoc, type StdSignDoc, serializeSignDoc } from "@cosmjs/amino";
import { AminoTypes, createBankAminoConverters, SigningStargateClient } from "@cosmjs/stargate";
import { MsgMultiSend as CosmjsMultiSend, MsgSend as CosmjsSend } from "cosmjs-types/cosmos/bank/v1beta1/tx";
import { TxRaw as CosmjsTxRaw } from "cosmjs-types/cosmos/tx/v1beta1/tx";
import fc from "fast-check";
import { chainRegistry, nestedAny } from "#chain/app/modules.ts";
import type { Codec } from "#chain/proto/codec.ts";
import { fromJson, type Json } from "#chain/proto/json.ts";
import { aminoName, aminoValue, quoted, sortedJson } from "#chain/protocol/amino.ts";
import { aminoSignBytes, type SignContent, type TypedMessage } from "#chain/protocol/sign-doc.ts";
import { iterumAminoTypes } from "#client/amino.ts";
import { iterumRegistry } from "#client/registry.ts";
import { MsgMultiSend, MsgSend } from "#proto/gen/cosmos/bank.ts";
import { TxBody, TxRaw } from "#proto/gen/cosmos/tx.ts";
import { Duration, Timestamp } from "#proto/gen/google/protobuf.ts";
import { MsgDonate } from "#proto/gen/iterum/treasury.ts";
import { messages } from "#test/chain/proto/kit.ts";
import { CHAIN_ID, DENOM, GAME_ID } from "#test/kit/genesis.ts";
import { aminoWallet, ann, ben, chainWith, FEE, signerData } from "./people.ts";

const messageTypes = [...chainRegistry().messages.values()];
const governed = [...chainRegistry().governed.values()].map(({ request }) => request);
/** Any message; an `Any` of a proposal holds what governance may send. */
const arbitraryOf = (codec: Codec<unknown>) => messages(codec, 3, governed);
const fee = { amount: [{ denom: DENOM, amount: 1_000n }], gasLimit: 1_000_000n, payer: "", granter: "" };

const content = (messages: readonly TypedMessage[], change: Partial<SignContent> = {}): SignContent => ({
  chainId: CHAIN_ID,
  address: ann.address,
  accountNumber: 7n,
  sequence: 3n,
  body: { ...TxBody.zero(), memo: "a <memo> & more" },
  fee,
  messages,
  anyTypes: nestedAny,
  ...change,
});
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

test("the document of bank messages is the one that cosmjs signs", () => {
  const coins = [{ denom: DENOM, amount: 5n }];
  const send = { fromAddress: ann.address, toAddress: ben.address, amount: coins };
  const inputs = [{ address: ann.address, coins }];
  const many = { inputs, outputs: [{ address: ben.address, coins }] };
  const cosmjs = new AminoTypes(createBankAminoConverters());
  const said = [
    { typeUrl: MsgSend.typeUrl, value: CosmjsSend.decode(MsgSend.encode(send)) },
    { typeUrl: MsgMultiSend.typeUrl, value: CosmjsMultiSend.decode(MsgMultiSend.encode(many)) },
  ];
  const body = { ...TxBody.zero(), memo: 'Zoë "&" <b>\n', timeoutHeight: 12n };
  const messages = [
    { codec: MsgSend, value: send },
    { codec: MsgMultiSend, value: many },
  ] as readonly TypedMessage[];
  const signed = serializeSignDoc(
    makeSignDoc(
      said.map((one) => cosmjs.toAmino(one)),
      FEE,
      CHAIN_ID,
      body.memo,
      7,
      3,
      12n,
    ),
  );
  assert.equal(text(aminoSignBytes(content(messages, { body }))), text(signed));
  const parties = { payer: ben.address, granter: ann.address };
  const doc = makeSignDoc(
    said.map((one) => cosmjs.toAmino(one)),
    { ...FEE, ...parties },
    CHAIN_ID,
    "",
    7,
    3,
  );
  const ours = aminoSignBytes(content(messages, { body: TxBody.zero(), fee: { ...fee, ...parties } }));
  assert.equal(text(ours), text(serializeSignDoc(doc)));
});

test("every message of ours has an Amino name of its own, short enough for a Ledger device", () => {
  const names = [...messageTypes.map(({ request }) => request), ...governed].map(aminoName);
  assert.equal(new Set(names).size, names.length);
  for (const name of names)
    assert.match(name, /^(?:iterum|cosmos-sdk)\/(?:x\/[a-z]+\/|distr(?:ibution)?\/)?Msg[A-Za-z]+$/);
  for (const name of names) assert.ok(name.length <= 39, name);
});

test("the document of every message is that of cosmjs over our converters and gives it back", () => {
  const amino = iterumAminoTypes();
  const ours = messageTypes.filter(({ typeUrl }) => typeUrl.startsWith("/iterum."));
  assert.ok(ours.length >= 10);
  for (const { request: codec, typeUrl } of ours)
    fc.assert(
      fc.property(arbitraryOf(codec), (value) => {
        const said = amino.toAmino({ typeUrl, value });
        const signed = makeSignDoc([said], FEE, CHAIN_ID, "a <memo> & more", 7, 3);
        assert.equal(text(aminoSignBytes(content([{ codec, value }]))), theirs(signed));
        const back = amino.fromAmino(JSON.parse(JSON.stringify(said)));
        assert.equal(back.typeUrl, typeUrl);
        assert.deepEqual(codec.encode(back.value), codec.encode(value));
      }),
      { numRuns: 40 },
    );
});

const amino = (codec: Codec<unknown>, value: unknown) => aminoValue(codec, value, nestedAny);

test("two messages that differ have different documents", () => {
  for (const { request: codec } of messageTypes.filter(({ typeUrl }) => typeUrl.startsWith("/iterum.")))
    fc.assert(
      fc.property(arbitraryOf(codec), arbitraryOf(codec), (a, b) => {
        const same = Buffer.compare(codec.encode(a), codec.encode(b)) === 0;
        assert.equal(sortedJson(amino(codec, a)) === sortedJson(amino(codec, b)), same);
      }),
      { numRuns: 30 },
    );
});

/** cosmjs's canonical text of any JSON. */
const theirs = (json: unknown): string => text(serializeSignDoc(json as StdSignDoc));

/** Names as fields have them: JavaScript would put keys that are numbers first. */
function renamed(json: unknown): Json {
  if (Array.isArray(json)) return json.map(renamed);
  if (typeof json !== "object" || json === null) return typeof json === "number" ? 7 : (json as Json);
  return Object.fromEntries(Object.entries(json).map(([key, value]) => [`k${key}`, renamed(value)]));
}

test("texts are escaped and keys sorted as cosmjs does", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.string({ unit: "grapheme" }), (json, words) => {
      assert.equal(quoted(words), theirs(words));
      assert.equal(sortedJson(renamed(json)), theirs(renamed(json)));
    }),
    { numRuns: 500 },
  );
});

test("times are those of Go's RFC3339Nano, durations nanoseconds", () => {
  const time = (nanos: number) => aminoValue(Timestamp, { seconds: 1_700_000_000n, nanos });
  assert.deepEqual(
    [time(0), time(500_000_000), time(120), time(123_456_789)],
    [
      "2023-11-14T22:13:20Z",
      "2023-11-14T22:13:20.5Z",
      "2023-11-14T22:13:20.00000012Z",
      "2023-11-14T22:13:20.123456789Z",
    ],
  );
  assert.deepEqual(fromJson(Timestamp, time(120)), { seconds: 1_700_000_000n, nanos: 120 });
  assert.equal(aminoValue(Duration, { seconds: 2n, nanos: 5 }), "2000000005");
});

/** The bytes that cosmjs's client makes with a wallet that only knows Amino JSON. */
async function signedByCosmjs(chain: ReturnType<typeof chainWith>, memo = "by hand") {
  const wallet = await aminoWallet();
  const [account] = await wallet.getAccounts();
  assert.ok(account);
  const client = await SigningStargateClient.offline(wallet, {
    registry: iterumRegistry(),
    aminoTypes: iterumAminoTypes(),
  });
  const coins = [{ denom: DENOM, amount: "7" }];
  const messages = [
    {
      typeUrl: MsgSend.typeUrl,
      value: { fromAddress: account.address, toAddress: ben.address, amount: coins },
    },
    { typeUrl: MsgDonate.typeUrl, value: { sender: account.address, gameId: GAME_ID, amount: 11n } },
  ];
  const raw = await client.sign(account.address, messages, FEE, memo, signerData(chain, account.address));
  return CosmjsTxRaw.encode(raw).finish();
}

test("a chain executes what a wallet of cosmjs signs in Amino JSON, once", async () => {
  const [account] = await (await aminoWallet()).getAccounts();
  assert.ok(account);
  const chain = chainWith(account.address);
  const bytes = await signedByCosmjs(chain);
  const { results } = await chain.rawBlock([bytes, bytes]);
  assert.deepEqual(
    results.map(({ code, codespace, log }) => ({ code, codespace, log: log.slice(0, 25) })),
    [
      { code: 0, codespace: "", log: "" },
      { code: 32, codespace: "sdk", log: "account sequence mismatch" },
    ],
  );
  assert.equal((await chain.rawBlock([await signedByCosmjs(chain)])).results[0]?.code, 0);
});

test("in Amino JSON every part of the transaction is signed, and the key must be given", async () => {
  const [account] = await (await aminoWallet()).getAccounts();
  assert.ok(account);
  const chain = chainWith(account.address);
  const raw = TxRaw.decode(await signedByCosmjs(chain));
  const body = TxBody.decode(raw.bodyBytes);
  const altered = (change: Partial<TxBody>): Uint8Array =>
    TxRaw.encode({ ...raw, bodyBytes: TxBody.encode({ ...body, ...change }) });
  const forged = [
    altered({ memo: "by  hand" }),
    altered({ timeoutHeight: 1_000n }),
    altered({ messages: body.messages.slice(0, 1) }),
    altered({ messages: body.messages.toReversed() }),
  ];
  const { results } = await chain.rawBlock([...forged, TxRaw.encode(raw)]);
  assert.deepEqual(
    results.map(({ code }) => code),
    [4, 4, 4, 4, 0],
  );
});
