import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { readBase } from "#cli/genesis/base.ts";
import { bindMember, completeGenesis, gameIdOf } from "#cli/genesis/complete.ts";
import { people } from "#test/kit/accounts.ts";
import { VOCABULARY } from "#test/kit/genesis.ts";
import { refusingVerifier, unprovableTemplate } from "#test/kit/template.ts";
import { iterum, type Ran, withFolder } from "./program.ts";

const CHAIN_ID = "iterum-launch-1";

/** The genesis that a launch begins from: a game with members, and no validators yet. */
async function draft(): Promise<string> {
  const base = await readBase();
  const template = unprovableTemplate();
  const crowd = people("ann", "bob", "cid", "dan", "eve", "fay", "gus");
  const member = ({ address, ethereumKey }: (typeof crowd)[number]) =>
    bindMember(CHAIN_ID, gameIdOf(base), address, ethereumKey);
  const state = completeGenesis(base, {
    chainId: CHAIN_ID,
    templates: {
      setup: { g2: template.srsG2, insecure: true },
      templates: [template],
      verifierCode: refusingVerifier,
    },
    vocabulary: VOCABULARY,
    beaconKeys: [],
    accounts: crowd.map(({ address }) => ({ address, amount: 1_000_000n })),
    members: crowd.map(member),
  });
  const params = { ...base.validators.params };
  const validators = { params: { ...params, unbondingTime: "1814400s", minCommissionRate: "0" } };
  const time = "2026-01-01T00:00:00Z";
  const file = { genesis_time: time, chain_id: CHAIN_ID, initial_height: "1", validators: [] };
  return JSON.stringify({ ...file, app_state: { ...state, validators } });
}

const done = ({ code, stdout, stderr }: Ran): string => {
  assert.equal(code, 0, stderr);
  return stdout;
};

interface Launched {
  readonly validators: readonly { readonly power: string; readonly name: string }[];
}

test("two parties launch a chain: each signs its part, one collects, both take the same genesis", () =>
  withFolder(async (folder) => {
    const from = join(folder, "draft.json");
    await writeFile(from, await draft());
    const parts: string[] = [];
    for (const name of ["left", "right"]) {
      const [home, out] = [join(folder, name), join(folder, `${name}.json`)];
      done(await iterum(["keys", "add", "op", "--home", home, "--dev"]));
      const who = ["--home", home, "--from", "op", "--moniker", name, "--chain-id", CHAIN_ID];
      done(await iterum(["genesis", "gentx", "50", ...who, "--peer", "127.0.0.1:26656", "--out", out]));
      parts.push(out);
    }
    const home = ["--home", join(folder, "left")];
    const out = join(folder, "genesis.json");
    const collect = ["genesis", "collect", ...parts, "--genesis", from, "--out", out, ...home];
    assert.match((await iterum(collect)).stderr, /has no coins in .*: give it some by --fund/);
    const told = done(await iterum([...collect, "--fund", "100"]));
    assert.match(told, /2 founders, SHA-256 [0-9a-f]{64}\npeers: \w+@127\.0\.0\.1:26656,\w+@127/);
    const { validators } = JSON.parse(await readFile(out, "utf8")) as Launched;
    assert.deepEqual(
      validators.map(({ name, power }) => `${name} ${power}`),
      ["left 50", "right 50"],
    );
    assert.match(done(await iterum(["genesis", "take", out, ...home])), /is one of its validators/);
    // Whoever puts a part together for another signs with a wrong key.
    const part = JSON.parse(await readFile(parts[1] ?? "", "utf8")) as Record<string, string>;
    const bytes = Buffer.from(part["transaction"] ?? "", "base64");
    bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 1;
    await writeFile(parts[1] ?? "", JSON.stringify({ ...part, transaction: bytes.toString("base64") }));
    assert.match(
      (await iterum([...collect, "--fund", "100"])).stderr,
      /chain refuses this genesis: unauthorized/,
    );
  }));
