import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { chainEditions } from "#chain/app/modules.ts";
import type { Edition } from "#chain/kernel/edition.ts";
import { rehearseUpgrade } from "#cli/upgrade/rehearse.ts";
import { people } from "#test/kit/accounts.ts";
import { newChain, type TestChain } from "#test/kit/chain.ts";
import { editions, plannedFor, second, UPGRADE } from "#test/kit/editions.ts";
import { CHAIN_ID } from "#test/kit/genesis.ts";
import { signatures } from "#test/kit/verifier.ts";
import { iterum, withFolder } from "./program.ts";

async function played(): Promise<TestChain> {
  const choice = { members: people("ann", "ben"), others: [], alter: plannedFor(30n) };
  const chain = newChain(choice, { editions });
  await chain.until(12n);
  return chain;
}

const rehearse = (chain: TestChain, known: readonly Edition[], name?: string) =>
  chain.read((ctx) => rehearseUpgrade(known, signatures, ctx, name));

test("a rehearsal says what an upgrade does to real state, and leaves it as it was", async () => {
  const chain = await played();
  const before = JSON.stringify(chain.app.dump());
  const { migrateMs, checkMs, modules, ...found } = rehearse(chain, editions);
  assert.ok(migrateMs >= 0 && checkMs > 0 && found.invariants > 20);
  assert.deepEqual([found.upgrade, found.height, found.broken], [UPGRADE, 30n, []]);
  const rows = new Map(modules.map(({ module, ...row }) => [module, row]));
  assert.deepEqual([...rows.keys()].sort(), ["bank", "count", "upgrade"]);
  assert.deepEqual(rows.get("bank"), { before: 1n, after: 2n, added: 0, changed: 1, removed: 0 });
  assert.deepEqual(rows.get("count"), { before: undefined, after: 1n, added: 1, changed: 0, removed: 0 });
  assert.equal(JSON.stringify(chain.app.dump()), before);
});

test("a migration that is missing, throws or breaks an invariant does not pass a rehearsal", async () => {
  const chain = await played();
  const [first] = editions as readonly [Edition];
  const withMigrations = (migrations: Edition["migrations"]) => [first, { ...second, migrations }];
  const bank = second.migrations.filter(({ module }) => module === "bank");
  assert.deepEqual(rehearse(chain, editions).broken, []);
  assert.throws(() => rehearse(chain, withMigrations([])), {
    name: "CliError",
    message: /^the upgrade fails: .*no migration of bank from version 1$/,
  });
  const throwing = { module: "count", from: 0, run: () => assert.fail("out of bounds") };
  assert.throws(
    () => rehearse(chain, withMigrations([...bank, throwing])),
    /the upgrade fails: out of bounds/,
  );
  const unnamed = second.migrations.map((each) =>
    each.module === "count" ? { ...each, run: second.migrations[0]?.run ?? each.run } : each,
  );
  assert.throws(
    () => rehearse(chain, withMigrations(unnamed)),
    /^CliError: the upgrade fails: item 1 of count/,
  );
  assert.throws(() => rehearse(chain, editions, "nothing"), /this program knows no upgrade "nothing"/);
  assert.throws(() => rehearse(chain, chainEditions, UPGRADE), /this program knows no upgrade "words"/);
});

test("iterum upgrade rehearse reads an export, and says when the program knows no such upgrade", () =>
  withFolder(async (folder) => {
    const file = join(folder, "export.json");
    const chain = await played();
    const genesis = {
      ...{ chain_id: CHAIN_ID, genesis_time: "2026-01-01T00:00:00Z", initial_height: "13" },
      app_state: chain.app.dump(),
    };
    await writeFile(file, JSON.stringify(genesis));
    const { code, stderr } = await iterum(["upgrade", "rehearse", "--export", file]);
    assert.deepEqual([code, stderr], [1, '✗ this program knows no upgrade "words"\n']);
    await writeFile(file, "{}");
    const bad = await iterum(["upgrade", "rehearse", "--export", file]);
    assert.match(bad.stderr, /^✗ .*export\.json is no genesis file of a chain\n$/);
  }));
