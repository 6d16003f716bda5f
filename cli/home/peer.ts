import { createHash } from "node:crypto";
import { type NodeStatus, rpcResult, statusOf } from "#chain/node/status.ts";
import { CliError, ensureCli, messageOf } from "#cli/errors.ts";

/** A running node of a chain, asked by its RPC. */
export interface Peer {
  readonly url: string;
  readonly status: NodeStatus;
  /** Where other nodes reach it, as `id@host:port`. */
  readonly address: string;
}

/** A genesis file as nodes hand it out. */
export interface GenesisFile {
  readonly text: string;
  /** SHA-256 of it, hexadecimal: the same from every node of the chain. */
  readonly hash: string;
  readonly chainId: string;
}

/** A block of a chain, by the hash of its header (hexadecimal). */
export interface TrustedBlock {
  readonly height: bigint;
  readonly hash: string;
}

const ANSWER_MS = 20_000;
const CHUNKS_MAX = 64;
/** As long as CometBFT allows. */
const CHAIN_ID = /^[\x21-\x7e]{1,50}$/;
/** Hosts that say nothing of where a node is reached from elsewhere. */
const NO_PLACES: ReadonlySet<string> = new Set(["0.0.0.0", "[::]", "", "127.0.0.1", "localhost", "[::1]"]);

/** A base URL without the slash at its end. Throws CliError where it is none. */
function rpcUrlOf(given: string): string {
  ensureCli(URL.canParse(given) && /^https?:$/.test(new URL(given).protocol), `${given} is no http(s) URL`);
  return given.replace(/\/+$/, "");
}

async function asked<T>(url: string, what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new CliError(`${url} does not tell ${what}: ${messageOf(cause)}`, { cause });
  }
}

/** Where peers reach a node: its own word, or the host of its RPC where it listens on any interface. */
function addressOf(url: string, { nodeId, p2pListen }: NodeStatus): string {
  const listen = p2pListen.replace(/^tcp:\/\//, "");
  const at = listen.lastIndexOf(":");
  const own = listen.slice(0, Math.max(0, at));
  return `${nodeId}@${NO_PLACES.has(own) ? new URL(url).hostname : own}${listen.slice(at)}`;
}

/** The nodes behind these RPCs, all of one chain. Throws CliError. */
export async function peersAt(urls: readonly string[]): Promise<readonly [Peer, ...Peer[]]> {
  const peers: Peer[] = [];
  for (const url of urls.map(rpcUrlOf)) {
    const status = await asked(url, "how it is", () => statusOf(url, ANSWER_MS));
    peers.push({ url, status, address: addressOf(url, status) });
  }
  const [first, ...others] = peers;
  ensureCli(first, "name the RPC of a node");
  for (const { url, status } of others) {
    const { chainId } = first.status;
    ensureCli(status.chainId === chainId, `${url} is of chain ${status.chainId}, ${first.url} of ${chainId}`);
  }
  return [first, ...others];
}

/** The genesis file that a node hands out, in however many pieces. Throws CliError. */
export async function genesisAt(url: string): Promise<GenesisFile> {
  interface Chunk {
    readonly total: string | number;
    readonly data: string;
  }
  const parts: Buffer[] = [];
  let total = 1;
  for (let index = 0; index < total; index++) {
    const chunk = await asked(url, "its genesis", () =>
      rpcResult<Chunk>(url, `genesis_chunked?chunk=${index}`, ANSWER_MS),
    );
    total = Number(chunk.total);
    ensureCli(
      total <= CHUNKS_MAX,
      `${url}: the genesis has ${total} pieces, at most ${CHUNKS_MAX} are taken`,
    );
    parts.push(Buffer.from(chunk.data, "base64"));
  }
  const bytes = Buffer.concat(parts);
  const text = bytes.toString("utf8");
  const { chain_id: chainId } = await asked(
    url,
    "its genesis",
    async () => JSON.parse(text) as { readonly chain_id?: unknown },
  );
  ensureCli(typeof chainId === "string" && CHAIN_ID.test(chainId), `${url}: its genesis names no chain`);
  return { text, hash: createHash("sha256").update(bytes).digest("hex"), chainId };
}

/** The block of a height as a node has it. Throws CliError. */
export async function blockAt(url: string, height: bigint): Promise<TrustedBlock> {
  const { block_id } = await asked(url, `its block ${height}`, () =>
    rpcResult<{ readonly block_id: { readonly hash: string } }>(url, `block?height=${height}`, ANSWER_MS),
  );
  return { height, hash: block_id.hash.toLowerCase() };
}
