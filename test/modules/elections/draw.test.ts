import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { utf8 } from "#chain/bytes/utf8.ts";
import { drawsFrom } from "#chain/protocol/draw.ts";
import * as elections from "#modules/elections/api.ts";
import { add, append, placeAt, type Sums, total } from "#modules/elections/fenwick.ts";
import { drawWeighted, type WeightedUrn } from "#modules/elections/sortition.ts";
import { Phase } from "#proto/gen/iterum/rounds.ts";
import { person } from "#test/kit/accounts.ts";
import { member } from "#test/kit/game/member.ts";
import { purse } from "#test/kit/game/money.ts";
import { operator } from "#test/kit/game/operator.ts";
import { playUntil, type World } from "#test/kit/game/play.ts";
import { FEE } from "#test/kit/game/refuse.ts";
import { stage, wordCounter } from "#test/kit/game/stage.ts";
import { GAME_ID, TOKEN } from "#test/kit/genesis.ts";
import { unprovableTemplate } from "#test/kit/template.ts";

const key = { gameId: GAME_ID, roundId: 1n };

/** An urn in memory, its tree made place by place. */
function urnWith(weights: readonly bigint[]): WeightedUrn {
  const tree: bigint[] = [];
  const sums: Sums = {
    get: (place) => tree[place] ?? 0n,
    set: (place, sum) => {
      tree[place] = sum;
    },
  };
  for (const [i, weight] of weights.entries()) append(sums, i + 1, weight);
  return { size: weights.length, sums, weightOf: (place) => weights[place - 1] as bigint };
}

const seatsOf = ({ chain }: World) => chain.read((ctx) => elections.seatsOf(ctx, key));

test("committee and alternates are drawn among those who committed, each once", async () => {
  const world = stage();
  await playUntil(world, 1n, Phase.PHASE_REVEAL_INPUTS, (name) => (name === "ann" ? "silent" : undefined));
  const drawn = seatsOf(world).map(({ member: of }) => of);
  assert.equal(new Set(drawn).size, 4);
  assert.ok(!drawn.includes(person("ann").address));
  assert.deepEqual(
    seatsOf(world).map(({ rank }) => rank),
    [0, 1, 2, 3],
  );
});

test("whoever trades is out of the draw and gets its bond back", async () => {
  const trader = operator("ann", unprovableTemplate(), wordCounter(2));
  const world = stage({ operators: [trader], members: ["ann", "ben", "cat"].map((name) => member(name)) });
  // The same person on both lists has one purse.
  const before = purse(world.chain, trader.who);
  await playUntil(world, 1n, Phase.PHASE_REVEAL_INPUTS);
  const drawn = seatsOf(world).map(({ member: of }) => of);
  assert.ok(!drawn.includes(trader.who.address));
  assert.equal(drawn.length, 2);
  const locked = 400n * TOKEN + 1_200_000n + 100n * TOKEN;
  assert.equal(purse(world.chain, trader.who), before - locked - 4n * FEE);
});

test("who is not drawn gets its bond back at once", async () => {
  const names = ["ann", "ben", "cat", "dan", "eve", "fay", "gil"];
  const world = stage({ members: names.map((name) => member(name)) });
  await playUntil(world, 1n, Phase.PHASE_REVEAL_INPUTS);
  const drawn = new Set(seatsOf(world).map(({ member: of }) => of));
  const idle = world.members.filter(({ who }) => !drawn.has(who.address));
  assert.equal(idle.length, 2);
  for (const { who } of idle) assert.equal(purse(world.chain, who), 10_000n * TOKEN - FEE);
});

test("the draw follows the tickets and never draws anybody twice", () => {
  const urn = urnWith([1n, 3n, 6n]);
  const firsts = [0, 0, 0];
  const rounds = 3_000;
  for (let i = 0; i < rounds; i++) {
    const drawn = drawWeighted(drawsFrom("test", utf8(`draw ${i}`)), urn, 3);
    assert.equal(new Set(drawn).size, 3);
    const first = (drawn[0] as number) - 1;
    firsts[first] = (firsts[first] as number) + 1;
  }
  // Five standard deviations of a binomial of 3,000 draws are below 0.05.
  for (const [i, share] of [0.1, 0.3, 0.6].entries())
    assert.ok(Math.abs((firsts[i] as number) / rounds - share) < 0.05, `${firsts}`);
});

test("a draw of more than there are draws everybody", () => {
  const drawn = drawWeighted(drawsFrom("test", utf8("all")), urnWith([2n, 2n, 0n, 2n, 2n, 2n]), 9);
  assert.deepEqual(
    drawn.toSorted((a, b) => a - b),
    [1, 2, 4, 5, 6],
  );
});

test("a tree finds the place that covers a number, whatever was added and taken away", () => {
  const weights = fc.array(fc.bigInt(0n, 20n), { minLength: 1, maxLength: 70 });
  fc.assert(
    fc.property(
      weights,
      fc.array(fc.tuple(fc.nat(), fc.bigInt(0n, 20n)), { maxLength: 20 }),
      (given, changes) => {
        const { sums, size } = urnWith(given);
        const now = [...given];
        for (const [at, weight] of changes) {
          const i = at % size;
          add(sums, size, i + 1, weight - (now[i] as bigint));
          now[i] = weight;
        }
        const laid = now.flatMap((weight, i) => Array<number>(Number(weight)).fill(i + 1));
        assert.equal(total(sums, size), BigInt(laid.length));
        for (const [at, place] of laid.entries()) assert.equal(placeAt(sums, size, BigInt(at)), place);
      },
    ),
    { numRuns: 100 },
  );
});
