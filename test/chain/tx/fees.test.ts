import assert from "node:assert/strict";
import test from "node:test";
import { errors } from "#chain/tx/errors.ts";
import { chargeFee, ensureFeeCovers, feeOf } from "#chain/tx/fees.ts";
import { ann, fee, is, ledger } from "./kit.ts";

const price = { denom: "utest", priceMicro: 20_000n };

test("a fee covers its gas at the price, rounded up to the base unit", () => {
  assert.equal(feeOf(100_000n, price), 2_000n);
  assert.equal(feeOf(100_001n, price), 2_001n);
  assert.equal(feeOf(1n, { ...price, priceMicro: 1n }), 1n);
  assert.equal(feeOf(1n, { ...price, priceMicro: 0n }), 0n);
  ensureFeeCovers(fee, price);
  assert.throws(() => ensureFeeCovers({ ...fee, gasLimit: 100_001n }, price), is(errors.InsufficientFee));
});

test("a fee in another denom pays for nothing", () => {
  const other = { ...fee, amount: [{ denom: "uother", amount: 1_000_000n }] };
  assert.throws(() => ensureFeeCovers(other, price), is(errors.InsufficientFee));
  assert.throws(() => ensureFeeCovers({ ...fee, amount: [] }, price), is(errors.InsufficientFee));
  ensureFeeCovers({ ...fee, amount: [] }, { ...price, priceMicro: 0n });
});

test("the payer is charged once, and not at all for a fee of nothing", () => {
  const book = ledger([ann]);
  chargeFee({ fee, payer: ann.address }, book.host);
  chargeFee({ fee: { ...fee, amount: [] }, payer: ann.address }, book.host);
  assert.deepEqual(book.charged, [`${ann.address} 2000utest`]);
});
