import { equalBytes } from "#chain/bytes/compare.ts";
import { toHex } from "#chain/bytes/hex.ts";
import { taggedHash } from "#chain/bytes/tagged.ts";
import { isFelt, words } from "#chain/protocol/field.ts";
import { statementHash } from "#chain/protocol/statement.ts";
import type { ProofJob, Verdict } from "./machine.ts";
import { WorkerPool } from "./pool.ts";
import type { ProofTask, ProofVerifier, TemplateKey } from "./types.ts";

export interface VerifierOptions {
  /** Worker threads; by default two. Each takes about 90 MB once it has verified. */
  readonly threads?: number;
  /** Verdicts kept; the one used least recently makes room. */
  readonly verdictsMax?: number;
  /** Longest wait for one verdict before its thread counts as dead, milliseconds. */
  readonly timeoutMs?: number;
}

/** A running verifier with what health reports show of it. */
export interface RunningVerifier extends ProofVerifier {
  /** Starts every thread and has it load the templates' keys, so that no first proof waits for that. */
  warmUp(keys: readonly TemplateKey[]): Promise<void>;
  /** Ids of the living worker threads. */
  threadIds(): readonly number[];
  /** Number of verdicts kept. */
  verdictCount(): number;
}

/** What the contract does not or need not check: sizes, canonical values, the template named. */
const wellFormed = ({ key, statement }: ProofTask): boolean =>
  equalBytes(statement.templateId, key.templateId) &&
  statement.proof.length === key.proofLength &&
  statement.instances.length === key.instanceCount &&
  statement.instances.every(isFelt);

/** Identity of a key's content, so that no verdict depends on a template id being honest. */
const keyHash = (key: TemplateKey): Uint8Array =>
  taggedHash("iterum/verify/key/v1", key.vka, key.verifierCode);

/** Verdicts by identity; of more than `max`, the one used least recently goes. */
function boundedVerdicts(max: number) {
  const verdicts = new Map<string, boolean>();
  const set = (id: string, valid: boolean): void => {
    verdicts.delete(id);
    const oldest = verdicts.keys().next();
    if (verdicts.size >= max && !oldest.done) verdicts.delete(oldest.value);
    verdicts.set(id, valid);
  };
  const get = (id: string): boolean | undefined => {
    const valid = verdicts.get(id);
    if (valid !== undefined) set(id, valid);
    return valid;
  };
  return { get, set, size: () => verdicts.size };
}

/** A proof of zeros fails early, but makes a thread deploy the verifier and register the key. */
async function load(pool: WorkerPool<ProofJob, Verdict>, threads: number, key: TemplateKey): Promise<void> {
  const { verifierCode, vka, proofLength, instanceCount } = key;
  const [proof, instances] = [new Uint8Array(proofLength), new Uint8Array(32 * instanceCount)];
  const job = { verifierCode, vka, proof, instances };
  await Promise.all(Array.from({ length: threads }, () => pool.run(job)));
}

/**
 * Starts a verifier with worker threads of its own. Verdicts are kept by statement and key, and one asked
 * for twice at a time is computed once, so CheckTx, ProcessProposal and FinalizeBlock share the work.
 */
export function startVerifier(options: VerifierOptions = {}): RunningVerifier {
  const { threads = 2, verdictsMax = 4096, timeoutMs = 60_000 } = options;
  const entry = new URL("./worker.ts", import.meta.url);
  const resourceLimits = { maxOldGenerationSizeMb: 512 };
  const pool = new WorkerPool<ProofJob, Verdict>({ entry, threads, timeoutMs, resourceLimits });
  const verdicts = boundedVerdicts(verdictsMax);
  const underway = new Map<string, Promise<boolean>>();
  const keyHashes = new WeakMap<TemplateKey, Uint8Array>();

  const compute = async (id: string, { key, statement }: ProofTask): Promise<boolean> => {
    const instances = words(statement.instances);
    const { verifierCode, vka } = key;
    const { valid } = await pool.run({ verifierCode, vka, instances, proof: statement.proof });
    verdicts.set(id, valid);
    return valid;
  };

  const verdictOf = (hash: Uint8Array, task: ProofTask): Promise<boolean> | boolean => {
    if (!wellFormed(task)) return false;
    const content = keyHashes.get(task.key) ?? keyHash(task.key);
    keyHashes.set(task.key, content);
    const id = toHex(taggedHash("iterum/verify/verdict/v1", hash, content));
    const known = verdicts.get(id) ?? underway.get(id);
    if (known !== undefined) return known;
    const pending = compute(id, task).finally(() => underway.delete(id));
    underway.set(id, pending);
    return pending;
  };

  const verifyAll = async (tasks: readonly ProofTask[]): Promise<ReadonlyMap<string, boolean>> => {
    const answers = tasks.map(async (task): Promise<[string, boolean]> => {
      const hash = statementHash(task.statement);
      return [toHex(hash), await verdictOf(hash, task)];
    });
    const byHash = new Map<string, boolean>();
    for (const [hash, valid] of await Promise.all(answers))
      byHash.set(hash, valid && (byHash.get(hash) ?? true));
    return byHash;
  };

  const warmUp = async (keys: readonly TemplateKey[]): Promise<void> => {
    for (const key of keys) await load(pool, threads, key);
  };
  const [threadIds, close] = [() => pool.threadIds, () => pool.close()];
  return { verifyAll, warmUp, close, threadIds, verdictCount: verdicts.size };
}
