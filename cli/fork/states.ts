import type { AppState } from "#chain/kernel/genesis.ts";
import type { Codec } from "#chain/proto/codec.ts";
import { fromJson, toJson } from "#chain/proto/json.ts";
import { GenesisState as Auth } from "#proto/gen/iterum/auth.ts";
import { GenesisState as Bank } from "#proto/gen/iterum/bank.ts";
import { GenesisState as Commitments } from "#proto/gen/iterum/commitments.ts";
import { GenesisState as Community } from "#proto/gen/iterum/community.ts";
import { GenesisState as Distribution } from "#proto/gen/iterum/distribution.ts";
import { GenesisState as Elections } from "#proto/gen/iterum/elections.ts";
import { GenesisState as Gov } from "#proto/gen/iterum/gov.ts";
import { GenesisState as Markets } from "#proto/gen/iterum/markets.ts";
import { GenesisState as Proofs } from "#proto/gen/iterum/proofs.ts";
import { GenesisState as Rewards } from "#proto/gen/iterum/rewards.ts";
import { GenesisState as Rounds } from "#proto/gen/iterum/rounds.ts";
import { GenesisState as Slashing } from "#proto/gen/iterum/slashing.ts";
import { GenesisState as Treasury } from "#proto/gen/iterum/treasury.ts";
import { GenesisState as Upgrade } from "#proto/gen/iterum/upgrade.ts";
import { GenesisState as Validators } from "#proto/gen/iterum/validators.ts";
import { GenesisState as Vesting } from "#proto/gen/iterum/vesting.ts";

const codecs = {
  auth: Auth,
  bank: Bank,
  commitments: Commitments,
  community: Community,
  distribution: Distribution,
  elections: Elections,
  gov: Gov,
  markets: Markets,
  proofs: Proofs,
  rewards: Rewards,
  rounds: Rounds,
  slashing: Slashing,
  treasury: Treasury,
  upgrade: Upgrade,
  validators: Validators,
  vesting: Vesting,
} as const;

type Codecs = typeof codecs;

/** The states of the modules that a fork changes. */
export type States = { readonly [K in keyof Codecs]: Codecs[K] extends Codec<infer T> ? T : never };

/** Reads them from an app state. */
export const statesOf = (state: AppState): States =>
  Object.fromEntries(
    Object.entries(codecs).map(([name, codec]) => [
      name,
      fromJson(codec as Codec<unknown>, state[name] ?? {}),
    ]),
  ) as unknown as States;

/** The app state with them in it; those of other modules stay as they are. */
export const withStates = (state: AppState, states: States): AppState => ({
  ...state,
  ...Object.fromEntries(
    Object.entries(codecs).map(([name, codec]) => [
      name,
      toJson(codec as Codec<unknown>, states[name as keyof States]),
    ]),
  ),
});
