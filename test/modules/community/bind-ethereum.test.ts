import assert from "node:assert/strict";
import { test } from "node:test";
import * as community from "#modules/community/api.ts";
import { errors as communityErrors } from "#modules/community/errors.ts";
import { binding, type Person, people } from "#test/kit/accounts.ts";
import { newChain } from "#test/kit/chain.ts";
import { unbound } from "#test/kit/game/alter.ts";
import { refuses, says } from "#test/kit/game/refuse.ts";
import { bindEthereum } from "#test/kit/game/say.ts";
import { CHAIN_ID, GAME_ID } from "#test/kit/genesis.ts";

const [ann, ben, olga] = people("ann", "ben", "olga") as [Person, Person, Person];

const chainOf = () => newChain({ members: [ann, ben], others: [olga], alter: unbound(ann) });

const ethereumOf = (chain: ReturnType<typeof newChain>, who: Person) =>
  chain.read((ctx) => community.findMember(ctx, GAME_ID, who.address))?.ethereumAddress;

test("a member binds the Ethereum account that signed for it", async () => {
  const chain = chainOf();
  assert.equal(ethereumOf(chain, ann)?.length, 0);
  await says(chain, ann, bindEthereum(ann, binding(ann, CHAIN_ID, GAME_ID)));
  assert.deepEqual(ethereumOf(chain, ann), ann.ethereumAddress);
});

test("a binding is refused from strangers, twice, and without the Ethereum account's words", async () => {
  const chain = chainOf();
  const good = binding(ann, CHAIN_ID, GAME_ID);
  const altered = good.slice();
  altered[10] = (altered[10] ?? 0) ^ 1;
  await refuses(
    chain,
    [olga, communityErrors.NotMember, bindEthereum(olga, binding(olga, CHAIN_ID, GAME_ID))],
    [ben, communityErrors.AlreadyBound, bindEthereum(ben, binding(ben, CHAIN_ID, GAME_ID))],
    [ann, communityErrors.BadBinding, bindEthereum(ann, altered)],
    [ann, communityErrors.BadBinding, bindEthereum(ann, good.subarray(1))],
    [
      ann,
      communityErrors.BadBinding,
      bindEthereum(ann, good, { ethereumAddress: ann.ethereumAddress.subarray(1) }),
    ],
    [ann, communityErrors.BadBinding, bindEthereum(ann, binding(ben, CHAIN_ID, GAME_ID))],
    [ann, communityErrors.BadBinding, bindEthereum(ann, binding(ann, "another-chain", GAME_ID))],
    [ann, communityErrors.BadBinding, bindEthereum(ann, binding(ann, CHAIN_ID, "another-game"))],
    [ann, communityErrors.BadBinding, bindEthereum(ann, good, { ethereumAddress: ben.ethereumAddress })],
  );
});
