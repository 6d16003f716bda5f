import assert from "node:assert/strict";
import type { AppState } from "#chain/kernel/genesis.ts";
import { moduleAddress } from "#chain/protocol/address.ts";
import * as markets from "#modules/markets/api.ts";
import { lmsr } from "#modules/markets/lmsr/kind.ts";
import { GenesisState as Bank } from "#proto/gen/iterum/bank.ts";
import { GenesisState as Markets, Order, OrderStatus, Query } from "#proto/gen/iterum/markets.ts";
import type { Phase } from "#proto/gen/iterum/rounds.ts";
import { altered } from "#test/kit/game/alter.ts";
import { noQuirks, playUntil, type World } from "#test/kit/game/play.ts";
import { ask } from "#test/kit/game/refuse.ts";
import { stage } from "#test/kit/game/stage.ts";
import { GAME_ID, TOKEN } from "#test/kit/genesis.ts";
import type { Alter } from "../genesis-kit.ts";
import { bondGame, inTurn, lmsrGame } from "./kinds-kit.ts";

/** The round that they hold shares in. */
export const key = { gameId: GAME_ID, roundId: 1n };
/** More than two blocks of the crank pay. */
export const HOLDERS = 503;
const MARKETS = moduleAddress("markets");

/** Accounts of the crowd. */
export const names = Array.from({ length: HOLDERS }, (_, i) => moduleAddress(`holder ${i}`));

/** The state in which as many accounts have bought a share each, one outcome or the other. */
function crowded(state: AppState): AppState {
  let paidIn = 0n;
  const traded = altered("markets", Markets, (genesis) => {
    const [market, ...rest] = genesis.markets;
    assert.ok(market);
    let now = lmsr.state.decode(market.state);
    const orders = names.map((operator, i) => {
      const wanted = { outcome: i % 2, shares: TOKEN + BigInt(i), isSale: false, limitPpm: 0 };
      const { state: next, holding, paid } = lmsr.trade(now, undefined, wanted);
      now = next;
      paidIn += paid;
      const { shares, fees: fee } = holding;
      const status = OrderStatus.ORDER_STATUS_HOLDING;
      const order = { ...Order.zero(), operator, bound: paid, deposit: paid, fee, shares, status };
      return { ...key, order };
    });
    const crowd = { ...market, state: lmsr.state.encode(now), vault: market.vault + paidIn };
    return { ...genesis, markets: [crowd, ...rest], orders };
  })(state);
  return altered("bank", Bank, (genesis) => ({
    ...genesis,
    balances: genesis.balances.map((held) =>
      held.address === MARKETS ? { ...held, amount: held.amount + paidIn } : held,
    ),
  }))(traded);
}

/** A game of 503 holders whose first round stands in the phase. */
export async function crowdedWorld(
  phase: Phase,
  { alter = (state) => state, seed = "stage" }: { readonly alter?: Alter; readonly seed?: string } = {},
): Promise<World> {
  const game = inTurn(lmsrGame(HOLDERS), bondGame(700n * TOKEN), alter);
  const choice = { operators: [], schedule: { open: 60, firstOpen: 10 }, seed };
  const before = stage({ ...choice, alter: game });
  await playUntil(before, 1n, phase, noQuirks);
  return stage({ ...choice, members: before.members, alter: () => crowded(before.chain.app.dump()) });
}

/** Rows of all holders in address order. */
export const rows = ({ chain }: World): readonly Order[] => chain.read((ctx) => markets.ordersOf(ctx, key));
/** Rows of those who have been paid. */
export const paidOf = (world: World): readonly Order[] =>
  rows(world).filter(({ status }) => status !== OrderStatus.ORDER_STATUS_HOLDING);
export const marketOf = ({ chain }: World) => ask(chain, Query.market, key).market;
