import { type FileHandle, open } from "node:fs/promises";
import { parseAppState } from "#chain/abci/app-state.ts";
import type { Genesis } from "#chain/app/types.ts";
import { fromHex, toHex } from "#chain/bytes/hex.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import type { Evidence, Vote } from "#chain/kernel/ctx.ts";
import type { StoredBlock } from "#chain/node/stored-blocks.ts";
import { CliError, ensureCli } from "#cli/errors.ts";

// A chain in a file: a JSON object a line, genesis first, then the blocks from the chain's first on.

/** A chain to be played again: its genesis, and its blocks from the first on. */
export interface ChainData {
  readonly genesis: Genesis;
  readonly blocks: AsyncIterable<StoredBlock>;
  /** Its last height, where that is known before its blocks are read. */
  readonly height: bigint | undefined;
}

const FORMAT = "iterum-chain/2";

interface GenesisLine {
  readonly format: typeof FORMAT;
  readonly chainId: string;
  readonly timeMs: string;
  readonly initialHeight: string;
  readonly appState: unknown;
}

interface BlockLine {
  readonly height: string;
  readonly timeMs: string;
  readonly proposer: string;
  readonly appHashBefore: string;
  readonly txs: readonly string[];
  /** Address, power and whether it signed. */
  readonly votes: readonly (readonly [string, string, boolean])[];
  readonly evidence: readonly EvidenceLine[];
}

interface EvidenceLine {
  readonly kind: Evidence["kind"];
  readonly address: string;
  readonly power: string;
  readonly totalPower: string;
  readonly height: string;
  readonly timeMs: string;
}

const evidenceLine = ({ kind, address, power, totalPower, height, timeMs }: Evidence): EvidenceLine => ({
  ...{ kind, address: toHex(address), power: `${power}`, totalPower: `${totalPower}` },
  ...{ height: `${height}`, timeMs: `${timeMs}` },
});

const evidenceOf = ({ kind, address, ...numbers }: EvidenceLine): Evidence => ({
  ...{ kind, address: fromHex(address), power: BigInt(numbers.power) },
  ...{
    totalPower: BigInt(numbers.totalPower),
    height: BigInt(numbers.height),
    timeMs: BigInt(numbers.timeMs),
  },
});

const voteOf = ([address, power, signed]: BlockLine["votes"][number]): Vote => ({
  ...{ address: fromHex(address), power: BigInt(power), signed },
});

const blockLine = ({ votes = [], evidence = [], ...block }: StoredBlock): BlockLine => ({
  height: `${block.height}`,
  timeMs: `${block.timeMs}`,
  proposer: toHex(block.proposer),
  appHashBefore: block.appHashBefore,
  txs: block.txs.map((tx) => Buffer.from(tx).toString("base64")),
  votes: votes.map(({ address, power, signed }) => [toHex(address), `${power}`, signed]),
  evidence: evidence.map(evidenceLine),
});

const blockOf = (line: BlockLine): StoredBlock => ({
  height: BigInt(line.height),
  timeMs: BigInt(line.timeMs),
  proposer: fromHex(line.proposer),
  appHashBefore: line.appHashBefore,
  txs: line.txs.map((tx) => new Uint8Array(Buffer.from(tx, "base64"))),
  votes: line.votes.map(voteOf),
  evidence: line.evidence.map(evidenceOf),
});

const append = (handle: FileHandle, line: GenesisLine | BlockLine): Promise<void> =>
  handle.appendFile(`${JSON.stringify(line)}\n`);

/** The same chain, each part of which is written to a file as it is read. */
export async function saved(chain: ChainData, handle: FileHandle): Promise<ChainData> {
  const { chainId, timeMs, initialHeight, appState } = chain.genesis;
  const numbers = { timeMs: `${timeMs}`, initialHeight: `${initialHeight}` };
  await append(handle, { format: FORMAT, chainId, ...numbers, appState });
  async function* blocks(): AsyncGenerator<StoredBlock> {
    for await (const block of chain.blocks) {
      await append(handle, blockLine(block));
      yield block;
    }
  }
  return { ...chain, blocks: blocks() };
}

/** A file that must be new, or one that must be there. Throws CliError. */
export const openArchive = (file: string, how: "new" | "read"): Promise<FileHandle> =>
  open(file, how === "new" ? "wx" : "r").catch((cause: unknown) => {
    const why = how === "new" ? "write a new file" : "read";
    throw new CliError(`cannot ${why} at ${file}`, { cause });
  });

/** The chain of a file that `saved` wrote. Throws CliError, also while blocks are read. */
export async function archived(handle: FileHandle, file: string): Promise<ChainData> {
  const lines = handle.readLines({ autoClose: false })[Symbol.asyncIterator]();
  const parsed = <T>(line: string, what: string, read: (value: unknown) => T): T => {
    try {
      return read(JSON.parse(line));
    } catch (cause) {
      throw new CliError(`${file}: cannot read ${what}`, { cause });
    }
  };
  const first = await lines.next();
  const genesis = parsed(first.done ? "{}" : first.value, "the genesis", (value) => value as GenesisLine);
  ensureCli(genesis?.format === FORMAT, `${file} is no chain that \`iterum replay --save\` wrote`);
  const initialHeight = parsed(genesis.initialHeight, "the first height", (value) => BigInt(String(value)));
  async function* blocks(): AsyncGenerator<StoredBlock> {
    for (let height = initialHeight; ; height++) {
      const { value, done } = await lines.next();
      if (done) return;
      const block = parsed(value, `block ${height}`, (line) => blockOf(line as BlockLine));
      ensureCli(block.height === height, `${file}: block ${block.height} where ${height} belongs`);
      yield block;
    }
  }
  return {
    genesis: {
      chainId: genesis.chainId,
      timeMs: BigInt(genesis.timeMs),
      initialHeight,
      appState: parseAppState(utf8(JSON.stringify(genesis.appState))),
    },
    blocks: blocks(),
    height: undefined,
  };
}
