import { equalBytes } from "#chain/bytes/compare.ts";
import { fromHex } from "#chain/bytes/hex.ts";
import { addressBytes } from "#chain/protocol/address.ts";
import { modelId as modelIdOf } from "#chain/protocol/model.ts";
import { orderHash } from "#chain/protocol/order.ts";
import { msgRegisterModel } from "#client/commitments.ts";
import { ClientError } from "#client/errors.ts";
import { modelLmsrParams, msgOpenOrder, msgPlaceOrder } from "#client/markets.ts";
import type { KnownTemplate } from "#client/proofs.ts";
import type { TxMessage } from "#client/tx.ts";
import { type ModelLmsrParams, type Order, OrderStatus } from "#proto/gen/iterum/markets.ts";
import type { Round } from "#proto/gen/iterum/rounds.ts";
import type { Step } from "../steps.ts";
import { trainingSet } from "./learn.ts";
import { keepTrade, loadTrade, refOf, type Trade } from "./trade.ts";
import type { World } from "./types.ts";

const PPM = 1_000_000n;
/** Kept back for the fees of the round's transactions, in base units. */
const GAS_PURSE = 1_000_000n;
const NO_BYTES = new Uint8Array(0);

/** The operator's order in a round, if it has one. */
export async function ownOrder(
  { queries, gameId, chain }: World,
  roundId: bigint,
): Promise<Order | undefined> {
  const orders = await queries.markets.orders(gameId, roundId);
  return orders.find(({ operator }) => operator === chain.address);
}

/** The game's template of the strategy's architecture. */
export async function templateOf(
  { queries, gameId, strategy }: World,
  roundId: bigint,
): Promise<KnownTemplate> {
  const templates = await queries.proofs.gameTemplates(gameId, roundId);
  const found = templates.find(({ name }) => name === strategy.architecture);
  if (!found) throw new ClientError("badInput", `the game takes no template ${strategy.architecture}`);
  return found;
}

/** What the order stakes: the strategy's share, at most what the purse allows; undefined when too little. */
async function depositOf(
  world: World,
  roundId: bigint,
  params: ModelLmsrParams,
  denom: string,
): Promise<bigint | undefined> {
  const { queries, chain, strategy, gameId } = world;
  const { operatorBond } = await queries.markets.rule(gameId, roundId);
  const purse = (await queries.bank.balance(chain.address, denom)) - operatorBond - GAS_PURSE;
  const affordable = purse > 0n ? (purse * PPM) / (PPM + BigInt(params.feePpm)) - 1n : 0n;
  const wanted = (params.depositMax * BigInt(strategy.depositPpm)) / PPM;
  const raised = wanted < params.depositMin ? params.depositMin : wanted;
  const deposit = raised < affordable ? raised : affordable;
  return deposit >= params.depositMin ? deposit : undefined;
}

/** Makes a model and keeps the terms; a text says why the operator sits the round out. */
async function newTrade(world: World, round: Round): Promise<Trade | string> {
  const { queries, gameId, chain, strategy, trainer, prover, clock } = world;
  const { roundId } = round;
  const params = modelLmsrParams(await queries.markets.market(gameId, roundId));
  const { denom } = await queries.rounds.game(gameId);
  const deposit = await depositOf(world, roundId, params, denom);
  if (deposit === undefined) return "the purse does not hold the least deposit";
  const template = await templateOf(world, roundId);
  const set = await trainingSet(world, roundId);
  const began = clock.now();
  const seed = [chain.chainId, gameId, roundId, chain.address, strategy.name].join("/");
  const task = { architecture: strategy.architecture, batch: template.batch, seed };
  const onnx = await strategy.choose(task, set, trainer);
  if (!onnx) return "the strategy has no model";
  const { modelKey, paramsPoseidon } = await prover.registerModel(template.name, onnx);
  world.emit({ kind: "trained", roundId, rows: set.labels.length, ms: clock.now() - began });
  world.known.add(modelKey);
  const paramsHash = fromHex(paramsPoseidon);
  const modelId = modelIdOf({
    owner: addressBytes(chain.address),
    vkaDigest: template.vkaDigest,
    settings: template.settings,
    paramsPoseidon: paramsHash,
  });
  return keepTrade(world, roundId, { onnx, modelKey, paramsHash, modelId, deposit: `${deposit}` });
}

/** What the order's hash covers. */
const hashOf = (world: World, roundId: bigint, trade: Trade): Uint8Array => {
  const { modelId, deposit } = trade;
  const terms = { operator: addressBytes(world.chain.address), modelId, deposit: BigInt(deposit) };
  return orderHash(refOf(world, roundId), terms, trade.salt);
};

/** The model's registration where it is missing, and the order: one transaction, so that none goes alone. */
async function orderMessages(world: World, roundId: bigint, trade: Trade): Promise<TxMessage[]> {
  const { queries, gameId, chain } = world;
  const operator = chain.address;
  const { modelId, paramsHash } = trade;
  const messages: TxMessage[] = [];
  if (!(await queries.commitments.model(modelId))) {
    const { templateId } = await templateOf(world, roundId);
    messages.push(msgRegisterModel({ owner: operator, templateId, paramsHash }));
  }
  const { sealed } = modelLmsrParams(await queries.markets.market(gameId, roundId));
  const bound = BigInt(trade.deposit);
  const hash = sealed ? hashOf(world, roundId, trade) : NO_BYTES;
  const named = sealed ? NO_BYTES : modelId;
  messages.push(msgPlaceOrder({ operator, gameId, roundId, orderHash: hash, bound, modelId: named }));
  return messages;
}

/** OPEN: train, register, order. The trade is kept before its hash goes out. */
export const placeOrder = (world: World, round: Round): Step => ({
  name: "order",
  run: async () => {
    const { roundId } = round;
    if (await ownOrder(world, roundId)) return "done";
    const trade = (await loadTrade(world, roundId)) ?? (await newTrade(world, round));
    if (typeof trade === "string") {
      world.emit({ kind: "satOut", roundId, why: trade });
      return "done";
    }
    const { hash } = await world.chain.send(await orderMessages(world, roundId, trade));
    world.emit({ kind: "ordered", roundId, deposit: BigInt(trade.deposit), hash });
    return "done";
  },
});

/** The trade behind an order; throws when its secrets are gone or belong to another order. */
export async function tradeOf(world: World, roundId: bigint, order: Order): Promise<Trade> {
  const trade = await loadTrade(world, roundId);
  if (!trade) throw new Error(`the secrets of the order in round ${roundId} are gone`);
  const isSealed = order.status === OrderStatus.ORDER_STATUS_SEALED;
  const matches = isSealed
    ? equalBytes(hashOf(world, roundId, trade), order.orderHash)
    : equalBytes(trade.modelId, order.modelId);
  if (!matches) throw new Error(`the order in round ${roundId} is not the one in the store`);
  return trade;
}

/** OPEN_ORDERS: show what the sealed order says. */
export const openOrder = (world: World, { roundId }: Round): Step => ({
  name: "open order",
  run: async () => {
    const order = await ownOrder(world, roundId);
    if (order?.status !== OrderStatus.ORDER_STATUS_SEALED) return "done";
    const { modelId, deposit, salt } = await tradeOf(world, roundId, order);
    const { gameId, chain } = world;
    const terms = { operator: chain.address, gameId, roundId, modelId, deposit: BigInt(deposit), salt };
    await chain.send([msgOpenOrder(terms)]);
    world.emit({ kind: "opened", roundId, modelId });
    return "done";
  },
});
