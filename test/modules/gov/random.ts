import { AUTHORITY } from "#chain/protocol/authority.ts";
import { MsgAddMembers, MsgRemoveMembers, MsgStake, MsgUnstake } from "#proto/gen/iterum/community.ts";
import { MsgDeposit, VoteOption } from "#proto/gen/iterum/gov.ts";
import {
  MsgDonate,
  MsgPayFee,
  MsgPayout,
  MsgSetPlan,
  MsgSubscribe,
  MsgUnsubscribe,
} from "#proto/gen/iterum/treasury.ts";
import type { Person } from "#test/kit/accounts.ts";
import { type Said, say } from "#test/kit/chain.ts";
import { propose, vote } from "#test/kit/game/govern.ts";
import type { Random } from "#test/kit/game/random.ts";
import { TOKEN } from "#test/kit/genesis.ts";

/** What somebody of a crowd may say next, right or wrong, by chance alone. */
export function anything(
  random: Random,
  who: Person,
  crowd: readonly Person[],
  { gameId, open }: { readonly gameId: string; readonly open: readonly bigint[] },
): Said {
  const other = random.pick(crowd).address;
  const amount = BigInt(random.pick([0, 1, 99, 100, 101, 250, 1_000_000, 5_000_000]));
  const proposalId = open.length > 0 ? random.pick(open) : 1n;
  const option = random.pick(Object.values(VoteOption));
  const sayings: readonly (() => Said)[] = [
    () => vote(who, proposalId, option),
    ...open.map(() => () => vote(who, proposalId)),
    ...open.map(() => () => vote(who, proposalId)),
    () =>
      propose(who, decisions(random, other, gameId), { gameId, deposit: random.pick([TOKEN, 10n * TOKEN]) }),
    () => say(MsgDeposit, { depositor: who.address, proposalId, amount: amount * 4n }),
    () => say(MsgStake, { member: who.address, gameId, amount }),
    () => say(MsgStake, { member: who.address, gameId, amount: 120n }),
    () => say(MsgUnstake, { member: who.address, gameId, amount }),
    () => say(MsgSubscribe, { subscriber: who.address, gameId, priceMax: amount }),
    () => say(MsgUnsubscribe, { subscriber: who.address, gameId }),
    () => say(MsgDonate, { sender: who.address, gameId, amount }),
    () => say(MsgPayFee, { payer: who.address, gameId, payee: other, amount }),
  ];
  return random.pick(sayings)();
}

/** Messages that a proposal carries: one of them may fail, and then none has any effect. */
function decisions(random: Random, other: string, gameId: string): Said[] {
  const authority = AUTHORITY;
  const plan = { gameId, price: 100n, periodBlocks: 1 + random.int(3), feeSharePpm: random.int(500_001) };
  const messages: readonly (() => Said)[] = [
    () =>
      say(MsgAddMembers, {
        authority,
        gameId,
        members: [{ address: other, weight: BigInt(1 + random.int(9)) }],
      }),
    () => say(MsgRemoveMembers, { authority, gameId, addresses: [other] }),
    () =>
      say(MsgPayout, {
        authority,
        gameId,
        to: other,
        amount: BigInt(1 + random.int(9)) * TOKEN,
        purpose: "",
      }),
    () => say(MsgSetPlan, { authority, plan }),
  ];
  return Array.from({ length: 1 + random.int(2) }, () => random.pick(messages)());
}
