import assert from "node:assert/strict";
import { errors } from "#modules/validators/errors.ts";
import { newChain } from "#test/kit/chain.ts";
import { says } from "#test/kit/game/refuse.ts";
import { TOKEN } from "#test/kit/genesis.ts";
import { staked } from "#test/kit/staked.ts";
import { doubleSigned } from "../../modules/slashing/kit.ts";
import { crowd, LEAVERS_MAX, many } from "../../modules/validators/crowd.ts";
import { ann, ben, cat, dan, eve, redelegate, undelegate } from "../../modules/validators/kit.ts";
import type { Chapter } from "./chapter.ts";

const DUST = 5n;

/**
 * As much is on its way out of Ann's validator as may be. Larger stake takes the places of smaller, then Ann
 * has signed twice: what has left or moved away since is slashed too, and all of it is paid out in its time.
 */
async function work(): Promise<void> {
  const stake = staked([
    {
      who: ann,
      stakes: [
        [ann, 100n * TOKEN],
        [cat, 40n * TOKEN],
        [dan, 30n * TOKEN],
      ],
    },
    { who: ben, stakes: [[ben, 50n * TOKEN]] },
  ]);
  const full = crowd(ann, many(LEAVERS_MAX, DUST), { count: 10, to: ben });
  const alter = (state: Parameters<typeof stake>[0]) => full(stake(state));
  const chain = newChain({ members: [ann, ben], others: [cat, dan, eve], alter }, { twin: false });
  await chain.until(3n);
  await says(chain, cat, undelegate(cat, ann, 5n * TOKEN));
  await says(chain, cat, undelegate(cat, ann, DUST + 1n));
  const [refused] = await chain.block([cat, undelegate(cat, ann, DUST)]);
  assert.deepEqual([refused?.codespace, refused?.code], ["validators", errors.Crowded.code]);
  await says(chain, dan, redelegate(dan, ann, ben, 20n * TOKEN));
  await says(chain, dan, undelegate(dan, ben, 6n * TOKEN));
  await chain.rawBlock([], { evidence: [doubleSigned(ann, 3n, 170n)] });
  for (let i = 0; i < 40; i++) await chain.rawBlock([], { lateMs: 3_000n });
}

/** A validator that everybody leaves at once. */
export const crowdedChapters: readonly Chapter[] = [{ name: "crowded", work }];
