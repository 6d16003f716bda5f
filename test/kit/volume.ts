import { execFileSync } from "node:child_process";
import { closeSync, fsyncSync, mkdtempSync, openSync, rmSync, statfsSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A small disk of its own, in memory. */
export interface Volume {
  readonly folder: string;
  /** Fills it but for so many bytes. */
  fill(freeBytes: number): void;
  /** Takes the filling away. */
  release(): void;
}

/** Whether this process may mount; where it may not, tests limit the size of files instead. */
export function mayMount(): boolean {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return false;
  try {
    withVolumeSync(1 << 20, () => undefined);
    return true;
  } catch {
    return false;
  }
}

function mount(bytes: number): string {
  const folder = mkdtempSync(join(tmpdir(), "iterum-disk-"));
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${bytes}`, "tmpfs", folder], { stdio: "ignore" });
  return folder;
}

function unmount(folder: string): void {
  execFileSync("umount", [folder], { stdio: "ignore" });
  rmSync(folder, { recursive: true, force: true });
}

function withVolumeSync(bytes: number, use: (folder: string) => void): void {
  const folder = mount(bytes);
  try {
    use(folder);
  } finally {
    unmount(folder);
  }
}

const PIECE = new Uint8Array(4_096);

function writeUntil(file: string, isEnough: () => boolean): void {
  const fd = openSync(file, "a");
  try {
    while (!isEnough()) writeSync(fd, PIECE);
    fsyncSync(fd);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOSPC")) throw error;
  } finally {
    closeSync(fd);
  }
}

/** Gives `use` a disk of so many bytes and takes it away afterwards. Needs `mayMount`. */
export async function withVolume<T>(bytes: number, use: (volume: Volume) => Promise<T>): Promise<T> {
  const folder = mount(bytes);
  const ballast = join(folder, "ballast");
  const free = (): number => {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  };
  try {
    return await use({
      folder,
      fill: (freeBytes) => writeUntil(ballast, () => free() <= freeBytes),
      release: () => rmSync(ballast, { force: true }),
    });
  } finally {
    unmount(folder);
  }
}
