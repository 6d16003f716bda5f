import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { toHex } from "#chain/bytes/hex.ts";
import type { AppState } from "#chain/kernel/genesis.ts";
import { fromJson } from "#chain/proto/json.ts";
import { bindingStatement, ethereumAddress, signPersonal } from "#chain/protocol/eip191.ts";
import { type Key, openKey } from "#cli/home/keys.ts";
import { homeLayout } from "#cli/home/layout.ts";
import { program } from "#cli/program.ts";
import * as elections from "#modules/elections/api.ts";
import { GenesisState as Community } from "#proto/gen/iterum/community.ts";
import { GenesisState as Elections } from "#proto/gen/iterum/elections.ts";
import { Phase, GenesisState as Rounds } from "#proto/gen/iterum/rounds.ts";
import { GenesisState as Treasury } from "#proto/gen/iterum/treasury.ts";
import { Profit, GenesisState as Vesting } from "#proto/gen/iterum/vesting.ts";
import { people, person } from "#test/kit/accounts.ts";
import { altered } from "#test/kit/game/alter.ts";
import type { DataSet } from "#test/kit/game/items.ts";
import { playUntil } from "#test/kit/game/play.ts";
import { stage } from "#test/kit/game/stage.ts";
import { CHAIN_ID, GAME_ID } from "#test/kit/genesis.ts";
import { startNode } from "#test/kit/node.ts";
import { inTurn } from "../modules/markets/kinds-kit.ts";
import { iterum, withFolder } from "./program.ts";

const gameId = GAME_ID;
const key = { gameId, roundId: 1n };
const olga = person("olga");
const crowd = people("ben", "cat", "dan", "eve", "fay", "gus", "hal");

/** The key `ann` of a new home. */
async function annOf(home: string): Promise<Key> {
  const made = await iterum(["keys", "add", "ann", "--dev", "--home", home]);
  assert.equal(made.code, 0, made.stderr);
  return openKey(homeLayout(home).keys, "ann", async () => "");
}

/** A member that has bound the key's own Ethereum account. */
async function listed(ann: Key) {
  const secret = await ann.ethereumKey();
  const account = ethereumAddress(secret);
  return altered("community", Community, (state) => ({
    ...state,
    members: [
      ...state.members,
      {
        ...{ gameId, address: ann.address, weight: 5n, joinedHeight: 0n, ethereumAddress: account },
        bindingSignature: signPersonal(bindingStatement(CHAIN_ID, gameId, ann.address, account), secret),
      },
    ],
  }));
}

/** Figures by which olga has earned on ben's items what nobody earns by skill. */
const figures = altered("vesting", Vesting, (state) => ({
  ...state,
  rules: [{ gameId, rounds: 4, suspicionMilli: 12_000, commonRoundsMin: 3, holdRounds: 2 }],
  profits: crowd.map(({ address }, i) => ({
    ...Profit.zero(),
    ...{ gameId, operator: olga.address, member: address, rounds: 3, lastRoundId: 3n },
    gained: i === 0 ? 90_000n : BigInt(1_000 + 30 * i),
  })),
}));

const plan = altered("treasury", Treasury, (state) => ({
  ...state,
  plans: [{ gameId, price: 1_000n, periodBlocks: 1_000, feeSharePpm: 100_000 }],
}));

/** The round that runs stays in its phase. */
const standing = altered("rounds", Rounds, (state) => ({
  ...state,
  rounds: state.rounds.map((round) => ({ ...round, ends: round.ends.map((end) => end + 1_000_000n) })),
}));

/** A chain whose first round is in PREDICT, and the label of one of its items that has got out. */
async function leaky(ann: Key) {
  const world = stage({ others: [{ ...person("ann"), address: ann.address }] });
  await playUntil(world, 1n, Phase.PHASE_PREDICT);
  const [seat] = world.chain.read((ctx) => elections.seatsOf(ctx, key));
  const author = world.members.find(({ who }) => who.address === seat?.member);
  assert.ok(seat && author);
  const item = (author.sets.get(1n) as DataSet).items[seat.selected[0] ?? 0];
  assert.ok(item);
  const more = inTurn(standing, figures, plan, await listed(ann));
  const state = more(world.chain.app.dump());
  // The node's own beacon key, and a beacon that begins with its chain.
  const alter = ({ elections: own = {} }: AppState): AppState =>
    altered("elections", Elections, (genesis) => {
      const { beaconKeys } = fromJson(Elections, own);
      return { ...genesis, beaconKeys, beacon: undefined };
    })(state);
  return { alter, leaked: { ...item, member: seat.member } };
}

test("a leak is denounced, a pair suspected, a fee paid and a council voted for from the command line", () =>
  withFolder(async (folder) => {
    const home = join(folder, "h");
    const ann = await annOf(home);
    const { alter, leaked } = await leaky(ann);
    const node = await startNode({ members: [], others: [], alter }, 100);
    try {
      const run = async (...args: readonly string[]): Promise<string> => {
        const { code, stdout, stderr } = await iterum([...args, "--home", home, "--node", node.rpcUrl]);
        assert.equal(code, 0, stderr);
        return stdout;
      };
      const sent = (...args: readonly string[]) => run(...args, "--from", "ann");
      const salt = join(folder, "salt");
      await writeFile(salt, `${toHex(leaked.salt)}\n`);
      const claim = ["denounce", "1", leaked.member, String(leaked.index), String(leaked.label)];
      assert.match(await sent(...claim, "--salt", salt), /in block \d+: bounty 250 ITER$/m);
      const ben = crowd[0]?.address ?? "";
      assert.match(await sent("suspect", olga.address, ben), /are held until round \d+ has ended/);
      const paid = await sent("tx", "pay-fee", olga.address, "2");
      assert.match(paid, /^0\.2 ITER of it to the game's budget$/m);
      await sent("gov", "council", "ann");
      assert.equal(await run("query", "council"), `${ann.address}: 5\n`);
    } finally {
      await node.remove();
    }
  }));

test("a salt that is none is refused before anything is sealed", () =>
  withFolder(async (folder) => {
    const salt = join(folder, "salt");
    const claim = ["denounce", "1", olga.address, "0", "1", "--from", "ann", "--salt", salt];
    for (const text of ["no salt", "ab".repeat(31), "zz".repeat(32)]) {
      await writeFile(salt, text);
      await assert.rejects(program().parseAsync(claim, { from: "user" }), /holds no salt/);
    }
  }));
