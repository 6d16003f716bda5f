import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { findCometBft } from "#chain/node/cometbft-binary.ts";
import type { NetPlace } from "../net.ts";
import type { Machine, Network } from "./namespaces.ts";

/** A program that is CometBFT on a machine; its process is CometBFT's own. */
async function binaryOn({ namespace }: Machine, file: string): Promise<string> {
  const quoted = JSON.stringify(findCometBft());
  const script = `#!/bin/sh\nPATH="$PATH:/usr/sbin:/sbin" exec ip netns exec ${namespace} ${quoted} "$@"\n`;
  await writeFile(file, script);
  await chmod(file, 0o755);
  return file;
}

/** A place for a node on every machine; their programs lie in the folder. */
export async function placesOf(folder: string, { machines }: Network): Promise<readonly NetPlace[]> {
  await mkdir(folder, { recursive: true });
  return Promise.all(
    machines.map(async (machine, index) => {
      const { address: host, rpcPort, p2pPort } = machine;
      const binary = await binaryOn(machine, join(folder, `cometbft-${index}`));
      return { name: `node${index}`, host, rpcPort, p2pPort, binary };
    }),
  );
}
