// A method of Buffer that takes any array of bytes: a Buffer made for each call would cost twice as much.
const { latin1Slice } = Buffer.prototype as unknown as {
  latin1Slice(this: Uint8Array, start: number, end: number): string;
};

/** The bytes as a string of code units 0…255: a Map key whose order is the order of the bytes. */
export const toKey = (bytes: Uint8Array): string => latin1Slice.call(bytes, 0, bytes.length);

/** The same of a part of the bytes. */
export const partToKey = (bytes: Uint8Array, start: number, end: number): string =>
  latin1Slice.call(bytes, start, end);

/** The bytes of a string made by `toKey`, in a copy of their own. */
export function fromKey(key: string): Uint8Array {
  const bytes = new Uint8Array(key.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = key.charCodeAt(i);
  return bytes;
}
