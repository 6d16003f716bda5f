import assert from "node:assert/strict";
import { test } from "node:test";
import type { ReadCtx } from "#chain/kernel/ctx.ts";
import { fromJson } from "#chain/proto/json.ts";
import { errors } from "#modules/validators/errors.ts";
import { isMoving } from "#modules/validators/under-way.ts";
import { GenesisState } from "#proto/gen/iterum/validators.ts";
import { newChain, type TestChain } from "#test/kit/chain.ts";
import { says } from "#test/kit/game/refuse.ts";
import { TOKEN } from "#test/kit/genesis.ts";
import { ann, ben, cancel, cat, dan, delegate, newStaked, redelegate, refuses, undelegate } from "./kit.ts";

test("what is under way is counted, after an export too, and down to nothing", async () => {
  const chain = newStaked();
  await says(chain, cat, delegate(cat, ben, 60n * TOKEN));
  await says(chain, cat, undelegate(cat, ben, TOKEN), redelegate(cat, ben, ann, TOKEN));
  await says(chain, cat, undelegate(cat, ben, TOKEN));
  const state = chain.app.dump();
  const again = newChain({ members: [], others: [], alter: () => state });
  for (const each of [chain, again]) {
    await says(each, cat, redelegate(cat, ben, ann, TOKEN));
    const counted = () => each.app.invariants().filter(({ holds }) => !holds);
    assert.deepEqual(counted(), []);
    await each.rawBlock([], { lateMs: 200_000n });
    assert.deepEqual(counted(), []);
    const { unbondings, redelegations } = fromJson(GenesisState, each.app.dump()["validators"] ?? {});
    assert.deepEqual([unbondings, redelegations], [[], []]);
  }
});

test("what is staked again leaves nothing in the queue of what ends", async () => {
  const chain = newStaked();
  await says(chain, cat, delegate(cat, ben, 60n * TOKEN));
  const queue = (): readonly bigint[] =>
    fromJson(GenesisState, chain.app.dump()["validators"] ?? {}).leavings.map(({ number }) => number);
  const idle = queue();
  await says(chain, cat, undelegate(cat, ben, 2n * TOKEN));
  const height = chain.height();
  await says(chain, cat, cancel(cat, ben, TOKEN, height));
  assert.equal(queue().length, idle.length + 1);
  await says(chain, cat, cancel(cat, ben, TOKEN, height));
  assert.deepEqual(queue(), idle);
});

/** Whether Cat's stake with Ann stands for another validator, asked where no table can be walked over. */
const moving = (chain: TestChain): boolean =>
  chain.read(({ store, chainId, height, timeMs }: ReadCtx) => {
    const range = (): never => assert.fail("a walk costs what the block has changed, and no gas for it");
    const get: ReadCtx["store"]["get"] = (space, key, id) => store.get(space, key, id);
    return isMoving({ store: { get, range }, chainId, height, timeMs }, cat.address, ann.address);
  });

test("stake that came from several validators moves on when the last of it has stood its time", async () => {
  const stakes = [ann, ben, dan].map((who) => ({ who, stakes: [[who, 50n * TOKEN]] as const }));
  const chain = newStaked(stakes);
  await says(chain, cat, delegate(cat, ben, 9n * TOKEN), delegate(cat, dan, 9n * TOKEN));
  assert.equal(moving(chain), false);
  await says(chain, cat, redelegate(cat, ben, ann, TOKEN), redelegate(cat, ben, ann, TOKEN));
  await chain.rawBlock([], { lateMs: 50_000n });
  await says(chain, cat, redelegate(cat, dan, ann, TOKEN));
  assert.equal(moving(chain), true);
  await chain.rawBlock([], { lateMs: 50_000n });
  await refuses(chain, [cat, errors.Moving, redelegate(cat, ann, ben, TOKEN)]);
  assert.equal(moving(chain), true);
  await chain.rawBlock([], { lateMs: 50_000n });
  assert.equal(moving(chain), false);
  await says(chain, cat, redelegate(cat, ann, ben, TOKEN));
});
