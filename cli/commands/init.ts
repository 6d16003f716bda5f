import { type Command, Option } from "commander";
import { type HomeOption, homeCommand, layoutOf, portNumber, wholeNumber } from "#cli/context.ts";
import { readBase } from "#cli/genesis/base.ts";
import { buildTemplates, defaultTemplateNames, devSrsWarning } from "#cli/genesis/templates.ts";
import { createNet } from "#cli/home/create.ts";
import { newMnemonic } from "#cli/home/keys.ts";
import { dealRows, readRows } from "#cli/home/rows.ts";
import { note, say } from "#cli/output.ts";
import { newWaiting } from "#cli/waiting.ts";

interface InitOptions extends HomeOption {
  readonly chainId: string;
  readonly genesis?: string;
  readonly data?: string;
  readonly seed: string;
  readonly members: number;
  readonly rpcPort: number;
  readonly p2pPort: number;
  readonly blockMs: number;
}

/** Rows that are public before the game: vocabulary and prior come from them. */
const PUBLIC_ROWS = 120;
const PURSE = 10_000_000_000n;
const MEMBERS_MIN = 7;

async function init(options: InitOptions): Promise<void> {
  const layout = layoutOf(options);
  const base = await readBase(options.genesis);
  const { set, note: what } = await readRows(options.data);
  const { seed, members } = options;
  const dealing = { seed, members, membersMin: MEMBERS_MIN, publicRows: PUBLIC_ROWS, heldOutMax: 500 };
  const rows = dealRows(set, what, dealing);
  const waiting = newWaiting(process.stderr);
  const templates = await waiting.during("circuit templates", (onStep) =>
    buildTemplates(defaultTemplateNames(set.classes.length), onStep),
  );
  const { chainId, rpcPort, p2pPort, blockMs } = options;
  const net = await createNet({
    ...{ home: layout.home, base, rows, templates, chainId, rpcPort, p2pPort },
    timeoutCommitMs: blockMs,
    others: ["faucet"],
    purse: PURSE,
    mnemonic: newMnemonic,
  });
  for (const line of rows.notes) say(line);
  say(`home ${layout.home}: chain ${chainId}, ${net.keys.size} accounts, ${rows.members.size} members`);
  if (templates.setup.insecure) note(`! ${devSrsWarning}`);
  note("! the accounts' keys are development keys, not encrypted");
  say(`next: iterum start --home ${layout.home}`);
}

/** `iterum init`: the home of a new development chain. */
export const initCommand = (): Command =>
  homeCommand("init", "make the home of a new development chain with one validator")
    .option("--chain-id <id>", "name of the chain", "iterum-dev-1")
    .option("--genesis <file>", "game without artefacts (default: the project's genesis.json)")
    .option("--data <file>", "labelled rows, `label<TAB>text[<TAB>author]` a line (default: 5,571 SMS)")
    .option("--seed <text>", "shuffles the rows", "1")
    .addOption(
      new Option("--members <number>", "members that rows are dealt to")
        .argParser(wholeNumber(MEMBERS_MIN, 256))
        .default(12),
    )
    .addOption(new Option("--rpc-port <port>", "port of the RPC").argParser(portNumber).default(26_657))
    .addOption(new Option("--p2p-port <port>", "port for peers").argParser(portNumber).default(26_656))
    .addOption(
      new Option("--block-ms <ms>", "pause after each block").argParser(wholeNumber(50, 60_000)).default(900),
    )
    .action(init);
