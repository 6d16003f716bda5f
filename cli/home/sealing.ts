import { randomBytes, type ScryptOptions, scrypt } from "node:crypto";
import { xchacha20poly1305 } from "@noble/ciphers/chacha.js";
import { fromHex, toHex } from "#chain/bytes/hex.ts";
import { fromUtf8, utf8 } from "#chain/bytes/utf8.ts";

/** A text under a passphrase: scrypt of it with a salt of its own is the key of XChaCha20-Poly1305. */
export interface Sealed {
  readonly kdf: { readonly name: "scrypt"; readonly n: number; readonly r: number; readonly p: number };
  /** In hexadecimal: 16 bytes, 24 bytes, and the text with its tag. */
  readonly salt: string;
  readonly nonce: string;
  readonly data: string;
}

// As OWASP advises: 128 MiB and half a second a try.
const KDF = { name: "scrypt", n: 1 << 17, r: 8, p: 1 } as const;
/** What a file may ask for: neither a hash that is soon guessed nor one that takes all memory. */
const BOUNDS = { n: [1 << 14, 1 << 20], r: [8, 8], p: [1, 4] } as const;
const SALT_BYTES = 16;
const NONCE_BYTES = 24;
const TAG_BYTES = 16;
/** Sealed texts are filled up to this, so that their length says nothing. */
const PADDED_BYTES = 512;

/** The passphrase as every keyboard writes it. */
const normal = (passphrase: string): string => passphrase.normalize("NFKC");

function keyOf(passphrase: string, { kdf, salt }: Pick<Sealed, "kdf" | "salt">): Promise<Uint8Array> {
  const { n: N, r, p } = kdf;
  const options: ScryptOptions = { N, r, p, maxmem: 256 * N * r };
  return new Promise((resolve, reject) => {
    scrypt(normal(passphrase), fromHex(salt), 32, options, (error, key) => {
      if (error) reject(error);
      else resolve(new Uint8Array(key));
    });
  });
}

/** Whether a value read from a file has the form of a sealed text. */
export function isSealed(value: unknown): value is Sealed {
  const { kdf, salt, nonce, data } = value as { readonly [K in keyof Sealed]?: unknown };
  const { name, ...costs } = (kdf ?? {}) as { readonly [K in keyof Sealed["kdf"]]?: unknown };
  const isHex = (text: unknown, bytes: number): boolean =>
    typeof text === "string" && text.length === 2 * bytes && /^[0-9a-f]*$/.test(text);
  const isWithin = (cost: unknown, [least, most]: readonly [number, number]): boolean =>
    Number.isInteger(cost) && (cost as number) >= least && (cost as number) <= most;
  return (
    name === "scrypt" &&
    isWithin(costs.n, BOUNDS.n) &&
    Number.isInteger(Math.log2(costs.n as number)) &&
    isWithin(costs.r, BOUNDS.r) &&
    isWithin(costs.p, BOUNDS.p) &&
    isHex(salt, SALT_BYTES) &&
    isHex(nonce, NONCE_BYTES) &&
    isHex(data, PADDED_BYTES + TAG_BYTES)
  );
}

/** Seals a text of at most 512 bytes; `context` is not secret, but bound to it. */
export async function seal(text: string, passphrase: string, context: string): Promise<Sealed> {
  const salt = toHex(randomBytes(SALT_BYTES));
  const nonce = randomBytes(NONCE_BYTES);
  const bytes = utf8(text);
  if (bytes.length > PADDED_BYTES) throw new RangeError("too long to seal");
  const padded = new Uint8Array(PADDED_BYTES).fill(0x20);
  padded.set(bytes);
  const key = await keyOf(passphrase, { kdf: KDF, salt });
  const data = xchacha20poly1305(key, nonce, utf8(context)).encrypt(padded);
  return { kdf: KDF, salt, nonce: toHex(nonce), data: toHex(data) };
}

/** The sealed text without spaces at its end; undefined for another passphrase, context or content. */
export async function unseal(
  sealed: Sealed,
  passphrase: string,
  context: string,
): Promise<string | undefined> {
  const key = await keyOf(passphrase, sealed);
  try {
    const cipher = xchacha20poly1305(key, fromHex(sealed.nonce), utf8(context));
    return fromUtf8(cipher.decrypt(fromHex(sealed.data))).trimEnd();
  } catch {
    return undefined;
  }
}
