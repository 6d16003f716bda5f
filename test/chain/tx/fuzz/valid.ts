import { createRequire } from "node:module";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { storeSpaces } from "#chain/app/modules.ts";
import { App } from "#chain/app.ts";
import { concat } from "#chain/bytes/concat.ts";
import { keccak256, sha256 } from "#chain/bytes/hash.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import type { AppState } from "#chain/kernel/genesis.ts";
import type { Codec } from "#chain/proto/codec.ts";
import { type AccountKey, anyOfKey, keyAddress } from "#chain/protocol/account-key.ts";
import { personalHash } from "#chain/protocol/eip191.ts";
import { aminoSignBytes, directSignBytes, type SignContent, signText } from "#chain/protocol/sign-doc.ts";
import { memoryStore } from "#chain/store/memory.ts";
import * as auth from "#modules/auth/api.ts";
import { allowanceTypes } from "#modules/feegrant/api.ts";
import { MsgMultiSend, MsgSend } from "#proto/gen/cosmos/bank.ts";
import { LegacyAminoPubKey, MultiSignature } from "#proto/gen/cosmos/crypto/multisig.ts";
import { BasicAllowance, MsgGrantAllowance } from "#proto/gen/cosmos/feegrant.ts";
import { SignMode } from "#proto/gen/cosmos/tx/signing.ts";
import { AuthInfo, type ModeInfo, TxBody, TxRaw } from "#proto/gen/cosmos/tx.ts";
import { KeyType } from "#proto/gen/iterum/auth.ts";
import { MsgDonate } from "#proto/gen/iterum/treasury.ts";
import { noProofs, type Said, say } from "#test/kit/chain.ts";
import type { Random } from "#test/kit/game/random.ts";
import { CHAIN_ID, DENOM, GAME_ID, genesis } from "#test/kit/genesis.ts";
import { signatures } from "#test/kit/verifier.ts";
import { ann, ben } from "../people.ts";

export const START_MS = 1_780_000_000_000n;
const TIME_S = START_MS / 1_000n;

interface NativeSigner {
  ecdsaSign(digest: Uint8Array, secret: Uint8Array): { signature: Uint8Array; recid: number };
}
const native: unknown = createRequire(import.meta.url)("secp256k1/bindings.js");

/** Makes r ‖ s ‖ parity; 20 times faster than plain JavaScript, which counts for a million. */
function sign(digest: Uint8Array, secret: Uint8Array): Uint8Array {
  const { signature, recid } = (native as NativeSigner).ecdsaSign(digest, secret);
  return concat(signature, Uint8Array.of(recid));
}

/** Somebody who signs in one way. */
export interface Signer {
  readonly kind: "direct" | "amino" | "text" | "ethereum" | "multisig";
  readonly key: AccountKey;
  readonly address: string;
  readonly secrets: readonly Uint8Array[];
}

/** The signer of a kind whose keys are made from the names: the same in every run. */
export function signer(kind: Signer["kind"], ...names: readonly string[]): Signer {
  const secrets = names.map((name) => sha256(utf8(`fuzz ${name}`)));
  const keys = secrets.map((secret) => secp256k1.getPublicKey(secret, true));
  const publicKeys = keys.map((bytes) => anyOfKey({ type: KeyType.KEY_TYPE_SECP256K1, bytes }));
  const key: AccountKey =
    kind === "multisig"
      ? { type: KeyType.KEY_TYPE_MULTISIG, bytes: LegacyAminoPubKey.encode({ threshold: 2, publicKeys }) }
      : {
          type:
            kind === "text" || kind === "ethereum" ? KeyType.KEY_TYPE_ETHEREUM : KeyType.KEY_TYPE_SECP256K1,
          bytes: keys[0] as Uint8Array,
        };
  return { kind, key, address: keyAddress(key) as string, secrets };
}

