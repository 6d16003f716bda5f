/** The bytes as a string of code units 0…255: a Map key whose order is the order of the bytes. */
export const toKey = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");

/** The bytes of a string made by `toKey`, in a copy of their own. */
export const fromKey = (key: string): Uint8Array => Uint8Array.from(Buffer.from(key, "latin1"));
