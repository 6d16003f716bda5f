import type { Json } from "#chain/proto/json.ts";
import { ADDRESS_PREFIX } from "#chain/protocol/address.ts";
import { ensureCli } from "#cli/errors.ts";
import type { Denom } from "#proto/gen/iterum/bank.ts";
import type { ChainFacts } from "./facts.ts";

/** What a genesis does not say. */
export interface Wording {
  /** For people, at most 36 characters. */
  readonly name: string;
  /** Public URL of a node's RPC and of its REST. */
  readonly rpc: string;
  readonly rest: string;
}

/** Number of Cosmos in SLIP-44: keys are derived at m/44'/118'. */
const COIN_TYPE = 118;
/** Prices of gas that wallets offer, as multiples of the least one. */
const PRICE_STEPS = { low: 1, average: 2, high: 4 };

const prefixes = {
  bech32PrefixAccAddr: ADDRESS_PREFIX,
  bech32PrefixAccPub: `${ADDRESS_PREFIX}pub`,
  bech32PrefixValAddr: `${ADDRESS_PREFIX}valoper`,
  bech32PrefixValPub: `${ADDRESS_PREFIX}valoperpub`,
  bech32PrefixConsAddr: `${ADDRESS_PREFIX}valcons`,
  bech32PrefixConsPub: `${ADDRESS_PREFIX}valconspub`,
};

/** The registry's folder name of a chain: lower-case letters and digits. */
const folderOf = ({ chainId }: ChainFacts): string => chainId.toLowerCase().replace(/[^a-z0-9]/g, "");

/** A price without what binary fractions add to it. */
const price = (gasPriceMin: number, factor: number): number => Number((gasPriceMin * factor).toPrecision(12));

/** `chain.json` of the chain registry (github.com/cosmos/chain-registry, chain.schema.json). */
export function chainJson(facts: ChainFacts, { name, rpc, rest }: Wording): Json {
  const { chainId, feeDenom, gasPriceMin, stake, isDev } = facts;
  const { low, average, high } = PRICE_STEPS;
  return {
    $schema: "../chain.schema.json",
    chain_name: folderOf(facts),
    chain_type: "cosmos",
    chain_id: chainId,
    pretty_name: name,
    status: "live",
    network_type: isDev ? "devnet" : "mainnet",
    bech32_prefix: ADDRESS_PREFIX,
    bech32_config: prefixes,
    daemon_name: "iterum",
    node_home: "$HOME/.iterum",
    key_algos: ["secp256k1"],
    slip44: COIN_TYPE,
    fees: {
      fee_tokens: [
        {
          denom: feeDenom,
          fixed_min_gas_price: gasPriceMin,
          low_gas_price: price(gasPriceMin, low),
          average_gas_price: price(gasPriceMin, average),
          high_gas_price: price(gasPriceMin, high),
        },
      ],
    },
    ...(stake && {
      staking: {
        staking_tokens: [{ denom: stake.denom }],
        lock_duration: { time: `${stake.unbondingS}s` },
      },
    }),
    codebase: { sdk: { type: "other" }, consensus: { type: "cometbft" } },
    apis: {
      rpc: [{ address: rpc, provider: name }],
      rest: [{ address: rest, provider: name }],
    },
  };
}

/** `assetlist.json` of the chain registry. */
export const assetsJson = (facts: ChainFacts): Json => ({
  $schema: "../assetlist.schema.json",
  chain_name: folderOf(facts),
  assets: facts.denoms.map(({ base, display, exponent, name, symbol, description }) => ({
    ...(description !== "" && { description }),
    denom_units: [
      { denom: base, exponent: 0 },
      { denom: display, exponent },
    ],
    ...{ type_asset: "sdk.coin", base, name, display, symbol },
  })),
});

const currencyOf = ({ base, exponent, symbol }: Denom): Readonly<Record<string, Json>> => ({
  ...{ coinDenom: symbol, coinMinimalDenom: base, coinDecimals: exponent },
});

/** What a page gives to `keplr.experimentalSuggestChain`. */
export function keplrJson(facts: ChainFacts, { name, rpc, rest }: Wording): Json {
  const { chainId, denoms, feeDenom, gasPriceMin, stake, isDev } = facts;
  const of = (denom: string): Readonly<Record<string, Json>> => {
    const found = denoms.find(({ base }) => base === denom);
    ensureCli(found, `genesis does not say how ${denom} is shown`);
    return currencyOf(found);
  };
  const steps = Object.entries(PRICE_STEPS).map(([step, factor]) => [step, price(gasPriceMin, factor)]);
  return {
    ...{ rpc, rest, chainId, chainName: name },
    bip44: { coinType: COIN_TYPE },
    bech32Config: prefixes,
    ...(stake && { stakeCurrency: of(stake.denom) }),
    currencies: denoms.map(currencyOf),
    feeCurrencies: [{ ...of(feeDenom), gasPriceStep: Object.fromEntries(steps) as Json }],
    features: ["query:/cosmos/bank/v1beta1/spendable_balances"],
    ...(isDev && { isTestnet: true }),
  };
}
