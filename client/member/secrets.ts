import { randomBytes } from "node:crypto";
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";

/** Keeps a member's secrets under names of lower-case letters, digits and dashes. */
export interface SecretStore {
  readonly get: (name: string) => Promise<Uint8Array | undefined>;
  /** Resolves once the bytes are durable; replaces what was there as a whole or not at all. */
  readonly put: (name: string, secret: Uint8Array) => Promise<void>;
}

/** Secrets as files of mode 0600 in a folder of mode 0700, which is made when missing. */
export async function fileSecrets(folder: string): Promise<SecretStore> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return {
    async get(name) {
      try {
        return Uint8Array.from(await readFile(pathOf(folder, name)));
      } catch (error) {
        if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
        throw error;
      }
    },
    async put(name, secret) {
      const path = pathOf(folder, name);
      const draft = `${path}.${randomBytes(6).toString("hex")}.tmp`;
      try {
        await writeDurably(draft, secret);
        await rename(draft, path);
      } catch (error) {
        await rm(draft, { force: true });
        throw error;
      }
      await sync(folder);
    },
  };
}

function pathOf(folder: string, name: string): string {
  if (!/^[a-z0-9-]{1,120}$/.test(name)) throw new RangeError("not the name of a secret");
  return join(folder, name);
}

async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function sync(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
