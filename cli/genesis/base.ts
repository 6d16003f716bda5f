import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { storeSpaces } from "#chain/app/modules.ts";
import type { AppState } from "#chain/kernel/genesis.ts";
import type { Codec } from "#chain/proto/codec.ts";
import { fromJson, toJson } from "#chain/proto/json.ts";
import { CliError, ensureCli, messageOf } from "#cli/errors.ts";
import type { Unit } from "#client/units.ts";
import { GenesisState as Auth } from "#proto/gen/iterum/auth.ts";
import { GenesisState as Bank } from "#proto/gen/iterum/bank.ts";
import { GenesisState as Commitments } from "#proto/gen/iterum/commitments.ts";
import { GenesisState as Community } from "#proto/gen/iterum/community.ts";
import { GenesisState as Elections } from "#proto/gen/iterum/elections.ts";
import { GenesisState as Markets } from "#proto/gen/iterum/markets.ts";
import { GenesisState as Proofs } from "#proto/gen/iterum/proofs.ts";
import { GenesisState as Rewards } from "#proto/gen/iterum/rewards.ts";
import { GenesisState as Rounds } from "#proto/gen/iterum/rounds.ts";
import { GenesisState as Treasury } from "#proto/gen/iterum/treasury.ts";
import { GenesisState as Validators } from "#proto/gen/iterum/validators.ts";

/** The default game of the project: the whole of genesis but for accounts, keys, vocabulary and templates. */
export const defaultBaseFile = fileURLToPath(new URL("../../genesis.json", import.meta.url));

/** Codecs of the modules whose genesis this program fills in or reads. */
const genesisCodecs = {
  auth: Auth,
  bank: Bank,
  validators: Validators,
  community: Community,
  treasury: Treasury,
  rounds: Rounds,
  elections: Elections,
  rewards: Rewards,
  commitments: Commitments,
  proofs: Proofs,
  markets: Markets,
} as const;

type Codecs = typeof genesisCodecs;

type Typed = { readonly [K in keyof Codecs]: Codecs[K] extends Codec<infer T> ? T : never };

/** Genesis, typed module by module; those that this program does not look into stay as they are. */
export interface TypedGenesis extends Typed {
  readonly others: AppState;
}

const isKnown = (name: string): boolean => Object.hasOwn(genesisCodecs, name);

/** Reads a genesis without artefacts. Throws CliError on what is no such file. */
export async function readBase(file = defaultBaseFile): Promise<TypedGenesis> {
  let state: AppState;
  try {
    state = JSON.parse(await readFile(file, "utf8")) as AppState;
  } catch (cause) {
    throw new CliError(`cannot read the genesis file ${file}: ${messageOf(cause)}`, { cause });
  }
  return typedGenesis(state, file);
}

/** The typed genesis of an app state. Throws CliError on an unknown module or key. */
export function typedGenesis(state: AppState, file: string): TypedGenesis {
  for (const name of Object.keys(state)) ensureCli(storeSpaces.includes(name), `${file}: no module ${name}`);
  const entries = Object.entries(genesisCodecs).map(([name, codec]) => {
    // Without a word of stake the set is agreed.
    const json = state[name] ?? (name === "validators" ? {} : undefined);
    ensureCli(json !== undefined, `${file}: the state of ${name} is missing`);
    try {
      return [name, fromJson(codec as Codec<unknown>, json)] as const;
    } catch (cause) {
      throw new CliError(`${file}: ${messageOf(cause)}`, { cause });
    }
  });
  const others = Object.fromEntries(Object.entries(state).filter(([name]) => !isKnown(name)));
  return { ...(Object.fromEntries(entries) as unknown as Typed), others };
}

/** The app state of a typed genesis, every field written out. */
export function appStateOf(genesis: TypedGenesis): AppState {
  const entries = Object.entries(genesisCodecs).map(([name, codec]) => {
    const state = genesis[name as keyof Codecs];
    return [name, toJson(codec as Codec<unknown>, state)] as const;
  });
  return { ...genesis.others, ...Object.fromEntries(entries) };
}

/** How amounts of the genesis's first denom are shown. */
export function unitOfGenesis({ bank }: TypedGenesis): Unit {
  const [denom] = bank.denoms;
  ensureCli(denom, "the genesis file describes no denom");
  return { base: denom.base, display: denom.symbol, exponent: denom.exponent };
}
