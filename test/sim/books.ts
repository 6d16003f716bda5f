import assert from "node:assert/strict";
import type { ReadCtx } from "#chain/kernel/ctx.ts";
import * as bank from "#modules/bank/api.ts";
import type { Round } from "#proto/gen/iterum/rounds.ts";
import type { Person } from "#test/kit/accounts.ts";
import type { Deed } from "#test/kit/game/play.ts";
import { FEE } from "#test/kit/game/refuse.ts";
import { DENOM } from "#test/kit/genesis.ts";
import { type Cast, playersOf } from "./cast.ts";
import { BOUNTY, changesIn, held, isSettled } from "./explain.ts";

/** What somebody must hold: what it began with, paid and got outside, and what rounds have changed. */
interface Account {
  readonly who: Person;
  must: bigint;
}

/** A second set of books, kept from what people said and what rounds came to. */
export interface Books {
  /** Fees, and what evidence brings, of what was said in a block. */
  note(deeds: readonly Deed[]): void;
  /** Fails unless every purse holds what the rounds explain, and no coin came or went. */
  audit(ctx: ReadCtx, rounds: readonly Round[]): void;
  /** Whether nothing can change any more what a round came to. */
  isOver(round: Round): boolean;
}

const nameOf = ({ gameId, roundId }: Round): string => `${gameId}/${roundId}`;

/** Opens the books of everybody on the stage. */
export function openBooks(stage: Cast): Books {
  const { world, strangers } = stage;
  const everybody = [...playersOf(stage), ...strangers];
  const addresses = everybody.map(({ address }) => address);
  const [supply, began] = world.chain.read((ctx) => [bank.supply(ctx, DENOM), held(ctx, addresses)]);
  const accounts = everybody.map((who): Account => ({ who, must: began.get(who.address) ?? 0n }));
  const byName = new Map(accounts.map((account) => [account.who.name, account]));
  const byAddress = new Map(accounts.map((account) => [account.who.address, account]));
  const over = new Set<string>();
  return {
    note: (deeds) => {
      for (const { name, charged, step, code } of deeds) {
        const account = byName.get(name);
        assert.ok(account, `nobody is called ${name}`);
        if (charged) account.must -= FEE;
        if (step === "denounce" && code === 0) account.must += BOUNTY;
      }
    },
    audit: (ctx, rounds) => {
      const underWay = new Map<string, bigint>();
      for (const round of rounds) {
        const name = nameOf(round);
        if (over.has(name)) continue;
        const isOver = isSettled(ctx, round);
        if (isOver) over.add(name);
        for (const [address, change] of changesIn(ctx, round)) {
          const account = byAddress.get(address);
          if (isOver && account) account.must += change;
          else underWay.set(address, (underWay.get(address) ?? 0n) + change);
        }
      }
      const found = held(ctx, addresses);
      for (const { who, must } of accounts)
        assert.equal(found.get(who.address), must + (underWay.get(who.address) ?? 0n), who.name);
      assert.equal(bank.supply(ctx, DENOM), supply, "I2 no coin came or went");
    },
    isOver: (round) => over.has(nameOf(round)),
  };
}
