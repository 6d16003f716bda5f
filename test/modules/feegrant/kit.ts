import type { Json } from "#chain/proto/json.ts";
import * as auth from "#modules/auth/api.ts";
import { MsgSend } from "#proto/gen/cosmos/bank.ts";
import {
  BasicAllowance,
  MsgGrantAllowance,
  MsgRevokeAllowance,
  PeriodicAllowance,
} from "#proto/gen/cosmos/feegrant.ts";
import { type Person, person } from "#test/kit/accounts.ts";
import { newChain, type Said, say, signTx, type TestChain } from "#test/kit/chain.ts";
import { DENOM } from "#test/kit/genesis.ts";

/** Time of the first block: one second a block from then on. */
export const START_S = 1_780_000_001n;
/** Rich ann and ben, and poor cat who holds nothing. */
export const [ann, ben, cat] = [person("ann"), person("ben"), person("cat")];
const GAS = 3_000_000n;
/** The fee that the test kit gives for so much gas. */
export const FEE = 3_001n;

export const coins = (amount: bigint, denom = DENOM) => [{ denom, amount }];
export const time = (seconds: bigint) => ({ seconds, nanos: 0 });
export const basic = (fields: Partial<BasicAllowance> = {}): Said =>
  say(BasicAllowance, { ...BasicAllowance.zero(), ...fields });
export const periodic = (fields: Partial<PeriodicAllowance>): Said =>
  say(PeriodicAllowance, { ...PeriodicAllowance.zero(), basic: BasicAllowance.zero(), ...fields });
export const grant = (allowance: Said | undefined, grantee = cat, granter = ann): Said =>
  say(MsgGrantAllowance, { granter: granter.address, grantee: grantee.address, allowance });
export const revoke = (grantee = cat, granter = ann): Said =>
  say(MsgRevokeAllowance, { granter: granter.address, grantee: grantee.address });
export const pay = (from: Person, amount = 1n): Said =>
  say(MsgSend, { fromAddress: from.address, toAddress: ben.address, amount: coins(amount) });

/** A chain where cat holds so much and nobody allows anything. */
export const newPurses = (held = 1_000n): TestChain =>
  newChain({
    members: [ann],
    others: [ben],
    alter: (state) => {
      const bank = state["bank"] as { readonly balances: readonly Json[] };
      const purse = { address: cat.address, denom: DENOM, amount: held.toString() };
      return { ...state, bank: { ...bank, balances: [...bank.balances, purse] } };
    },
  });

/** A transaction of who, whose fee somebody else pays. */
export function paidBy(chain: TestChain, who: Person, granter: Person, ...messages: Said[]): Uint8Array {
  const account = chain.read((ctx) => auth.account(ctx, who.address));
  if (!account) throw new Error(`${who.name} has no account`);
  const { number, sequence } = account;
  return signTx(who, { number, sequence, gas: GAS, granter: granter.address }, ...messages);
}
