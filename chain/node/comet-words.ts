import type { Halt } from "./exit.ts";

/** Reads what CometBFT prints and remembers what it said about its end. */
export interface CometWords {
  push(chunk: string): void;
  /** Why its consensus stopped or its start failed; undefined while it said nothing of the kind. */
  last(): CometWord | undefined;
}

/** `again`: nothing that a restart could not mend. */
export interface CometWord extends Omit<Halt, "cause"> {
  readonly cause: Halt["cause"] | "again";
}

/** Lines are joined across chunks, and a panic spreads over several. */
const WINDOW_CHARACTERS = 16_384;

/** What precedes the comparison of hashes when two thirds went on with another than ours. */
const INVALID = "(?:committed an invalid block|prevoted for an invalid block)[^\\n]*";

const short = (hash: string | undefined): string => (hash ?? "").slice(0, 16).toLowerCase();

/** The first pattern that is met counts: they go from the particular to the general. */
const PATTERNS: readonly (readonly [RegExp, (match: RegExpExecArray) => CometWord])[] = [
  [
    /AppHash does not match AppHash after replay\. Got\s+([0-9A-F]*), expected\s+([0-9A-F]*)/,
    ([, ours, theirs]) => mismatch(ours, theirs),
  ],
  [
    new RegExp(`${INVALID}wrong Block\\.Header\\.AppHash\\.\\s+Expected ([0-9A-F]*), got ([0-9A-F]*)`),
    ([, ours, theirs]) => mismatch(ours, theirs),
  ],
  [
    /app block height \((\d+)\) is higher than core \((\d+)\)/,
    ([, app, core]) => ({
      cause: "ahead",
      reason: `the app is at height ${app}, but CometBFT has lost its blocks after ${core}`,
    }),
  ],
  [
    /no space left on device|input\/output error|read-only file system|disk quota exceeded/,
    ([text]) => ({ cause: "disk", reason: `CometBFT cannot write: ${text}` }),
  ],
  [
    /CONSENSUS FAILURE!!![^\n]*?err="?([^"\n]{0,300})/,
    ([, text]) => ({ cause: "again", reason: `CometBFT's consensus failed: ${text?.trim()}` }),
  ],
];

const mismatch = (ours: string | undefined, theirs: string | undefined): CometWord => ({
  cause: "appHash",
  reason: `our app hash ${short(ours)}… is not the chain's ${short(theirs)}…`,
});

/** A reader that has heard nothing yet. */
export function cometWords(): CometWords {
  let window = "";
  let last: CometWord | undefined;
  return {
    push(chunk) {
      window = (window + chunk).slice(-WINDOW_CHARACTERS);
      // Most output says nothing of the kind; these words are part of every pattern.
      if (!/AppHash|higher than core|space left|output error|file system|quota|FAILURE/.test(window)) return;
      for (const [pattern, word] of PATTERNS) {
        const match = pattern.exec(window);
        if (match) {
          last = word(match);
          return;
        }
      }
    },
    last: () => last,
  };
}
