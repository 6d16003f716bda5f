// Checked by tsc alone: a line under an @ts-expect-error must not compile, and everything else must.
import type { ReadCtx, WriteCtx } from "#chain/kernel/ctx.ts";
import { type Answers, type Handler, messages, on, queries } from "#chain/kernel/module.ts";
import { dataCommitted } from "#modules/commitments/events.ts";
import { commitments, contents } from "#modules/commitments/state.ts";
import { phaseEntered } from "#modules/rounds/api.ts";
import {
  Msg,
  type MsgRegisterModel,
  type MsgRegisterModelResponse,
  Query,
} from "#proto/gen/iterum/commitments.ts";

export const waiting: Handler<MsgRegisterModel, MsgRegisterModelResponse> = {
  signer: (msg) => msg.owner,
  // @ts-expect-error a handler is synchronous
  run: async () => ({ modelId: new Uint8Array(32) }),
};

export const asking: Handler<MsgRegisterModel, MsgRegisterModelResponse> = {
  signer: (msg) => msg.owner,
  // @ts-expect-error the stateless check sees no state
  check: (_msg, ctx: ReadCtx) => commitments.all(ctx),
  run: () => ({ modelId: new Uint8Array(32) }),
};

export const short: Handler<MsgRegisterModel, MsgRegisterModelResponse> = {
  signer: (msg) => msg.owner,
  // @ts-expect-error the response needs its fields
  run: () => ({}),
};

export const answers: Pick<Answers<typeof Query>, "sets"> = {
  sets: (ctx) => {
    // @ts-expect-error a query cannot write
    contents.delete(ctx, ["game", new Uint8Array(32)]);
    return { sets: [] };
  },
};

// @ts-expect-error every message of the service needs its handler
messages(Msg, {});
// @ts-expect-error every query of the service needs its answer
queries(Query, answers);

// @ts-expect-error a hook's subscriber takes the event of that hook
on(phaseEntered, (_ctx, { nothing }) => nothing);

export function write(ctx: WriteCtx, reader: ReadCtx): void {
  // @ts-expect-error the event needs its root and count
  dataCommitted(ctx, { gameId: "game", roundId: 1n, member: "ann" });
  // @ts-expect-error the key is (gameId, roundId, member), in this order
  commitments.get(ctx, [1n, "game", "ann"]);
  // @ts-expect-error amounts and ids are bigint
  commitments.get(ctx, ["game", 1, "ann"]);
  // @ts-expect-error a value is whole
  commitments.set(ctx, ["game", 1n, "ann"], { member: "ann" });
  // @ts-expect-error nothing is written while reading
  contents.set(reader, ["game", new Uint8Array(32)], 1n);
  // @ts-expect-error the state machine has no clock
  ctx.now();
}
