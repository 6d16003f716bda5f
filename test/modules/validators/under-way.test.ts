import assert from "node:assert/strict";
import { test } from "node:test";
import type { ReadCtx } from "#chain/kernel/ctx.ts";
import type { AppState } from "#chain/kernel/genesis.ts";
import { fromJson } from "#chain/proto/json.ts";
import { moduleAddress } from "#chain/protocol/address.ts";
import { errors } from "#modules/validators/errors.ts";
import { isMoving } from "#modules/validators/under-way.ts";
import { type Entry, GenesisState, type Leaving, type Unbonding } from "#proto/gen/iterum/validators.ts";
import { newChain, START_MS, type TestChain } from "#test/kit/chain.ts";
import { says } from "#test/kit/game/refuse.ts";
import { TOKEN } from "#test/kit/genesis.ts";
import { changed } from "../genesis-kit.ts";
import { ann, ben, cancel, cat, dan, delegate, newStaked, redelegate, refuses, undelegate } from "./kit.ts";

const MOST = 5_000;
const EACH = 1_000;
/** Of them, those that end half a minute after genesis. */
const SOON = 2;

const entryOf = (number: number): Entry => ({
  height: 1n,
  endsMs: START_MS + (number <= SOON ? 30_000n : 99_000n),
  initial: 1n,
  balance: 0n,
  shares: 0n,
  number: BigInt(number),
});

/** So many entries on their way out of Ben's stake, all of them slashed to nothing. */
function crowd(entries: number): Pick<GenesisState, "unbondings" | "leavings" | "nextLeaving"> {
  const numbers = Array.from({ length: entries }, (_, i) => i + 1);
  const unbondings: Unbonding[] = [];
  for (let from = 0; from < entries; from += EACH) {
    const delegator = moduleAddress(`crowd ${from}`);
    const own = numbers.slice(from, from + EACH).map(entryOf);
    unbondings.push({ delegator, operator: ben.address, entries: own });
  }
  const leavings: Leaving[] = unbondings.flatMap(({ delegator, operator, entries: own }) =>
    own.map(({ endsMs, number }) => ({ delegator, operator, source: "", endsMs, number })),
  );
  return { unbondings, leavings, nextLeaving: BigInt(entries + 1) };
}

/** A chain on which Cat has staked with Ben and Ann, and so many entries are under way from Ben. */
async function crowded(entries: number): Promise<TestChain> {
  const chain = newStaked();
  await says(chain, cat, delegate(cat, ben, 60n * TOKEN), delegate(cat, ann, 10n * TOKEN));
  const alter = changed("validators", GenesisState)(() => crowd(entries));
  const state: AppState = alter(chain.app.dump());
  return newChain({ members: [], others: [], alter: () => state });
}

test("as much as may be under way from a validator holds its stake until some has ended", async () => {
  const chain = await crowded(MOST - 1);
  await says(chain, cat, undelegate(cat, ben, TOKEN), undelegate(cat, ben, TOKEN));
  const height = chain.height();
  await refuses(
    chain,
    [cat, errors.Crowded, undelegate(cat, ben, TOKEN)],
    [cat, errors.Crowded, redelegate(cat, ben, ann, TOKEN)],
  );
  await says(chain, cat, undelegate(cat, ann, TOKEN));
  await says(chain, cat, cancel(cat, ben, TOKEN, height));
  await refuses(chain, [cat, errors.Crowded, undelegate(cat, ben, TOKEN)]);
  await says(chain, cat, cancel(cat, ben, TOKEN, height));
  await says(chain, cat, redelegate(cat, ben, ann, TOKEN));
  await refuses(chain, [cat, errors.Crowded, undelegate(cat, ben, TOKEN)]);
  await chain.rawBlock([], { lateMs: 30_000n });
  for (let i = 0; i < SOON; i++) await says(chain, cat, undelegate(cat, ben, TOKEN));
  await refuses(chain, [cat, errors.Crowded, undelegate(cat, ben, TOKEN)]);
});

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
