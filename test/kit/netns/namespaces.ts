import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Names begin so, with the process that made them: whoever comes later removes those of the dead. */
const PREFIX = /^iterum-(\d+)-/;
const SUBNET = "10.77.0";
const DEVICE = "eth0";
const PORT = { rpc: 26657, p2p: 26656 } as const;
/** Packets that a filter takes go to a bridge that leads nowhere. */
const SINK = "sink";

/** Network namespaces are not to be had on this machine. */
export class NetnsUnavailable extends Error {
  override readonly name = "NetnsUnavailable";
}

/** One machine of a network: a namespace with one interface on the bridge. */
export interface Machine {
  readonly namespace: string;
  readonly address: string;
  readonly rpcPort: number;
  readonly p2pPort: number;
}

/** A network of its own for a test: machines on the bridge of a hub, whence all of them can be reached. */
export interface Network {
  readonly hub: string;
  readonly machines: readonly Machine[];
}

const machineOf = (owner: number, index: number): Machine => ({
  namespace: `iterum-${owner}-${index}`,
  address: `${SUBNET}.${index + 1}`,
  rpcPort: PORT.rpc,
  p2pPort: PORT.p2p,
});

/** The network of the process that made it. */
export const networkOf = (owner: number, size: number): Network => ({
  hub: `iterum-${owner}-hub`,
  machines: Array.from({ length: size }, (_, index) => machineOf(owner, index)),
});

async function command(file: string, ...args: readonly string[]): Promise<string> {
  const env = { PATH: `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin` };
  return (await run(file, args, { env, timeout: 30_000 })).stdout;
}

const ip = (namespace: string, ...args: readonly string[]) => command("ip", "-n", namespace, ...args);
const tc = (namespace: string, ...args: readonly string[]) => command("tc", "-n", namespace, ...args);

/** Arguments of `ip` that run a program in a namespace. */
export const inside = (namespace: string, ...program: readonly string[]): readonly string[] => [
  ...["netns", "exec", namespace],
  ...program,
];

const portOf = (index: number): string => `port${index}`;

async function makeHub(hub: string): Promise<void> {
  await command("ip", "netns", "add", hub);
  await ip(hub, "link", "set", "lo", "up");
  await ip(hub, "link", "add", "bridge", "type", "bridge");
  await ip(hub, "address", "add", `${SUBNET}.254/24`, "dev", "bridge");
  await ip(hub, "link", "set", "bridge", "up");
}

async function makeMachine(hub: string, { namespace, address }: Machine, index: number): Promise<void> {
  await command("ip", "netns", "add", namespace);
  const port = portOf(index);
  await ip(hub, "link", "add", port, "type", "veth", "peer", "name", DEVICE, "netns", namespace);
  await ip(hub, "link", "set", port, "master", "bridge", "up");
  await ip(namespace, "link", "set", "lo", "up");
  await ip(namespace, "address", "add", `${address}/24`, "dev", DEVICE);
  await ip(namespace, "link", "set", DEVICE, "up");
  await ip(namespace, "link", "add", SINK, "type", "bridge");
  await ip(namespace, "link", "set", SINK, "up");
  await tc(namespace, "qdisc", "add", "dev", DEVICE, "clsact");
}

/** Makes the network of this process. Throws NetnsUnavailable, with one clear line, where that cannot be. */
export async function makeNetwork(size: number): Promise<Network> {
  const network = networkOf(process.pid, size);
  try {
    await reapNetworks();
    await makeHub(network.hub);
    for (const [index, machine] of network.machines.entries()) await makeMachine(network.hub, machine, index);
    // One of each kind of filter: kernels may lack them.
    await loseShare(network, 0, 1, 0.5);
    await mend(network);
  } catch (error) {
    await removeNetworks((owner) => owner === process.pid);
    const [line] = (error instanceof Error ? error.message : String(error)).trim().split("\n").slice(-1);
    throw new NetnsUnavailable(`no network namespaces with filters here: ${line}`, { cause: error });
  }
  return network;
}

const ownerOf = (name: string): number => Number(PREFIX.exec(name)?.[1]);

async function namespaces(): Promise<readonly string[]> {
  const list = await command("ip", "netns", "list");
  return list.split("\n").flatMap((line) => line.split(" ", 1).filter((name) => PREFIX.test(name)));
}

