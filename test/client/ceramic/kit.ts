import { type Block, cidOf, DAG_CBOR, DAG_JOSE, encodeBlock } from "#client/ceramic/block.ts";
import { delegate, type Grant } from "#client/ceramic/capability.ts";
import { encodeCar } from "#client/ceramic/car.ts";
import { signingKey } from "#client/ceramic/ed25519.ts";
import { ethereumAddress } from "#client/ceramic/eip191.ts";
import { openSession, type Session } from "#client/ceramic/event.ts";
import { didKey, didPkh } from "#client/ceramic/ids.ts";

/** The moment at which the tests' capabilities were issued. */
export const ISSUED_MS = Date.UTC(2026, 10, 23, 6);
/** Their expiry unless a test says otherwise: far off, for the published libraries look at the real clock. */
export const EXPIRES_MS = Date.UTC(2126, 10, 23, 6);
export const DAY_MS = 24 * 60 * 60 * 1000;

export const keyOf = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);
export const didOf = (byte: number): string => didPkh(ethereumAddress(keyOf(byte)));
export const sessionDidOf = (byte: number): string => didKey(signingKey(keyOf(byte)).publicKey);

export const grantFor = (audience: string, changes: Partial<Grant> = {}): Grant => ({
  domain: "iterum.example",
  audience,
  nonce: "abcdefgh12345678",
  issuedAtMs: ISSUED_MS,
  expiresAtMs: EXPIRES_MS,
  statement: "Let this key publish my sealed data",
  resources: ["ceramic://*"],
  ...changes,
});

/** The session of the account of one byte with the session key of another. */
export const newSession = (account: number, seed: number, changes: Partial<Grant> = {}): Session =>
  openSession(keyOf(seed), delegate(grantFor(sessionDidOf(seed), changes), keyOf(account)));

/** What a forged event may hold in place of the right parts. */
export interface Forgery {
  readonly capability: Uint8Array;
  readonly header: string;
  readonly payload: unknown;
  readonly seed: Uint8Array;
  readonly envelope?: object;
  readonly extraBlocks?: readonly Block[];
}

/** The archive of an event signed over any header and payload whatever. */
export function forge(forgery: Forgery): Uint8Array {
  const header = Buffer.from(forgery.header);
  const body = encodeBlock(forgery.payload);
  const input = `${header.toString("base64url")}.${Buffer.from(body.cid.bytes).toString("base64url")}`;
  const signature = signingKey(forgery.seed).sign(Buffer.from(input));
  const signatures = [{ protected: new Uint8Array(header), signature }];
  const root = encodeBlock({ payload: body.cid.bytes, signatures, ...forgery.envelope }, DAG_JOSE);
  const capability = { cid: cidOf(forgery.capability, DAG_CBOR), bytes: forgery.capability };
  return encodeCar(root, [capability, body, root, ...(forgery.extraBlocks ?? [])]);
}

/** The protected header as an honest signer writes it. */
export const headerOf = (capability: Uint8Array, seed: number): string => {
  const kid = sessionDidOf(seed);
  const cap = `ipfs://${cidOf(capability, DAG_CBOR)}`;
  return JSON.stringify({ alg: "EdDSA", cap, kid: `${kid}#${kid.slice("did:key:".length)}` });
};
