import { createRequire } from "node:module";
import { chainEditions, spacesOf } from "#chain/app/modules.ts";
import type { AppOptions, Block, BlockResult } from "#chain/app/types.ts";
import { App } from "#chain/app.ts";
import { sha256 } from "#chain/bytes/hash.ts";
import { toHex } from "#chain/bytes/hex.ts";
import type { Evidence, ReadCtx, ValidatorUpdate } from "#chain/kernel/ctx.ts";
import type { Codec } from "#chain/proto/codec.ts";
import { signBeacon } from "#chain/protocol/beacon.ts";
import { nobleBls } from "#chain/protocol/bls.ts";
import { directSignBytes } from "#chain/protocol/sign-doc.ts";
import { memoryStore } from "#chain/store/memory.ts";
import type { ProofVerifier } from "#chain/verify/types.ts";
import * as auth from "#modules/auth/api.ts";
import { PubKey } from "#proto/gen/cosmos/crypto/secp256k1.ts";
import { SignMode } from "#proto/gen/cosmos/tx/signing.ts";
import { AuthInfo, TxBody, TxRaw } from "#proto/gen/cosmos/tx.ts";
import type { ExecTxResult } from "#proto/gen/tendermint/abci.ts";
import type { Person } from "./accounts.ts";
import { CHAIN_ID, DENOM, type GenesisChoice, genesis } from "./genesis.ts";
import { validatorSets } from "./sets.ts";
import { validator } from "./validator.ts";
import { bls, signatures as verifier } from "./verifier.ts";

/** A message with its codec. */
export interface Said {
  readonly typeUrl: string;
  readonly value: Uint8Array;
}

export const say = <T>(codec: Codec<T>, value: T): Said => ({
  typeUrl: codec.typeUrl,
  value: codec.encode(value),
});

/** Signs in native code where there is some: the same bytes everywhere, as nonces are those of RFC 6979. */
const { ecdsaSign } = createRequire(import.meta.url)("secp256k1") as {
  ecdsaSign(digest: Uint8Array, secretKey: Uint8Array): { readonly signature: Uint8Array };
};

/** Makes the 64 bytes by which somebody signs a digest. */
export type Signer = (digest: Uint8Array, who: Person) => Uint8Array;

const ecdsaSigner: Signer = (digest, { secretKey }) => ecdsaSign(digest, secretKey).signature;

/** Enough for every message of the test game; a block has room for fifty. */
const GAS = 4_000_000n;
export const START_MS = 1_780_000_000_000n;

/** Judges no proof: for chains whose games have no audits, where none can come. */
export const noProofs: ProofVerifier = {
  verifyAll: async (tasks) => {
    if (tasks.length > 0) throw new Error("this chain has no verifier");
    return new Map();
  },
  close: async () => undefined,
};

/** The bytes of a signed transaction, as a client would make them. */
export function signTx(
  who: Person,
  at: {
    readonly number: bigint;
    readonly sequence: bigint;
    readonly chainId?: string;
    readonly gas?: bigint;
    /** Who pays instead. */
    readonly granter?: string;
    /** Limits, memo and order. */
    readonly body?: Partial<TxBody>;
    readonly signer?: Signer;
  },
  ...messages: readonly Said[]
): Uint8Array {
  const gasLimit = at.gas ?? GAS;
  const body = { ...TxBody.zero(), ...at.body, messages };
  const amount = [{ denom: DENOM, amount: gasLimit / 1_000n + 1n }];
  const info = {
    publicKey: { typeUrl: PubKey.typeUrl, value: PubKey.encode({ key: who.publicKey }) },
    modeInfo: { single: { mode: SignMode.SIGN_MODE_DIRECT }, multi: undefined },
    sequence: at.sequence,
  };
  const authInfo = {
    ...AuthInfo.zero(),
    signerInfos: [info],
    fee: { amount, gasLimit, payer: "", granter: at.granter ?? "" },
  };
  const unsigned = {
    bodyBytes: TxBody.encode(body),
    authInfoBytes: AuthInfo.encode(authInfo),
    signatures: [],
  };
  const signBytes = directSignBytes(unsigned, at.chainId ?? CHAIN_ID, at.number);
  const { signer = ecdsaSigner } = at;
  const signature = signer(sha256(signBytes), who);
  return TxRaw.encode({ ...unsigned, signatures: [signature] });
}

/** What else happens with a block. */
export interface Happened {
  /** Hex consensus addresses that did not sign the block before. */
  readonly absent?: ReadonlySet<string>;
  readonly evidence?: readonly Evidence[];
  /** Milliseconds by which its time is beyond the usual second. */
  readonly lateMs?: bigint;
}

/**
 * A chain in this process: blocks are made by hand and every block runs on two apps whose hashes must agree.
 */
