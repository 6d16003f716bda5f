import { closeSync, existsSync, fstatSync, openSync, renameSync, writeSync } from "node:fs";

/** A log file of bounded size. */
export interface RotatingLog {
  write(chunk: Uint8Array | string): void;
  close(): void;
}

export interface RotationLimits {
  /** Size at which a file is put aside. */
  readonly bytesMax: number;
  /** Files put aside that are kept: `NAME.1` is the youngest. */
  readonly kept: number;
}

const LIMITS: RotationLimits = { bytesMax: 32 << 20, kept: 3 };

/** Standard output in the place of a file: whoever reads it looks after its size. */
export const standardOutput: RotatingLog = {
  write: (chunk) => void process.stdout.write(chunk),
  close: () => undefined,
};

/**
 * Appends to a file, readable by its owner alone. It never throws once it is open: a log that cannot be
 * written, as on a full disk, must not be what ends a node; what was lost is counted in the next line.
 */
export function rotatingLog(file: string, limits: RotationLimits = LIMITS): RotatingLog {
  const open = (): number => openSync(file, "a", 0o600);
  let fd = open();
  let bytes = fstatSync(fd).size;
  let lost = 0;

  function rotate(): void {
    closeSync(fd);
    for (let i = limits.kept; i > 0; i--) {
      const from = i === 1 ? file : `${file}.${i - 1}`;
      if (existsSync(from)) renameSync(from, `${file}.${i}`);
    }
    fd = open();
    bytes = 0;
  }

  function append(chunk: Uint8Array | string): void {
    // A write to a file may be short only where the disk is full; then the next one fails.
    bytes += typeof chunk === "string" ? writeSync(fd, chunk) : writeSync(fd, chunk);
  }

  return {
    write(chunk) {
      try {
        if (bytes > 0 && bytes + chunk.length > limits.bytesMax) rotate();
        if (lost > 0) append(`(${lost} bytes of this log could not be written)\n`);
        lost = 0;
        append(chunk);
      } catch {
        lost += chunk.length;
      }
    },
    close: () => closeSync(fd),
  };
}
