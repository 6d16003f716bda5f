import { concat } from "#chain/bytes/concat.ts";
import { u32be, u64be } from "#chain/bytes/int.ts";
import { taggedHash } from "#chain/bytes/tagged.ts";
import { utf8 } from "#chain/bytes/utf8.ts";

const prefixed = (letter: string, ...parts: readonly Uint8Array[]): Uint8Array =>
  concat(utf8(letter), ...parts);

/** Archive of an event by its CID. */
export const eventKey = (cid: Uint8Array): Uint8Array => prefixed("e", cid);

/** CID of the event that was accepted as number `sequence`, from 0: the order of the feed. */
export const orderKey = (sequence: number): Uint8Array => prefixed("o", u64be(BigInt(sequence)));

/** Record of a stream by the CID of its first event. */
export const streamKey = (init: Uint8Array): Uint8Array => prefixed("s", init);

/** CID of the event at a position of a stream. */
export const positionKey = (init: Uint8Array, index: number): Uint8Array => prefixed("p", init, u32be(index));

/** CID of the first event of the one stream of a controller, model and epoch. */
export const epochKey = (controller: string, model: Uint8Array, unique: Uint8Array): Uint8Array =>
  prefixed("u", taggedHash("iterum/data/epoch/v1", utf8(controller), model, unique));

/** Usage of a member by its did. */
export const memberKey = (controller: string): Uint8Array => prefixed("m", utf8(controller));

/** Usage of the whole node. */
export const totalKey = (): Uint8Array => prefixed("t");
