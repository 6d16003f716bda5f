import { type Block, DAG_CBOR, decodeCanonical, encodeBlock, isSha256Cid } from "./block.ts";
import { checksumAddress, ethereumAddress, recoverAddress, signText } from "./eip191.ts";
import { ensure } from "./error.ts";
import { addressOfDid, didPkh } from "./ids.ts";
import { asList, asRecord, asText } from "./shape.ts";

/** Clocks may differ by this much when a capability's times are checked: 5 minutes, as in Ceramic. */
const CLOCK_SKEW_MS = 5 * 60 * 1000;

/** What an account grants to a session key: the payload of a CACAO (CAIP-74) of Sign-In with Ethereum. */
export interface Grant {
  readonly domain: string;
  /** did:key of the session key. */
  readonly audience: string;
  readonly nonce: string;
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
  readonly statement: string;
  /** ceramic:// patterns: `ceramic://*`, `ceramic://*?model=…` or one stream. */
  readonly resources: readonly string[];
}

/** A grant with its issuer, a did:pkh, and the signature in 0x hex. */
export interface Capability extends Grant {
  readonly issuer: string;
  readonly signature: string;
}

/** The bytes of a capability that the account of the private key signs for the grant. */
export function delegate(grant: Grant, ethereumKey: Uint8Array): Uint8Array {
  const address = ethereumAddress(ethereumKey);
  const signature = signText(signInText(grant, address), ethereumKey);
  return encodeBlock(toCacao({ ...grant, issuer: didPkh(address), signature })).bytes;
}

/** The capability of a CACAO block; throws CeramicError on another field, form or codec. */
export function decodeCapability(block: Block): Capability {
  ensure(isSha256Cid(block.cid, DAG_CBOR), "malformed", "a capability is a dag-cbor block");
  const { h, p, s } = asRecord("capability", decodeCanonical(block.bytes), ["h", "p", "s"]);
  const header = asRecord("capability.h", h, ["t"]);
  ensure(header.t === "eip4361", "badCapability", "only eip4361 is accepted");
  const signed = asRecord("capability.s", s, ["t", "s"]);
  ensure(signed.t === "eip191", "badCapability", "only eip191 is accepted");
  const grant = asRecord("capability.p", p, GRANT_FIELDS);
  ensure(grant.version === "1", "badCapability", "only version 1 is accepted");
  const resources = asList("resources", grant.resources, 16);
  return {
    domain: asLine("domain", grant.domain),
    issuer: asText("iss", grant.iss),
    audience: asLine("aud", grant.aud),
    nonce: asLine("nonce", grant.nonce),
    issuedAtMs: parseTime("iat", grant.iat),
    expiresAtMs: parseTime("exp", grant.exp),
    statement: asLine("statement", grant.statement),
    resources: resources.map((resource) => asLine("resource", resource)),
    signature: asText("signature", signed.s),
  };
}

/** Throws CeramicError unless the issuer's account signed the capability. Costs a public-key recovery. */
export function checkCapabilitySignature(capability: Capability): void {
  const address = addressOfDid(capability.issuer);
  const signedBy = (shown: string): boolean =>
    recoverAddress(signInText(capability, shown), capability.signature) === address;
  const valid = signedBy(address) || signedBy(checksumAddress(address));
  ensure(valid, "badCapability", "the issuer did not sign the capability");
}

/** Throws CeramicError unless the capability is valid at the time, give or take CLOCK_SKEW_MS. */
export function checkCapabilityTime(capability: Capability, nowMs: number): void {
  ensure(capability.issuedAtMs <= nowMs + CLOCK_SKEW_MS, "notYetValid", "the capability is not valid yet");
  ensure(capability.expiresAtMs + CLOCK_SKEW_MS >= nowMs, "expired", "the capability has expired");
}

/** Whether the capability covers writing to the stream of the model. Both are given as StreamID texts. */
export const covers = (capability: Capability, streamId: string, model: string): boolean =>
  [`ceramic://*`, `ceramic://*?model=${model}`, `ceramic://${streamId}`].some((resource) =>
    capability.resources.includes(resource),
  );

/** The EIP-4361 text that the account signs, on chain id 1. */
export function signInText(grant: Grant, address: string): string {
  const lines = [
    `${grant.domain} wants you to sign in with your Ethereum account:`,
    address,
    "",
    grant.statement,
    "",
    `URI: ${grant.audience}`,
    "Version: 1",
    "Chain ID: 1",
    `Nonce: ${grant.nonce}`,
    `Issued At: ${toTime(grant.issuedAtMs)}`,
    `Expiration Time: ${toTime(grant.expiresAtMs)}`,
    "Resources:",
    ...grant.resources.map((resource) => `- ${resource}`),
  ];
  return lines.join("\n");
}

const GRANT_FIELDS = [
  "domain",
  "iat",
  "iss",
  "aud",
  "version",
  "nonce",
  "exp",
  "statement",
  "resources",
] as const;

const toCacao = (capability: Capability): unknown => ({
  h: { t: "eip4361" },
  p: {
    domain: capability.domain,
    iat: toTime(capability.issuedAtMs),
    iss: capability.issuer,
    aud: capability.audience,
    version: "1",
    nonce: capability.nonce,
    exp: toTime(capability.expiresAtMs),
    statement: capability.statement,
    resources: [...capability.resources],
  },
  s: { t: "eip191", s: capability.signature },
});

const toTime = (ms: number): string => new Date(ms).toISOString();

/** Only the form with milliseconds and Z, which Ceramic One prints again when it rebuilds the signed text. */
function parseTime(what: string, value: unknown): number {
  const text = asText(what, value, 30);
  const ms = Date.parse(text);
  ensure(Number.isFinite(ms) && toTime(ms) === text, "badCapability", `${what} is not an ISO 8601 time`);
  return ms;
}

/** One line of printable ASCII: a line break would let a field spell the next ones of the signed text. */
function asLine(what: string, value: unknown): string {
  const text = asText(what, value);
  ensure(/^[\x20-\x7e]+$/.test(text), "badCapability", `${what} is not one line of ASCII`);
  return text;
}
