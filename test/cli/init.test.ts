import assert from "node:assert/strict";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { storeSpaces } from "#chain/app/modules.ts";
import { App } from "#chain/app.ts";
import type { AppState } from "#chain/kernel/genesis.ts";
import { homePaths } from "#chain/node/config.ts";
import { memoryStore } from "#chain/store/memory.ts";
import { noProofs } from "#test/kit/chain.ts";
import { signatures as verifier } from "#test/kit/verifier.ts";
import { iterum, type Ran, withFolder } from "./program.ts";

interface GenesisFile {
  readonly chain_id: string;
  readonly validators: readonly {
    readonly address: string;
    readonly pub_key: { readonly value: string };
    readonly power: string;
  }[];
  readonly app_state: AppState;
}

const done = Promise.withResolvers<void>();
let home = "";
let ran: Ran;
let removed: Promise<void>;

before(async () => {
  const made = Promise.withResolvers<void>();
  removed = withFolder(async (folder) => {
    home = join(folder, "home");
    ran = await iterum(["init", "--home", home, "--chain-id", "iterum-init-1", "--rpc-port", "30001"]);
    made.resolve();
    await done.promise;
  });
  await Promise.race([made.promise, removed]);
  assert.equal(ran.code, 0, ran.stderr);
});
after(async () => {
  done.resolve();
  await removed;
});

const genesis = async (): Promise<GenesisFile> =>
  JSON.parse(await readFile(homePaths(home).genesis, "utf8")) as GenesisFile;

function newApp(): App {
  return new App({
    store: memoryStore({ spaces: storeSpaces }),
    proofs: noProofs,
    signatures: verifier,
    invariants: "full",
  });
}

test("init says what it made and what about it is insecure", () => {
  assert.match(ran.stdout, /home .*home: chain iterum-init-1, 14 accounts, 12 members\nnext: iterum start/);
  assert.match(ran.stderr, /INSECURE reference string/);
  assert.match(ran.stderr, /development keys, not encrypted/);
});

test("the chain accepts the genesis of init, whole, and gives the same out again", async () => {
  const { app_state: appState, chain_id: chainId } = await genesis();
  const app = newApp();
  const at = { chainId, timeMs: 1_780_000_000_000n, initialHeight: 1n };
  const { validators: begun } = await genesis();
  const validators = begun.map(({ pub_key, power }) => ({
    publicKey: new Uint8Array(Buffer.from(pub_key.value, "base64")),
    power: BigInt(power),
  }));
  const first = app.initChain({ ...at, appState, validators });
  assert.deepEqual(first.validators, validators, "consensus begins with the validator that is staked");
  const again = newApp().initChain({ ...at, appState: app.dump() });
  assert.deepEqual(again, first);
});

test("genesis has the templates, a vocabulary, the members, and the validator's beacon key", async () => {
  const { app_state: state, validators } = await genesis();
  const { templates } = state["proofs"] as { templates: { name: string }[] };
  assert.deepEqual(templates.map(({ name }) => name).sort(), ["lr-64", "mlp-64-4"]);
  const { rules } = state["commitments"] as { rules: { featurizer: { tokens: string[] } }[] };
  assert.equal(new Set(rules[0]?.featurizer.tokens).size, 64);
  assert.equal((state["community"] as { members: unknown[] }).members.length, 12);
  const { beaconKeys } = state["elections"] as { beaconKeys: { validator: string }[] };
  const address = Buffer.from(validators[0]?.address ?? "", "hex").toString("base64");
  assert.deepEqual(
    beaconKeys.map(({ validator }) => validator),
    [address],
  );
});

test("nobody else may read keys and members' rows", async () => {
  const secret = [
    "beacon.key",
    "cometbft/config/priv_validator_key.json",
    "cometbft/config/node_key.json",
    ...(await readdir(join(home, "keys"))).map((name) => `keys/${name}`),
    ...(await readdir(join(home, "rows"))).filter((n) => n !== "public.tsv").map((n) => `rows/${n}`),
  ];
  assert.equal(secret.length, 3 + 14 + 12);
  for (const file of secret) assert.equal((await stat(join(home, file))).mode & 0o077, 0, file);
});

test("init leaves a home that is there already as it is", async () => {
  const before = await readFile(homePaths(home).genesis, "utf8");
  const { code, stderr } = await iterum(["init", "--home", home]);
  assert.equal(code, 1);
  assert.match(stderr, /is the home of a node already/);
  assert.equal(await readFile(homePaths(home).genesis, "utf8"), before);
});
