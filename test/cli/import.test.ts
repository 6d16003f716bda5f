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
  }));
