import { equalBytes } from "#chain/bytes/compare.ts";
import { toHex } from "#chain/bytes/hex.ts";
import type { Codec } from "#chain/proto/codec.ts";
import { type ExecTxResult, ResponseFinalizeBlock, ValidatorUpdate } from "#proto/gen/tendermint/abci.ts";
import { ConsensusParams } from "#proto/gen/tendermint/types.ts";
import type { Outcome } from "./format.ts";

const short = (bytes: Uint8Array): string => toHex(bytes).slice(0, 16);

/** What differs between two results of one transaction; undefined where nothing does. */
function resultDifference(now: ExecTxResult, then: ExecTxResult): string | undefined {
  const parts = ["codespace", "code", "gasWanted", "gasUsed"] as const;
  const found = parts.find((part) => now[part] !== then[part]);
  if (found !== undefined) return `${found} ${now[found]}, recorded ${then[found]}`;
  return equalBytes(now.data, then.data)
    ? undefined
    : `data ${short(now.data)}, recorded ${short(then.data)}`;
}

const listOf = <T>(codec: Codec<T>, list: readonly T[]): string =>
  list.map((each) => toHex(codec.encode(each))).join();

function resultsDifference(now: ResponseFinalizeBlock, then: ResponseFinalizeBlock): string | undefined {
  const [count, recorded] = [now.txResults.length, then.txResults.length];
  if (count !== recorded) return `${count} results, recorded ${recorded}`;
  for (const [i, result] of now.txResults.entries()) {
    const difference = resultDifference(result, then.txResults[i] as ExecTxResult);
    if (difference !== undefined) return `transaction ${i}: ${difference}`;
  }
  if (listOf(ValidatorUpdate, now.validatorUpdates) !== listOf(ValidatorUpdate, then.validatorUpdates))
    return "changes of the set of validators";
  const params = [now, then].map(({ consensusParamUpdates: updates }) => (updates ? [updates] : []));
  const [ours = "", theirs = ""] = params.map((each) => listOf(ConsensusParams, each));
  return ours === theirs ? undefined : "parameters of consensus";
}

/** The modules whose roots differ between two accounts of what a block changed. */
function modulesOf(now: string, then: string): string {
  const lines = (text: string): string[] => text.split("\n").filter((line) => line !== "");
  const [ours, theirs] = [lines(now), lines(then)];
  const differing = [
    ...ours.filter((line) => !theirs.includes(line)),
    ...theirs.filter((line) => !ours.includes(line)),
  ].map((line) => line.split(" ")[0]);
  return [...new Set(differing)].join(", ") || "none of the modules";
}

/** All that differs between what a block comes to and what it once came to; undefined for nothing. */
export function difference(now: Outcome, then: Outcome): string | undefined {
  const found: string[] = [];
  const results = resultsDifference(now.response, then.response);
  if (results !== undefined) found.push(results);
  if (!equalBytes(now.events, then.events)) found.push("events");
  const [hash, recorded] = [now.response.appHash, then.response.appHash];
  if (!equalBytes(hash, recorded))
    found.push(
      `app hash ${short(hash)}, recorded ${short(recorded)}, by ${modulesOf(now.roots, then.roots)}`,
    );
  if (found.length > 0) return found.join("; ");
  // Nothing is left out above.
  const [all, allThen] = [now, then].map(({ response }) => ResponseFinalizeBlock.encode(response));
  return equalBytes(all as Uint8Array, allThen as Uint8Array) ? undefined : "something else of the response";
}
