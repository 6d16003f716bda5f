import { u64be } from "#chain/bytes/int.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import type { WriteCtx } from "#chain/kernel/ctx.ts";
import { assert } from "#chain/kernel/error.ts";
import { addressBytes } from "#chain/protocol/address.ts";
import { drawDistinct, drawsFrom } from "#chain/protocol/draw.ts";
import { featurizerId } from "#chain/protocol/featurizers/spec.ts";
import * as commitments from "#modules/commitments/api.ts";
import * as elections from "#modules/elections/api.ts";
import * as proofs from "#modules/proofs/api.ts";
import * as rounds from "#modules/rounds/api.ts";
import { type Order, OrderStatus } from "#proto/gen/iterum/markets.ts";
import type { Batch } from "#proto/gen/iterum/proofs.ts";
import { orderBook, roundNeeds, setBook } from "./book.ts";
import { forfeit } from "./end-orders.ts";
import { ordersOf } from "./reads.ts";

/** The places that an operator must prove: drawn now, when its predictions and all inputs are fixed. */
function sample(ctx: WriteCtx, key: rounds.RoundKey, operator: string, items: number): number[] {
  const { policy, sampleSize } = proofs.audit(ctx, key);
  const size = policy === "all" ? items : sampleSize;
  const where = [utf8(key.gameId), u64be(key.roundId), addressBytes(operator)] as const;
  const seed = elections.seedFor(ctx, "audit", ...where);
  return drawDistinct(drawsFrom("iterum/audit/v1", seed), items, size);
}

/** Cuts sampled places into whole batches; the last one repeats its last place. */
function cut(places: readonly number[], batch: number): number[][] {
  const batches: number[][] = [];
  for (let at = 0; at < places.length; at += batch) {
    const part = places.slice(at, at + batch);
    while (part.length < batch) part.push(part[part.length - 1] as number);
    batches.push(part);
  }
  return batches;
}

function demandProofs(ctx: WriteCtx, key: rounds.RoundKey, order: Order): void {
  const { operator, modelId, predictions } = order;
  const model = commitments.findModel(ctx, modelId);
  assert(model, "a live order without its model");
  const { templateId, paramsHash } = model;
  const { batch } = proofs.template(ctx, templateId);
  const { items } = commitments.itemList(ctx, key);
  const width = (rounds.game(ctx, key.gameId).classes - 1) * 2;
  const batches = cut(sample(ctx, key, operator, items.length), batch).map((places): Batch => {
    const posted = new Uint8Array(places.length * width);
    for (const [i, place] of places.entries())
      posted.set(predictions.subarray(place * width, (place + 1) * width), i * width);
    const inputHashes = places.map((place) => items[place]?.inputHash ?? new Uint8Array(0));
    return { places, inputHashes, predictions: posted, proven: false };
  });
  const { clipPpm } = roundNeeds(orderBook(ctx, key));
  const id = featurizerId(commitments.featurizer(ctx, key));
  proofs.demand(ctx, key, { operator, modelId, templateId, paramsHash, featurizerId: id, clipPpm, batches });
}

const isAudited = (ctx: WriteCtx, key: rounds.RoundKey): boolean => proofs.audit(ctx, key).policy !== "none";

/** As PROVE begins: every operator with predictions owes proofs of a sample that nobody could foresee. */
export function demandAll(ctx: WriteCtx, key: rounds.RoundKey): void {
  if (!isAudited(ctx, key)) return;
  for (const order of ordersOf(ctx, key))
    if (order.status === OrderStatus.ORDER_STATUS_PREDICTED) demandProofs(ctx, key, order);
}

/** As PROVE ends: who has not proven everything forfeits bound and bond and leaves the market. */
function collectAll(ctx: WriteCtx, key: rounds.RoundKey): void {
  if (!isAudited(ctx, key)) return;
  for (const order of ordersOf(ctx, key))
    if (order.status === OrderStatus.ORDER_STATUS_PREDICTED && !proofs.collect(ctx, key, order.operator))
      forfeit(ctx, key, order, "proof missing", true);
}

/** Fixes the live orders and the seed that ranks their slices. */
export function closeMarket(ctx: WriteCtx, key: rounds.RoundKey): void {
  collectAll(ctx, key);
  const book = orderBook(ctx, key);
  const live = ordersOf(ctx, key).filter(({ status }) => status === OrderStatus.ORDER_STATUS_PREDICTED);
  const seed = elections.seedFor(ctx, "slices", utf8(key.gameId), u64be(key.roundId));
  const opened = live.map(({ operator, modelId, deposit, orderHash }) => {
    return { operator, modelHash: modelId, deposit, orderHash };
  });
  setBook(ctx, book, book.kind.close(book.state, opened, seed));
}
