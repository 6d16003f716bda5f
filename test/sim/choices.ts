import type { ReadCtx } from "#chain/kernel/ctx.ts";
import { templateId } from "#chain/protocol/template.ts";
import * as commitments from "#modules/commitments/api.ts";
import { orders } from "#modules/markets/state.ts";
import { MsgVoteCouncil } from "#proto/gen/iterum/elections.ts";
import { MsgTrade } from "#proto/gen/iterum/markets.ts";
import { Phase, type Round } from "#proto/gen/iterum/rounds.ts";
import type { Person } from "#test/kit/accounts.ts";
import { type Said, say } from "#test/kit/chain.ts";
import { modelOf, type Operator } from "#test/kit/game/operator.ts";
import type { Choice, Plan } from "#test/kit/game/play.ts";
import type { Random } from "#test/kit/game/random.ts";
import { registerModel } from "#test/kit/game/say.ts";
import { TOKEN } from "#test/kit/genesis.ts";
import type { Cast } from "./cast.ts";
import { template } from "./games.ts";

const TRADE_CHANCE = 0.08;
const SALE_CHANCE = 0.4;
const LIMIT_CHANCE = 0.4;
const TIGHT_CHANCE = 0.2;
const FIRST_VOTE_CHANCE = 0.7;
const OTHER_VOTE_CHANCE = 0.02;
const WRONG_CHANCE = 0.1;

/** What people may do whenever they like follows from here. */
export interface Whims {
  readonly random: Random;
  /** Whether some say what must be refused. */
  readonly areWild: boolean;
  /** Who has registered its model. */
  readonly registered: Set<string>;
}

type Terms = Pick<MsgTrade, "outcome" | "shares" | "sale" | "costLimit" | "priceLimitPpm">;

/** A purchase or a sale with or without limits; a wrong one sells what the trader has not. */
function termsOf(random: Random, held: readonly bigint[], isWrong: boolean): Terms {
  const outcome = random.int(2);
  const own = held[outcome] ?? 0n;
  if (isWrong) return { outcome, shares: own + 1n, sale: true, costLimit: 0n, priceLimitPpm: 0 };
  const sale = own > 0n && random.chance(SALE_CHANCE);
  const priceLimitPpm = random.chance(LIMIT_CHANCE) ? 50_000 + random.int(900_000) : 0;
  const isTight = random.chance(TIGHT_CHANCE);
  if (sale) {
    const shares = random.pick([own, own / 2n + 1n, 1n]);
    return { outcome, shares, sale, costLimit: isTight ? shares / 2n : 0n, priceLimitPpm };
  }
  const shares = random.pick([1n, 1_000n, TOKEN]) * BigInt(1 + random.int(400));
  // A share costs one at most, and the fee a hundredth of that.
  return { outcome, shares, sale, costLimit: isTight ? shares / 2n : 2n * shares + 10n, priceLimitPpm };
}

const planOf = (
  who: Person,
  step: Choice | "registerModel",
  { gameId, roundId }: Pick<Round, "gameId" | "roundId">,
  said: Said,
  isWrong: boolean,
): Plan => ({ who, step, gameId, roundId, quirk: isWrong ? "wrong" : undefined, said });

/** What one who trades shares says in a block of an open round: its model first, then trades. */
function tradeOf(ctx: ReadCtx, whims: Whims, trader: Operator, round: Round): Plan[] {
  const { random, registered, areWild } = whims;
  const { who } = trader;
  const { gameId, roundId } = round;
  const modelId = modelOf(trader);
  if (!commitments.findModel(ctx, modelId)) {
    if (registered.has(who.address)) return [];
    registered.add(who.address);
    return [
      planOf(who, "registerModel", round, registerModel(who, templateId(template), trader.paramsHash), false),
    ];
  }
  if (!random.chance(TRADE_CHANCE)) return [];
  const isWrong = areWild && random.chance(WRONG_CHANCE);
  const held = orders.get(ctx, [gameId, roundId, who.address])?.shares ?? [];
  const terms = termsOf(random, held, isWrong);
  const said = say(MsgTrade, {
    ...MsgTrade.zero(),
    operator: who.address,
    gameId,
    roundId,
    modelId,
    ...terms,
  });
  return [planOf(who, "trade", round, said, isWrong)];
}

/** Votes for the council: most at once, then now and then another; a wrong one is for a stranger. */
function votesIn(
  { world, strangers }: Cast,
  { random, areWild }: Whims,
  round: Round,
  isNew: boolean,
): Plan[] {
  const { gameId } = round;
  const members = world.members.filter((each) => each.gameId === gameId);
  return members.flatMap(({ who }) => {
    if (!random.chance(isNew ? FIRST_VOTE_CHANCE : OTHER_VOTE_CHANCE)) return [];
    const isWrong = areWild && random.chance(WRONG_CHANCE);
    const nominee = isWrong ? (strangers[0] as Person) : random.pick(members).who;
    const said = say(MsgVoteCouncil, { voter: who.address, gameId, nominee: nominee.address });
    return [planOf(who, "voteCouncil", round, said, isWrong)];
  });
}

/** What people choose to say in the next block. */
export function choices(stage: Cast, whims: Whims, running: readonly Round[], height: bigint): Plan[] {
  const { world, games, traders } = stage;
  const open = running.filter(({ phase }) => phase === Phase.PHASE_OPEN);
  return world.chain.read((ctx) =>
    open.flatMap((round) => {
      const { kind, mechanism } = games.find(({ gameId }) => gameId === round.gameId) ?? {};
      const trades =
        kind === "lmsr/1"
          ? traders
              .filter(({ gameId }) => gameId === round.gameId)
              .flatMap((trader) => tradeOf(ctx, whims, trader, round))
          : [];
      const isNew = round.roundId === 1n && round.openHeight === height;
      return mechanism === "vote" ? [...trades, ...votesIn(stage, whims, round, isNew)] : trades;
    }),
  );
}
