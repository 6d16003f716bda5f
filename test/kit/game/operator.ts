import { u64be } from "#chain/bytes/int.ts";
import { taggedHash } from "#chain/bytes/tagged.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import type { ReadCtx } from "#chain/kernel/ctx.ts";
import { addressBytes } from "#chain/protocol/address.ts";
import { unpackInput } from "#chain/protocol/featurizers/pack.ts";
import { modelId } from "#chain/protocol/model.ts";
import { orderHash } from "#chain/protocol/order.ts";
import { encodePredictions, predictionsHash } from "#chain/protocol/predictions.ts";
import type { RoundRef } from "#chain/protocol/round-key.ts";
import { type Template, templateId } from "#chain/protocol/template.ts";
import * as commitments from "#modules/commitments/api.ts";
import * as markets from "#modules/markets/api.ts";
import type { RoundKey } from "#modules/rounds/api.ts";
import { type Order, OrderStatus } from "#proto/gen/iterum/markets.ts";
import { Phase } from "#proto/gen/iterum/rounds.ts";
import { type Person, person } from "../accounts.ts";
import type { Said } from "../chain.ts";
import { GAME_ID, TOKEN } from "../genesis.ts";
import { featurizer } from "./items.ts";
import { commitPredictions, openOrder, openPredictions, placeOrder, registerModel } from "./say.ts";
import type { At, Turn } from "./turns.ts";

/** Probability of class 1 in 65535ths for each input, in the list's order. */
export type Predictor = (inputs: readonly Int32Array[]) => readonly number[];
/** Makes the proof that an operator owes next; undefined when it owes none. */
export type Prover = (ctx: ReadCtx, who: Person, key: RoundKey) => Promise<Said> | undefined;

/** Somebody who trades by one model. */
export interface Operator {
  readonly who: Person;
  /** The game that it plays. */
  readonly gameId: string;
  readonly template: Template;
  /** Poseidon hash of the weights. */
  readonly paramsHash: Uint8Array;
  readonly predict: Predictor;
  readonly deposit: bigint;
  /** Locked with the order, at least the deposit. */
  readonly bound: bigint;
  readonly isSealed: boolean;
  readonly prove?: Prover;
}

/** A hash of weights that nobody has: what a game without audits cannot tell from a real one. */
export function someParams(name: string): Uint8Array {
  const hash = taggedHash("test/params", utf8(name));
  hash[0] = 0;
  return hash;
}

export const operator = (
  name: string,
  template: Template,
  predict: Predictor,
  change: Partial<Operator> = {},
): Operator => ({
  who: person(name),
  gameId: GAME_ID,
  template,
  paramsHash: someParams(name),
  predict,
  deposit: 300n * TOKEN,
  bound: 400n * TOKEN,
  isSealed: true,
  ...change,
});

export const modelOf = ({ who, template, paramsHash }: Operator): Uint8Array =>
  modelId({
    owner: addressBytes(who.address),
    vkaDigest: template.vkaDigest,
    settings: template.settings,
    paramsPoseidon: paramsHash,
  });

const saltOf = ({ who }: Operator, use: string, { roundId }: RoundRef): Uint8Array =>
  taggedHash("test/salt", who.secretKey, utf8(use), u64be(roundId));

/** The terms of the operator's sealed order with their hash. */
export function termsOf(operator: Operator, ref: RoundRef) {
  const salt = saltOf(operator, "order", ref);
  const terms = { modelId: modelOf(operator), deposit: operator.deposit };
  const hash = orderHash(ref, { ...terms, operator: addressBytes(operator.who.address) }, salt);
  return { ...terms, salt, orderHash: hash };
}

/** The operator's predictions on the round's items, with salt and commitment. */
function predictionsOf(ctx: ReadCtx, operator: Operator, { ref }: At) {
  const found = new Map<string, Int32Array>();
  for (const { member, items } of commitments.setsOf(ctx, ref))
    for (const { index, input } of items) found.set(`${member}/${index}`, unpackInput(featurizer, input));
  const { items } = commitments.itemList(ctx, ref);
  const inputs = items.map(({ member, index }) => found.get(`${member}/${index}`) as Int32Array);
  const predictions = encodePredictions(operator.predict(inputs));
  const salt = saltOf(operator, "predictions", ref);
  const hash = predictionsHash(ref, addressBytes(operator.who.address), predictions, salt);
  return { predictions, salt, hash };
}

