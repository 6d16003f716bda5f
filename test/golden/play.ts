import { abciApplication } from "#chain/abci/handlers.ts";
import { chainEditions, spacesOf } from "#chain/app/modules.ts";
import { App } from "#chain/app.ts";
import { sha256 } from "#chain/bytes/hash.ts";
import { toHex } from "#chain/bytes/hex.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import type { Edition } from "#chain/kernel/edition.ts";
import { memoryStore } from "#chain/store/memory.ts";
import type { ProofVerifier } from "#chain/verify/types.ts";
import {
  ExecTxResult,
  type RequestFinalizeBlock,
  type RequestInitChain,
  ResponseFinalizeBlock,
  type ResponseInitChain,
} from "#proto/gen/tendermint/abci.ts";
import { editions as upgraded } from "#test/kit/editions.ts";
import { bls, signatures } from "#test/kit/verifier.ts";
import type { Outcome, Rules } from "./format.ts";

const EVENTS_BYTES = 4;
const ROOT_BYTES = 1;
const EXPORT_BYTES = 4;

/** The rules that a program knows which plays a recording. */
export const editionsOf: Readonly<Record<Rules, readonly Edition[]>> = { chain: chainEditions, upgraded };

/** A block that was played: what it came to, and the messages of it that succeeded. */
export interface Played extends Outcome {
  /** Type URLs, each as often as one succeeded, be it in a transaction or by a vote. */
  readonly succeeded: readonly string[];
}

/** A new app over the real store in memory, as consensus speaks to it. */
export interface Stage {
  readonly app: App;
  begin(request: RequestInitChain): Promise<ResponseInitChain>;
  play(request: RequestFinalizeBlock): Promise<Played>;
}

/** The outcome of a block without what only people read, and the hash of its events. */
function outcomeOf(full: ResponseFinalizeBlock): Omit<Played, "roots"> {
  const events = [...full.events, ...full.txResults.flatMap((result) => result.events)];
  const said = full.txResults.map((result) => ({ ...ExecTxResult.zero(), events: result.events }));
  const told = { ...ResponseFinalizeBlock.zero(), events: full.events, txResults: said };
  const txResults = full.txResults.map((result) => ({ ...result, log: "", info: "", events: [] }));
  return {
    response: { ...full, events: [], txResults },
    events: sha256(ResponseFinalizeBlock.encode(told)).subarray(0, EVENTS_BYTES),
    succeeded: events
      .filter(({ type }) => type === "message")
      .flatMap(({ attributes }) => attributes.filter(({ key }) => key === "action"))
      .map(({ value }) => value),
  };
}

/** An app without state that takes these verdicts on proofs. */
export function stage(rules: Rules, proofs: ProofVerifier): Stage {
  const editions = editionsOf[rules];
  const store = memoryStore({ spaces: spacesOf(editions) });
  const app = new App({ editions, store, proofs, signatures, bls, invariants: "none" });
  const abci = abciApplication(app, "golden");
  const roots = new Map<string, string>();
  const changedRoots = (): string => {
    const changed: string[] = [];
    for (const { name, root } of store.roots()) {
      const now = toHex(root);
      if (roots.get(name) !== now) changed.push(`${name} ${now.slice(0, 2 * ROOT_BYTES)}`);
      roots.set(name, now);
    }
    return changed.join("\n");
  };
  return {
    app,
    begin: async (request) => abci.initChain(request),
    play: async (request) => {
      const outcome = outcomeOf(await abci.finalizeBlock(request));
      await abci.commit({});
      return { ...outcome, roots: changedRoots() };
    },
  };
}

/** The beginning of the hash of each module's part of an exported state. */
export const exportedHashes = (app: App): Record<string, string> =>
  Object.fromEntries(
    Object.entries(app.dump()).map(([name, part]) => [
      name,
      toHex(sha256(utf8(JSON.stringify(part)))).slice(0, 2 * EXPORT_BYTES),
    ]),
  );

/** Adds the messages of a block that succeeded to how often each type has. */
export function countSucceeded(counts: Record<string, number>, { succeeded }: Played): void {
  for (const type of succeeded) counts[type] = (counts[type] ?? 0) + 1;
}
