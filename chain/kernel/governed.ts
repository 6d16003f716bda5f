import { DecodeError } from "#chain/proto/error.ts";
import type { PackedMessage, WriteCtx } from "./ctx.ts";
import { ensure, errorSet } from "./error.ts";
import type { Registry } from "./registry.ts";

export const errors = errorSet("kernel", {
  NotGoverned: [3, "not a message that governance sends"],
});

/** A message that governance sends, read and checked. */
export interface Governed {
  /** The game whose community decides on it; "" for the chain's council. */
  readonly electorate: string;
  run(ctx: WriteCtx): void;
}

/**
 * Reads a message that only governance sends, strictly: it has one form, passes its own check and is in the
 * authority's name. Fails with (kernel, 3), or as its check does.
 */
export function governed(registry: Registry, { typeUrl, value }: PackedMessage, authority: string): Governed {
  const message = registry.governed.get(typeUrl);
  ensure(message, errors.NotGoverned, { typeUrl: typeUrl.slice(0, 80) });
  const { request, handler } = message;
  let decoded: unknown;
  try {
    decoded = request.decode(value);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw errors.NotGoverned({ typeUrl, why: error.message.slice(0, 200) });
  }
  ensure(handler.signer(decoded) === authority, errors.NotGoverned, { typeUrl, authority: "another" });
  handler.check?.(decoded);
  return {
    electorate: handler.electorate?.(decoded) ?? "",
    run: (ctx) => void handler.run(ctx, decoded),
  };
}