export interface TestChain {
  readonly app: App;
  readonly genesis: GenesisChoice;
  /** How everybody signs. */
  readonly signer: Signer;
  height(): bigint;
  read<T>(work: (ctx: ReadCtx) => T): T;
  /** One block with a transaction per call, each with its messages; the results without the beacon's. */
  block(...txs: readonly (readonly [Person, ...Said[]])[]): Promise<ExecTxResult[]>;
  /** One block of ready bytes. */
  rawBlock(
    txs: readonly Uint8Array[],
    happened?: Happened,
  ): Promise<BlockResult & { results: ExecTxResult[] }>;
  /** A transaction signed at the account's turn. */
  sign(who: Person, ...messages: readonly Said[]): Uint8Array;
  /** Empty blocks until a height. */
  until(height: bigint): Promise<void>;
}

type AppPart = "proofs" | "invariants" | "store" | "bls" | "signatures" | "editions";
type ChainOptions = Partial<Pick<AppOptions, AppPart>> & {
  readonly validator?: string;
  /** Whether a second app runs every block too; without it blocks take half the time. */
  readonly twin?: boolean;
  /** Signs what the given `signatures` take. */
  readonly signer?: Signer;
};

interface Begun {
  readonly app: App;
  readonly set: readonly ValidatorUpdate[];
}

function newApp(choice: GenesisChoice, options: ChainOptions, beacon?: Uint8Array): Begun {
  const app = new App({
    store: memoryStore({ spaces: spacesOf(options.editions ?? chainEditions) }),
    proofs: noProofs,
    signatures: verifier,
    bls,
    invariants: "full",
    guarded: true,
    ...(beacon && { beacon: (message: Uint8Array) => signBeacon(message, beacon, bls) }),
    ...options,
  });
  const { validators: set } = app.initChain({
    chainId: choice.chainId ?? CHAIN_ID,
    timeMs: START_MS,
    initialHeight: 1n,
    appState: genesis(choice),
  });
  return { app, set };
}

/** Runs one block on both apps; throws when they disagree on state or results. */
async function runTwice(app: App, twin: App | undefined, block: Block): Promise<BlockResult> {
  const result = await app.finalizeBlock(block);
  if (!twin) {
    await app.commit();
    return result;
  }
  const again = await twin.finalizeBlock(block);
  if (toHex(result.appHash) !== toHex(again.appHash)) throw new Error(`two app hashes at ${block.height}`);
  const codes = (each: BlockResult): string =>
    each.txResults.map(({ code, gasUsed }) => `${code}/${gasUsed}`).join();
  if (codes(result) !== codes(again)) throw new Error(`two results at ${block.height}`);
  await app.commit();
  await twin.commit();
  return result;
}

/** A new chain with one small game; see GenesisChoice. */
export function newChain(
  choice: GenesisChoice,
  { twin: hasTwin = true, signer = ecdsaSigner, ...options }: ChainOptions = {},
): TestChain {
  const proposer = options.validator === undefined ? undefined : validator(options.validator);
  const full = proposer ? { ...choice, beaconKeys: [proposer.key] } : choice;
  const { app, set } = newApp(full, options, proposer?.secret);
  const sets = validatorSets(set);
  // A store of the caller's is the first app's alone.
  const { store: _, ...twinOptions } = options;
  // The twin verifies beacons in plain JavaScript, so that every block compares both ways.
  const twin = hasTwin ? newApp(full, { ...twinOptions, bls: nobleBls }, proposer?.secret).app : undefined;
  const address = proposer?.address ?? new Uint8Array(20);
  const height = (): bigint => app.info().height;

  let lateMs = 0n;
  const rawBlock: TestChain["rawBlock"] = async (given, happened = {}) => {
    const next = height() + 1n;
    lateMs += happened.lateMs ?? 0n;
    const block = { height: next, timeMs: START_MS + next * 1_000n + lateMs, proposer: address };
    const said = { votes: sets.votes(next, happened.absent), evidence: happened.evidence ?? [] };
    const txs = proposer
      ? await app.prepareProposal({ ...block, ...said, txs: given, bytesMax: 1 << 21 })
      : [...given];
    // The app keeps the run of its proposal; the twin, which judged another commit, runs what is decided.
    if (proposer && twin && !(await twin.processProposal({ ...block, txs })))
      throw new Error("the twin refused a proposal");
    const result = await runTwice(app, twin, { ...block, ...said, txs });
    sets.update(next, result.validatorUpdates);
    return { ...result, results: result.txResults.slice(proposer ? 1 : 0) };
  };
  const sign: TestChain["sign"] = (who, ...messages) => {
    const account = app.read((ctx) => auth.account(ctx, who.address));
    if (!account) throw new Error(`${who.name} has no account`);
    const chainId = choice.chainId ?? CHAIN_ID;
    return signTx(who, { number: account.number, sequence: account.sequence, chainId, signer }, ...messages);
  };
  return {
    app,
    genesis: full,
    signer,
    height,
    read: (work) => app.read(work),
    rawBlock,
    sign,
    block: async (...txs) =>
      (await rawBlock(txs.map(([who, ...messages]) => sign(who, ...messages)))).results,
    until: async (target) => {
      while (height() < target) await rawBlock([]);
    },
  };
}
