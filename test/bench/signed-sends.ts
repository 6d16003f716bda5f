import type { App } from "#chain/app.ts";
import * as auth from "#modules/auth/api.ts";
import { MsgSend } from "#proto/gen/cosmos/bank.ts";
import { type Person, people } from "../kit/accounts.ts";
import { say, signTx } from "../kit/chain.ts";
import { DENOM, type GenesisChoice } from "../kit/genesis.ts";

/** Gas that a send asks for: so many fit a block of 200 million. */
const SEND_GAS = 100_000n;

/** Transactions of one account, in the order of its sequence. */
export type Lane = readonly Uint8Array[];

/** A chain on which everybody but the game's members sends. */
export const sendersGenesis = (accounts: number): GenesisChoice => ({
  members: people("ann", "bob", "cid", "dan"),
  others: people(...Array.from({ length: accounts }, (_, i) => `sender ${i}`)),
});

/**
 * Signed bank sends of one base unit, each account paying the next one, `perAccount` of every account. The
 * numbers of the accounts come from an app of the same genesis.
 */
export function signedSends(app: App, senders: readonly Person[], perAccount: number): Lane[] {
  return senders.map((from, i) => {
    const to = senders[(i + 1) % senders.length] as Person;
    const account = app.read((ctx) => auth.account(ctx, from.address));
    if (!account) throw new Error(`${from.name} has no account`);
    const amount = [{ denom: DENOM, amount: 1n }];
    const message = say(MsgSend, { fromAddress: from.address, toAddress: to.address, amount });
    return Array.from({ length: perAccount }, (_, sequence) =>
      signTx(from, { number: account.number, sequence: BigInt(sequence), gas: SEND_GAS }, message),
    );
  });
}

/** The transactions of all lanes, one of each lane after the other. */
export const interleaved = (lanes: readonly Lane[]): Uint8Array[] =>
  Array.from({ length: Math.max(...lanes.map(({ length }) => length)) }, (_, i) => i).flatMap((i) =>
    lanes.flatMap((lane) => lane.slice(i, i + 1)),
  );
