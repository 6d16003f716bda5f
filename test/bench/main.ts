import { writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { Command, InvalidArgumentError } from "commander";
import { type Piece, pieces } from "./pieces.ts";
import { type Measured, tableOf } from "./report.ts";

const PROGRESS_EVERY_MS = 5000;
const INTERRUPTED = 130;

interface Options {
  readonly json?: string;
  readonly only?: readonly Piece[];
  readonly quick: boolean;
}

function chosen(names: string): readonly Piece[] {
  return names.split(",").map((name) => {
    const piece = pieces.find((each) => each.name === name.trim());
    if (piece) return piece;
    throw new InvalidArgumentError(`known are ${pieces.map((each) => each.name).join(", ")}.`);
  });
}

/** Says on standard error what is under way, at once and every five seconds. */
async function whileSaying<T>(what: string, work: () => Promise<T>): Promise<T> {
  console.error(`… ${what}`);
  const startMs = performance.now();
  const say = (): void => console.error(`… ${what}, ${Math.round((performance.now() - startMs) / 1000)} s`);
  const timer = setInterval(say, PROGRESS_EVERY_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

/** Whether a signal has asked for an end. The part under way goes on, so that it cleans up behind it. */
function stopRequests(): { readonly asked: () => boolean } {
  let count = 0;
  const note = (): void => {
    count++;
    if (count > 1) process.exit(INTERRUPTED);
    console.error("… stopping after this part; once more to stop at once and leave its files");
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, note);
  return { asked: () => count > 0 };
}

async function measure(options: Options): Promise<void> {
  const stop = stopRequests();
  const effort = options.quick ? "quick" : "full";
  const measured: Measured[] = [];
  const wanted = options.only ?? pieces.filter(({ isSlow }) => !(isSlow && options.quick));
  for (const { name, run } of wanted) {
    const startMs = performance.now();
    const figures = await whileSaying(name, () => run(effort)).catch((error: unknown) => {
      // Ctrl-C ends the processes that a part has started, and with them the part.
      if (!stop.asked()) throw error;
      return [];
    });
    if (stop.asked()) process.exit(INTERRUPTED);
    measured.push({ piece: name, seconds: (performance.now() - startMs) / 1000, figures });
  }
  const machine = { cores: availableParallelism(), node: process.version };
  console.log(tableOf(measured));
  console.log(`${machine.cores} cores, Node ${machine.node}, ${effort} run`);
  if (options.json !== undefined)
    await writeFile(options.json, `${JSON.stringify({ machine, effort, measured }, null, 2)}\n`);
}

const program = new Command("bench")
  .description("Measures what the parts of the demo cost. Ratios compare figures of the same run.")
  .option("--json <file>", "also write every figure to a file")
  .option("--only <names>", `measure only these parts: ${pieces.map(({ name }) => name).join(",")}`, chosen)
  .option("--quick", "a look in half a minute: small samples, rough figures, no proofs made", false)
  .action(measure);
await program.parseAsync();
