import { equalBytes } from "#chain/bytes/compare.ts";
import { toHex } from "#chain/bytes/hex.ts";
import { statementHash } from "#chain/protocol/statement.ts";
import type { ProofVerifier } from "#chain/verify/types.ts";
import { ResponseInitChain } from "#proto/gen/tendermint/abci.ts";
import { difference } from "./compare.ts";
import type { Recording } from "./format.ts";
import { countSucceeded, exportedHashes, type Played, stage } from "./play.ts";

/** Says of proofs what was said of them once, and fails at others. */
const verdictsOf = (verdicts: Recording["verdicts"]): ProofVerifier => ({
  verifyAll: async (tasks) =>
    new Map(
      tasks.map(({ statement }) => {
        const hash = toHex(statementHash(statement));
        const verdict = verdicts[hash];
        if (verdict === undefined) throw new Error("a proof that was not recorded is due");
        return [hash, verdict] as const;
      }),
    ),
  close: async () => undefined,
});

/** What became of work that may throw. */
async function tried<T>(work: () => Promise<T>): Promise<T | { readonly thrown: string }> {
  try {
    return await work();
  } catch (error) {
    return { thrown: `it throws "${error instanceof Error ? error.message : String(error)}"` };
  }
}

const isPlayed = (each: Played | { readonly thrown: string }): each is Played => "response" in each;

/** The names that stand for something else in two records; undefined for none. */
function changed<T>(now: Readonly<Record<string, T>>, then: Readonly<Record<string, T>>): string | undefined {
  const names = [...new Set([...Object.keys(now), ...Object.keys(then)])];
  return names.filter((name) => now[name] !== then[name]).join(", ") || undefined;
}

/** Plays a recording in a new app up to the first difference, and says what it is; undefined for none. */
export async function firstDifference(recording: Recording): Promise<string | undefined> {
  const { rules, verdicts, genesis, founded, blocks } = recording;
  const { app, begin, play } = stage(rules, verdictsOf(verdicts));
  const began = await tried(() => begin(genesis));
  if ("thrown" in began) return `genesis: ${began.thrown}`;
  const isSame = equalBytes(ResponseInitChain.encode(began), ResponseInitChain.encode(founded));
  // Which modules it is by, the first block tells.
  const before = isSame ? "" : "genesis: another app hash, set of validators or version; ";
  const succeeded: Record<string, number> = {};
  for (const block of blocks) {
    const played = await tried(() => play(block.request));
    const found = isPlayed(played) ? difference(played, block) : played.thrown;
    if (found !== undefined) return `${before}height ${block.request.height}: ${found}`;
    if (!isSame) return `${before}the first block is the same`;
    if (isPlayed(played)) countSucceeded(succeeded, played);
  }
  const types = changed(succeeded, recording.succeeded);
  if (types !== undefined) return `how often these succeeded: ${types}`;
  const parts = changed(exportedHashes(app), recording.exported);
  return parts && `the exported state of ${parts}`;
}
