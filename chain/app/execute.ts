import { sha256Key } from "#chain/bytes/hash.ts";
import { atomically, type BlockInfo, type Event as KernelEvent, writeCtx } from "#chain/kernel/block.ts";
import type { WriteCtx, WriteStore } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import { type GasMeter, gasMeter, gasPrices } from "#chain/kernel/gas.ts";
import type { Message } from "#chain/kernel/module.ts";
import { overlay } from "#chain/kernel/overlay.ts";
import { TX_GAS_MAX } from "#chain/limits.ts";
import { ensureInTime } from "#chain/tx/deadline.ts";
import { type DecodedTx, decodeTx, type TxPurpose } from "#chain/tx/decode.ts";
import { chargeFee, ensureFeeCovers } from "#chain/tx/fees.ts";
import type { TxHost } from "#chain/tx/host.ts";
import { failureResult, successResult } from "#chain/tx/result.ts";
import { acceptSigners, authenticate } from "#chain/tx/sign.ts";
import * as auth from "#modules/auth/api.ts";
import * as bank from "#modules/bank/api.ts";
import type { Any } from "#proto/gen/google/protobuf.ts";
import type { Event, ExecTxResult } from "#proto/gen/tendermint/abci.ts";
import { txHost } from "./host.ts";
import { errors } from "./injected.ts";
import type { Machine } from "./types.ts";

const NO_GAS = { gasWanted: 0n, gasUsed: 0n };

/** Events that say again what `transfer` says, for explorers alone: nobody needs to search them. */
const unindexed: ReadonlySet<string> = new Set(["coin_spent", "coin_received"]);

/** Events as CometBFT takes them, every attribute indexed but for those of the few. */
export const abciEvents = (events: readonly KernelEvent[]): Event[] =>
  events.map(({ type, attributes }) => {
    const index = !unindexed.has(type);
    return { type, attributes: attributes.map(([key, value]) => ({ key, value, index })) };
  });

/** Reads a transaction of this chain's messages, of which one at most brings a proof; throws ChainError. */
export function readTx(
  { registry, nestedAny }: Machine,
  bytes: Uint8Array,
  purpose?: TxPurpose,
): DecodedTx<Message> {
  const types = {
    message: (typeUrl: string) => registry.messages.get(typeUrl),
    nestedAny,
  };
  const tx = decodeTx(bytes, types, purpose);
  const proofs = tx.messages.filter(({ type }) => type.handler.proof !== undefined).length;
  ensure(proofs <= 1, errors.TwoProofs, { proofs });
  return tx;
}

/** Bytes that a simulated transaction lacks for each signature: that, its share of the fee and of framing. */
const SIMULATED_BYTES = 128n;

/** Pays what is missing to a simulation's gas: moving one base unit costs as much gas as moving any fee. */
function trialFee(ctx: WriteCtx, tx: DecodedTx<Message>, host: TxHost): void {
  const { feeDenom, gasPriceMinMicro } = auth.params(ctx);
  const given = tx.fee.amount.length > 0 ? tx.fee.amount : [{ denom: feeDenom, amount: 1n }];
  const canPay = given.every(({ denom, amount }) => bank.balance(ctx, tx.payer, denom) > amount);
  if (gasPriceMinMicro > 0n && (canPay || tx.fee.granter !== ""))
    chargeFee({ ...tx, fee: { ...tx.fee, amount: given } }, host);
}

/** What comes before the messages: fee, turn and signatures. Its writes stay even when a message fails. */
function enter(
  machine: Machine,
  ctx: WriteCtx,
  tx: DecodedTx<Message>,
  purpose: TxPurpose,
  host = txHost(ctx),
): void {
  ensureInTime(tx, ctx);
  const signatures = tx.credentials.reduce((sum, { signatureCount }) => sum + signatureCount, 0);
  ctx.gas.consume(gasPrices.txPerByte * BigInt(tx.byteLength));
  ctx.gas.consume(gasPrices.signature * BigInt(signatures));
  if (purpose === "simulate") {
    ctx.gas.consume(gasPrices.txPerByte * SIMULATED_BYTES * BigInt(signatures));
    trialFee(ctx, tx, host);
  } else {
    const { feeDenom, gasPriceMinMicro } = auth.params(ctx);
    ensureFeeCovers(tx.fee, { denom: feeDenom, priceMicro: gasPriceMinMicro });
    const { signatures: verifier, signatureCache: cache } = machine;
    authenticate(tx, { chainId: ctx.chainId, host, verifier, cache });
    chargeFee(tx, host);
  }
  acceptSigners(tx, host);
  const fee = tx.fee.amount.map(({ denom, amount }) => `${amount}${denom}`).join(",");
  ctx.emit("tx", [
    ["fee", fee],
    ["fee_payer", tx.payer],
  ]);
}