/** One signer of each way. */
export const signers: readonly Signer[] = [
  signer("direct", "direct"),
  signer("amino", "amino"),
  signer("text", "text"),
  signer("ethereum", "ethereum"),
  signer("multisig", "first", "second", "third"),
];

/** A genesis in which every signer holds a purse; the first of all signers lets the others spend on fees. */
export function withPurses(state: AppState, holders: readonly Signer[]): AppState {
  const bank = state["bank"] as { readonly balances: readonly never[] };
  const purses = holders.map(({ address }) => ({ address, denom: DENOM, amount: "100000000000" }));
  const granter = signers[0]?.address ?? "";
  const allowance = { typeUrl: BasicAllowance.typeUrl, value: "" };
  const allowances = holders
    .filter(({ address }) => address !== granter)
    .map(({ address: grantee }) => ({ granter, grantee, allowance }));
  return { ...state, bank: { ...bank, balances: [...bank.balances, ...purses] }, feegrant: { allowances } };
}

/** An app on which every signer holds a purse. */
export function fuzzApp(): App {
  const app = new App({
    store: memoryStore({ spaces: storeSpaces }),
    proofs: noProofs,
    signatures,
    invariants: "none",
  });
  const appState = withPurses(genesis({ members: [ann], others: [ben] }), signers);
  app.initChain({ chainId: CHAIN_ID, timeMs: START_MS, initialHeight: 1n, appState });
  return app;
}

export const numberOf = (app: App, address: string): bigint =>
  app.read((ctx) => auth.account(ctx, address)?.number ?? 0n);

const coins = (amount: number) => [{ denom: DENOM, amount: BigInt(amount) }];

/** When and at which turn of its signer a transaction is made. */
export interface Moment {
  readonly sequence: bigint;
  readonly height: bigint;
  readonly timeS: bigint;
}

/** The first turn on a new chain. */
const FIRST: Moment = { sequence: 0n, height: 0n, timeS: TIME_S };

function message(random: Random, from: string, timeS: bigint): Said {
  const to = random.pick([ann, ben]).address;
  const amount = 1 + random.int(1_000);
  switch (random.int(4)) {
    case 0:
      return say(MsgSend, { fromAddress: from, toAddress: to, amount: coins(amount) });
    case 1:
      return say(MsgMultiSend, {
        inputs: [{ address: from, coins: coins(amount) }],
        outputs: [{ address: to, coins: coins(amount) }],
      });
    case 2:
      return say(MsgDonate, { sender: from, gameId: GAME_ID, amount: BigInt(amount) });
    default: {
      const expiration = { seconds: timeS + BigInt(1 + random.int(1_000)), nanos: random.int(1_000) };
      const allowance = say(BasicAllowance, { spendLimit: coins(amount), expiration });
      // The chain has none for these: each may be given once.
      return say(MsgGrantAllowance, { granter: from, grantee: ann.address, allowance });
    }
  }
}

const codecs: ReadonlyMap<string, Codec<unknown>> = new Map(
  ([MsgSend, MsgMultiSend, MsgDonate, MsgGrantAllowance] as Codec<unknown>[]).map((one) => [
    one.typeUrl,
    one,
  ]),
);

const { SIGN_MODE_DIRECT, SIGN_MODE_LEGACY_AMINO_JSON, SIGN_MODE_EIP_191 } = SignMode;
const single = (mode: SignMode): ModeInfo => ({ single: { mode }, multi: undefined });

function modeOf({ kind }: Signer, first: number, second: number): ModeInfo {
  if (kind === "amino") return single(SIGN_MODE_LEGACY_AMINO_JSON);
  if (kind === "text") return single(SIGN_MODE_EIP_191);
  if (kind !== "multisig") return single(SIGN_MODE_DIRECT);
  const elems = Uint8Array.of((0x80 >> first) | (0x80 >> second));
  const modeInfos = [single(SIGN_MODE_LEGACY_AMINO_JSON), single(SIGN_MODE_LEGACY_AMINO_JSON)];
  return { single: undefined, multi: { bitarray: { extraBitsStored: 3, elems }, modeInfos } };
}

