import assert from "node:assert/strict";
import { test } from "node:test";
import type { ReadCtx } from "#chain/kernel/ctx.ts";
import { owedIsOutstanding, rewardsAreBacked } from "#modules/distribution/invariants.ts";
import * as validators from "#modules/validators/api.ts";
import { newChain } from "#test/kit/chain.ts";
import { says } from "#test/kit/game/refuse.ts";
import { undelegate } from "../validators/kit.ts";
import { ann, dora, fund, stakedChain, val, vic, withdraw } from "./kit.ts";

/** First bytes of the keys of what each validator has earned, and of the sums. */
const EARNINGS = 3;
const OWED = 7;

/** The same context, which notes the first byte of every key of distribution that is walked over. */
function noting(ctx: ReadCtx, walked: Set<number>, hidden?: number): ReadCtx {
  const { store } = ctx;
  return {
    ...{ chainId: ctx.chainId, height: ctx.height, timeMs: ctx.timeMs },
    store: {
      get: (space, key, id) => store.get(space, key, id),
      *range(space, start, end) {
        for (const entry of store.range(space, start, end)) {
          const [table = 0] = entry[0];
          if (space === "distribution" && table === hidden) continue;
          if (space === "distribution") walked.add(table);
          yield entry;
        }
      },
    },
  };
}

test("what each block verifies of rewards reads sums, however many validators there are", async () => {
  const chain = stakedChain();
  await says(chain, ann, fund(ann, 7n));
  await chain.rawBlock([]);
  const walked = new Set<number>();
  assert.ok(chain.read((ctx) => rewardsAreBacked.holds(noting(ctx, walked))));
  assert.deepEqual([walked.has(OWED), walked.has(EARNINGS)], [true, false]);
  assert.ok(chain.read((ctx) => owedIsOutstanding.holds(noting(ctx, walked))));
  assert.ok(walked.has(EARNINGS), "a look at everything does");
});

test("a sum that is not what validators have to pay is seen", async () => {
  const chain = stakedChain();
  await says(chain, ann, fund(ann, 7n));
  await chain.rawBlock([]);
  const lacking = (hidden: number) => (ctx: ReadCtx) =>
    [rewardsAreBacked, owedIsOutstanding].map(({ holds }) => holds(noting(ctx, new Set(), hidden)));
  assert.deepEqual(chain.read(lacking(OWED)), [false, false]);
  assert.deepEqual(chain.read(lacking(EARNINGS)), [true, false]);
});

test("sums stay right when rewards are paid, a validator goes and a chain goes on elsewhere", async () => {
  const chain = stakedChain();
  await says(chain, ann, fund(ann, 7n));
  await chain.rawBlock([]);
  await says(chain, dora, withdraw(dora, val));
  const state = chain.app.dump();
  const again = newChain({ members: [], others: [], alter: () => state });
  for (const each of [chain, again]) {
    await says(each, vic, undelegate(vic, vic, 100_000_000n));
    await each.rawBlock([], { lateMs: 200_000n });
    await each.rawBlock([]);
    assert.equal(
      each.read((ctx) => validators.validator(ctx, vic.address)),
      undefined,
    );
    assert.deepEqual(
      each.app.invariants().filter(({ holds }) => !holds),
      [],
    );
  }
});
