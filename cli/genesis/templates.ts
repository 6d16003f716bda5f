import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { keccak256 } from "#chain/bytes/hash.ts";
import { toHex } from "#chain/bytes/hex.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import { compileVerifier } from "#chain/verify/compile.ts";
import { CliError, ensureCli } from "#cli/errors.ts";
import { readOr } from "#cli/home/files.ts";
import { takeLock } from "#cli/home/lock.ts";
import { cacheFolder, proverPython } from "#cli/paths.ts";
import type { Setup, Template } from "#proto/gen/iterum/proofs.ts";
import { writeAtomic } from "#prover/artifacts.ts";
import { Prover, type TemplateWanted } from "#prover/prover.ts";
import { chainTemplate, type TemplateArtifact } from "#prover/template.ts";
import { architectureOf } from "#trainer/architecture.ts";
import { templateOnnx } from "#trainer/onnx/write.ts";

/** Items that one proof of a default template covers. */
export const templateBatch = 8;
/** Rows of the development reference string, as a power of two: the largest default template needs them. */
const devLogrows = 14;

/** What genesis says about proofs, besides the audits. */
export interface GenesisTemplates {
  readonly setup: Setup;
  readonly templates: readonly Template[];
  readonly verifierCode: Uint8Array;
}

/** Folder in which templates, their keys and the development reference string are kept between runs. */
export const templatesCache = join(cacheFolder, "templates");

/** The names of the default templates for a number of classes. */
export const defaultTemplateNames = (classes: number): string[] =>
  ["lr-64", "mlp-64-4"].map((name) => (classes === 2 ? name : `${name}-k${classes}`));

/** What a prover is told to make: the graphs of these architectures. */
export const templatesWanted = (names: readonly string[]): TemplateWanted[] =>
  names.map((name) => ({
    name,
    batch: templateBatch,
    onnx: templateOnnx(name, { batch: templateBatch }),
  }));

/** The insecure reference string of development nets. */
export const devSrs = { insecureDev: { logrows: devLogrows } } as const;

/** What the reference string of development nets means, for every output that depends on it. */
export const devSrsWarning =
  "INSECURE reference string: made on this machine, so its maker can forge proofs. Development only.";

/** Throws a CliError that names the way out where EZKL is not installed. */
export function requireProver(): string {
  ensureCli(existsSync(proverPython), "EZKL is not installed: run `npm run setup`");
  return proverPython;
}

/**
 * The templates of these architectures with the verifier that all share, made once (half a minute each) and
 * then kept in the cache. `onStep` is told what is being made; the signal ends it early.
 */
export async function buildTemplates(
  names: readonly string[],
  onStep: (name: string) => void = () => undefined,
  signal?: AbortSignal,
): Promise<GenesisTemplates> {
  const python = requireProver();
  await mkdir(templatesCache, { recursive: true, mode: 0o700 });
  const unlock = await takeLock(join(templatesCache, "lock"));
  try {
    const prover = await Prover.open({
      home: templatesCache,
      python,
      srs: devSrs,
      templates: templatesWanted(names),
    });
    const stopEarly = closeOnAbort(prover, signal);
    try {
      const artifacts: TemplateArtifact[] = [];
      const watch = setInterval(() => {
        const current = prover.templates().find(({ status }) => status === "building");
        if (current) onStep(current.name);
      }, 200);
      await prover.ready().finally(() => clearInterval(watch));
      for (const state of prover.templates()) {
        if (state.status === "failed") throw new CliError(`template ${state.name}: ${state.error.message}`);
        if (state.status === "ready") artifacts.push(state.template.artifact);
      }
      return await asGenesis(artifacts);
    } finally {
      stopEarly();
      await prover.close();
    }
  } finally {
    await unlock();
  }
}

/** Ends the prover's work when the signal fires, until the function given back is called. */
export function closeOnAbort(prover: { close(): Promise<void> }, signal?: AbortSignal): () => void {
  const close = (): void => void prover.close();
  signal?.addEventListener("abort", close, { once: true });
  return () => signal?.removeEventListener("abort", close);
}

async function asGenesis(artifacts: readonly TemplateArtifact[]): Promise<GenesisTemplates> {
  const [first] = artifacts;
  ensureCli(first, "no template was made");
  const shared = artifacts.every(({ verifierSource }) => verifierSource === first.verifierSource);
  ensureCli(shared, "EZKL made templates with different verifiers");
  const verifierCode = await compiledVerifier(first.verifierSource);
  const verifierCodeHash = keccak256(verifierCode);
  const templates = artifacts.map((artifact) => {
    const { classes } = architectureOf(artifact.name);
    const transform = classes === 2 ? "sigmoid/1" : "softmax/1";
    return chainTemplate(artifact, { transform, classes, verifierCodeHash });
  });
  return { setup: { g2: first.srsG2, insecure: first.srsInsecure }, templates, verifierCode };
}

/** Bytecode of the verifier, compiled once for each source. */
async function compiledVerifier(source: string): Promise<Uint8Array> {
  const file = join(templatesCache, `verifier-${toHex(keccak256(utf8(source))).slice(0, 32)}.bin`);
  const known = await readOr(file);
  if (known) return known;
  const code = compileVerifier(source);
  await writeAtomic(file, code);
  return code;
}
