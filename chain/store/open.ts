import type { NodeHasher } from "./digest.ts";
import { StoreError } from "./error.ts";
import { pageKey } from "./keys.ts";
import type { Kv } from "./kv.ts";
import type { NodeRef, WholeNode } from "./node.ts";
import { readPage } from "./page.ts";
import { readSealed } from "./sealed.ts";

/** Whether a page's top node is the one that a reference speaks of. */
export const fitsReference = (top: WholeNode, ref: NodeRef): boolean =>
  top.height === ref.height && top.size === ref.size && top.hash === ref.hash;

/** A page that was read: its top node, and its bytes as they lie in the store. */
export interface OpenedPage {
  readonly top: WholeNode;
  readonly stored: Uint8Array;
}

/** Reads a page and checks it against what its parent says of it; StoreError `corrupt` names the place. */
export function openPage(kv: Kv, hasher: NodeHasher, space: string, ref: NodeRef): OpenedPage {
  const key = pageKey(space, ref);
  const place = { space, key };
  const stored = readSealed(kv, key);
  if (stored === undefined) throw new StoreError("corrupt", "a page is missing", place);
  let top: WholeNode;
  try {
    top = readPage(stored, hasher);
  } catch (cause) {
    throw new StoreError("corrupt", "a page is damaged", { ...place, cause });
  }
  if (!fitsReference(top, ref))
    throw new StoreError("corrupt", "a page does not hash to its reference", place);
  return { top, stored };
}
