import assert from "node:assert/strict";
import { test } from "node:test";
import { ensureBounded } from "#chain/api/tx-query.ts";

test("a search that names a value of an event, or few blocks, is made", () => {
  for (const query of [
    "message.sender='iter1x'",
    "message.module='bank' AND tx.height>1",
    "tx.height=5",
    `tx.hash = '${"AB".repeat(32)}'`,
    "tx.height>=7 AND tx.height <= 1007",
    "transfer.amount EXISTS AND tx.height < 10 AND tx.height > 1",
  ])
    assert.doesNotThrow(() => ensureBounded(query), query);
});

test("a search over the whole index is refused", () => {
  for (const query of [
    "tx.height>0",
    "tx.height>=1",
    "tx.height <= 99999999",
    "message.sender EXISTS",
    "message.sender CONTAINS 'a = b'",
    "message.sender CONTAINS '' AND x.y <= 3",
    "tx.height>=1 AND tx.height<=1002",
    "tx.height>=1 AND tx.height<=10 AND tx.height<=99999999",
    "tx.height>=1 AND tx.height<=10 AND x.y>5AND tx.height<=99999999",
    "x.tx.height>=1 AND tx.height<=10",
  ])
    assert.throws(() => ensureBounded(query), { name: "ApiError", kind: "invalidArgument" }, query);
});