function runMessages(ctx: WriteCtx, tx: DecodedTx<Message>): Any[] {
  return tx.messages.map(({ type, value, signer }) => {
    ctx.emit("message", [
      ["action", type.typeUrl],
      ["sender", signer],
      ["module", type.typeUrl.split(".")[1] ?? ""],
    ]);
    const response = type.handler.run(ctx, value);
    return { typeUrl: type.response.typeUrl, value: type.response.encode(response) };
  });
}

/**
 * Takes the fee and the turn of a transaction as a block does before its messages, over a store that keeps
 * both; returns the gas used. Throws ChainError, and then the store is as it was.
 */
export function enterTx(
  machine: Machine,
  store: WriteStore,
  block: BlockInfo,
  tx: DecodedTx<Message>,
  hostOf = txHost,
): bigint {
  const gas = gasMeter(tx.fee.gasLimit);
  atomically(machine.registry, store, block, [], gas, (ctx) =>
    enter(machine, ctx, tx, "execute", hostOf(ctx)),
  );
  return gas.used();
}

/** What a transaction's bytes were read as: a transaction, or what reading them threw. */
export type Reading =
  | { readonly tx: DecodedTx<Message> }
  | { readonly tx: undefined; readonly error: unknown };

/** The transaction that was read; throws what reading it threw. */
export function txOf(reading: Reading): DecodedTx<Message> {
  if (reading.tx === undefined) throw reading.error;
  return reading.tx;
}

/** Reads a transaction, or knows it by the key of its hash, without throwing. */
export function readingOf(machine: Machine, bytes: Uint8Array, id = sha256Key(bytes)): Reading {
  const { knownTxs } = machine;
  const known = knownTxs?.find(id);
  if (known) return { tx: known };
  try {
    const tx = readTx(machine, bytes);
    knownTxs?.add(id, tx);
    return { tx };
  } catch (error) {
    return { tx: undefined, error };
  }
}

/** The result of a transaction that a block has no room for: it was not run. */
export const noRoomResult = ({ fee }: DecodedTx<Message>): ExecTxResult =>
  failureResult(errors.NoRoom(), { ...NO_GAS, gasWanted: fee.gasLimit }, []);

/** What came of a transaction. */
export interface Delivered {
  readonly result: ExecTxResult;
  /** Whether its fee was paid and its turn taken; where not, the state is as it was. */
  readonly entered: boolean;
}

/**
 * Runs a transaction over the block's state: all of its messages or none; the fee and the turn stay either
 * way.
 */
export function deliverTx(
  machine: Machine,
  store: WriteStore,
  block: BlockInfo,
  reading: Reading,
): Delivered {
  const events: KernelEvent[] = [];
  let gas: GasMeter | undefined;
  let entered = false;
  try {
    const tx = txOf(reading);
    gas = gasMeter(tx.fee.gasLimit);
    atomically(machine.registry, store, block, events, gas, (ctx) => enter(machine, ctx, tx, "execute"));
    entered = true;
    const responses = atomically(machine.registry, store, block, events, gas, (ctx) => runMessages(ctx, tx));
    const count = { gasWanted: gas.limit, gasUsed: gas.used() };
    return { result: successResult(responses, count, abciEvents(events)), entered };
  } catch (error) {
    const count = gas ? { gasWanted: gas.limit, gasUsed: gas.used() } : NO_GAS;
    return { result: failureResult(error, count, abciEvents(events)), entered };
  }
}

/** Runs a transaction for its gas alone: signatures and fee may be missing and nothing is kept. */
export function simulateTx(
  machine: Machine,
  store: WriteStore,
  block: BlockInfo,
  bytes: Uint8Array,
): ExecTxResult {
  const scratch = overlay(store);
  const events: KernelEvent[] = [];
  const gas = gasMeter(TX_GAS_MAX);
  const ctx = { ...writeCtx(machine.registry, scratch, block, events, gas) };
  const tx = readTx(machine, bytes, "simulate");
  enter(machine, ctx, tx, "simulate");
  const responses = runMessages(ctx, tx);
  return successResult(responses, { gasWanted: TX_GAS_MAX, gasUsed: gas.used() }, abciEvents(events));
}

/** Runs the one message that the proposer put into transaction 0. Its failure is a failure of the block. */
export function deliverInjected(
  machine: Machine,
  store: WriteStore,
  block: BlockInfo,
  message: { readonly type: Message; readonly value: unknown },
): ExecTxResult {
  const events: KernelEvent[] = [];
  const ctx = writeCtx(machine.registry, store, block, events);
  const { type, value } = message;
  const response = type.handler.run(ctx, value);
  const any = { typeUrl: type.response.typeUrl, value: type.response.encode(response) };
  return successResult([any], NO_GAS, abciEvents(events));
}
