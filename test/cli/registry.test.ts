import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import { jsonOf } from "#cli/files.ts";
import { defaultBaseFile } from "#cli/genesis/base.ts";
import { assetsJson, chainJson, keplrJson } from "#cli/registry/documents.ts";
import { type ChainFacts, chainFacts } from "#cli/registry/facts.ts";

const ajv = new Ajv2020({ strict: false, validateFormats: false });
const text = { type: "string", minLength: 1 };
const number = { type: "number" };
/** An object of these properties and no others. */
const exactly = (properties: Readonly<Record<string, object>>, optional: readonly string[] = []) => ({
  ...{ type: "object", properties, additionalProperties: false },
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
});
const listOf = (items: object) => ({ type: "array", items, minItems: 1 });
const prefixes = Object.fromEntries(
  ["Acc", "Val", "Cons"].flatMap((of) =>
    [`bech32Prefix${of}Addr`, `bech32Prefix${of}Pub`].map((name) => [name, text]),
  ),
);
const endpoint = exactly({ address: text, provider: text });
const gas = ["fixed_min", "low", "average", "high"].map((step) => [`${step}_gas_price`, number]);

/** What the registry's schema says of the properties that are written, and those that it requires. */
const chainSchema = exactly(
  {
    $schema: { pattern: "^(\\.\\./)+chain\\.schema\\.json$" },
    chain_name: { ...text, pattern: "^[a-z0-9]+$" },
    chain_type: { enum: ["cosmos"] },
    ...{ chain_id: text, pretty_name: text, bech32_prefix: text, daemon_name: text, node_home: text },
    status: { enum: ["live", "upcoming", "killed"] },
    network_type: { enum: ["mainnet", "testnet", "devnet"] },
    bech32_config: exactly(prefixes),
    key_algos: listOf({ enum: ["secp256k1", "ethsecp256k1", "ed25519", "sr25519", "bn254"] }),
    slip44: number,
    fees: exactly({ fee_tokens: listOf(exactly({ denom: text, ...Object.fromEntries(gas) })) }),
    staking: exactly({
      staking_tokens: listOf(exactly({ denom: text })),
      lock_duration: exactly({ time: text }),
    }),
    codebase: exactly({ sdk: exactly({ type: { enum: ["other"] } }), consensus: exactly({ type: text }) }),
    apis: exactly({ rpc: listOf(endpoint), rest: listOf(endpoint) }),
  },
  ["staking"],
);

const assetsSchema = exactly({
  $schema: { pattern: "^(\\.\\./)+assetlist\\.schema\\.json$" },
  chain_name: text,
  assets: listOf(
    exactly(
      {
        denom_units: listOf(exactly({ denom: text, exponent: { type: "integer" } })),
        type_asset: { enum: ["sdk.coin"] },
        ...{ description: text, base: text, name: text, display: text, symbol: text },
      },
      ["description"],
    ),
  ),
});

const currency = { coinDenom: text, coinMinimalDenom: text, coinDecimals: { type: "integer", maximum: 18 } };
const keplrSchema = exactly(
  {
    ...{ rpc: text, rest: text, chainId: { ...text, maxLength: 50 }, chainName: { ...text, maxLength: 36 } },
    bip44: exactly({ coinType: { type: "integer" } }),
    bech32Config: exactly(prefixes),
    stakeCurrency: exactly(currency),
    currencies: listOf(exactly(currency)),
    feeCurrencies: listOf(
      exactly({ ...currency, gasPriceStep: exactly({ low: number, average: number, high: number }) }),
    ),
    features: { type: "array", items: text },
    isTestnet: { type: "boolean" },
  },
  ["stakeCurrency", "isTestnet"],
);

let folder = "";
let file = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "iterum-registry-"));
  file = join(folder, "genesis.json");
  await writeFile(file, JSON.stringify({ chain_id: "Iterum-9", app_state: await jsonOf(defaultBaseFile) }));
});
after(() => rm(folder, { recursive: true, force: true }));

const wording = { name: "A chain", rpc: "https://rpc.test", rest: "https://rest.test" };
function fits(schema: object, value: unknown): void {
  const check = ajv.compile(schema);
  assert.ok(check(value), ajv.errorsText(check.errors));
}

test("a genesis becomes chain.json and assetlist.json in the form of the chain registry", async () => {
  const facts = await chainFacts(file);
  fits(chainSchema, chainJson(facts, wording));
  fits(assetsSchema, assetsJson(facts));
  const { chain_name, fees } = chainJson(facts, wording) as { chain_name: string; fees: object };
  assert.equal(chain_name, "iterum9");
  const prices = {
    fixed_min_gas_price: 0.001,
    low_gas_price: 0.001,
    average_gas_price: 0.002,
    high_gas_price: 0.004,
  };
  assert.deepEqual(fees, { fee_tokens: [{ denom: "uiter", ...prices }] });
});

test("a genesis becomes what Keplr takes for a suggested chain, also of a chain without stake", async () => {
  const facts = await chainFacts(file);
  const suggested = keplrJson(facts, wording) as { readonly feeCurrencies: readonly object[] };
  fits(keplrSchema, suggested);
  const gasPriceStep = { low: 0.001, average: 0.002, high: 0.004 };
  const coin = { coinDenom: "ITER", coinMinimalDenom: "uiter", coinDecimals: 6 };
  assert.deepEqual(suggested.feeCurrencies, [{ ...coin, gasPriceStep }]);
  const agreed: ChainFacts = { ...facts, stake: undefined };
  fits(keplrSchema, keplrJson(agreed, wording));
  fits(chainSchema, chainJson(agreed, wording));
});

test("what is no genesis of a chain, or does not say how fees are shown, is refused", async () => {
  await assert.rejects(chainFacts(join(folder, "none.json")), /cannot read/);
  const wrong = join(folder, "wrong.json");
  await writeFile(wrong, "{");
  await assert.rejects(chainFacts(wrong), /cannot read/);
  await writeFile(wrong, "{}");
  await assert.rejects(chainFacts(wrong), /names no chain_id/);
  const facts = await chainFacts(file);
  assert.throws(() => keplrJson({ ...facts, denoms: [] }, wording), /does not say how/);
});
