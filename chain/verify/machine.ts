import { Common, Hardfork, Mainnet } from "@ethereumjs/common";
import { createEVM, type EVM } from "@ethereumjs/evm";
import { Address, createAccount } from "@ethereumjs/util";
import { equalBytes } from "#chain/bytes/compare.ts";
import { toHex } from "#chain/bytes/hex.ts";
import { VkaError, vkaDigest, vkaWords } from "#chain/protocol/vka.ts";
import type { Bn254 } from "./bn254.ts";
import { registerCall, verifyCall } from "./calldata.ts";

/** Gas that one verification may use; a proof with 521 public values uses 1.3 million. */
export const verifyGasMax = 5_000_000n;
const registerGasMax = 10_000_000n;
const registrationsMax = 256;

/** Verdict on one proof, with the gas that the verifier contract used. */
export interface Verdict {
  readonly valid: boolean;
  readonly gasUsed: bigint;
}

/** A proof and what it is to be verified with, as plain bytes. */
export interface ProofJob {
  readonly verifierCode: Uint8Array;
  readonly vka: Uint8Array;
  /** Public values, 32 big-endian bytes each. */
  readonly instances: Uint8Array;
  readonly proof: Uint8Array;
}

/** One deployed verifier contract, in an EVM of its own. */
export interface VerifierMachine {
  verify(job: Omit<ProofJob, "verifierCode">): Promise<Verdict>;
}

const address = (byte: number): Address => new Address(new Uint8Array(20).fill(byte));
const contract = address(0x22);
const caller = address(0x33);
const refused: Verdict = { valid: false, gasUsed: 0n };

/** An EVM of fixed rules (Cancun) with the verifier's code at a fixed address and the given curve backend. */
async function deploy(code: Uint8Array, backend: Bn254 | undefined): Promise<EVM> {
  const common = new Common({ chain: Mainnet, hardfork: Hardfork.Cancun });
  const evm = await createEVM({ common });
  // createEVM replaces its own bn254 option by the default backend, so the field is set afterwards.
  if (backend !== undefined) (evm as unknown as { _bn254: Bn254 })._bn254 = backend;
  await evm.stateManager.putAccount(contract, createAccount({ nonce: 1n }));
  await evm.stateManager.putCode(contract, code);
  return evm;
}

async function call(evm: EVM, data: Uint8Array, gasLimit: bigint, isStatic: boolean) {
  // Storage and addresses stay warm across calls otherwise, and gas would depend on what was called before.
  evm.journal.cleanJournal();
  const options = { to: contract, caller, data, gasLimit, isStatic, skipNonceIncrement: true };
  return (await evm.runCall(options)).execResult;
}

/**
 * A machine that verifies proofs with one verifier contract. A verification is a static call, which cannot
 * write; the only state is the set of registered keys, written once for each key before its first use.
 * @param backend curve arithmetic; the EVM package's own (noble) if left out
 */
export async function createMachine(code: Uint8Array, backend?: Bn254): Promise<VerifierMachine> {
  let evm = await deploy(code, backend);
  const registered = new Set<string>();

  const register = async (words: Uint8Array, digest: string): Promise<boolean> => {
    if (registered.has(digest)) return true;
    if (registered.size >= registrationsMax) {
      evm = await deploy(code, backend);
      registered.clear();
    }
    const result = await call(evm, registerCall(words), registerGasMax, false);
    if (result.exceptionError !== undefined) return false;
    registered.add(digest);
    return true;
  };

  const verify = async (job: Omit<ProofJob, "verifierCode">): Promise<Verdict> => {
    let words: Uint8Array;
    try {
      words = vkaWords(job.vka);
    } catch (error) {
      if (error instanceof VkaError) return refused;
      throw error;
    }
    const digest = vkaDigest(job.vka);
    if (!(await register(words, toHex(digest)))) return refused;
    const result = await call(evm, verifyCall(job.proof, job.instances, words), verifyGasMax, true);
    const valid = result.exceptionError === undefined && isTrue(result.returnValue, digest);
    return { valid, gasUsed: result.executionGasUsed };
  };
  return { verify };
}

/** The contract answers (true, digest of the key, rescaled values); the last is of no use here. */
const isTrue = (answer: Uint8Array, digest: Uint8Array): boolean =>
  answer.length >= 64 &&
  answer[31] === 1 &&
  answer.subarray(0, 31).every((byte) => byte === 0) &&
  equalBytes(answer.subarray(32, 64), digest);
