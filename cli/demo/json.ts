import { writeFile } from "node:fs/promises";
import { toHex } from "#chain/bytes/hex.ts";

/** A header of a block: its height and the app hash of the state before it. */
export interface HeaderHash {
  readonly height: number;
  readonly appHash: string;
}

interface RpcHeaders {
  readonly result: {
    readonly block_metas: readonly {
      readonly header: { readonly height: string; readonly app_hash: string };
    }[];
  };
}

const PAGE = 20;

/**
 * App hashes as the headers of all blocks up to that height tell them: each of the state before its block.
 */
export async function appHashes(rpc: string, height: number): Promise<HeaderHash[]> {
  const found: HeaderHash[] = [];
  for (let from = 1; from <= height; from += PAGE) {
    const to = Math.min(height, from + PAGE - 1);
    const response = await fetch(`${rpc}/blockchain?minHeight=${from}&maxHeight=${to}`);
    const { result } = (await response.json()) as RpcHeaders;
    const page = result.block_metas.map(({ header }) => ({
      height: Number(header.height),
      appHash: header.app_hash.toLowerCase(),
    }));
    found.push(...page.sort((a, b) => a.height - b.height));
  }
  return found;
}

function plain(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  if (value instanceof Uint8Array) return toHex(value);
  return value;
}

/** Writes a file for programs: bigints as decimal strings, bytes in hexadecimal. */
export const writeJson = (file: string, value: unknown): Promise<void> =>
  writeFile(file, `${JSON.stringify(value, plain, 2)}\n`);
