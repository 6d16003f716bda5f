import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { toHex } from "#chain/bytes/hex.ts";
import { verifyMerkleProof } from "#chain/merkle/rfc6962.ts";
import { snapshotLeaf } from "#chain/protocol/snapshot.ts";
import { type Holding, placeIn, snapshotOf } from "#client/community.ts";
import { ClientError } from "#client/errors.ts";
import { GenesisState as Community, MsgClaimMembership, Query, Rule } from "#proto/gen/iterum/community.ts";
import { binding, people } from "#test/kit/accounts.ts";
import { newChain, say } from "#test/kit/chain.ts";
import { altered } from "#test/kit/game/alter.ts";
import { ask, says } from "#test/kit/game/refuse.ts";
import { CHAIN_ID, GAME_ID } from "#test/kit/genesis.ts";

const holdings = fc.uniqueArray(
  fc.record({
    ethereumAddress: fc.uint8Array({ minLength: 20, maxLength: 20 }),
    weight: fc.bigInt(1n, (1n << 64n) - 1n),
  }),
  { minLength: 1, maxLength: 30, selector: ({ ethereumAddress }) => toHex(ethereumAddress) },
);

test("every place of a list is proven under the one snapshot that it gives in any order", () => {
  fc.assert(
    fc.property(holdings, (list: readonly Holding[]) => {
      const { root, leaves } = snapshotOf(list);
      assert.deepEqual(snapshotOf(list.toReversed()), { root, leaves });
      for (const { ethereumAddress, weight } of list) {
        const place = placeIn(list, ethereumAddress);
        const leaf = snapshotLeaf(ethereumAddress, weight);
        assert.equal(place.weight, weight);
        assert.ok(verifyMerkleProof(root, leaf, place.leafIndex, leaves, place.aunts));
        const more = snapshotLeaf(ethereumAddress, weight - 1n);
        assert.ok(!verifyMerkleProof(root, more, place.leafIndex, leaves, place.aunts));
      }
      assert.throws(() => placeIn(list, new Uint8Array(19)), ClientError);
    }),
    { numRuns: 60 },
  );
});

test("the chain takes the claims that the client makes of a list", async () => {
  const crowd = people("ann", "ben", "cat", "dan", "eve");
  const list = crowd.map(({ ethereumAddress }, i) => ({ ethereumAddress, weight: BigInt(i + 1) }));
  const rule = { ...Rule.zero(), gameId: GAME_ID, kind: "snapshot/1", weighting: "one/1" };
  const alter = altered("community", Community, (state) => ({
    ...state,
    rules: [{ ...rule, snapshot: snapshotOf(list) }],
  }));
  const chain = newChain({ members: [], others: crowd, alter });
  for (const who of crowd) {
    const terms = { member: who.address, gameId: GAME_ID, signature: binding(who, CHAIN_ID, GAME_ID) };
    await says(chain, who, say(MsgClaimMembership, { ...terms, ...placeIn(list, who.ethereumAddress) }));
  }
  const { total } = ask(chain, Query.rule, { gameId: GAME_ID });
  assert.deepEqual([total?.members, total?.weight], [5n, 5n]);
});
