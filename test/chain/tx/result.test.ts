import assert from "node:assert/strict";
import test from "node:test";
import { TxMsgData as CosmjsTxMsgData } from "cosmjs-types/cosmos/base/abci/v1beta1/abci";
import { utf8 } from "#chain/bytes/utf8.ts";
import { ChainBug } from "#chain/kernel/error.ts";
import { errors } from "#chain/tx/errors.ts";
import { CODE_PANIC, failureOf, failureResult, LOG_CHARACTERS_MAX, successResult } from "#chain/tx/result.ts";

const gas = { gasWanted: 100n, gasUsed: 60n };

test("the responses of a transaction that succeeded are read by cosmjs", () => {
  const responses = [{ typeUrl: "/cosmos.bank.v1beta1.MsgSendResponse", value: utf8("x") }];
  const result = successResult(responses, gas, []);
  assert.equal(result.code, 0);
  assert.deepEqual({ gasWanted: result.gasWanted, gasUsed: result.gasUsed }, gas);
  const { data, msgResponses } = CosmjsTxMsgData.decode(result.data);
  assert.deepEqual(data, []);
  assert.deepEqual(
    msgResponses.map(({ typeUrl, value }) => ({ typeUrl, value: Uint8Array.from(value) })),
    responses,
  );
});

test("a failure carries code, codespace and log, and no data", () => {
  const result = failureResult(errors.InsufficientFee({ paid: 1n }), gas, []);
  assert.deepEqual([result.codespace, result.code, result.log], ["sdk", 13, "insufficient fee (paid=1)"]);
  assert.equal(result.data.length, 0);
});

test("an unforeseen error undoes the transaction alone, under the code of a panic", () => {
  const failure = failureOf(new TypeError("x".repeat(5_000)));
  assert.equal(failure.code, CODE_PANIC);
  assert.equal(failure.codespace, "sdk");
  assert.equal(failure.log.length, LOG_CHARACTERS_MAX);
});

test("a bug of the chain, a full stack and what is no error stop the node", () => {
  const bug = new ChainBug("two accounts with one number");
  assert.throws(() => failureOf(bug), bug);
  const recurse = (depth: number): number => 1 + recurse(depth + 1);
  let overflow: unknown;
  try {
    recurse(0);
  } catch (error) {
    overflow = error;
  }
  assert.ok(overflow instanceof RangeError);
  assert.throws(() => failureOf(overflow), RangeError);
  assert.equal(failureOf(new RangeError("not a u64")).code, CODE_PANIC);
  assert.throws(
    () => failureOf("text"),
    (thrown) => thrown === "text",
  );
});
