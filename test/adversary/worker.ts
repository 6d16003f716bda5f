import { parentPort, workerData } from "node:worker_threads";
import { type Findings, measure, measureSharpening } from "./measure.ts";
import { settingOfGenesis } from "./setting.ts";
import { sourceNamed } from "./sources.ts";
import type { Answer, Task } from "./workers.ts";

/** Rounds between two reports of what is known so far. */
const SAID_EVERY = 500;
/** Of so many rounds one is played with larger deposits too. */
const SHARPENED_EVERY = 20;

const { source: name, seed, rounds, only, isSharpeningOnly } = workerData as Task;
const say = (answer: Answer): void => parentPort?.postMessage(answer);
const source = await sourceNamed(name);
const setting = settingOfGenesis();
if (only === undefined) {
  const wanted = { seed, rounds: Math.max(2, Math.floor(rounds / SHARPENED_EVERY)) };
  say({ sharpening: measureSharpening(setting, source, wanted) });
}
if (!isSharpeningOnly) {
  const onRound = (done: number, known: () => Findings): void => {
    if (done % SAID_EVERY === 0 && done < rounds) say({ findings: known() });
  };
  const wanted = { seed, rounds, onRound, ...(only !== undefined && { only }) };
  // Models are trained anew, as if nothing had been played before.
  say({ findings: await measure(setting, await sourceNamed(name), wanted) });
}
