import { toHex } from "#chain/bytes/hex.ts";

/**
 * What went wrong in the store: `corrupt` bytes on disk, a `closed` store, an unknown `space`, a `height`
 * out of turn, changes over a `limit` or out of `order`, a `stale` staging, no `undo` left, a failed
 * `write`, a directory that does not `open`, or a `snapshot` that is no true one.
 */
export type StoreFailure =
  | "corrupt"
  | "closed"
  | "space"
  | "height"
  | "limit"
  | "order"
  | "stale"
  | "undo"
  | "write"
  | "open"
  | "snapshot";

/**
 * Where a failure was met, as far as it is known; `key` as the module wrote it, or as the tree node's place.
 */
export interface StorePlace {
  readonly space?: string;
  readonly key?: Uint8Array;
  readonly cause?: unknown;
}

/** A failure of the store itself: no transaction can cause one, so the node must stop. */
export class StoreError extends Error {
  override readonly name = "StoreError";
  readonly kind: StoreFailure;
  readonly space: string | undefined;
  readonly key: Uint8Array | undefined;
  constructor(kind: StoreFailure, text: string, place: StorePlace = {}) {
    const where = place.space === undefined ? "" : ` (space ${place.space}${keyText(place.key)})`;
    super(`store: ${text}${where}`, place.cause === undefined ? undefined : { cause: place.cause });
    this.kind = kind;
    this.space = place.space;
    this.key = place.key;
  }
}

const keyText = (key: Uint8Array | undefined): string => (key === undefined ? "" : `, key ${toHex(key)}`);
