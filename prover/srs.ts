import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sha256 } from "#chain/bytes/hash.ts";
import { fromHex, toHex } from "#chain/bytes/hex.ts";
import type { Artifacts } from "./artifacts.ts";
import { ensure } from "./errors.ts";
import type { EzklWorker } from "./ezkl.ts";
import { checkSrs, deriveSrs, logrowsMax, srsBytes, srsG2, srsLogrows } from "./srs-file.ts";

/** SHA-256 of the perpetual powers of tau as EZKL publishes them, by log₂ of rows. */
const publishedSrs: Readonly<Record<number, string>> = {
  1: "cafb2aa72c200ddc4e28aacabb8066e829207e2484b8d17059a566232f8a297b",
  10: "9705d450e5dfd06adb673705f7bc34418ec86339203198beceb2ae7f1ffefedb",
  11: "257fa566ed9bc0767d3e63e92b5e966829fa3347d320a32055dc31ee7d33f8a4",
  12: "28b151069f41abc121baa6d2eaa8f9e4c4d8326ddbefee2bd9c0776b80ac6fad",
  13: "d5d94bb25bdc024f649213593027d861042ee807cafd94b49b54f1663f8f267d",
  14: "c09129f064c08ecb07ea3689a2247dcc177de6837e7d2f5f946e30453abbccef",
  15: "90807800a1c3b248a452e1732c45ee5099f38b737356f5542c0584ec9c3ebb45",
  16: "2a1a494630e71bc026dd5c0eab4c1b9a5dbc656228c1f0d48f5dbd3909b161d3",
  17: "41509f380362a8d14401c5ae92073154922fe23e45459ce6f696f58607655db7",
};

const fileName = "kzg.srs";
const infoName = "info.json";

/** A structured reference string on the prover's disk. */
export interface Srs {
  /** Name of its artefact. */
  readonly key: string;
  readonly logrows: number;
  /** True when one process knew its secret: whoever knows that can forge proofs. */
  readonly insecure: boolean;
  /** s·G2: x.c1, x.c0, y.c1, y.c0, 32 big-endian bytes each. */
  readonly srsG2: Uint8Array;
  /** The file, relative to the prover's home. */
  readonly file: string;
}

interface Info {
  readonly logrows: number;
  readonly insecure: boolean;
  readonly srsG2: string;
}

async function load(artifacts: Artifacts, key: string): Promise<Srs | undefined> {
  const folder = await artifacts.find("srs", key);
  if (folder === undefined) return undefined;
  const info = JSON.parse((await artifacts.read(join(folder, infoName))).toString("utf8")) as Info;
  return { key, ...info, srsG2: fromHex(info.srsG2), file: join(folder, fileName) };
}

async function keep(artifacts: Artifacts, key: string, bytes: Uint8Array, insecure: boolean): Promise<Srs> {
  const info: Info = { logrows: srsLogrows(bytes), insecure, srsG2: toHex(srsG2(bytes)) };
  await artifacts.withWorkspace(async (workspace) => {
    await writeFile(join(workspace.path, fileName), bytes);
    await writeFile(join(workspace.path, infoName), JSON.stringify(info));
    await artifacts.keep("srs", key, workspace, [fileName, infoName]);
  });
  const kept = await load(artifacts, key);
  ensure(kept, "corrupt_artifact", "the reference string just written is not whole");
  return kept;
}

/**
 * The development string of this home, made at the first call: its secret was known to the process that made
 * it, so proofs under it convince nobody. `insecure` is true, and everything made with it must say so.
 */
export async function devSrs(artifacts: Artifacts, worker: EzklWorker, logrows = 14): Promise<Srs> {
  const key = `dev-${logrows}`;
  const known = await load(artifacts, key);
  if (known) return known;
  return artifacts.withWorkspace(async (workspace) => {
    await worker.call("gen_srs", { srs: workspace.file(fileName), logrows });
    return keep(artifacts, key, await readFile(join(workspace.path, fileName)), true);
  });
}

/**
 * Takes a file of the perpetual powers of tau: its SHA-256 must be published, its generators and the ratio
 * of its powers must hold. Throws ProverError invalid_srs. Nothing is fetched; the operator brings the file.
 */
export async function importSrs(artifacts: Artifacts, path: string): Promise<Srs> {
  const found = await stat(path).catch(() => undefined);
  ensure(found?.isFile() === true, "invalid_srs", "there is no such file");
  ensure((found?.size ?? 0) <= srsBytes(logrowsMax), "invalid_srs", "the file is too long");
  const bytes = await readFile(path);
  const logrows = srsLogrows(bytes);
  const digest = toHex(sha256(bytes));
  ensure(publishedSrs[logrows] === digest, "invalid_srs", "the file's hash is not among the published ones");
  const known = await load(artifacts, digest);
  if (known) return known;
  await checkSrs(bytes);
  return keep(artifacts, digest, bytes, false);
}

/**
 * The string of the same secret for exactly 2^logrows rows, derived once and kept: EZKL shrinks a longer one
 * at every use, which takes seconds. Throws ProverError invalid_srs when it is too short.
 */
export async function srsFor(artifacts: Artifacts, srs: Srs, logrows: number): Promise<Srs> {
  if (srs.logrows === logrows) return srs;
  ensure(
    logrows < srs.logrows,
    "invalid_srs",
    `the reference string has 2^${srs.logrows} rows, not 2^${logrows}`,
  );
  const key = `${srs.key}-k${logrows}`;
  const known = await load(artifacts, key);
  if (known) return known;
  const bytes = await deriveSrs(await readFile(join(artifacts.home, srs.file)), logrows);
  const digest = toHex(sha256(bytes));
  const expected = publishedSrs[logrows];
  if (!srs.insecure && expected !== undefined)
    ensure(digest === expected, "invalid_srs", "the derived string is not the published one");
  return keep(artifacts, key, bytes, srs.insecure);
}
