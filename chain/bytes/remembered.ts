/**
 * The same function, which must be pure, remembering what it gave for the last `entriesMax` / 2 to
 * `entriesMax` arguments. `name` tells those apart: a text that no other argument has.
 */
export function remembered<K, V>(
  entriesMax: number,
  name: (argument: K) => string,
  make: (argument: K) => Exclude<V, undefined>,
): (argument: K) => V {
  const half = Math.max(1, entriesMax >>> 1);
  let young = new Map<string, V>();
  let old = new Map<string, V>();
  return (argument) => {
    const id = name(argument);
    const known = young.get(id);
    if (known !== undefined) return known;
    const value = old.get(id) ?? make(argument);
    if (young.size >= half) {
      old = young;
      young = new Map();
    }
    young.set(id, value);
    return value;
  };
}
