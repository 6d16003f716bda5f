import type { Command } from "commander";
import { type HomeOption, homeCommand, layoutOf, portNumber } from "#cli/context.ts";
import { note, say } from "#cli/output.ts";
import { fired, stopSignal } from "#cli/signals.ts";
import { startDataNode } from "#data/server.ts";

interface DataOptions extends HomeOption {
  readonly host: string;
  readonly port: number;
  readonly member?: string[];
}

async function data(options: DataOptions): Promise<void> {
  const { host, port, member } = options;
  const stop = stopSignal();
  const admitted = member && new Set(member.map((did) => did.toLowerCase()));
  const node = await startDataNode({
    ...{ path: layoutOf(options).data, host, port },
    clock: () => Date.now(),
    ...(admitted && { admit: (controller) => admitted.has(controller) }),
  });
  say(`data node at ${node.url}`);
  await fired(stop);
  note("stopping");
  await node.close();
}

/** `iterum data`: the data node, until Ctrl-C. */
export const dataCommand = (): Command =>
  homeCommand("data", "run a data node: members publish their sealed items there")
    .option("--host <address>", "address to listen at", "127.0.0.1")
    .option("--port <port>", "port to listen at, 0 for any free one", portNumber, 7007)
    .option("--member <did...>", "members (did:pkh:…) that may store events (default: everybody)")
    .action(data);
