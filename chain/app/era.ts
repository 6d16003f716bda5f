import { readCtx } from "#chain/kernel/block.ts";
import type { ReadCtx } from "#chain/kernel/ctx.ts";
import type { Edition } from "#chain/kernel/edition.ts";
import { assert } from "#chain/kernel/error.ts";
import type { AppState } from "#chain/kernel/genesis.ts";
import type { Message } from "#chain/kernel/module.ts";
import { registry } from "#chain/kernel/registry.ts";
import { nobleBls } from "#chain/protocol/bls.ts";
import type { DecodedTx } from "#chain/tx/decode.ts";
import { signatureCache } from "#chain/tx/signature-cache.ts";
import type { Committed } from "./base.ts";
import { type BeaconJudge, beaconJudge } from "./beacon.ts";
import { knownTxs } from "./known.ts";
import { chainEditions, nestedTypes } from "./modules.ts";
import type { AppOptions, Machine } from "./types.ts";
import { type Eve, editionOf, editionOfGenesis, eveOf, knownEditionOf, latestEdition } from "./upgrade.ts";

const SIGNATURES_REMEMBERED = 50_000;

/** The machinery of an app for blocks under the rules of one edition. */
export interface Era {
  readonly edition: Edition;
  readonly machine: Machine;
  readonly beacons: BeaconJudge;
}

/** A state with what is known of its block: undefined before genesis. */
export type State = Pick<Committed, "state" | "block">;

/** Finds the rules for the states of a chain. */
export interface Rules {
  /** What the block after a state begins with; throws UpgradeNeeded. Remembered of the last state. */
  eve(state: State): Eve;
  /** The era of the block after a state; throws UpgradeNeeded. */
  next(state: State): Era;
  /** The era that a state is of, and its context; throws UpgradeNeeded. */
  present(state: State): Era & { readonly ctx: ReadCtx };
  /** The same; undefined before genesis and where this program does not know it. */
  find(state: State): Era | undefined;
  /** Version of the app that a state is of. */
  appVersion(state: State): bigint;
  /** The era that a genesis is for; throws UpgradeNeeded. */
  ofGenesis(appState: AppState): Era;
}

/** Makes the eras of editions, each once; `waiting` finds a transaction that waits under an edition. */
function eraMaker(options: AppOptions, waiting: Waiting): (edition: Edition) => Era {
  const { signatures, signaturePool, signaturesRemembered, bls = nobleBls } = options;
  const made = new Map<Edition, Era>();
  const cache = signatureCache(signaturesRemembered ?? SIGNATURES_REMEMBERED);
  const make = (edition: Edition): Era => {
    const { modules } = edition;
    const parts = { registry: registry(modules), nestedAny: nestedTypes(modules) };
    const known = knownTxs((id) => waiting(edition, id));
    const machine = { ...parts, signatures, signaturePool, signatureCache: cache, knownTxs: known };
    return { edition, machine, beacons: beaconJudge(machine.registry, bls) };
  };
  return (edition) => {
    const era = made.get(edition) ?? make(edition);
    made.set(edition, era);
    return era;
  };
}

type Waiting = (edition: Edition, id: string) => DecodedTx<Message> | undefined;

/** The rules that an app knows. `run` runs an upgrade's migrations. */
export function rulesOf(options: AppOptions, waiting: Waiting, run: <T>(work: () => T) => T): Rules {
  const { editions = chainEditions } = options;
  const eraOf = eraMaker(options, waiting);
  let last: { readonly of: State["state"]; readonly eve: Eve } | undefined;
  const eve = ({ state, block }: State): Eve => {
    if (last?.of !== state) {
      const found = block ? run(() => eveOf(editions, state, block)) : { edition: latestEdition(editions) };
      last = { of: state, eve: found };
    }
    return last.eve;
  };
  const editionAt = ({ state, block }: State): Edition | undefined =>
    block && editionOf(editions, readCtx(state, block));
  return {
    eve,
    next: (state) => eraOf(eve(state).edition),
    present: ({ state, block }) => {
      assert(block, "the chain has no genesis yet");
      const ctx = readCtx(state, block);
      return { ...eraOf(knownEditionOf(editions, ctx)), ctx };
    },
    find: (state) => {
      const edition = editionAt(state);
      return edition && eraOf(edition);
    },
    appVersion: (state) => (editionAt(state) ?? latestEdition(editions)).appVersion,
    ofGenesis: (appState) => eraOf(editionOfGenesis(editions, appState)),
  };
}
