import type { ReadCtx } from "#chain/kernel/ctx.ts";
import { mulDiv } from "#chain/math/mul-div.ts";
import * as elections from "#modules/elections/api.ts";
import type { RoundKey } from "#modules/rounds/api.ts";
import { SeatStatus } from "#proto/gen/iterum/elections.ts";
import { correlatedAgreement, type Opinions } from "./agreement.ts";
import { itemList, setsOf, sheetsOf } from "./reads.ts";

const PPM = 1_000_000n;

/** What a member of the committee has earned. */
export interface Earned {
  readonly member: string;
  readonly amount: bigint;
}

/** The members whose every duty is done. */
const dutiful = (ctx: ReadCtx, key: RoundKey): ReadonlySet<string> =>
  new Set(
    elections
      .seatsOf(ctx, key)
      .filter(({ status }) => status === SeatStatus.SEAT_STATUS_OPENED)
      .map(({ member }) => member),
  );

/** Every label that the members have opened, by who gave it. */
function opinionsOf(ctx: ReadCtx, key: RoundKey, members: ReadonlySet<string>): Opinions[] {
  const given = new Map<string, Map<number, number>>([...members].map((member) => [member, new Map()]));
  const places = new Map<string, number>();
  for (const [place, { member, index }] of itemList(ctx, key).items.entries())
    places.set(`${member}/${index}`, place);
  for (const { member, items, labels } of setsOf(ctx, key))
    for (const [i, label] of labels.entries())
      given.get(member)?.set(places.get(`${member}/${items[i]?.index}`) as number, label);
  for (const sheet of sheetsOf(ctx, key))
    for (const [i, label] of sheet.labels.entries())
      given.get(sheet.member)?.set(sheet.places[i] as number, label);
  return [...given].map(([member, labels]) => ({ member, labels }));
}

/**
 * What each member has earned whose every duty is done, at most reward_per_item for each listed item in all.
 * Without a panel the reward for each item that it opened; with one, an equal part of the reward for each
 * label that it gave, times its correlated agreement with the others (design: game.md §4).
 */
export function committeePay(ctx: ReadCtx, key: RoundKey): Earned[] {
  const { rewardPerItem, panel } = elections.electionOf(ctx, key);
  const members = dutiful(ctx, key);
  if (panel === 0)
    return [...setsOf(ctx, key)]
      .filter(({ member }) => members.has(member))
      .map(({ member, items }) => ({ member, amount: rewardPerItem * BigInt(items.length) }));
  const opinions = opinionsOf(ctx, key, members);
  const agreement = correlatedAgreement(opinions);
  const parts = PPM * BigInt(panel + 1);
  return opinions.map(({ member, labels }) => {
    const most = rewardPerItem * BigInt(labels.size);
    return { member, amount: mulDiv(most, agreement.get(member) ?? 0n, parts, "down") };
  });
}
