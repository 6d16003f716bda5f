import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { architectureOf, layersOf } from "#trainer/architecture.ts";
import { tensorLengths } from "#trainer/engine/network.ts";
import { exportOnnx } from "#trainer/onnx/write.ts";

/** Python with EZKL, as `node scripts/setup.mjs` puts it. */
export const python = fileURLToPath(new URL("../../.cache/prover/bin/python", import.meta.url));

/** A fresh folder, removed by `remove`. */
export async function newHome(): Promise<{ home: string; remove: () => Promise<void> }> {
  const home = await mkdtemp(join(tmpdir(), "iterum-prover-"));
  return { home, remove: () => rm(home, { recursive: true, force: true }) };
}

/** An ONNX file of an architecture, with small weights that no two seeds share. */
export function network(name: string, batch: number, seed: number): Uint8Array {
  const architecture = architectureOf(name);
  const weights = tensorLengths(layersOf(architecture)).map((length, tensor) =>
    Float32Array.from({ length }, (_, i) => (((i * 37 + seed * 101 + tensor * 13) % 199) - 99.5) / 128),
  );
  return exportOnnx({ architecture, weights }, { batch });
}

/** Items of two-bit counts, as the featurizers give. */
export const items = (count: number, size: number, seed: number): Int32Array[] =>
  Array.from({ length: count }, (_, item) =>
    Int32Array.from({ length: size }, (_value, i) => ((i * i * (item + 3) + seed * 7) >> 3) & 3),
  );
