import { addressBytes } from "#chain/protocol/address.ts";
import { denouncementHash } from "#chain/protocol/panel.ts";
import { setsOf } from "#modules/commitments/api.ts";
import { MsgCommitData } from "#proto/gen/iterum/commitments.ts";
import { MsgPlaceOrder } from "#proto/gen/iterum/markets.ts";
import { Phase, type Round } from "#proto/gen/iterum/rounds.ts";
import type { Person } from "#test/kit/accounts.ts";
import { say } from "#test/kit/chain.ts";
import type { Item } from "#test/kit/game/items.ts";
import type { Deed, Plan, World } from "#test/kit/game/play.ts";
import type { Random } from "#test/kit/game/random.ts";
import { denounce, sealDenouncement } from "#test/kit/game/say.ts";
import { CHAIN_ID, TOKEN } from "#test/kit/genesis.ts";
import type { Cast } from "./cast.ts";

const REPEAT_CHANCE = 0.3;
const FOREIGN_CHANCE = 0.03;
const LEAK_CHANCE = 0.08;
const SLANDER_CHANCE = 0.02;

/** What the hostile know and have under way. */
export interface Hostility {
  readonly random: Random;
  /** Deeds that the chain took: said again they must come to nothing. */
  readonly done: { readonly who: Person; readonly deed: Deed }[];
  /** The label that the spy has sealed a claim to know, by game: a later claim would replace it. */
  readonly claims: Map<string, { readonly round: Round; readonly author: Person; readonly item: Item }>;
}

const planOf = (
  who: Person,
  step: Plan["step"],
  { gameId, roundId }: Pick<Round, "gameId" | "roundId">,
  said: Plan["said"],
): Plan => ({ who, step, gameId, roundId, quirk: undefined, said });

/** An order again may be another order, once larger bounds have taken its slot. */
const repeatable = (step: Plan["step"]): boolean => step !== "placeOrder" && step !== "submitProof";

/** Says again, by its own author, what the chain has taken. */
function repeat({ random, done }: Hostility, running: readonly Round[]): Plan[] {
  const own = done.filter(
    ({ deed }) => repeatable(deed.step) && running.some((r) => r.gameId === deed.gameId),
  );
  if (own.length === 0 || !random.chance(REPEAT_CHANCE)) return [];
  const { who, deed } = random.pick(own);
  return [planOf(who, "repeat", deed, deed.said)];
}

/** Somebody who is not of the game commits data to it, or trades by a model that nobody has. */
function foreign({ random }: Hostility, thief: Person, { gameId, roundId, phase }: Round): Plan[] {
  if (phase !== Phase.PHASE_OPEN || !random.chance(FOREIGN_CHANCE)) return [];
  const where = { gameId, roundId };
  const data = say(MsgCommitData, { member: thief.address, ...where, root: random.bytes(32), count: 3 });
  // In a market of shares it would be another wrong thing to say, and no less refused.
  const order = { ...MsgPlaceOrder.zero(), operator: thief.address, ...where, modelId: random.bytes(32) };
  const said = random.chance(0.5) ? data : say(MsgPlaceOrder, { ...order, bound: 60n * TOKEN });
  return [planOf(thief, "foreign", where, said)];
}

/** A label of an opened set that its author has told the spy. */
function leakOf(world: World, { random }: Hostility, round: Round) {
  const sets = world.chain.read((ctx) => [...setsOf(ctx, round)]).filter(({ labels }) => labels.length === 0);
  const set = sets.length > 0 ? random.pick(sets) : undefined;
  const author = world.members.find(
    ({ who, gameId }) => who.address === set?.member && gameId === round.gameId,
  );
  const item = author?.sets.get(round.roundId)?.items[set?.items[0]?.index ?? 0];
  return author && item ? { round, author: author.who, item } : undefined;
}

const isBefore = (phase: Phase, last: Phase): boolean => phase >= Phase.PHASE_LABEL && phase <= last;

/** Seals a claim to a leaked label, and shows it in a later block; or claims what is not so. */
function inform(world: World, hostility: Hostility, spy: Person, round: Round): Plan[] {
  const { random, claims } = hostility;
  const { gameId, phase } = round;
  const claim = claims.get(gameId);
  if (claim && claim.round.roundId === round.roundId && isBefore(phase, Phase.PHASE_OPEN_PREDICTIONS)) {
    claims.delete(gameId);
    const { index, label, salt } = claim.item;
    const leaked = { member: claim.author.address, index, label, salt };
    return [planOf(spy, "denounce", round, denounce(spy, round, leaked))];
  }
  // A claim that is sealed in the last block before labels may open comes too late to be shown.
  if (!claim && isBefore(phase, Phase.PHASE_PREDICT) && random.chance(LEAK_CHANCE)) {
    const leak = leakOf(world, hostility, round);
    if (!leak) return [];
    claims.set(gameId, leak);
    const { index, label, salt } = leak.item;
    const ref = { chainId: CHAIN_ID, gameId, roundId: round.roundId };
    const leaked = { member: addressBytes(leak.author.address), index, label, salt };
    return [
      planOf(
        spy,
        "seal",
        round,
        sealDenouncement(spy, denouncementHash(ref, addressBytes(spy.address), leaked), gameId),
      ),
    ];
  }
  const victim = world.members.find((each) => each.gameId === gameId)?.who;
  if (!victim || !random.chance(SLANDER_CHANCE)) return [];
  const leaked = {
    member: victim.address,
    index: random.int(6),
    label: random.int(2),
    salt: random.bytes(32),
  };
  return [planOf(spy, "slander", round, denounce(spy, round, leaked))];
}

/** What the hostile say in the next block. */
export function attacks({ world, strangers }: Cast, hostility: Hostility, running: readonly Round[]): Plan[] {
  const [spy, thief] = strangers as readonly [Person, Person];
  return [
    ...repeat(hostility, running),
    ...running.flatMap((round) => [
      ...foreign(hostility, thief, round),
      ...inform(world, hostility, spy, round),
    ]),
  ];
}
