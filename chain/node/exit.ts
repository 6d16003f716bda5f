import { UpgradeNeeded } from "#chain/app/upgrade.ts";
import { ChainBug } from "#chain/kernel/error.ts";
import { StoreError } from "#chain/store/error.ts";

/**
 * Why a node cannot go on, and the exit code that says so; the numbers are those of sysexits.h where one
 * fits.
 */
export const haltCodes = {
  /** What lies on the disk does not fit together. */
  corrupt: 65,
  /** Another process has the state open. */
  taken: 69,
  /** The state machine broke one of its own rules. */
  bug: 70,
  /** The disk is full, read-only or broken: the one cause that passes by itself. */
  disk: 74,
  /** CometBFT lacks blocks that the app has committed. */
  ahead: 75,
  /** The chain went on with another app hash than ours. */
  appHash: 76,
  /** Configuration, genesis or a key is missing or wrong. */
  setup: 78,
  /** The chain is under rules, or comes under rules, that this program does not know. */
  upgrade: 79,
} as const;

export type HaltCause = keyof typeof haltCodes;

/** The last word of a node, in one line. */
export interface Halt {
  readonly cause: HaltCause;
  readonly reason: string;
}

/** The cause with that exit code. */
export const causeOf = (code: number | null): HaltCause | undefined =>
  (Object.keys(haltCodes) as HaltCause[]).find((cause) => haltCodes[cause] === code);

/** Codes of the system and of LevelDB that speak of the disk and not of what lies on it. */
const DISK_CODES: ReadonlySet<unknown> = new Set(["ENOSPC", "EIO", "EROFS", "EDQUOT", "LEVEL_IO_ERROR"]);

/** An error and what caused it, outermost first. */
function chainOf(error: unknown): Error[] {
  const found: Error[] = [];
  for (let at = error; at instanceof Error && found.length < 8; at = at.cause) found.push(at);
  return found;
}

const codeOf = (error: Error): unknown => ("code" in error ? error.code : undefined);

function storeCause({ kind }: StoreError, codes: readonly unknown[]): HaltCause {
  if (codes.includes("LEVEL_LOCKED")) return "taken";
  if (codes.includes("LEVEL_CORRUPTION")) return "corrupt";
  if (codes.some((code) => DISK_CODES.has(code))) return "disk";
  if (kind === "corrupt") return "corrupt";
  return kind === "write" || kind === "open" ? "disk" : "bug";
}

/** What an error that ended the app's process means; undefined for one that says nothing of its kind. */
export function haltOf(error: unknown): Halt | undefined {
  const errors = chainOf(error);
  const codes = errors.map(codeOf);
  const reason = errors.map(({ message }) => message.split("\n", 1)[0]).join(": ");
  const store = errors.find((each) => each instanceof StoreError);
  if (store instanceof StoreError) return { cause: storeCause(store, codes), reason };
  const upgrade = errors.find((each) => each instanceof UpgradeNeeded);
  if (upgrade) return { cause: "upgrade", reason: upgrade.message };
  if (errors.some((each) => each instanceof ChainBug)) return { cause: "bug", reason };
  return codes.some((code) => DISK_CODES.has(code)) ? { cause: "disk", reason } : undefined;
}
