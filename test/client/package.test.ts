import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { equalBytes } from "#chain/bytes/compare.ts";
import { toHex } from "#chain/bytes/hex.ts";
import { freePort } from "#chain/node/process.ts";
import type { SupervisedNode } from "#chain/node/supervisor.ts";
import { templateId } from "#chain/protocol/template.ts";
import { msgRegisterModel } from "#client/commitments.ts";
import { connect } from "#client/connect.ts";
import { headerHash } from "#client/light/block.ts";
import { LightClient } from "#client/light/client.ts";
import { entries } from "#client/light/entries.ts";
import { rpcSource } from "#client/light/source.ts";
import { signerFromMnemonic } from "#client/signer.ts";
import { responseOf } from "#client/tx.ts";
import { MsgRegisterModelResponse } from "#proto/gen/iterum/commitments.ts";
import { person } from "../kit/accounts.ts";
import { CHAIN_ID, GAME_ID, TOKEN } from "../kit/genesis.ts";
import { makeNet } from "../kit/net.ts";
import { operatorOf, stakedChoice } from "../kit/netns/stake.ts";
import { unprovableTemplate } from "../kit/template.ts";
import { bondGame, inTurn, lmsrGame } from "../modules/markets/kinds-kit.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const execute = promisify(execFile);
/** Runs a program to its end; its failure tells what it said. */
async function run(program: string, args: readonly string[], cwd = root): Promise<string> {
  try {
    return (await execute(program, args, { cwd })).stdout;
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { readonly stdout?: string; readonly stderr?: string };
    throw new Error(`${program} ${args[0]} failed\n${stdout}${stderr}`, { cause: error });
  }
}
const examples = ["send", "follow", "trade", "verified", "delegate"] as const;
const PACE_MS = 150;
type Example = (typeof examples)[number];
const WORDS = `${"abandon ".repeat(11)}about`;

/** A project of somebody who uses the package: all of it is JavaScript, nothing of it is ours. */
let project: string;
let node: SupervisedNode | undefined;
let rpcUrl: string;
let wordsFile: string;
before(async () => {
  project = await mkdtemp(join(tmpdir(), "iterum-package-"));
  wordsFile = join(project, "words.txt");
  await writeFile(wordsFile, WORDS, { mode: 0o600 });
  await install();
  const [account] = await (await signerFromMnemonic(WORDS)).getAccounts();
  assert.ok(account);
  const user = { ...person("user"), address: account.address };
  const alter = inTurn(lmsrGame(), bondGame(700n * TOKEN));
  const choice = { members: [], others: [user], schedule: { firstOpen: 2_000 }, alter };
  const [rpcPort, p2pPort] = [await freePort(), await freePort()];
  const place = { name: "one", host: "127.0.0.1", rpcPort, p2pPort };
  rpcUrl = `http://127.0.0.1:${rpcPort}`;
  const net = await makeNet(project, [place], (keys) => stakedChoice(choice, keys, []), PACE_MS);
  node = await net[0]?.start();
  await (await connect({ rpc: rpcUrl })).above(1n);
});
after(async () => {
  await node?.stop();
  await rm(project, { recursive: true, force: true });
});

/** Builds, packs and unpacks the package among the others that it needs, as an installation would. */
async function install(): Promise<void> {
  const modules = join(project, "node_modules");
  const built = join(project, "built");
  await run(process.execPath, [join(root, "scripts/build-client.mjs"), built]);
  const pack = ["pack", "--offline", "--ignore-scripts", "--silent", "--pack-destination", project];
  const stdout = await run("npm", [...pack, "--cache", join(project, "npm")], built);
  await mkdir(join(modules, "iterum-client"), { recursive: true });
  const tarball = join(project, stdout.trim());
  await run("tar", ["-xzf", tarball, "-C", join(modules, "iterum-client"), "--strip-components=1"]);
  for (const name of await readdir(join(root, "node_modules")))
    if (!name.startsWith(".")) await symlink(join(root, "node_modules", name), join(modules, name));
  await writeFile(join(project, "package.json"), JSON.stringify({ type: "module" }));
  const compilerOptions = {
    ...{ strict: true, target: "es2023", module: "nodenext", rootDir: "examples", outDir: "run" },
    ...{ types: ["node"], skipLibCheck: false },
  };
  await cp(join(root, "docs/examples"), join(project, "examples"), { recursive: true });
  await writeFile(
    join(project, "tsconfig.json"),
    JSON.stringify({ compilerOptions, include: ["examples/*.ts"] }),
  );
}

