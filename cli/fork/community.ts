import { moduleAddress } from "#chain/protocol/address.ts";
import { Member } from "#proto/gen/iterum/community.ts";
import type { ChainForkChoices } from "./choices.ts";
import { ensureChoice } from "./choices.ts";
import type { States } from "./states.ts";
import type { Work } from "./wind-down.ts";

const STAKES = moduleAddress("community");
const LISTED = "listed/1";
const SNAPSHOT = "snapshot/1";

/**
 * The communities of kept games: who stays keeps its weight and its stake, who goes gets its stake back.
 * Ethereum accounts are bound to a chain's id: everybody binds anew, and who has claimed a place claims anew.
 */
export function forkCommunity(
  { states, purses, report }: Work,
  games: readonly string[],
  { members, dropMembers = [], addMembers = [] }: ChainForkChoices,
  height: bigint,
): States["community"] {
  const { community, rounds } = states;
  const kindOf = (gameId: string): string =>
    community.rules.find((rule) => rule.gameId === gameId)?.kind ?? LISTED;
  const stays = (gameId: string, address: string): boolean =>
    games.includes(gameId) &&
    kindOf(gameId) !== SNAPSHOT &&
    (members === undefined || members.includes(address)) &&
    !dropMembers.includes(address);
  for (const { gameId, member, settled, fresh } of community.stakes) {
    if (stays(gameId, member)) continue;
    const denom = community.rules.find((rule) => rule.gameId === gameId)?.denom ?? "";
    purses.move(STAKES, member, denom, settled + fresh);
    report.pay("members", denom, settled + fresh);
  }
  const kept = community.members.filter(({ gameId, address }) => stays(gameId, address));
  const listed = rounds.games.filter(({ gameId }) => games.includes(gameId) && kindOf(gameId) === LISTED);
  ensureChoice(addMembers.length === 0 || listed.length > 0, "--add-members", "no game lists its members");
  const added = listed.flatMap(({ gameId }) =>
    addMembers
      .filter((address) => !kept.some((each) => each.gameId === gameId && each.address === address))
      .map((address) => ({ ...Member.zero(), gameId, address, weight: 1n, joinedHeight: height })),
  );
  for (const { gameId } of listed) {
    const isEmpty = ![...kept, ...added].some((each) => each.gameId === gameId);
    ensureChoice(!isEmpty, "--members", `nobody is left in the community of ${gameId}`);
  }
  const unbound = kept.filter((each) => each.ethereumAddress.length > 0).length;
  const dropped = community.members.length - kept.length;
  const note = unbound > 0 ? `${unbound} must bind their Ethereum account to the new chain` : "";
  report.tell("members", kept.length + added.length, dropped, note);
  const nothing = new Uint8Array(0);
  return {
    members: [...kept, ...added].map((member) => ({
      ...member,
      ethereumAddress: nothing,
      bindingSignature: nothing,
    })),
    rules: community.rules.filter(({ gameId }) => games.includes(gameId)),
    stakes: community.stakes.filter(({ gameId, member }) => stays(gameId, member)),
    claims: [],
  };
}
