import { brotliCompressSync, brotliDecompressSync, constants } from "node:zlib";
import { concat } from "#chain/bytes/concat.ts";
import { bigFromBytes, u32be } from "#chain/bytes/int.ts";
import { fromUtf8, utf8 } from "#chain/bytes/utf8.ts";
import {
  RequestFinalizeBlock,
  RequestInitChain,
  ResponseFinalizeBlock,
  ResponseInitChain,
} from "#proto/gen/tendermint/abci.ts";

// A recording: what consensus said to the app, and what the app answered, in the messages of ABCI. In the
// file all requests come first, then all answers and so on, which compresses better.

const FORMAT = "iterum-golden/1";
const LENGTH_BYTES = 4;

/** Rules under which a recording is played: the chain's own, or those of `test/kit/editions.ts`. */
export type Rules = "chain" | "upgraded";

/** What a block came to; without what only people read. */
export interface Outcome {
  /** Without events, and without the logs of transactions. */
  readonly response: ResponseFinalizeBlock;
  /** The first bytes of the hash of all its events. */
  readonly events: Uint8Array;
  /** Which modules have another root than in the block before, each with the beginning of its root. */
  readonly roots: string;
}

/** A block and what it came to. */
export interface RecordedBlock extends Outcome {
  readonly request: RequestFinalizeBlock;
}

/** A chain that was played once. */
export interface Recording {
  readonly rules: Rules;
  /** Verdicts on proofs, by the hash of their statements in hexadecimal. */
  readonly verdicts: Readonly<Record<string, boolean>>;
  /** How often a message of each type succeeded, in a transaction or by a vote. */
  readonly succeeded: Readonly<Record<string, number>>;
  /** The first bytes of the hash of each module's part of the state as it is exported in the end. */
  readonly exported: Readonly<Record<string, string>>;
  readonly genesis: RequestInitChain;
  readonly founded: ResponseInitChain;
  readonly blocks: readonly RecordedBlock[];
}

interface Head extends Pick<Recording, "rules" | "verdicts" | "succeeded" | "exported"> {
  readonly format: typeof FORMAT;
  readonly blocks: number;
}

/** The bytes of a recording before they are compressed. */
export function pack({ genesis, founded, blocks, ...rest }: Recording): Uint8Array {
  const { rules, verdicts, succeeded, exported } = rest;
  const head: Head = { format: FORMAT, rules, verdicts, succeeded, exported, blocks: blocks.length };
  const parts = [
    utf8(JSON.stringify(head)),
    RequestInitChain.encode(genesis),
    ResponseInitChain.encode(founded),
    ...blocks.map(({ request }) => RequestFinalizeBlock.encode(request)),
    ...blocks.map(({ response }) => ResponseFinalizeBlock.encode(response)),
    ...blocks.map(({ roots }) => utf8(roots)),
    ...blocks.map(({ events }) => events),
  ];
  return concat(...parts.flatMap((part) => [u32be(part.length), part]));
}

/** A recording from what `pack` gave. Throws where it is another format, or cut off. */
export function unpack(bytes: Uint8Array): Recording {
  let at = 0;
  const take = (length: number): Uint8Array => {
    if (at + length > bytes.length) throw new Error("the recording is cut off");
    at += length;
    return bytes.subarray(at - length, at);
  };
  const next = (): Uint8Array => take(Number(bigFromBytes(take(LENGTH_BYTES))));
  const head = JSON.parse(fromUtf8(next())) as Head;
  const { format, blocks: count, ...rest } = head;
  if (format !== FORMAT) throw new Error(`a recording in format ${format}, not ${FORMAT}`);
  const genesis = RequestInitChain.decode(next());
  const founded = ResponseInitChain.decode(next());
  const all = <T>(read: (part: Uint8Array) => T): T[] => Array.from({ length: count }, () => read(next()));
  const requests = all(RequestFinalizeBlock.decode);
  const responses = all(ResponseFinalizeBlock.decode);
  const roots = all(fromUtf8);
  const events = all((part) => part);
  if (at !== bytes.length) throw new Error("the recording has more than it says");
  const blocks = requests.map((request, i) => ({
    ...{ request, response: responses[i] as ResponseFinalizeBlock },
    ...{ events: events[i] as Uint8Array, roots: roots[i] as string },
  }));
  return { ...rest, genesis, founded, blocks };
}

export const compressed = (bytes: Uint8Array): Uint8Array =>
  brotliCompressSync(bytes, {
    params: {
      [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  });

export const decompressed = (bytes: Uint8Array): Uint8Array => new Uint8Array(brotliDecompressSync(bytes));