interface Draft {
  readonly signer: Signer;
  readonly number: bigint;
  readonly body: TxBody;
  readonly auth: AuthInfo;
  readonly members: readonly [number, number];
}

/** The one signature of a draft, made as its signer does. */
function signatureOf({ signer: by, number, body, auth: info, members }: Draft, raw: TxRaw): Uint8Array {
  const { kind, secrets } = by;
  const [secret] = secrets as readonly [Uint8Array];
  const direct = directSignBytes(raw, CHAIN_ID, number);
  if (kind === "direct") return sign(sha256(direct), secret).subarray(0, 64);
  if (kind === "ethereum") return sign(keccak256(direct), secret).subarray(0, 64);
  const content: SignContent = {
    ...{ chainId: CHAIN_ID, address: by.address, accountNumber: number, body },
    sequence: info.signerInfos[0]?.sequence ?? 0n,
    fee: info.fee ?? { amount: [], gasLimit: 0n, payer: "", granter: "" },
    messages: body.messages.map(({ typeUrl, value }) => {
      const codec = codecs.get(typeUrl) as Codec<unknown>;
      return { codec, value: codec.decode(value) };
    }),
    anyTypes: allowanceTypes,
  };
  if (kind === "text") {
    const full = sign(personalHash(signText(content)), secret);
    return full.map((byte, i) => (i === 64 ? byte + 27 : byte));
  }
  const digest = sha256(aminoSignBytes(content));
  if (kind === "amino") return sign(digest, secret).subarray(0, 64);
  const both = members.map((i) => sign(digest, secrets[i] as Uint8Array).subarray(0, 64));
  return MultiSignature.encode({ signatures: both });
}

/** A valid transaction at the signer's turn, or out of order where the signer can. */
export function validTx(random: Random, by: Signer, number: bigint, at: Moment = FIRST): Uint8Array {
  const { sequence, height, timeS } = at;
  const isAmino = by.kind === "amino" || by.kind === "multisig";
  const unordered = !isAmino && random.chance(0.4);
  const timed = unordered || (!isAmino && random.chance(0.2));
  const timeoutTimestamp = timed
    ? { seconds: timeS + BigInt(5 + random.int(500)), nanos: random.int(1_000_000_000) }
    : undefined;
  const messages = [message(random, by.address, timeS)];
  if (random.chance(0.3)) messages.push(say(MsgDonate, { sender: by.address, gameId: GAME_ID, amount: 3n }));
  const memo = random.pick(["", "rent", 'Zoë <&> "1"\n', "☃".repeat(random.int(80))]);
  const timeoutHeight = random.pick([0n, 0n, height + 9n, height + 1_000_000n]);
  const body = { ...TxBody.zero(), messages, memo, timeoutHeight, unordered, timeoutTimestamp };
  const granter = by.kind !== "direct" && random.chance(0.3) ? (signers[0]?.address ?? "") : "";
  const payer = random.chance(0.2) ? by.address : "";
  const fee = { amount: coins(2_000 + random.int(1_000)), gasLimit: 2_000_000n, payer, granter };
  const [first, second] = random.pick([
    [0, 1],
    [0, 2],
    [1, 2],
  ] as const);
  const publicKey = anyOfKey(by.key);
  const info = { publicKey, modeInfo: modeOf(by, first, second), sequence };
  const auth: AuthInfo = { signerInfos: [info], fee, tip: undefined };
  const raw = { bodyBytes: TxBody.encode(body), authInfoBytes: AuthInfo.encode(auth), signatures: [] };
  const signature = signatureOf({ signer: by, number, body, auth, members: [first, second] }, raw);
  return TxRaw.encode({ ...raw, signatures: [signature] });
}
