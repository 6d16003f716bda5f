import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { chainRegistry } from "#chain/app/modules.ts";
import type { Json } from "#chain/proto/json.ts";
import { AUTHORITY } from "#chain/protocol/authority.ts";
import { ClientError } from "#client/errors.ts";
import { governedFromJson, governedToJson, packGoverned } from "#client/gov.ts";
import { governedCodecs, messageCodecs } from "#client/registry.ts";
import { MsgPayout } from "#proto/gen/iterum/treasury.ts";

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
