import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sha256 } from "#chain/bytes/hash.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import { freePort } from "#chain/node/process.ts";
import { devSrs, requireProver, templatesWanted } from "#cli/genesis/templates.ts";
import { type CreatedNet, createNet, linkTemplates, type NetPlan } from "#cli/home/create.ts";
import { mnemonicOf } from "#cli/home/keys.ts";
import { type HomeLayout, homeLayout } from "#cli/home/layout.ts";
import { type ProverServer, startProver } from "#prover/server.ts";
import { TIMEOUT_COMMIT_MS } from "./plan.ts";

/** The demo's operators, by name: what they are and with what template they play. */
export const operators = [
  { name: "lr", architecture: "lr", about: "logistic regression on everything that is open" },
  { name: "mlp", architecture: "mlp", about: "small network on everything that is open" },
  { name: "guesser", architecture: "lr", about: "random weights" },
] as const;

/** Who else may use the demo's prover: whoever joins a net that is kept. */
export const GUEST = "guest";
const FAUCET = "faucet";

const CHAIN_ID = "iterum-demo-1";
/** 10,000 tokens. */
const PURSE = 10_000_000_000n;

/** A key of the demo: the same for the same seed, so that a run can be repeated. Worth nothing anywhere. */
const demoSecret = (seed: string, name: string): Uint8Array =>
  sha256(utf8(`iterum demo key, worth nothing: ${seed}/${name}`));

/** An empty home in a temporary folder, with the templates of the cache. */
export async function makeHome(): Promise<HomeLayout> {
  const layout = homeLayout(await mkdtemp(join(tmpdir(), "iterum-demo-")));
  await linkTemplates(layout);
  return layout;
}

/** Removes a demo's home. */
export const removeHome = ({ home }: HomeLayout): Promise<void> =>
  rm(home, { recursive: true, force: true, maxRetries: 3 });

/** Starts the home's prover on any free port; rejects when a template does not come out. */
export async function startDemoProver(
  { prover: home }: HomeLayout,
  names: readonly string[],
): Promise<ProverServer> {
  const server = await startProver({
    ...{ home, python: requireProver(), srs: devSrs, port: 0 },
    templates: templatesWanted(names),
    clients: [...operators.map(({ name }) => name), GUEST],
  });
  await server.prover.ready();
  for (const state of server.prover.templates()) {
    if (state.status !== "failed") continue;
    await server.close();
    throw state.error;
  }
  return server;
}

/** A proof of one batch of every template, one after the other: how long each takes in milliseconds. */
export async function measureProofs({ prover }: ProverServer, names: readonly string[]): Promise<number[]> {
  const times: number[] = [];
  for (const wanted of templatesWanted(names)) {
    const { modelKey } = await prover.registerModel(GUEST, wanted.name, wanted.onnx);
    const inputs = Array.from({ length: wanted.batch }, () => new Int32Array(64).fill(1));
    const startMs = performance.now();
    const { jobId } = prover.prove(GUEST, modelKey, inputs);
    const { error } = await prover.jobs.wait(jobId, GUEST);
    if (error) throw error;
    times.push(performance.now() - startMs);
    await prover.removeModel(modelKey);
  }
  return times;
}

/** Makes the demo's chain in the home. */
export async function createDemoNet(
  { home }: HomeLayout,
  seed: string,
  parts: Pick<NetPlan, "base" | "rows" | "templates" | "schedule" | "election">,
): Promise<CreatedNet> {
  // The top bits are cleared so that the number is below the order of the group.
  const beaconSecret = demoSecret(seed, "beacon");
  beaconSecret[0] = (beaconSecret[0] as number) & 0x3f;
  return createNet({
    ...parts,
    ...{ home, chainId: CHAIN_ID, beaconSecret },
    others: [...operators.map(({ name }) => name), FAUCET],
    purse: PURSE,
    mnemonic: (name) => mnemonicOf(demoSecret(seed, name)),
    rpcPort: await freePort(),
    p2pPort: await freePort(),
    timeoutCommitMs: TIMEOUT_COMMIT_MS,
  });
}
