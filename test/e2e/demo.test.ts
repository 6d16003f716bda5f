import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { toAddress } from "#chain/protocol/address.ts";
import type { MadeModel } from "#cli/demo/learning.ts";
import { iterum } from "../cli/program.ts";
import { type DemoProcess, startDemo } from "./demo-process.ts";

// One run of the demo with its default seed, kept running at the end, for all tests of this file.

const ROUNDS = 4;

interface RoundJson {
  readonly ended: string;
  readonly committee: readonly string[];
  readonly items: number;
  readonly due: readonly { readonly batches: number }[];
  readonly proofs: readonly { readonly verifyMs: number; readonly modelId: string }[];
  readonly outcome: { readonly results: readonly object[] };
}

interface DemoJson {
  readonly accounts: Readonly<Record<string, string>>;
  readonly rounds: readonly RoundJson[];
  readonly models: readonly MadeModel[];
  readonly standings: readonly {
    readonly operator: string;
    readonly profit: string;
    readonly logLoss: number;
  }[];
  readonly verdict: {
    readonly invariants: readonly { readonly name: string; readonly holds: boolean }[];
    readonly supplyBefore: string;
    readonly supplyAfter: string;
    readonly height: string;
    readonly appHash: string;
  };
  readonly appHashes: readonly { readonly height: number; readonly appHash: string }[];
  readonly peakMemoryBytes?: number;
  readonly restarts: number;
}

let folder = "";
let demo: DemoProcess;
let home = "";
let rpc = "";

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "iterum-e2e-"));
  demo = startDemo("--keep", "--rounds", String(ROUNDS), "--json", join(folder, "demo.json"));
  const [, url = "", place = ""] = await demo.until(/^RPC (\S+), data node \S+, prover \S+, home (\S+)$/m);
  [rpc, home] = [url, place];
});
after(async () => {
  demo.kill();
  await rm(folder, { recursive: true, force: true });
  if (home) await rm(home, { recursive: true, force: true });
});

const json = async (): Promise<DemoJson> =>
  JSON.parse(await readFile(join(folder, "demo.json"), "utf8")) as DemoJson;

