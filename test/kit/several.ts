import type { AppState } from "#chain/kernel/genesis.ts";
import type { Codec } from "#chain/proto/codec.ts";
import { fromJson, toJson } from "#chain/proto/json.ts";
import { moduleAddress } from "#chain/protocol/address.ts";
import { GenesisState as Bank } from "#proto/gen/iterum/bank.ts";
import { GenesisState as Commitments } from "#proto/gen/iterum/commitments.ts";
import { GenesisState as Community } from "#proto/gen/iterum/community.ts";
import { GenesisState as Elections } from "#proto/gen/iterum/elections.ts";
import { GenesisState as Markets } from "#proto/gen/iterum/markets.ts";
import { GenesisState as Proofs } from "#proto/gen/iterum/proofs.ts";
import { GenesisState as Rewards } from "#proto/gen/iterum/rewards.ts";
import { GenesisState as Rounds } from "#proto/gen/iterum/rounds.ts";
import { GenesisState as Treasury } from "#proto/gen/iterum/treasury.ts";
import { GenesisState as Vesting } from "#proto/gen/iterum/vesting.ts";
import { type GenesisChoice, genesis } from "./genesis.ts";

/** The rows of one list of a module in all the states, in one list. */
function joined<G, K extends keyof G>(
  states: readonly AppState[],
  name: string,
  codec: Codec<G>,
  list: K,
): AppState {
  const all = states.map((state) => fromJson(codec, state[name] ?? {}));
  const rows = all.flatMap((each) => each[list] as unknown as readonly unknown[]);
  return { [name]: toJson(codec, { ...(all[0] as G), [list]: rows }) };
}

/** Everybody's purse once, and the treasuries of all. */
function purses(states: readonly AppState[]): AppState {
  const all = states.map((state) => fromJson(Bank, state["bank"] ?? {}));
  const treasury = moduleAddress("treasury");
  const held = new Map<string, { address: string; denom: string; amount: bigint }>();
  for (const { address, denom, amount } of all.flatMap(({ balances }) => balances)) {
    const name = `${address} ${denom}`;
    const before = address === treasury ? (held.get(name)?.amount ?? 0n) : 0n;
    held.set(name, { address, denom, amount: before + amount });
  }
  return { bank: toJson(Bank, { denoms: all[0]?.denoms ?? [], balances: [...held.values()] }) };
}

/** The state of a chain with one game of each choice; what they share is the first one's. */
export function severalGames(choices: readonly GenesisChoice[]): AppState {
  const states = choices.map(genesis);
  return {
    ...states[0],
    ...purses(states),
    ...joined(states, "treasury", Treasury, "budgets"),
    ...joined(states, "community", Community, "members"),
    ...joined(states, "rounds", Rounds, "games"),
    ...joined(states, "elections", Elections, "elections"),
    ...joined(states, "rewards", Rewards, "rules"),
    ...joined(states, "commitments", Commitments, "rules"),
    ...joined(states, "proofs", Proofs, "audits"),
    ...joined(states, "markets", Markets, "rules"),
    ...joined(states, "vesting", Vesting, "rules"),
  };
}
