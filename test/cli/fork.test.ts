import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { appStateOf, readBase, typedGenesis } from "#cli/genesis/base.ts";
import { type ForkChoices, forkGenesis } from "#cli/genesis/fork.ts";
import { rehearse } from "#cli/genesis/rehearse.ts";
import { refusingVerifier, unprovableTemplate } from "#test/kit/template.ts";
import { iterum, withFolder } from "./program.ts";

const REWARD = `{
  "item": {"use": true, "label": item.authorLabel, "weight": 1},
  "score": 1000000 * items.count(i, i.top == i.label) / items.size()
}`;

test("a fork has its own game, token, labels, phases and money, and all else of its origin", async () => {
  const origin = appStateOf(await readBase());
  const { appState, changes } = forkGenesis(origin, {
    ...{ gameId: "mood", title: "How does it sound?", token: "Good", classes: 3 },
    schedule: new Map([["open", 90]]),
    election: new Map([["committee", 8]]),
    budget: 7_000_000n,
    liquidity: 500_000_000n,
  });
  const text = JSON.stringify(appState);
  assert.doesNotMatch(text, /"spam"|"uiter"/);
  assert.deepEqual(
    changes.map(({ what, after }) => `${what}: ${after}`),
    [
      ...["game: mood", "token: ugood", "title: How does it sound?", "classes: 3", "schedule open: 90"],
      ...["election committee: 8", "budget: 7000000", "liquidity: 500000000", "least deposit: 25000000"],
      ...["greatest deposit: 250000000", "least liquidity: 50000000"],
    ],
  );
  assert.deepEqual(Object.keys(appState), Object.keys(origin));
  assert.deepEqual(forkGenesis(origin, {}), { appState: origin, changes: [] });
});

test("iterum fork writes a game that a chain has begun with, and says what it changed", () =>
  withFolder(async (folder) => {
    const [out, reward] = [join(folder, "mood.json"), join(folder, "reward.cel")];
    await writeFile(reward, REWARD);
    const ran = await iterum(["fork", out, "--game", "mood", "--reward", reward, "--schedule", "open=90"]);
    assert.equal(ran.code, 0, ran.stderr);
    assert.match(ran.stdout, /│ schedule open +│ 70 +│ 90 +│/);
    assert.match(ran.stdout, /next: iterum init --genesis/);
    const { rewards, rounds } = await readBase(out);
    assert.equal(rounds.games[0]?.schedule?.open, 90);
    assert.equal(rewards.rules[0]?.builtin, "");
    assert.ok(rewards.rules[0]?.program);
    const again = await iterum(["fork", out]);
    assert.deepEqual([again.code, again.stderr], [1, `✗ there is something at ${out} already\n`]);
  }));

test("a choice that makes no game, or that the chain refuses, is told", async () => {
  const origin = appStateOf(await readBase());
  const template = unprovableTemplate();
  const templates = {
    setup: { g2: template.srsG2, insecure: true },
    templates: [template],
    verifierCode: refusingVerifier,
  };
  const fork = async (choices: ForkChoices): Promise<void> =>
    rehearse(typedGenesis(forkGenesis(origin, choices).appState, "fork.json"), templates);
  await fork({ token: "Good", schedule: new Map([["open", 90]]) });
  const refusals: readonly (readonly [ForkChoices, RegExp])[] = [
    [{ schedule: new Map([["open", 3]]) }, /^the chain refuses this genesis: .*open=3 afterClose=\d+/],
    [{ schedule: new Map([["opn", 3]]) }, /^schedule has no "opn": it has firstOpen, open, /],
    [{ election: new Map([["committee", 0]]) }, /^the chain refuses this genesis: /],
    [{ reward: { builtin: "nope/1" } }, /^the chain refuses this genesis: .*builtin=nope\/1/],
    [{ token: "a b" }, /^a token's name has 3 to 12 letters, not "a b"/],
  ];
  for (const [choices, message] of refusals)
    await assert.rejects(fork(choices), { name: "CliError", message });
});