/** What an example prints under a Node. */
const printed = (example: Example, args: readonly string[], program = process.execPath): Promise<string> =>
  run(program, [`run/${example}.js`, rpcUrl, ...args], project);

test("the examples compile against the package's types, which are right in themselves", async () => {
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const told = await run(process.execPath, [tsc, "-p", project], project).catch(String);
  // Types of other packages are theirs to mend.
  const ours = told.split("\n").filter((line) => /^(?:examples|node_modules\/iterum-client)\//.test(line));
  assert.deepEqual(ours, []);
  const found = (await readdir(join(project, "run"))).sort();
  assert.deepEqual(found, examples.map((name) => `${name}.js`).sort());
});

/** Node as the system has it, where that is another one: the package asks for 20 or newer. */
const programs = async (): Promise<readonly string[]> => {
  const version = await run("node", ["--version"]).catch(() => "");
  const isOther = Number(/^v(\d+)/.exec(version)?.[1]) >= 20 && version.trim() !== process.version;
  return isOther ? [process.execPath, "node"] : [process.execPath];
};

test("an example sends, waits and reads what it wrote", async () => {
  const to = person("paid by an example").address;
  const all = await programs();
  for (const program of all) assert.match(await printed("send", [wordsFile, to], program), /at height \d+/);
  const said = await printed("send", [wordsFile, to]);
  assert.match(said, new RegExp(`${to} holds ${(all.length + 1) / 2} ITER`));
});

test("an example follows a round", async () => {
  const said = await printed("follow", [GAME_ID, "2"]);
  assert.equal([...said.matchAll(/^height \d+: phase \d+, until \d+; \d+ transactions$/gm)].length, 2);
});

test("an example buys shares at the price that it was quoted", async () => {
  const signer = await signerFromMnemonic(WORDS);
  const client = await connect({ rpc: rpcUrl, signer, faster: true });
  const model = { templateId: templateId(unprovableTemplate()), paramsHash: new Uint8Array(32).fill(1) };
  const registered = await client.send([msgRegisterModel({ owner: client.address, ...model })]);
  const { modelId } = responseOf(MsgRegisterModelResponse, registered);
  const said = await printed("trade", [wordsFile, GAME_ID, "1", "1", toHex(modelId)]);
  const [, quoted] = /^10 ITER shares for ([\d.]+ ITER), fee [\d.]+ ITER$/m.exec(said) ?? [];
  assert.equal(/^paid ([\d.]+ ITER)$/m.exec(said)?.[1], quoted, said);
  const [, price = 0] = await client.markets.prices(GAME_ID, 1n);
  client.close();
  assert.ok(price > 500_000);
});

test("an example reads a balance with proof, and again from what it kept", async () => {
  const block = await rpcSource(rpcUrl).block(1n);
  assert.ok(block);
  const to = person("paid by an example").address;
  const args = [to, "1", toHex(headerHash(block.header)), join(project, "kept")];
  const all = await programs();
  for (const program of [all[0], all.at(-1)])
    assert.match(await printed("verified", args, program), /^[\d.]+ ITER at height \d+, \d{4}-/);
  await assert.rejects(printed("verified", [to, "1", "ab".repeat(32)]), /wrongHash|not the one/);
});

test("an example stakes, and headers are verified across the change of the set that it makes", async () => {
  const source = rpcSource(rpcUrl);
  const first = await source.block(1n);
  assert.ok(first);
  const trusted = { height: 1n, hash: toHex(headerHash(first.header)) };
  const said = await printed("delegate", [wordsFile]);
  assert.match(said, /^1 ITER with one$/m);
  const paid = BigInt(/^paid out at height (\d+)$/m.exec(said)?.[1] ?? 0);
  const client = await connect({ rpc: rpcUrl, light: { trusted } });
  const [account] = await (await signerFromMnemonic(WORDS)).getAccounts();
  const stake = entries.delegation(account?.address ?? "", operatorOf("one").address);
  assert.equal((await client.verified(stake, { atLeast: paid })).value?.shares, TOKEN * 10n ** 18n);
  const none = entries.delegation(person("nobody").address, operatorOf("one").address);
  assert.equal((await client.verified(none)).value, undefined);
  const light = await LightClient.open({ chainId: CHAIN_ID, primary: source, trusted });
  const after = await light.header(paid + 1n);
  assert.notDeepEqual(after.validatorsHash, first.header.validatorsHash);
  for (const height of [2n, paid - 1n, paid, paid + 2n]) {
    const block = await source.block(height);
    assert.ok(block && equalBytes(headerHash(block.header), headerHash(await light.header(height))));
  }
});
