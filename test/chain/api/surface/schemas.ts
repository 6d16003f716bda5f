import type { Body } from "./env.ts";

// What wallets read of the answers, from the OpenAPI document of Cosmos SDK and the source of Keplr.

const text = { type: "string" } as const;
const integer = { type: "string", pattern: "^[0-9]+$" } as const;
const dec = { type: "string", pattern: "^[0-9]+\\.[0-9]{18}$" } as const;
const time = { type: "string", pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z$" } as const;
const list = (items: object) => ({ type: "array", items });
const object = (properties: Readonly<Record<string, object>>) => ({
  type: "object",
  properties,
  required: Object.keys(properties),
});
const orNull = (schema: object) => ({ anyOf: [schema, { type: "null" }] });
const coin = object({ denom: text, amount: integer });
const pagination = orNull(object({ next_key: { type: ["string", "null"] }, total: integer }));
const any = object({ "@type": text });

/** Of an answer that is none, whatever was asked. */
export const error = object({ code: { type: "integer" }, message: text, details: list({}) });

/** The body of an answer that a wallet asks for, by the path without what varies in it. */
export const walletSchemas = {
  account: object({
    account: object({
      "@type": text,
      address: text,
      pub_key: orNull(any),
      account_number: integer,
      sequence: integer,
    }),
  }),
  balances: object({ balances: list(coin), pagination }),
  supply: object({ amount: coin }),
  nodeInfo: object({
    default_node_info: object({ network: text, version: text, moniker: text }),
    application_version: object({ app_name: text, version: text, cosmos_sdk_version: text }),
  }),
  block: object({
    block_id: object({ hash: text }),
    block: object({
      header: object({ chain_id: text, height: integer, time }),
      data: object({ txs: list(text) }),
    }),
    sdk_block: object({ header: object({ proposer_address: text }) }),
  }),
  validatorSet: object({
    block_height: integer,
    validators: list(object({ address: text, pub_key: any, voting_power: integer, proposer_priority: text })),
    pagination,
  }),
  simulation: object({ gas_info: object({ gas_wanted: integer, gas_used: integer }) }),
  broadcast: object({
    tx_response: object({
      txhash: text,
      code: { type: "integer" },
      raw_log: text,
      codespace: text,
      height: integer,
    }),
  }),
  tx: object({
    tx: object({ body: object({ messages: list(any), memo: text }), signatures: list(text) }),
    tx_response: object({
      ...{ txhash: text, code: { type: "integer" }, raw_log: text, height: integer, timestamp: time },
      ...{ gas_wanted: integer, gas_used: integer, logs: list({}), tx: any },
      events: list(object({ type: text, attributes: list(object({ key: text, value: text })) })),
    }),
  }),
  proposals: object({
    proposals: list(object({ proposal_id: integer, content: any, status: text })),
    pagination,
  }),
  tallying: object({ tally_params: object({ quorum: dec, threshold: dec, veto_threshold: dec }) }),
} satisfies Readonly<Record<string, Body | object>>;
