import { Presets, SingleBar } from "cli-progress";
import { seconds } from "./output.ts";

/** Shorter waits need no sign of life. */
const SHOWN_AFTER_MS = 2_000;
const TICK_MS = 500;

/** Shows that something long is going on: a running clock at a terminal, else a line at each new step. */
export interface Waiting {
  /** Runs work that says by `onStep` what it is at. */
  during<T>(what: string, work: (onStep: (step: string) => void) => Promise<T>): Promise<T>;
}

/** What is shown of a wait that has become long. */
interface Shown {
  step(name: string): void;
  tick(elapsedMs: number): void;
  end(): void;
}

function bar(stream: NodeJS.WriteStream, what: string): Shown {
  const format = `… ${what}: {step} {elapsed}`;
  const shown = new SingleBar({ format, stream, hideCursor: true, clearOnComplete: true }, Presets.legacy);
  shown.start(1, 0, { step: "", elapsed: "" });
  return {
    step: (step) => shown.update({ step }),
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
    step: (step) => stream.write(`… ${what}: ${step}\n`),
    tick: () => undefined,
    end: () => undefined,
  };
};

/** Progress on a stream; nothing is shown of what takes less than two seconds. */
export const newWaiting = (stream: NodeJS.WriteStream): Waiting => ({
  async during(what, work) {
    const startMs = performance.now();
    let shown: Shown | undefined;
    let step = "";
    const timer = setInterval(() => {
      const elapsedMs = performance.now() - startMs;
      if (elapsedMs < SHOWN_AFTER_MS) return;
      if (!shown) {
        shown = stream.isTTY ? bar(stream, what) : lines(stream, what);
        if (step !== "") shown.step(step);
      }
      shown.tick(elapsedMs);
    }, TICK_MS);
    try {
      return await work((name) => {
        if (name === step) return;
        step = name;
        shown?.step(name);
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
