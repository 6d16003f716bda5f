/** What was seen of a node at one moment; what did not answer is absent. */
export interface Reading {
  readonly app?: {
    /** Height of the last block in its state. */
    readonly height: bigint;
  };
  readonly comet?: {
    /** Height of its last block, and when that was made, in milliseconds since 1970. */
    readonly height: bigint;
    readonly blockMs: number;
    readonly isCatchingUp: boolean;
    readonly peers: number;
  };
  readonly nowMs: number;
}

/** A verdict on a node, with everything that speaks against it. */
export interface Verdict {
  readonly holds: boolean;
  readonly reasons: readonly string[];
}

/** CometBFT stores a block before the app runs it, and the app commits it before CometBFT notes that. */
const HEIGHTS_APART_MAX = 1n;

const verdict = (reasons: readonly string[]): Verdict => ({ holds: reasons.length === 0, reasons });

/** Whether both processes live and answer: what a service manager may restart a node for. */
export function healthy({ app, comet }: Reading): Verdict {
  const reasons: string[] = [];
  if (app === undefined) reasons.push("the app does not answer");
  if (comet === undefined) reasons.push("CometBFT does not answer");
  return verdict(reasons);
}

/** Whether clients may rely on a node: it lives, has the chain's last blocks, and its app has run them. */
export function ready(reading: Reading, ageMaxMs: number): Verdict {
  const { app, comet, nowMs } = reading;
  const reasons = [...healthy(reading).reasons];
  if (comet?.isCatchingUp) reasons.push(`it catches up with the chain, at height ${comet.height}`);
  if (comet && comet.height === 0n) reasons.push("there is no block yet");
  else if (comet && nowMs - comet.blockMs > ageMaxMs)
    reasons.push(`the last block, ${comet.height}, is ${Math.round((nowMs - comet.blockMs) / 1000)} s old`);
  if (app && comet && comet.height > 0n) {
    const apart = app.height > comet.height ? app.height - comet.height : comet.height - app.height;
    if (apart > HEIGHTS_APART_MAX)
      reasons.push(`the app is at height ${app.height}, CometBFT at ${comet.height}`);
  }
  return verdict(reasons);
}
