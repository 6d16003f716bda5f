import assert from "node:assert/strict";
import type { AppState } from "#chain/kernel/genesis.ts";
import { moduleAddress } from "#chain/protocol/address.ts";
import * as auth from "#modules/auth/api.ts";
import { GenesisState as Bank } from "#proto/gen/iterum/bank.ts";
import { GenesisState as Community, Rule } from "#proto/gen/iterum/community.ts";
import { Query as Gov, GenesisState as GovState } from "#proto/gen/iterum/gov.ts";
import { type Person, people } from "#test/kit/accounts.ts";
import { newChain, signTx } from "#test/kit/chain.ts";
import { altered } from "#test/kit/game/alter.ts";
import { supply } from "#test/kit/game/money.ts";
import { seeded } from "#test/kit/game/random.ts";
import { ask } from "#test/kit/game/refuse.ts";
import { brisk } from "#test/kit/game/stage.ts";
import { DENOM, GAME_ID } from "#test/kit/genesis.ts";
import { anything } from "./random.ts";

const crowd = people("ann", "ben", "cat", "dan", "eve", "fay");
const listed = crowd.slice(0, 3);
const holders = {
  ...Rule.zero(),
  ...{ gameId: GAME_ID, kind: "holders/1", weighting: "stake/1", stakeCap: 240n },
  ...{ denom: DENOM, threshold: 100n, ageRounds: 0 },
};
/** The listed have locked as much as counts. */
const staked = altered("community", Community, (state) => ({
  ...state,
  rules: [holders],
  members: listed.map(({ address }) => ({
    ...{ gameId: GAME_ID, address, weight: 1n, joinedHeight: 0n },
    ...{ ethereumAddress: new Uint8Array(0), bindingSignature: new Uint8Array(0) },
  })),
  stakes: listed.map(({ address: member }) => ({
    ...{ gameId: GAME_ID, member, settled: 240n, fresh: 0n, freshHeight: 0n },
  })),
}));
const locked = altered("bank", Bank, (state) => ({
  ...state,
  balances: [...state.balances, { address: moduleAddress("community"), denom: DENOM, amount: 720n }],
}));
/** Time for more than a few to vote. */
const slow = altered("gov", GovState, ({ params, ...rest }) => ({
  ...rest,
  params: params && { ...params, votingBlocks: 8 },
}));
const kinds = {
  "listed/1": () => ({ members: listed, others: crowd.slice(3), schedule: brisk, alter: slow }),
  "holders/1": () => ({
    ...{ members: [], others: crowd, schedule: brisk },
    alter: (state: AppState) => slow(locked(staked(state))),
  }),
};

/** The kinds of community that a crowd plays in. */
export type Kind = keyof typeof kinds;
export const kindNames = Object.keys(kinds) as readonly Kind[];

/** Blocks of whatever people say; every invariant is checked after each. Returns how proposals ended. */
export async function play(kind: Kind, seed: string, blocks: number): Promise<Map<number, number>> {
  const random = seeded(seed);
  const chain = newChain(kinds[kind]());
  await chain.until(1n);
  const minted = supply(chain);
  let accepted = 0;
  for (let block = 0; block < blocks; block++) {
    const { proposals } = ask(chain, Gov.proposals, { fromProposalId: 1n, gameId: GAME_ID });
    const open = proposals.filter(({ endsHeight }) => endsHeight > 0n).map(({ proposalId }) => proposalId);
    const speakers = crowd.filter(() => random.chance(0.5));
    const txs = speakers.map((who: Person) => {
      const account = chain.read((ctx) => auth.account(ctx, who.address));
      assert.ok(account);
      const { number, sequence } = account;
      return signTx(who, { number, sequence }, anything(random, who, crowd, { gameId: GAME_ID, open }));
    });
    const { results } = await chain.rawBlock(txs);
    accepted += results.filter(({ code }) => code === 0).length;
    assert.ok(supply(chain) <= minted);
  }
  assert.ok(accepted > blocks / 4, `${accepted} messages accepted`);
  const { proposals } = ask(chain, Gov.proposals, { fromProposalId: 1n, gameId: GAME_ID });
  const ends = new Map<number, number>();
  for (const { status } of proposals) ends.set(status, (ends.get(status) ?? 0) + 1);
  return ends;
}
