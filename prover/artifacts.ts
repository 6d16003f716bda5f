import { createHash, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, mkdtemp, open, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { toHex } from "#chain/bytes/hex.ts";
import { ensure, ProverError } from "./errors.ts";

/** What is kept: circuits with their keys, models, reference strings (folders), and proving keys (files). */
export type FolderKind = "templates" | "models" | "srs";

const manifestName = "manifest.json";
const kinds: readonly FolderKind[] = ["templates", "models", "srs"];

interface Manifest {
  readonly files: Readonly<Record<string, { readonly bytes: number; readonly sha256: string }>>;
}

/** A folder for one job's files, removed when the job ends. */
export interface Workspace {
  readonly path: string;
  /** The path of a file in it, relative to the home, as the worker takes it. */
  file(name: string): string;
  dispose(): Promise<void>;
}

/** SHA-256 of a file in hexadecimal, read in pieces. */
async function hashFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}

/**
 * The prover's disk. Folders are built in a workspace, listed with hashes, and moved into place in one step,
 * so a crash leaves either a whole artefact or none; a folder whose content no longer has its hash is
 * dropped and built again. Proving keys are named by their SHA-256, and equal ones are kept once.
 */
export class Artifacts {
  readonly home: string;
  readonly #bytesMax: number;
  readonly #verified = new Set<string>();

  private constructor(home: string, bytesMax: number) {
    this.home = home;
    this.#bytesMax = bytesMax;
  }

  /**
   * Opens the folder, making it if needed, and removes what the jobs of processes that ended left. Several
   * processes may use one folder: artefacts appear whole, and each has workspaces of its own.
   */
  static async open(home: string, options: { readonly bytesMax?: number } = {}): Promise<Artifacts> {
    await mkdir(home, { recursive: true, mode: 0o700 });
    for (const folder of ["jobs", "keys", ...kinds]) await mkdir(join(home, folder), { recursive: true });
    for (const job of await readdir(join(home, "jobs")))
      if (!isAlive(Number(job.split("-")[1])))
        await rm(join(home, "jobs", job), { recursive: true, force: true });
    return new Artifacts(home, options.bytesMax ?? 16 * 2 ** 30);
  }

  /** An empty folder for one job. */
  async workspace(): Promise<Workspace> {
    const path = await mkdtemp(join(this.home, "jobs", `job-${process.pid}-`));
    return {
      path,
      file: (name) => join(relative(this.home, path), name),
      dispose: () => rm(path, { recursive: true, force: true }),
    };
  }

  /** Runs a job's work in a workspace that is removed afterwards, whatever happens. */
  async withWorkspace<T>(work: (workspace: Workspace) => Promise<T>): Promise<T> {
    const workspace = await this.workspace();
    try {
      return await work(workspace);
    } finally {
      await workspace.dispose();
    }
  }

  /** Bytes on disk of all that is kept. */
  async usage(): Promise<number> {
    const folders = await Promise.all(["keys", ...kinds].map((kind) => sizeOf(join(this.home, kind))));
    return folders.reduce((total, bytes) => total + bytes, 0);
  }

  /**
   * Moves the workspace's named files into place as one artefact; when it is there already, that one stays.
   * Gives its path relative to the home. Throws ProverError storage_full.
   */
  async keep(kind: FolderKind, key: string, workspace: Workspace, names: readonly string[]): Promise<string> {
    const files: Record<string, { bytes: number; sha256: string }> = {};
    const folder = join(workspace.path, `keep-${toHex(randomBytes(8))}`);
    await mkdir(folder);
    for (const name of names) {
      const path = join(workspace.path, name);
      files[name] = { bytes: (await stat(path)).size, sha256: await hashFile(path) };
      await rename(path, join(folder, name));
    }
    await this.#admit(Object.values(files).reduce((total, file) => total + file.bytes, 0));
    await writeSynced(join(folder, manifestName), JSON.stringify({ files } satisfies Manifest));
    const target = join(kind, key);
    await rename(folder, join(this.home, target)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
    });
    this.#verified.delete(target);
    return target;
  }

  /** Path of an artefact relative to the home, its content checked once; undefined when it is not whole. */
  async find(kind: FolderKind, key: string): Promise<string | undefined> {
    const target = join(kind, key);
    if (this.#verified.has(target)) return target;
    const path = join(this.home, target);
    if (!(await isWhole(path))) {
      await rm(path, { recursive: true, force: true });
      return undefined;
    }
    this.#verified.add(target);
    return target;
  }

  /** Keys of the artefacts of a kind, in order. */
  async list(kind: FolderKind): Promise<readonly string[]> {
    return (await readdir(join(this.home, kind))).sort();
  }

  /** Removes an artefact. */
  async remove(kind: FolderKind, key: string): Promise<void> {
    this.#verified.delete(join(kind, key));
    await rm(join(this.home, kind, key), { recursive: true, force: true });
  }

  /** A file by its path relative to the home. */
  read(file: string): Promise<Buffer> {
    return readFile(join(this.home, file));
  }

  /** Moves a proving key into the store; gives its SHA-256. Throws ProverError storage_full. */
  async keepKey(workspace: Workspace, name: string): Promise<string> {
    const from = join(workspace.path, name);
    const sha256 = await hashFile(from);
    await this.#admit((await stat(from)).size);
    await rename(from, join(this.home, "keys", `${sha256}.pk`));
    return sha256;
  }

  /** Path of a proving key relative to the home, its content checked once; undefined when it is not there. */
  async findKey(sha256: string): Promise<string | undefined> {
    const target = join("keys", `${sha256}.pk`);
    if (this.#verified.has(target)) return target;
    const found = await hashFile(join(this.home, target)).catch(() => undefined);
    if (found !== sha256) return undefined;
    this.#verified.add(target);
    return target;
  }

  async #admit(bytes: number): Promise<void> {
    const used = await this.usage();
    ensure(
      used + bytes <= this.#bytesMax,
      "storage_full",
      `the prover's disk allowance is used up (${used} bytes)`,
    );
  }
}

/** Whether a process of this id runs; one of another user counts as running. */
function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

async function isWhole(folder: string): Promise<boolean> {
  try {
    const { files } = JSON.parse(await readFile(join(folder, manifestName), "utf8")) as Manifest;
    for (const [name, { bytes, sha256 }] of Object.entries(files)) {
      const path = join(folder, name);
      if ((await stat(path)).size !== bytes || (await hashFile(path)) !== sha256) return false;
    }
    return true;
  } catch {
    return false;
  }
}

async function sizeOf(folder: string): Promise<number> {
  let total = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile())
      total += (await stat(join(entry.parentPath, entry.name)).catch(() => ({ size: 0 }))).size;
  }
  return total;
}

async function writeSynced(path: string, text: string): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Writes a small file in one step: readers see the old content or the new, never a part. */
export async function writeAtomic(path: string, data: Uint8Array | string, mode = 0o600): Promise<void> {
  const partial = `${path}.${toHex(randomBytes(6))}.partial`;
  await writeFile(partial, data, { mode, flush: true });
  await rename(partial, path).catch((error: unknown) => {
    throw new ProverError("internal", "cannot write a file", { cause: error });
  });
}
