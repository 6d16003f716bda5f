import { Presets, SingleBar } from "cli-progress";
import { seconds } from "./output.ts";

/** Shorter waits need no sign of life. */
const SHOWN_AFTER_MS = 2_000;
const TICK_MS = 500;

/** Shows that something long is going on: a running clock at a terminal, else a line at each new step. */
export interface Waiting {
  /** Runs work that says by `onStep` what it is at, and how much of it is done where it knows. */
  during<T>(what: string, work: (onStep: OnStep) => Promise<T>): Promise<T>;
}

/** Told what work is at, and of how many parts it has done how many. */
export type OnStep = (step: string, done?: number, of?: number) => void;

/** What is shown of a wait that has become long. */
interface Shown {
  step(name: string, done: number, of: number): void;
  tick(elapsedMs: number): void;
  end(): void;
}

/** What a bar's line is made of. */
interface Shows {
  readonly step: string;
  readonly elapsed: string;
}

const BAR_CELLS = 30;

function blocks(share: number): string {
  const full = Math.round(Math.min(1, share) * BAR_CELLS);
  return `[${"#".repeat(full)}${"-".repeat(BAR_CELLS - full)}]`;
}

function bar(stream: NodeJS.WriteStream, what: string): Shown {
  const format = (_options: object, { progress }: { progress: number }, { step, elapsed }: Shows): string =>
    `… ${what}: ${progress > 0 ? `${blocks(progress)} ` : ""}${step} ${elapsed}`;
  const shown = new SingleBar({ format, stream, hideCursor: true, clearOnComplete: true }, Presets.legacy);
  shown.start(1, 0, { step: "", elapsed: "" });
  return {
    step: (step, done, of) => shown.update(of > 0 ? done / of : 0, { step }),
    tick: (elapsedMs) => shown.update({ elapsed: seconds(elapsedMs) }),
    end: () => {
      shown.update(1);
      shown.stop();
    },
  };
}

const lines = (stream: NodeJS.WriteStream, what: string): Shown => {
  stream.write(`… ${what}\n`);
  return {
    step: (step) => void stream.write(`… ${what}: ${step}\n`),
    tick: () => undefined,
    end: () => undefined,
  };
};

/** Progress on a stream; nothing is shown of what takes less than two seconds. */
export const newWaiting = (stream: NodeJS.WriteStream): Waiting => ({
  async during(what, work) {
    const startMs = performance.now();
    let shown: Shown | undefined;
    let [step, part, whole] = ["", 0, 0];
    const show = (): void => {
      const elapsedMs = performance.now() - startMs;
      if (elapsedMs < SHOWN_AFTER_MS) return;
      if (!shown) {
        shown = stream.isTTY ? bar(stream, what) : lines(stream, what);
        if (step !== "") shown.step(step, part, whole);
      }
      shown.tick(elapsedMs);
    };
    const timer = setInterval(show, TICK_MS);
    try {
      return await work((name, done = 0, of = 0) => {
        if (name === step && done === part) return;
        [step, part, whole] = [name, done, of];
        shown?.step(name, done, of);
        // Work that lets no timer run shows itself at its own steps.
        show();
      });
    } finally {
      clearInterval(timer);
      const elapsedMs = performance.now() - startMs;
      if (shown) {
        shown.end();
        stream.write(`✓ ${what} (${seconds(elapsedMs)})\n`);
      }
    }
  },
});
