import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { ethereumAddress } from "#chain/protocol/eip191.ts";
import { openKey } from "#cli/home/keys.ts";
import { homeLayout } from "#cli/home/layout.ts";
import { snapshotOf } from "#client/community.ts";
import { GenesisState as Community } from "#proto/gen/iterum/community.ts";
import { GenesisState as Gov } from "#proto/gen/iterum/gov.ts";
import { person } from "#test/kit/accounts.ts";
import { altered } from "#test/kit/game/alter.ts";
import { GAME_ID } from "#test/kit/genesis.ts";
import { startNode, type TestNode } from "#test/kit/node.ts";
import { iterum, withFolder } from "./program.ts";

const noPassword = async (): Promise<string> => "";

/** A node of which the key `ann` of a home is the one member; votes last for ever. */
async function nodeOf(home: string): Promise<TestNode> {
  const made = await iterum(["keys", "add", "ann", "--dev", "--home", home]);
  assert.equal(made.code, 0, made.stderr);
  const key = await openKey(homeLayout(home).keys, "ann", noPassword);
  const ann = { ...person("ann"), address: key.address };
  const listed = { gameId: GAME_ID, address: ann.address, weight: 3n, joinedHeight: 0n };
  const unbound = { ethereumAddress: new Uint8Array(0), bindingSignature: new Uint8Array(0) };
  const members = altered("community", Community, (state) => ({
    ...state,
    members: [{ ...listed, ...unbound }],
  }));
  const slow = altered("gov", Gov, ({ params, ...rest }) => ({
    ...rest,
    params: params && { ...params, depositBlocks: 1_000_000, votingBlocks: 1_000_000 },
  }));
  return startNode({ members: [], others: [ann], alter: (state) => slow(members(state)) }, 100);
}

test("a member proposes, deposits, votes and looks at proposals from the command line", () =>
  withFolder(async (folder) => {
    const home = join(folder, "h");
    const node = await nodeOf(home);
    try {
      const run = async (...args: readonly string[]): Promise<string> => {
        const ran = await iterum([...args, "--home", home, "--node", node.rpcUrl]);
        assert.equal(ran.code, 0, ran.stderr);
        return ran.stdout;
      };
      const file = join(folder, "proposal.json");
      const ben = person("ben").address;
      const message = { "@type": "/iterum.community.v1.MsgAddMembers", gameId: GAME_ID };
      await writeFile(file, JSON.stringify({ ...message, members: [{ address: ben, weight: "2" }] }));
      const title = ["--title", "Ben is one of us", "--from", "ann"];
      assert.match(await run("gov", "propose", file, ...title, "--deposit", "1"), /^proposal 1$/m);
      assert.match(await run("query", "proposals"), /1 +│ DEPOSIT .*Ben is one of us/);
      await run("gov", "deposit", "1", "9", "--from", "ann");
      await run("gov", "vote", "1", "yes", "--from", "ann");
      const shown = await run("query", "proposal", "1");
      assert.match(shown, /^Ben is one of us: VOTING$/m);
      assert.match(shown, /^yes 3, no 0, abstain 0, veto 0, of 3$/m);
      assert.ok(shown.includes(`"address": "${ben}"`));
      assert.match(await run("query", "runway"), /^pays for \d+ rounds if each costs all that it locks/m);
      assert.match(await run("query", "standing", "ann"), /^counts 3 now, 3 once all of it is of age$/m);

      const refused = async (...args: readonly string[]) =>
        (await iterum([...args, "--home", home, "--node", node.rpcUrl])).stderr;
      assert.match(await refused("gov", "stake", "5", "--from", "ann"), /nobody locks coins/);
      await writeFile(file, JSON.stringify({ "@type": "/cosmos.bank.v1beta1.MsgSend" }));
      assert.match(
        await refused("gov", "propose", file, ...title, "--deposit", "1"),
        /no message of governance: \/cosmos/,
      );
      await writeFile(file, JSON.stringify({ ...message, surprise: 1 }));
      assert.match(await refused("gov", "propose", file, ...title, "--deposit", "1"), /MsgAddMembers/);
    } finally {
      await node.remove();
    }
  }));

test("a list of holders makes a snapshot, and a line that is none is named", () =>
  withFolder(async (folder) => {
    const file = join(folder, "holders.csv");
    const [ann, ben] = ["ann", "ben"].map((name) => ethereumAddress(person(name).ethereumKey));
    assert.ok(ann && ben);
    const line = (address: Uint8Array, weight: bigint): string =>
      `0x${Buffer.from(address).toString("hex").toUpperCase()},${weight}\n`;
    await writeFile(file, `${line(ann, 5n)}\n${line(ben, 1n)}`);
    const { stdout } = await iterum(["gov", "snapshot", file]);
    const { root, leaves } = snapshotOf([
      { ethereumAddress: ben, weight: 1n },
      { ethereumAddress: ann, weight: 5n },
    ]);
    assert.deepEqual(JSON.parse(stdout), { root: Buffer.from(root).toString("base64"), leaves });
    for (const wrong of [line(ann, 1n) + line(ann, 2n), `${line(ann, 1n)}0x12,1`]) {
      await writeFile(file, wrong);
      const ran = await iterum(["gov", "snapshot", file]);
      assert.deepEqual([ran.code, ran.stderr.includes("holders.csv:2: ")], [1, true]);
    }
  }));
