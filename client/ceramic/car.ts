import { CarBufferReader } from "@ipld/car/buffer-reader";
import * as CarBufferWriter from "@ipld/car/buffer-writer";
import { base64, base64url } from "multiformats/bases/base64";
import { type Block, cidOf, MAX_BLOCK_BYTES } from "./block.ts";
import { CeramicError, ensure } from "./error.ts";

/** Blocks of one archive by the text of their CID, and which of them is the root. */
export interface Car {
  readonly root: Block;
  readonly blocks: ReadonlyMap<string, Block>;
}

const MAX_BLOCKS = 8;

/** A CAR v1 archive with the one root, blocks in the order given. */
export function encodeCar(root: Block, blocks: readonly Block[]): Uint8Array {
  const roots = [root.cid];
  let length = CarBufferWriter.headerLength({ roots });
  for (const block of blocks) length += CarBufferWriter.blockLength(block);
  const writer = CarBufferWriter.createWriter(new ArrayBuffer(length), { roots });
  for (const block of blocks) writer.write(block);
  return writer.close();
}

/** The archive of CAR v1 bytes with one root; every block must hash to its CID. Throws CeramicError. */
export function decodeCar(bytes: Uint8Array): Car {
  let reader: CarBufferReader;
  try {
    reader = CarBufferReader.fromBytes(bytes);
  } catch {
    throw new CeramicError("malformed", "not a CAR archive");
  }
  ensure(reader.version === 1, "malformed", "only CAR v1 is read");
  const roots = reader.getRoots();
  ensure(roots.length === 1, "malformed", "an event archive has one root");
  const all = reader.blocks();
  ensure(all.length <= MAX_BLOCKS, "malformed", "too many blocks in one event");
  const blocks = new Map<string, Block>();
  for (const block of all) {
    ensure(block.bytes.length <= MAX_BLOCK_BYTES, "blockTooLarge", `block of ${block.bytes.length} bytes`);
    ensure(cidOf(block.bytes, block.cid.code).equals(block.cid), "malformed", "a block differs from its CID");
    blocks.set(block.cid.toString(), block);
  }
  ensure(blocks.size === all.length, "malformed", "a block comes twice");
  const root = blocks.get(String(roots[0]));
  ensure(root !== undefined, "malformed", "the root block is missing");
  return { root, blocks };
}

/** Multibase base64 of the bytes, the form in which events travel over HTTP. */
export const toMultibase = (bytes: Uint8Array): string => base64.encode(bytes);

/** The bytes of a multibase text in base64 or base64url; other bases are refused: some decode in O(n²). */
export function fromMultibase(text: string): Uint8Array {
  try {
    return text.startsWith("u") ? base64url.decode(text) : base64.decode(text);
  } catch {
    throw new CeramicError("malformed", "not multibase base64 or base64url");
  }
}
