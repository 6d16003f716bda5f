import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { people } from "#test/kit/accounts.ts";
import { newChain } from "#test/kit/chain.ts";
import { CHAIN_ID } from "#test/kit/genesis.ts";
import { iterum, withFolder } from "./program.ts";

test("iterum import makes a home that goes on from an export, and refuses one that was changed", () =>
  withFolder(async (folder) => {
    const chain = newChain({ members: people("ann", "ben"), others: [] });
    await chain.until(12n);
    const genesis = {
      ...{ chain_id: CHAIN_ID, genesis_time: "2026-01-01T00:00:00Z", initial_height: "13" },
      app_state: chain.app.dump(),
    };
    const [file, home] = [join(folder, "export.json"), join(folder, "home")];
    const without = { ...genesis, app_state: { ...genesis.app_state, upgrade: {} } };
    await writeFile(file, JSON.stringify(without));
    const changed = await iterum(["import", file, "--home", home]);
    assert.match(changed.stderr, /^✗ .* is not what a chain that begins with it would export/);
    await writeFile(file, JSON.stringify(genesis));
    const made = await iterum(["import", file, "--home", home]);
    assert.equal(made.code, 0, made.stderr);
    assert.match(made.stdout, /iterum-test goes on at height 13\n.*no validator's of this chain/);
    const written = await readFile(join(home, "cometbft/config/genesis.json"), "utf8");
    assert.deepEqual(JSON.parse(written), genesis);

    // The home that was made stands for the one that voted at the next height before it was stopped.
    const [key, signed] = ["config/priv_validator_key.json", "data/priv_validator_state.json"] as const;
    const inComet = (of: string, path: string) => join(of, "cometbft", path);
    const last = JSON.stringify({ height: "13", round: 0, step: 2, signature: "AA==", signbytes: "AA" });
    await writeFile(inComet(home, signed), last);
    const next = join(folder, "next");
    const taken = await iterum(["import", file, "--home", next, "--keys-from", home]);
    assert.equal(taken.code, 0, taken.stderr);
    assert.match(taken.stderr, /has signed at height 13 of iterum-test already/);
    assert.equal(await readFile(inComet(next, signed), "utf8"), last);
    assert.equal(await readFile(inComet(next, key), "utf8"), await readFile(inComet(home, key), "utf8"));

    const other = join(folder, "other");
    const settings = await readFile(join(home, "iterum.json"), "utf8");
    await writeFile(join(home, "iterum.json"), settings.replace(CHAIN_ID, "iterum-else"));
    const renamed = await iterum(["import", file, "--home", other, "--keys-from", home]);
    assert.equal(renamed.code, 0, renamed.stderr);
    const { height } = JSON.parse(await readFile(inComet(other, signed), "utf8")) as { height: string };
    assert.equal(height, "0", "what was signed for one chain binds nobody on another");
  }));