/** Namespaces that a process has made and that are there still. */
export const namespacesOf = async (owner: number): Promise<readonly string[]> =>
  (await namespaces()).filter((name) => ownerOf(name) === owner);

/** Ends what still runs in networks of the chosen owners, and removes them. */
export async function removeNetworks(isChosen: (owner: number) => boolean): Promise<void> {
  const chosen = (await namespaces()).filter((name) => isChosen(ownerOf(name)));
  for (const name of chosen) {
    const list = await command("ip", "netns", "pids", name).catch(() => "");
    const pids = list.split("\n").filter((pid) => pid !== "");
    // Whoever is in the hub may be the one who tidies up.
    for (const pid of pids) if (Number(pid) !== process.pid) kill(Number(pid));
  }
  // Another may be at it as well: what counts is that they are gone.
  for (const name of chosen) await command("ip", "netns", "delete", name).catch(() => undefined);
  const left = (await namespaces()).filter((name) => isChosen(ownerOf(name)));
  if (left.length > 0) throw new Error(`namespaces are left: ${left.join(" ")}`);
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended meanwhile.
  }
}

function isDead(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "ESRCH";
  }
}

/** Removes what tests that were killed have left. */
const reapNetworks = (): Promise<void> => removeNetworks(isDead);

const toNumber = (address: string): number =>
  address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);

/** Offsets by which classic BPF reaches the header of IP and a random number. */
const BPF = { network: 0xfff0_0000, random: 0xffff_f038, sourceAt: 12 } as const;

/** A program of classic BPF that takes the given share of what comes from an address. */
function takes(address: string, share: number): string {
  const below = Math.min(Math.round(share * 2 ** 32), 2 ** 32 - 1);
  const program = [
    [0x20, 0, 0, BPF.network + BPF.sourceAt],
    [0x15, 0, 3, toNumber(address)],
    [0x20, 0, 0, BPF.random],
    [0x25, 1, 0, below],
    [0x06, 0, 0, 0xffff_ffff],
    [0x06, 0, 0, 0],
  ];
  return `${program.length},${program.map((line) => line.join(" ")).join(",")}`;
}

/** Lets that share of the packets from one machine to another vanish without a word; 1 for all of them. */
export async function loseShare(network: Network, from: number, to: number, share: number): Promise<void> {
  const [source, target] = [network.machines[from], network.machines[to]];
  if (source === undefined || target === undefined) return;
  const filter = ["filter", "replace", "dev", DEVICE, "ingress", "protocol", "ip", "pref", `${from + 1}`];
  const action = ["action", "mirred", "egress", "redirect", "dev", SINK];
  const bytecode = takes(source.address, share);
  await tc(target.namespace, ...filter, "handle", "1", "bpf", "bytecode", bytecode, ...action);
}

/** Takes a machine off the network, or puts it back; while it is off nobody reaches it, the hub included. */
export const setLink = (network: Network, index: number, isUp: boolean): Promise<unknown> =>
  ip(network.hub, "link", "set", portOf(index), isUp ? "up" : "down");

/**
 * Holds what a machine sends, but for a packet or two, or sends on what was held: so each packet is as late
 * as the hold is long. The next packet after a hold pushes the held ones.
 */
export async function holdSending({ namespace }: Machine, isHeld: boolean): Promise<void> {
  const rate = isHeld ? ["8kbit", "burst", "1600"] : ["1gbit", "burst", "1mb"];
  const queue = ["qdisc", "replace", "dev", DEVICE, "root", "handle", "9:", "tbf", "rate"];
  await tc(namespace, ...queue, ...rate, "limit", "10mb");
}

/** Puts everything right again. */
export async function mend(network: Network): Promise<void> {
  for (const [index, { namespace }] of network.machines.entries()) {
    await setLink(network, index, true);
    await tc(namespace, "filter", "delete", "dev", DEVICE, "ingress");
    const isHeld = (await tc(namespace, "qdisc", "show", "dev", DEVICE)).includes(" tbf ");
    if (isHeld) await tc(namespace, "qdisc", "delete", "dev", DEVICE, "root");
  }
}
