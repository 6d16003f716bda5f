import { randomBytes } from "node:crypto";
import { link, mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { toHex } from "#chain/bytes/hex.ts";
import { fromUtf8 } from "#chain/bytes/utf8.ts";
import { syncFolder } from "#chain/store/sync-folder.ts";
import { CliError, ensureCli } from "#cli/errors.ts";
import { readSecretFile } from "./layout.ts";
import { isSealed, type Sealed } from "./sealing.ts";

// A key file holds one mnemonic. Files of earlier versions have no path, and a wallet of cosmjs where they
// are encrypted.

/** What every key file says openly. */
interface Open {
  readonly address: string;
  /** Of the chain's key, as BIP-32 writes it. */
  readonly path: string;
}

/** What a key file says. */
export type KeyFile =
  | (Open & { readonly kind: "encrypted"; readonly sealed: Sealed })
  | (Open & { readonly kind: "encrypted"; readonly wallet: string })
  | (Open & { readonly kind: "dev"; readonly warning: string; readonly mnemonic: string });

const namePattern = /^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/;
const pathPattern = /^m\/44'\/118'\/(0|[1-9][0-9]{0,9})'\/0\/(0|[1-9][0-9]{0,9})$/;

/** Where the key of a mnemonic lies unless told otherwise. */
export const DEFAULT_PATH = "m/44'/118'/0'/0/0";

/** Account and index of a path of the chain's keys. */
export function placeIn(path: string): { readonly account: number; readonly index: number } {
  const [, account, index] = pathPattern.exec(path) ?? [];
  ensureCli(account !== undefined, `not a path of this chain's keys: ${path.slice(0, 60)}`);
  return { account: Number(account), index: Number(index) };
}

/** Where the key of that name lies. Throws CliError on what is no name. */
function keyFileOf(folder: string, name: string): string {
  ensureCli(namePattern.test(name), `not a name for a key (a-z, 0-9, dashes): "${name.slice(0, 60)}"`);
  return join(folder, `${name}.json`);
}

/** The key file in a text. Throws CliError, which names where it comes from. */
export function parseKeyFile(text: string, from: string): KeyFile {
  let found: Readonly<Record<string, unknown>>;
  try {
    found = JSON.parse(text) as Readonly<Record<string, unknown>>;
  } catch {
    throw new CliError(`${from} is no key file`);
  }
  const { kind, address, path = DEFAULT_PATH, wallet, mnemonic, warning = "" } = found ?? {};
  const { sealed } = found ?? {};
  const isOpen = typeof address === "string" && typeof path === "string" && pathPattern.test(path);
  ensureCli(isOpen, `${from} is no key file`);
  const said = { address, path };
  if (kind === "dev" && typeof mnemonic === "string")
    return { kind, ...said, warning: `${warning}`, mnemonic };
  ensureCli(kind === "encrypted", `${from} is no key file`);
  if (typeof wallet === "string") return { kind, ...said, wallet };
  ensureCli(typeof sealed === "object" && sealed && isSealed(sealed), `${from} is damaged`);
  return { kind, ...said, sealed };
}

/** What a key file says, without unlocking it. Throws CliError. */
export async function readKeyFile(folder: string, name: string): Promise<KeyFile> {
  const file = keyFileOf(folder, name);
  return parseKeyFile(fromUtf8(await readSecretFile(file)), file);
}

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && "code" in error && error.code === code;

/**
 * Writes a file of mode 0600 as a whole or not at all, and durably: in place of the one there, or only where
 * there is none. Throws CliError with `taken` where there is one.
 */
export async function writeSecret(file: string, text: string, taken?: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${toHex(randomBytes(6))}.tmp`;
  try {
    const handle = await open(draft, "wx", 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (taken === undefined) await rename(draft, file);
    else await link(draft, file);
    await syncFolder(dirname(file));
  } catch (cause) {
    throw taken !== undefined && hasCode(cause, "EEXIST") ? new CliError(taken, { cause }) : cause;
  } finally {
    await rm(draft, { force: true });
  }
}

const textOf = (content: KeyFile): string => `${JSON.stringify(content, null, 2)}\n`;

/** Writes a new key file; throws CliError where the name is taken. */
export const writeKeyFile = (folder: string, name: string, content: KeyFile): Promise<void> =>
  writeSecret(keyFileOf(folder, name), textOf(content), `there is a key ${name} already`);

/** Writes a key file in place of the one there. */
export const replaceKeyFile = (folder: string, name: string, content: KeyFile): Promise<void> =>
  writeSecret(keyFileOf(folder, name), textOf(content));

/** Gives a key another name. Throws CliError where there is no such key, or one of that name. */
export async function renameKey(folder: string, name: string, to: string): Promise<void> {
  await readKeyFile(folder, name);
  const [from, target] = [keyFileOf(folder, name), keyFileOf(folder, to)];
  // A link fails where a rename would replace.
  await link(from, target).catch((cause: unknown) => {
    throw hasCode(cause, "EEXIST") ? new CliError(`there is a key ${to} already`, { cause }) : cause;
  });
  await syncFolder(folder);
  await rm(from);
}

/** Removes a key file. Throws CliError where there is none. */
export async function deleteKey(folder: string, name: string): Promise<void> {
  await readKeyFile(folder, name);
  await rm(keyFileOf(folder, name));
}

/** Names of the keys in a folder, in order. */
export async function keyNames(folder: string): Promise<readonly string[]> {
  const files = await readdir(folder).catch(() => []);
  return files
    .filter((file) => file.endsWith(".json"))
    .map((file) => file.slice(0, -".json".length))
    .sort();
}
