import type { AppState } from "#chain/kernel/genesis.ts";
import { ensureCli } from "#cli/errors.ts";
import { jsonOf } from "#cli/files.ts";
import { typedGenesis } from "#cli/genesis/base.ts";
import type { Denom } from "#proto/gen/iterum/bank.ts";

/** What wallets and registries are told of a chain. */
export interface ChainFacts {
  readonly chainId: string;
  readonly denoms: readonly Denom[];
  /** Denom of fees, and the least price of a unit of gas in base units. */
  readonly feeDenom: string;
  readonly gasPriceMin: number;
  /** Denom of stake and the seconds until it is free again; undefined on a chain of an agreed set. */
  readonly stake: { readonly denom: string; readonly unbondingS: bigint } | undefined;
  /** Whether it is a chain to try things on. */
  readonly isDev: boolean;
}

/** Reads them from a genesis file of CometBFT. Throws CliError on what is none. */
export async function chainFacts(file: string): Promise<ChainFacts> {
  type Genesis = { readonly chain_id?: string; readonly app_state?: AppState };
  const genesis = (await jsonOf(file)) as unknown as Genesis;
  const { chain_id: chainId, app_state: state } = genesis;
  ensureCli(
    chainId !== undefined && state,
    `${file} is no genesis of a chain: it names no chain_id or app_state`,
  );
  const { auth, bank, validators, rounds } = typedGenesis(state, file);
  ensureCli(auth.params, `${file}: accounts have no parameters`);
  const { feeDenom, gasPriceMinMicro } = auth.params;
  const { bondDenom = "", unbondingTime } = validators.params ?? {};
  return {
    ...{ chainId, feeDenom, denoms: bank.denoms },
    gasPriceMin: Number(gasPriceMinMicro) / 1_000_000,
    stake: bondDenom === "" ? undefined : { denom: bondDenom, unbondingS: unbondingTime?.seconds ?? 0n },
    isDev: rounds.params?.dev ?? false,
  };
}
