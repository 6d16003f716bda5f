import { randomInt } from "node:crypto";
import type { Fee } from "#proto/gen/cosmos/tx.ts";
import type { Any } from "#proto/gen/google/protobuf.ts";
import type { Params } from "#proto/gen/iterum/auth.ts";

/** Signature, fee and bookkeeping of a transaction. */
const BASE_GAS = 150_000n;
/** What the chain charges a byte of a transaction, and what storing that byte again may cost. */
const BYTE_GAS = 10n + 60n;
const MESSAGE_GAS = 400_000n;
/** The chain's own bound on one transaction. */
const GAS_MAX = 50_000_000n;
const MICRO = 1_000_000n;

/** Messages that read or write much: whole markets, item lists, circuits. */
const dearMessages: ReadonlyMap<string, bigint> = new Map([
  ["/iterum.commitments.v1.MsgRevealLabels", 2_000_000n],
  ["/iterum.commitments.v1.MsgCommitPanelLabels", 1_000_000n],
  ["/iterum.commitments.v1.MsgRevealPanelLabels", 2_000_000n],
  ["/iterum.commitments.v1.MsgDenounce", 2_000_000n],
  ["/iterum.elections.v1.MsgRegisterBeaconKey", 10_500_000n],
  ["/iterum.gov.v1.MsgPropose", 2_000_000n],
  ["/iterum.gov.v1.MsgDeposit", 4_000_000n],
  ["/iterum.markets.v1.MsgPlaceOrder", 3_000_000n],
  ["/iterum.markets.v1.MsgOpenOrder", 1_000_000n],
  ["/iterum.markets.v1.MsgOpenPredictions", 3_000_000n],
  ["/iterum.proofs.v1.MsgSubmitProof", 6_000_000n],
]);

/** Gas that the messages surely do not exceed: fixed amounts by type, and an amount by length. */
export function gasFor(messages: readonly Any[]): bigint {
  let gas = BASE_GAS;
  for (const { typeUrl, value } of messages)
    gas += (dearMessages.get(typeUrl) ?? MESSAGE_GAS) + BYTE_GAS * BigInt(value.length);
  return gas < GAS_MAX ? gas : GAS_MAX;
}

const OWN_GAS_MAX = 1 << 20;

/**
 * The gas with a random number of up to 20 bits added. Two programs that send the same messages with one key
 * would else sign the same bytes at the same sequence: one transaction, which both took for their own.
 */
export function ownGas(gas: bigint): bigint {
  const own = gas + BigInt(randomInt(OWN_GAS_MAX));
  return own < GAS_MAX ? own : GAS_MAX;
}

/** The least fee that pays for so much gas under the chain's parameters. */
export function feeFor(gasLimit: bigint, { gasPriceMinMicro, feeDenom }: Params): Fee {
  const amount = (gasLimit * gasPriceMinMicro + MICRO - 1n) / MICRO;
  const coins = amount > 0n ? [{ denom: feeDenom, amount }] : [];
  return { amount: coins, gasLimit, payer: "", granter: "" };
}

/** The most that is paid for so much gas before fees are raised. */
export const feeMostFor = (gas: bigint, params: Params): Fee => {
  const most = gas + BigInt(OWN_GAS_MAX);
  return feeFor(most < GAS_MAX ? most : GAS_MAX, params);
};

/** How much more a mempool wants for a transaction in place of another, in percent, and how much is added. */
const REPLACE_PERCENT = 10n;
const RAISE_PERCENT = 25n;

/**
 * A fee above the one that was paid, above the one to beat, and at most the limit; undefined where the limit
 * leaves no room that a mempool would notice. Base units.
 */
export function raisedFee(paid: bigint, limit: bigint, toBeat = 0n): bigint | undefined {
  const more = (fee: bigint, percent: bigint): bigint => (fee * (100n + percent) + 99n) / 100n;
  const wanted = [more(paid, RAISE_PERCENT), toBeat, 1n].reduce((a, b) => (a > b ? a : b));
  const fee = wanted < limit ? wanted : limit;
  return fee > paid && fee >= more(paid, REPLACE_PERCENT) ? fee : undefined;
}
