import { writeFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { Command, InvalidArgumentError } from "commander";
import { documented, printed, type Report } from "./report.ts";
import { playAll, type Wanted } from "./workers.ts";

const DOCUMENT = fileURLToPath(new URL("../../docs/adversaries.md", import.meta.url));
/** Between these lines the document is generated. */
const [BEGIN, END] = ["<!-- figures: npm run adversaries -- --docs -->", "<!-- end of figures -->"] as const;

interface Options extends Wanted {
  readonly json?: string;
  readonly docs?: true;
  readonly from?: string;
}

function whole(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 1) return value;
  throw new InvalidArgumentError("a number above one.");
}

/** Plays, and keeps in the file what is known so far. */
function play({ json, ...wanted }: Options): Promise<Report> {
  return playAll(wanted, (known) => {
    const rounds = known.findings.map(({ source, rounds: done }) => `${source} ${done}`);
    console.error(`… ${rounds.join(", ")}`);
    if (json !== undefined) writeFileSync(json, `${JSON.stringify(known, null, 2)}\n`);
  });
}

/** Writes the figures into the document. */
async function writeInto(document: string, figures: string): Promise<void> {
  const text = await readFile(document, "utf8");
  const [head, rest] = text.split(BEGIN);
  const tail = rest?.split(END)[1];
  if (head === undefined || tail === undefined) throw new Error(`${document} has no place for figures`);
  await writeFile(document, `${head}${BEGIN}\n${figures}\n${END}${tail}`);
}

const program = new Command("adversaries")
  .description(
    "Plays rounds by the chain's own rules against those who break their spirit, and what they gain.",
  )
  .option("--seed <name>", "what everything follows from", "2026")
  .option("--rounds <count>", "rounds of each source", whole, 1_000)
  .option("--only <name>", "adversaries whose names contain it")
  .option("--json <file>", "write every figure to a file")
  .option("--from <file>", "show the figures of such a file instead of playing")
  .option("--docs", "write the figures into docs/adversaries.md")
  .action(async (options: Options) => {
    const { from } = options;
    const report =
      from === undefined ? await play(options) : (JSON.parse(await readFile(from, "utf8")) as Report);
    console.log(printed(report));
    if (options.docs) await writeInto(DOCUMENT, documented(report));
  });

await program.parseAsync();
