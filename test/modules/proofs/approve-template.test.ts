import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ChainError } from "#chain/kernel/error.ts";
import { AUTHORITY } from "#chain/protocol/authority.ts";
import { templateId } from "#chain/protocol/template.ts";
import { template as approved } from "#modules/proofs/api.ts";
import { errors } from "#modules/proofs/errors.ts";
import { MsgApproveTemplate, type Template } from "#proto/gen/iterum/proofs.ts";
import { unprovableTemplate } from "#test/kit/template.ts";
import { opened } from "../games/kit.ts";

const other = unprovableTemplate("mlp-64-4");

type Ctx = Awaited<ReturnType<typeof opened>>;

const packed = (template: Template | undefined) => ({
  typeUrl: MsgApproveTemplate.typeUrl,
  value: MsgApproveTemplate.encode({ authority: AUTHORITY, template }),
});
const approve = (ctx: Ctx, template: Template | undefined): Error | undefined =>
  ctx.enact([packed(template)], AUTHORITY, 40_000_000n);

function isRefused(error: Error | undefined): void {
  assert.ok(error instanceof ChainError, String(error));
  assert.deepEqual([error.codespace, error.code], ["proofs", errors.BadTemplate.code], error.message);
}

test("the council approves a circuit, once", async () => {
  const ctx = await opened();
  assert.equal(ctx.electorateOf(packed(other), AUTHORITY), "");
  assert.equal(approve(ctx, other), undefined);
  assert.equal(approved(ctx, templateId(other)).name, "mlp-64-4");
  isRefused(approve(ctx, other));
  isRefused(approve(ctx, unprovableTemplate()));
  isRefused(approve(ctx, undefined));
});

test("whatever a template says, it is approved or refused, and stops no node", async () => {
  const ctx = await opened();
  const number = fc.integer({ min: 0, max: 2 ** 32 - 1 });
  const bytes = fc.uint8Array({ maxLength: 40 });
  const key = fc
    .array(fc.tuple(fc.nat(other.vka.length - 1), fc.integer({ min: 0, max: 255 })), { maxLength: 6 })
    .map((changes) => changes.reduce((vka, [at, byte]) => vka.with(at, byte), other.vka));
  const change = fc.record(
    {
      ...{ name: fc.string(), transform: fc.string(), instanceLayout: fc.string() },
      ...{ batch: number, inputSize: number, classes: number, inputScale: number, outputScale: number },
      ...{ logrows: number, proofLength: number, settings: bytes, vkaDigest: bytes },
      ...{ verifierCodeHash: bytes, srsG2: bytes, vka: fc.oneof(key, bytes) },
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(change, (part) => {
      const error = approve(ctx, { ...other, ...part } as Template);
      if (error !== undefined) isRefused(error);
    }),
    { numRuns: 300 },
  );
});
