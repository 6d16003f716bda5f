import { execFile, execFileSync, spawnSync } from "node:child_process";
import {
  closeSync,
  fsyncSync,
  mkdtempSync,
  openSync,
  rmSync,
  statfsSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

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

/** A disk that can break: its file system goes read-only at once, as after an error that it cannot mend. */
export interface BreakableDisk {
  readonly folder: string;
  /** Writes fail from here on, those under way too; what was not synced is lost. */
  fail(): Promise<void>;
  /** Makes it whole again, as the system does when it starts. Nothing may have a file of it open. */
  mend(): void;
}

/** Whether this process may make such disks: it needs ext4 on a loop device. */
export function mayBreakDisks(): boolean {
  if (!mayMount()) return false;
  try {
    const { image, folder } = makeDisk(1 << 20);
    unmountDisk(image, folder);
    return true;
  } catch {
    return false;
  }
}

const run = (program: string, ...args: readonly string[]): void =>
  void execFileSync(program, args, { stdio: "ignore" });

const mountDisk = (image: string, folder: string): void =>
  run("mount", "-o", "loop,errors=remount-ro", image, folder);

function makeDisk(bytes: number): { readonly image: string; readonly folder: string } {
  const folder = mkdtempSync(join(tmpdir(), "iterum-disk-"));
  const image = `${folder}.img`;
  try {
    writeFileSync(image, "");
    truncateSync(image, bytes);
    run("mkfs.ext4", "-q", "-F", image);
    mountDisk(image, folder);
    return { image, folder };
  } catch (error) {
    for (const path of [folder, image]) rmSync(path, { recursive: true, force: true });
    throw error;
  }
}

function unmountDisk(image: string, folder: string): void {
  run("umount", folder);
  for (const path of [folder, image]) rmSync(path, { recursive: true, force: true });
}

/** The check at the start of a system: code 1 says that it has put something right. */
function check(image: string): void {
  const { status } = spawnSync("e2fsck", ["-p", image], { stdio: "ignore" });
  if (status !== 0 && status !== 1) throw new Error(`e2fsck ended with ${status}`);
}

/** Gives `use` a disk of so many bytes that can break. Needs `mayBreakDisks`. */
export async function withBreakableDisk<T>(
  bytes: number,
  use: (disk: BreakableDisk) => Promise<T>,
): Promise<T> {
  const { image, folder } = makeDisk(bytes);
  try {
    return await use({
      folder,
      // What ext4 does by itself when its journal cannot be written.
      fail: async () => {
        await promisify(execFile)("mount", ["-o", "remount,abort", folder]);
      },
      mend: () => {
        run("umount", folder);
        check(image);
        mountDisk(image, folder);
      },
    });
  } finally {
    unmountDisk(image, folder);
  }
}
