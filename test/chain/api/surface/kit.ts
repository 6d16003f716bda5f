import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { coins, SigningStargateClient } from "@cosmjs/stargate";
import { Ajv2020 } from "ajv/dist/2020.js";
import { TxRaw } from "cosmjs-types/cosmos/tx/v1beta1/tx";
import { signerFromKey } from "#client/signer.ts";
import type { Person } from "#test/kit/accounts.ts";
import { DENOM } from "#test/kit/genesis.ts";
import type { Body, Got, Surface } from "./env.ts";

const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });

/** Fails unless the body has the shape that the schema describes. */
export function fits(schema: object, body: Body, what: string): void {
  const check = ajv.compile(schema);
  assert.ok(check(body), `${what}: ${ajv.errorsText(check.errors)} in ${JSON.stringify(body).slice(0, 500)}`);
}

/** Fails unless the body has the shape that a part of an OpenAPI document describes. */
export function fitterOf(document: Body): (part: Body, body: Body, what: string) => void {
  const whole = new Ajv2020({ strict: false, validateFormats: false });
  whole.addSchema(document, "document");
  return ({ $ref }, body, what) => {
    const check = whole.getSchema(`document${String($ref)}`);
    assert.ok(
      check?.(body),
      `${what}: ${whole.errorsText(check?.errors)} in ${JSON.stringify(body).slice(0, 500)}`,
    );
  };
}

/** A payment as a wallet signs it by cosmjs, in base64. */
export async function signedSend(
  { node }: Surface,
  from: Person,
  to: string,
  amount: number,
): Promise<string> {
  const signer = await signerFromKey(from.secretKey);
  const client = await SigningStargateClient.connectWithSigner(node.rpcUrl, signer);
  try {
    const value = { fromAddress: from.address, toAddress: to, amount: coins(amount, DENOM) };
    const message = { typeUrl: "/cosmos.bank.v1beta1.MsgSend", value };
    const fee = { amount: coins(2_000, DENOM), gas: "200000" };
    const tx = await client.sign(from.address, [message], fee, "by hand");
    return Buffer.from(TxRaw.encode(tx).finish()).toString("base64");
  } finally {
    client.disconnect();
  }
}

/** Asks again until the answer is there. */
export async function until(ask: () => Promise<Got>): Promise<Body> {
  for (let i = 0; i < 1_200; i++) {
    const { status, body } = await ask();
    if (status === 200) return body;
    assert.equal(status, 404, JSON.stringify(body));
    await sleep(50);
  }
  throw new Error("no answer in a minute");
}
