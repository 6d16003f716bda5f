import { randomBytes } from "node:crypto";
import { link, mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";

/** Keeps a member's secrets under names of lower-case letters, digits and dashes. */
export interface SecretStore {
  readonly get: (name: string) => Promise<Uint8Array | undefined>;
  /** Resolves once the bytes are durable; replaces what was there as a whole or not at all. */
  readonly put: (name: string, secret: Uint8Array) => Promise<void>;
  /** Stores unless there is one already; returns the one that is kept, so two callers get the same. */
  readonly add: (name: string, secret: Uint8Array) => Promise<Uint8Array>;
}

/** Secrets as files of mode 0600 in a folder of mode 0700, which is made when missing. */
export async function fileSecrets(folder: string): Promise<SecretStore> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const get: SecretStore["get"] = async (name) => {
    try {
      return Uint8Array.from(await readFile(pathOf(folder, name)));
    } catch (error) {
      if (hasCode(error, "ENOENT")) return undefined;
      throw error;
    }
  };
  return {
    get,
    put: (name, secret) => writeDurably(folder, name, secret, rename),
    async add(name, secret) {
      try {
        await writeDurably(folder, name, secret, link);
        return secret;
      } catch (error) {
        const kept = hasCode(error, "EEXIST") ? await get(name) : undefined;
        if (kept === undefined) throw error;
        return kept;
      }
    },
  };
}

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && "code" in error && error.code === code;

function pathOf(folder: string, name: string): string {
  if (!/^[a-z0-9-]{1,120}$/.test(name)) throw new RangeError("not the name of a secret");
  return join(folder, name);
}

/** Writes and syncs a draft beside the file, then lets `publish` (rename or link) give it the name. */
async function writeDurably(
  folder: string,
  name: string,
  bytes: Uint8Array,
  publish: (draft: string, path: string) => Promise<void>,
): Promise<void> {
  const path = pathOf(folder, name);
  const draft = `${path}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    await using file = await open(draft, "wx", 0o600);
    await file.writeFile(bytes);
    await file.sync();
    await publish(draft, path);
  } finally {
    await rm(draft, { force: true });
  }
  await using handle = await open(folder, "r");
  await handle.sync();
}
