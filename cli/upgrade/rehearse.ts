import { spacesOf } from "#chain/app/modules.ts";
import { editionNamed, knownEditionOf, runUpgrade } from "#chain/app/upgrade.ts";
import { App } from "#chain/app.ts";
import { readCtx } from "#chain/kernel/block.ts";
import type { ReadCtx, ReadStore } from "#chain/kernel/ctx.ts";
import { type Edition, versionsOf } from "#chain/kernel/edition.ts";
import { type AppState, dumpGenesis } from "#chain/kernel/genesis.ts";
import { memoryStore } from "#chain/store/memory.ts";
import type { Change } from "#chain/store/port.ts";
import type { SignatureVerifier } from "#chain/tx/verifier.ts";
import { CliError, ensureCli, messageOf } from "#cli/errors.ts";
import * as upgrade from "#modules/upgrade/api.ts";

/** What an upgrade does to a module. */
export interface ModuleChange {
  readonly module: string;
  /** Versions; undefined where there is no such module. */
  readonly before: bigint | undefined;
  readonly after: bigint | undefined;
  /** Entries of its state. */
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
}

/** What an upgrade came to. */
export interface Rehearsal {
  readonly upgrade: string;
  /** First block under the new rules; undefined where the upgrade is not planned. */
  readonly height: bigint | undefined;
  /** Modules whose version or state it changes. */
  readonly modules: readonly ModuleChange[];
  readonly invariants: number;
  /** Names of those that do not hold. */
  readonly broken: readonly string[];
  readonly migrateMs: number;
  readonly checkMs: number;
}

/** The upgrade that is asked for, else planned, else next. Throws CliError where there is none. */
function editionFor(editions: readonly Edition[], ctx: ReadCtx, name: string | undefined): Edition {
  const present = knownEditionOf(editions, ctx);
  const next = editions[editions.indexOf(present) + 1];
  const wanted = name ?? upgrade.plan(ctx)?.name ?? next?.upgrade;
  ensureCli(wanted !== undefined, "this program knows no upgrade of such a state");
  const edition = editionNamed(editions, wanted);
  ensureCli(edition, `this program knows no upgrade "${wanted}"`);
  ensureCli(edition !== present, `the state is under the rules of "${wanted}" already`);
  return edition;
}

function moduleChanges(
  base: ReadStore,
  changes: readonly Change[],
  before: ReadonlyMap<string, bigint>,
  after: ReadonlyMap<string, bigint>,
): readonly ModuleChange[] {
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((module) => {
    const own = changes.filter(({ space }) => space === module);
    const counts = { added: 0, changed: 0, removed: 0 };
    for (const { key, value } of own) {
      const was = base.get(module, key);
      if (value === undefined) counts.removed += was === undefined ? 0 : 1;
      else if (was === undefined) counts.added += 1;
      else counts.changed += 1;
    }
    const versions = { before: before.get(module), after: after.get(module) };
    return own.length > 0 || versions.before !== versions.after ? [{ module, ...versions, ...counts }] : [];
  });
}

/** Begins a chain in memory with a state; gives the state that it exports. */
function begunWith(editions: readonly Edition[], signatures: SignatureVerifier, genesis: Begun): AppState {
  const proofs = {
    verifyAll: () => Promise.reject(new Error("a rehearsal judges no proofs")),
    close: async () => undefined,
  };
  const store = memoryStore({ spaces: spacesOf(editions) });
  const app = new App({ store, proofs, signatures, editions, invariants: "none" });
  app.initChain(genesis);
  return app.dump();
}

interface Begun {
  readonly chainId: string;
  readonly timeMs: bigint;
  readonly initialHeight: bigint;
  readonly appState: AppState;
}

/**
 * Runs an upgrade over a state without changing it: its migrations, every invariant, and whether a chain can
 * begin with what the state would export then. Throws CliError where one of them fails outright.
 */
export function rehearseUpgrade(
  editions: readonly Edition[],
  signatures: SignatureVerifier,
  ctx: ReadCtx,
  name?: string,
): Rehearsal {
  const edition = editionFor(editions, ctx, name);
  const plan = upgrade.plan(ctx);
  const height = plan?.name === edition.upgrade ? plan.height : undefined;
  const { chainId, timeMs, height: now } = ctx;
  // As if it were due now: what the chain does until then is not known.
  const last = { chainId, timeMs, height: now, proposer: new Uint8Array(0), verdicts: new Map() };
  try {
    const startMs = performance.now();
    const { upgraded } = runUpgrade(edition, ctx.store, last);
    const migratedMs = performance.now();
    const next = readCtx(upgraded.state, last);
    const invariants = edition.modules.flatMap((module) => module.invariants);
    const broken = invariants.filter((each) => !each.holds(next)).map((each) => each.name);
    const appState = dumpGenesis(next, edition.modules);
    const again = begunWith(editions, signatures, { chainId, timeMs, initialHeight: now + 2n, appState });
    const isSame = JSON.stringify(again) === JSON.stringify(appState);
    ensureCli(isSame, "a chain that begins with what this state would export has another state");
    const changes = upgraded.state.changes();
    return {
      ...{ upgrade: edition.upgrade, height, broken, invariants: invariants.length },
      modules: moduleChanges(ctx.store, changes, upgrade.moduleVersions(ctx), versionsOf(edition)),
      migrateMs: migratedMs - startMs,
      checkMs: performance.now() - migratedMs,
    };
  } catch (cause) {
    if (cause instanceof CliError) throw cause;
    throw new CliError(`the upgrade fails: ${messageOf(cause)}`, { cause });
  }
}
