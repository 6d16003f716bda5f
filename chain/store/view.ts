import type { NamedRoot } from "#chain/merkle/multistore.ts";
import type { Load } from "./node.ts";
import type { StoreView } from "./port.ts";
import { proofOps } from "./proof.ts";
import { namedRoots, type Version } from "./record.ts";
import { absence, existence, find, walk } from "./walk.ts";

const NOTHING = new Uint8Array();

/** Reads one version out of its trees; `load` gives a space's loader, or throws where it is unknown. */
export function viewOf(version: Version, load: (space: string) => Load): StoreView {
  const { height, appHash } = version;
  const root = (space: string) => version.roots.get(space);
  const roots = (): readonly NamedRoot[] => namedRoots(version.roots);
  const range: StoreView["range"] = (space, start, end) =>
    walk(root(space), load(space), start, end, "ascending");
  return {
    height,
    get appHash() {
      return appHash.slice();
    },
    get: (space, key) => find(root(space), load(space), key),
    range,
    rangeReverse: (space, start, end) => walk(root(space), load(space), start, end, "descending"),
    roots,
    prove(space, key) {
      const [top, open] = [root(space), load(space)];
      const found = top && (existence(top, open, key) ?? absence(top, open, key));
      return proofOps({ roots: roots(), space, key, found });
    },
    *dump(space) {
      for (const name of space === undefined ? version.roots.keys() : [space])
        for (const [key, value] of range(name, NOTHING, undefined)) yield { space: name, key, value };
    },
  };
}
