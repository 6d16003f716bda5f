import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Argument, Command, Option } from "commander";
import { freePort } from "#chain/node/process.ts";
import { portNumber, wholeNumber } from "#cli/context.ts";
import { ensureCli } from "#cli/errors.ts";
import { readBase } from "#cli/genesis/base.ts";
import { buildTemplates, defaultTemplateNames } from "#cli/genesis/templates.ts";
import type { Raw } from "#cli/home/config/kinds.ts";
import { createNet, type NodePlace } from "#cli/home/create.ts";
import { newMnemonic } from "#cli/home/keys.ts";
import { type HomeLayout, homeLayout } from "#cli/home/layout.ts";
import { dealRows, readRows } from "#cli/home/rows.ts";
import { type ConfigFlags, overridesOf, withConfigFlags } from "#cli/node/flags.ts";
import { type RunningNode, startNode } from "#cli/node/supervise.ts";
import { note, say } from "#cli/output.ts";
import { fired, stopSignal } from "#cli/signals.ts";
import { newWaiting } from "#cli/waiting.ts";

interface LocalnetOptions extends ConfigFlags {
  readonly dir?: string;
  readonly keep?: boolean;
  readonly chainId: string;
  readonly basePort: number;
  readonly blockMs: number;
  readonly genesis?: string;
}

const VALIDATORS_MAX = 16;
/** Ports of one node: RPC, peers, monitor, CometBFT's metrics, API. */
const PORTS_EACH = 10;
const PURSE = 10_000_000_000n;
const DEALING = { seed: "1", members: 12, membersMin: 7, publicRows: 120, heldOutMax: 500 };
/** Soon enough for somebody who wants to see a node join. */
const SNAPSHOT_EVERY = 50;
/** So long a snapshot is there at least. */
const SNAPSHOT_LIFE_MS = 90_000;

const nameOf = (index: number): string => `node${index}`;

/** Where the nodes go and listen; any free ports where there is no first one. */
async function placesOf(folder: string, count: number, options: LocalnetOptions): Promise<NodePlace[]> {
  const { basePort } = options;
  const places: NodePlace[] = [];
  for (let index = 0; index < count; index++) {
    const ports: number[] = [];
    for (let each = 0; each < 5; each++)
      ports.push(basePort === 0 ? await freePort() : basePort + index * PORTS_EACH + each);
    const [rpcPort = 0, p2pPort = 0, metrics, comet, api] = ports;
    const config = new Map<string, Raw>([
      ["node.moniker", nameOf(index)],
      ["state.snapshot_every", SNAPSHOT_EVERY],
      ["state.snapshots_kept", Math.max(2, Math.ceil(SNAPSHOT_LIFE_MS / (SNAPSHOT_EVERY * options.blockMs)))],
      ["threads.proofs", 1],
      ["metrics.enabled", true],
      ["metrics.listen", `127.0.0.1:${metrics}`],
      ["metrics.comet_listen", `127.0.0.1:${comet}`],
      ["api.enabled", index === 0],
      ["api.listen", `127.0.0.1:${api}`],
      ...overridesOf(options),
    ]);
    places.push({ home: join(folder, nameOf(index)), rpcPort, p2pPort, config });
  }
  return places;
}

async function makeNet(places: readonly NodePlace[], options: LocalnetOptions): Promise<void> {
  const [first, ...more] = places;
  ensureCli(first, "a net has a validator");
  const base = await readBase(options.genesis);
  const { set, note: what } = await readRows(undefined);
  const rows = dealRows(set, what, DEALING);
  const waiting = newWaiting(process.stderr);
  const templates = await waiting.during("circuit templates", (onStep) =>
    buildTemplates(defaultTemplateNames(set.classes.length), onStep),
  );
  await waiting.during("homes of the validators", () =>
    createNet({
      ...{ ...first, more, base, rows, templates, chainId: options.chainId },
      ...{ timeoutCommitMs: options.blockMs, others: ["faucet"], purse: PURSE, mnemonic: newMnemonic },
    }),
  );
}

/** Starts all nodes together: alone none of them could make a block. */
async function startAll(layouts: readonly HomeLayout[], signal: AbortSignal): Promise<RunningNode[]> {
  const starting = layouts.map((layout, index) =>
    startNode({ layout, signal, onRestart: (why) => note(`${nameOf(index)}: ${why}`) }),
  );
  const settled = await Promise.allSettled(starting);
  const nodes = settled.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
  const failure = settled.find((each) => each.status === "rejected");
  if (failure === undefined) return nodes;
  await Promise.all(nodes.map((node) => node.stop()));
  throw failure.reason;
}

function tell(nodes: readonly RunningNode[], layouts: readonly HomeLayout[]): void {
  for (const [index, { rpcUrl, monitorUrl, apiUrl }] of nodes.entries()) {
    const served = [`RPC ${rpcUrl}`, monitorUrl && `metrics ${monitorUrl}`, apiUrl && `API ${apiUrl}`];
    const home = layouts[index]?.home;
    say(`${nameOf(index)}: ${served.filter((each) => each !== undefined).join(", ")}, home ${home}`);
  }
  say(`keys: iterum keys list --home ${layouts[0]?.home}`);
  say("Ctrl-C stops all of them");
}

async function localnet(count: number, options: LocalnetOptions): Promise<void> {
  const isOwn = options.dir === undefined;
  const folder = options.dir ? resolve(options.dir) : await mkdtemp(join(tmpdir(), "iterum-localnet-"));
  const stop = stopSignal();
  try {
    const known = existsSync(join(folder, nameOf(0)));
    if (!known) await makeNet(await placesOf(folder, count, options), options);
    else ensureCli(existsSync(join(folder, nameOf(count - 1))), `${folder} has fewer validators`);
    const layouts = Array.from({ length: count }, (_, index) => homeLayout(join(folder, nameOf(index))));
    const waiting = newWaiting(process.stderr);
    const nodes = await waiting.during("first block", () => startAll(layouts, stop));
    tell(nodes, layouts);
    const ends = nodes.map((node, index) =>
      node.ended.catch((error: Error) => note(`${nameOf(index)} has ended: ${error.message}`)),
    );
    void fired(stop).then(() => note("stopping"));
    await Promise.all(ends);
  } finally {
    if (isOwn && !options.keep) await rm(folder, { recursive: true, force: true });
    else say(`the homes stay in ${folder}; iterum localnet ${count} --dir ${folder} starts them again`);
  }
}

/** `iterum localnet`: a net of several validators on this machine. */
export const localnetCommand = (): Command =>
  withConfigFlags(new Command("localnet"))
    .description("run a new net of several validators on this machine, until Ctrl-C")
    .addArgument(
      new Argument("[validators]", "how many").argParser(wholeNumber(1, VALIDATORS_MAX)).default(4),
    )
    .option("--dir <folder>", "folder of the homes, which are kept; those that are there are started again")
    .option("--keep", "keep the homes, in a folder of the system's for what is temporary")
    .option("--chain-id <id>", "name of the chain", "iterum-local-1")
    .option("--genesis <file>", "game without artefacts (default: the project's genesis.json)")
    .addOption(
      new Option("--base-port <port>", `first port; each node takes ${PORTS_EACH} (0: any free ones)`)
        .argParser(portNumber)
        .default(26_600),
    )
    .addOption(
      new Option("--block-ms <ms>", "pause after each block").argParser(wholeNumber(50, 60_000)).default(900),
    )
    .action(localnet);
