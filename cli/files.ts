import { readFile } from "node:fs/promises";
import type { Json } from "#chain/proto/json.ts";
import { CliError, messageOf } from "./errors.ts";

const unreadable = (file: string, cause: unknown): CliError =>
  new CliError(`cannot read ${file}: ${messageOf(cause)}`, { cause });

/** The text of a file. Throws CliError. */
export async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    throw unreadable(file, cause);
  }
}

/** The JSON of a file. Throws CliError. */
export async function jsonOf(file: string): Promise<Json> {
  const text = await textOf(file);
  try {
    return JSON.parse(text) as Json;
  } catch (cause) {
    throw unreadable(file, cause);
  }
}