test("an unmodified cosmjs script reads balances, sends tokens and finds its transaction", async () => {
  const faucet = await readFile(join(home, "keys/faucet.json"), "utf8");
  const { mnemonic } = JSON.parse(faucet) as { readonly mnemonic: string };
  const address = toAddress(randomBytes(20));
  const script = fileURLToPath(new URL("./cosmjs-script.mjs", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [script, rpc, "iterum", "uiter", address], {
    env: { MNEMONIC: mnemonic },
  });
  const told = JSON.parse(stdout) as Record<string, unknown>;
  assert.equal(told["chainId"], "iterum-demo-1");
  assert.equal(told["sender"], "10000000000");
  assert.equal(told["received"], "1500000");
  assert.equal(told["code"], 0);
  assert.equal(told["foundAt"], told["height"]);
  assert.ok((told["events"] as string[]).includes("transfer"));
  assert.ok((told["txsInBlock"] as number) >= 2); // the beacon comes first
});

test("every round is played to its end by a drawn committee on at least 60 hidden items", async () => {
  await demo.until(/^The net keeps running until Ctrl-C:$/m);
  const { rounds } = await json();
  assert.equal(rounds.length, ROUNDS);
  for (const { ended, committee, items, outcome } of rounds) {
    assert.equal(ended, "DONE");
    assert.equal(new Set(committee).size, 6);
    assert.ok(items >= 60);
    assert.equal(outcome.results.length, 3);
  }
});

test("every proof that was due was made, verified and timed", async () => {
  for (const { due, proofs } of (await json()).rounds) {
    const batches = due.reduce((sum, each) => sum + each.batches, 0);
    assert.equal(batches, 3);
    assert.equal(proofs.length, batches);
    assert.equal(new Set(proofs.map(({ modelId }) => modelId)).size, 3);
    for (const { verifyMs } of proofs) assert.ok(verifyMs > 0);
  }
});

/** Two operators whose log losses differ by less than this are equally good: 240 items tell no more. */
const SKILL_GAP_NATS = 0.02;

test("profit follows skill, and who guesses loses", async () => {
  const { standings } = await json();
  assert.equal(standings.length, 3);
  for (const better of standings)
    for (const worse of standings.filter(({ logLoss }) => logLoss > better.logLoss + SKILL_GAP_NATS))
      assert.ok(BigInt(better.profit) > BigInt(worse.profit), `${better.operator} above ${worse.operator}`);
  const profitOf = (name: string): bigint =>
    BigInt(standings.find(({ operator }) => operator === name)?.profit ?? 0n);
  assert.equal(standings.at(-1)?.operator, "guesser");
  assert.ok(profitOf("guesser") < 0n);
  assert.ok(profitOf("lr") > 0n && profitOf("mlp") > 0n);
});

test("who learns gets better on rows that nobody showed", async () => {
  const { models } = await json();
  for (const name of ["lr", "mlp"]) {
    const made = models.filter(({ operator }) => operator === name).slice(0, ROUNDS);
    const [first, last] = [made[0] as MadeModel, made.at(-1) as MadeModel];
    assert.equal(made.length, ROUNDS);
    assert.equal(first.rows, 120);
    assert.equal(last.rows, 120 + 60 * (ROUNDS - 1));
    assert.ok(last.logLoss < first.logLoss, `${name}: ${first.logLoss} → ${last.logLoss}`);
  }
});

test("every invariant holds and no coin came or went", async () => {
  const { verdict, appHashes } = await json();
  assert.ok(verdict.invariants.length >= 7);
  assert.deepEqual(
    verdict.invariants.filter(({ holds }) => !holds),
    [],
  );
  assert.equal(verdict.supplyAfter, verdict.supplyBefore);
  assert.match(verdict.appHash, /^[0-9a-f]{64}$/);
  assert.deepEqual(
    appHashes.map(({ height }) => height),
    appHashes.map((_, i) => i + 1),
  );
  for (const { appHash } of appHashes) assert.match(appHash, /^[0-9a-f]{64}$/);
});

test("no process of the demo dies, and all together stay under 3 GB", async () => {
  const { restarts, peakMemoryBytes = 0 } = await json();
  assert.equal(restarts, 0);
  assert.ok(peakMemoryBytes < 3e9);
  assert.match(demo.output(), /^peak memory of all processes together: [0-9]+ MiB$/m);
});

test("the phases of a round are told in their order", () => {
  const phases = [...demo.output().matchAll(/^ +[0-9]+ {2}round 1 {2}▸ ([A-Z_0-9]+)/gm)].map(
    ([, name]) => name,
  );
  const order = "OPEN OPEN_ORDERS ELECT REVEAL_INPUTS REVEAL_INPUTS_2 PREDICT OPEN_PREDICTIONS REVEAL_LABELS";
  assert.deepEqual(phases, [...order.split(" "), "PROVE", "SETTLE", "DONE"]);
});

test("an outsider computes a round again from the blocks, and a changed block is noticed", async () => {
  const [file, spoilt] = [join(folder, "chain.jsonl"), join(folder, "spoilt.jsonl")];
  const online = await iterum(["replay", "1", "--node", rpc, "--save", file, "--json"]);
  assert.equal(online.code, 0, online.stderr);
  const offline = await iterum(["replay", "1", "--from", file, "--json"]);
  assert.equal(offline.stdout, online.stdout);
  const { rounds } = JSON.parse(offline.stdout) as { rounds: RoundJson[] };
  const [played] = (await json()).rounds;
  assert.deepEqual(rounds[0]?.outcome.results, played?.outcome.results);

  const lines = (await readFile(file, "utf8")).split("\n");
  const busy = lines.findIndex((line) => /"txs":\["[^"]+","/.test(line));
  const block = JSON.parse(lines[busy] ?? "") as { height: string; txs: string[] };
  const changed = JSON.stringify({ ...block, txs: block.txs.slice(0, -1) });
  await writeFile(spoilt, lines.with(busy, changed).join("\n"));
  const refused = await iterum(["replay", "1", "--from", spoilt]);
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, new RegExp(`✗ after height ${block.height} this program has `));
});

test("Ctrl-C ends a net that was kept, with success, and leaves no process and no file", async () => {
  demo.interrupt();
  assert.equal(await demo.exited, 0);
  assert.deepEqual(demo.left(), []);
  assert.equal(existsSync(home), false);
});