const placing = (operator: Operator, { ref }: At): Turn => ({
  step: "placeOrder",
  right: () => {
    const { isSealed, bound, deposit, who } = operator;
    const terms = isSealed
      ? { orderHash: termsOf(operator, ref).orderHash, bound }
      : { modelId: modelOf(operator), bound: deposit };
    return placeOrder(who, ref, terms);
  },
  wrong: () => placeOrder(operator.who, ref, { orderHash: termsOf(operator, ref).orderHash, bound: 1n }),
});

function opening(operator: Operator, { ref }: At): Turn {
  const { orderHash: _, ...terms } = termsOf(operator, ref);
  return {
    step: "openOrder",
    right: () => openOrder(operator.who, ref, terms),
    wrong: () => openOrder(operator.who, ref, { ...terms, deposit: terms.deposit + 1n }),
  };
}

function predicting(ctx: ReadCtx, operator: Operator, at: At): Turn {
  const { hash } = predictionsOf(ctx, operator, at);
  return {
    step: "commitPredictions",
    right: () => commitPredictions(operator.who, at.ref, hash),
    wrong: () => commitPredictions(operator.who, at.ref, at.random.bytes(32)),
  };
}

function openingPredictions(ctx: ReadCtx, operator: Operator, at: At): Turn {
  const { predictions, salt } = predictionsOf(ctx, operator, at);
  const others = predictions.toReversed();
  return {
    step: "openPredictions",
    right: () => openPredictions(operator.who, at.ref, { predictions, salt }),
    wrong: () => openPredictions(operator.who, at.ref, { predictions: others, salt: at.random.bytes(32) }),
  };
}

function orderTurn(ctx: ReadCtx, operator: Operator, at: At, { status }: Order): Turn | undefined {
  const { phase, roundId, gameId } = at.round;
  const is = (due: Phase, needed: OrderStatus): boolean => phase === due && status === needed;
  if (is(Phase.PHASE_OPEN_ORDERS, OrderStatus.ORDER_STATUS_SEALED)) return opening(operator, at);
  if (is(Phase.PHASE_PREDICT, OrderStatus.ORDER_STATUS_OPEN)) return predicting(ctx, operator, at);
  if (is(Phase.PHASE_OPEN_PREDICTIONS, OrderStatus.ORDER_STATUS_COMMITTED))
    return openingPredictions(ctx, operator, at);
  const proof = phase === Phase.PHASE_PROVE && operator.prove?.(ctx, operator.who, { gameId, roundId });
  if (!proof) return undefined;
  const wrong = () => openOrder(operator.who, at.ref, termsOf(operator, at.ref));
  return { step: "submitProof", right: () => proof, wrong };
}

/** The phases in which an operator may have something to say. */
const ORDER_PHASES: ReadonlySet<Phase> = new Set([
  Phase.PHASE_OPEN,
  Phase.PHASE_OPEN_ORDERS,
  Phase.PHASE_PREDICT,
  Phase.PHASE_OPEN_PREDICTIONS,
  Phase.PHASE_PROVE,
]);

/** What the operator has to say in the round now; undefined for nothing. */
export function operatorTurn(ctx: ReadCtx, operator: Operator, at: At): Turn | undefined {
  const { who, template, paramsHash } = operator;
  if (!ORDER_PHASES.has(at.round.phase)) return undefined;
  const order = markets.ordersOf(ctx, at.round).find((each) => each.operator === who.address);
  if (order) return orderTurn(ctx, operator, at, order);
  if (at.round.phase !== Phase.PHASE_OPEN) return undefined;
  if (commitments.findModel(ctx, modelOf(operator))) return placing(operator, at);
  const id = templateId(template);
  return {
    step: "registerModel",
    right: () => registerModel(who, id, paramsHash),
    wrong: () => registerModel(who, id, at.random.bytes(31)),
  };
}
