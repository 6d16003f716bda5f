import assert from "node:assert/strict";
import { test } from "node:test";
import { cast, namesOf } from "./cast.ts";
import { commandOf, type Plan, shrink } from "./plan.ts";
import { simulate } from "./simulate.ts";

const plan: Plan = { seed: "small", rounds: 20, mode: "fuzz", games: 3, without: [], isThorough: false };
const people = ["ann", "ben", "cat", "dan"];

test("a plan that fails is made smaller by games, rounds and people while it fails", async () => {
  // Fails by what Ben does in the fifth round, in whatever games.
  const fails = async ({ rounds, without }: Plan): Promise<boolean> =>
    rounds >= 5 && !without.includes("ben");
  const smallest = await shrink(plan, () => people, fails, 100);
  assert.deepEqual(smallest, { ...plan, rounds: 5, games: 1, without: ["ann", "cat", "dan"] });
  const line = "npm run sim -- --seed small --rounds 5 --mode fuzz --games 1 --without ann,cat,dan";
  assert.equal(commandOf(smallest), line);
});

test("looking for a smaller plan ends after so many tries, with the best found", async () => {
  let tries = 0;
  const fails = async (): Promise<boolean> => {
    tries += 1;
    return true;
  };
  const found = await shrink(plan, () => people, fails, 3);
  assert.equal(tries, 3);
  assert.ok(found.games < plan.games || found.rounds < plan.rounds);
});

test("the same plan plays the same way, also without somebody", async () => {
  const without = namesOf(cast(plan)).slice(0, 2);
  const short = { ...plan, rounds: 2, games: 2, without };
  const [once, again] = [await simulate(short), await simulate(short)];
  assert.deepEqual(once, again);
  assert.ok(once.messages > 0);
});
