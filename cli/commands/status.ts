import { statfsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Command, Option } from "commander";
import { holderOf } from "#chain/node/pid.ts";
import { type NodeStatus, peersOf, rpcResult, statusOf } from "#chain/node/status.ts";
import { type ChainOptions, chainCommand, layoutOf, rpcOf, wholeNumber } from "#cli/context.ts";
import { CliError, messageOf } from "#cli/errors.ts";
import type { HomeLayout } from "#cli/home/layout.ts";
import { folderBytes, shownBytes } from "#cli/node/folder-size.ts";
import { say, sayJson } from "#cli/output.ts";
import { version } from "#cli/version.ts";
import { newWaiting } from "#cli/waiting.ts";

interface StatusOptions extends ChainOptions {
  readonly json?: boolean;
  /** Seconds that the node may take until it is in step. */
  readonly wait?: number;
}

/** What the app says of itself. */
interface AppInfo {
  readonly version: string;
  readonly protocol: string;
  readonly height: string;
  /** Hash of its state, hexadecimal. */
  readonly hash: string;
}

/** How much a home takes of its disk, bytes. */
interface Disk {
  readonly state: number;
  readonly blocks: number;
  readonly snapshots: number;
  readonly free: number;
}

async function appInfo(rpc: string): Promise<AppInfo> {
  const { response } = await rpcResult<{ readonly response: Readonly<Record<string, string>> }>(
    rpc,
    "abci_info",
  );
  return {
    version: response["version"] ?? "",
    protocol: response["app_version"] ?? "",
    height: response["last_block_height"] ?? "0",
    hash: Buffer.from(response["last_block_app_hash"] ?? "", "base64").toString("hex"),
  };
}

async function diskOf({ home, state, comet }: HomeLayout): Promise<Disk> {
  const { bavail, bsize } = statfsSync(home);
  return {
    state: await folderBytes(state),
    blocks: await folderBytes(join(comet, "data")),
    snapshots: await folderBytes(join(home, "snapshots")),
    free: bavail * bsize,
  };
}

const ageOf = ({ blockMs }: NodeStatus): number => Math.max(0, (Date.now() - blockMs) / 1000);

function sayStatus(rpc: string, status: NodeStatus, app: AppInfo, peers: number): void {
  const { chainId, nodeId, height, isCatchingUp, validator } = status;
  say(`chain ${chainId}, node ${nodeId}, RPC ${rpc}`);
  const blocks = height > 0n ? `last block ${height}, ${ageOf(status).toFixed(1)} s old` : "no block yet";
  say(`${isCatchingUp ? "catching up" : "in step"}: ${blocks}, ${peers} peers`);
  say(`app at height ${app.height}, app hash ${app.hash}`);
  say(`versions: app ${app.version}, state machine ${app.protocol}, this program ${version}`);
  say(`consensus address ${validator.address}, power ${validator.power}`);
}

const WAIT_POLL_MS = 500;

/** Waits until the node answers and has the chain's last block. Throws CliError when the time is over. */
async function untilInStep(rpc: string, seconds: number): Promise<void> {
  const endsMs = performance.now() + seconds * 1000;
  let why = "it does not answer";
  while (performance.now() < endsMs) {
    const found = await statusOf(rpc).catch(() => undefined);
    if (found && !found.isCatchingUp && found.height > 0n) return;
    if (found) why = found.height > 0n ? `it is at height ${found.height}` : "it has no block yet";
    await sleep(WAIT_POLL_MS);
  }
  throw new CliError(`the node at ${rpc} is not in step after ${seconds} s: ${why}`);
}

async function status(options: StatusOptions): Promise<void> {
  const rpc = await rpcOf(options);
  if (options.wait !== undefined)
    await newWaiting(process.stderr).during("waiting for the node", () =>
      untilInStep(rpc, options.wait ?? 0),
    );
  const layout = layoutOf(options);
  // A node named by its RPC may be on another machine.
  const isOwn = options.node === undefined && process.env["ITERUM_NODE"] === undefined;
  const pid = isOwn ? await holderOf(layout.nodePid) : undefined;
  const found = await statusOf(rpc).catch((cause: unknown) => {
    const what = pid === undefined ? "no node answers" : `process ${pid} runs, but no RPC answers`;
    throw new CliError(`${what} at ${rpc}: ${messageOf(cause)}`, { cause });
  });
  const [app, peers] = await Promise.all([appInfo(rpc), peersOf(rpc)]);
  const disk = pid === undefined ? undefined : await diskOf(layout);
  if (options.json)
    return sayJson({ ...found, rpc, peers, app, blockAgeS: ageOf(found), pid, disk, version });
  sayStatus(rpc, found, app, peers);
  if (disk === undefined) return;
  const { state, blocks, snapshots, free } = disk;
  say(
    `process ${pid}; disk: state ${shownBytes(state)}, blocks ${shownBytes(blocks)}, ` +
      `snapshots ${shownBytes(snapshots)}, free ${shownBytes(free)}`,
  );
}

/** `iterum status`: how a node is. */
export const statusCommand = (): Command =>
  chainCommand("status", "show how a node is: height, peers, app hash, versions, disk")
    .option("--json", "as JSON")
    .addOption(
      new Option("--wait <seconds>", "wait first until the node has the chain's last block").argParser(
        wholeNumber(1, 86_400),
      ),
    )
    .action(status);
