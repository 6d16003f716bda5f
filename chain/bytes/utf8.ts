const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** UTF-8 bytes of a text. */
export const utf8 = (text: string): Uint8Array => encoder.encode(text);

/** The text of UTF-8 bytes; throws on malformed input, keeps a byte order mark. */
export const fromUtf8 = (bytes: Uint8Array): string => decoder.decode(bytes);
