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
const decCoin = object({ denom: text, amount: dec });
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
  validators: object({
    validators: list(
      object({
        ...{ operator_address: text, consensus_pubkey: any, jailed: { type: "boolean" }, status: text },
        ...{ tokens: integer, delegator_shares: dec, unbonding_height: integer, unbonding_time: time },
        description: object({
          moniker: text,
          identity: text,
          website: text,
          security_contact: text,
          details: text,
        }),
        commission: object({
          commission_rates: object({ rate: dec, max_rate: dec, max_change_rate: dec }),
          update_time: time,
        }),
        min_self_delegation: integer,
      }),
    ),
    pagination,
  }),
  stakingParams: object({
    params: object({
      ...{ unbonding_time: { type: "string", pattern: "^[0-9]+s$" }, bond_denom: text },
      ...{ max_validators: { type: "integer" }, max_entries: { type: "integer" } },
      historical_entries: { type: "integer" },
    }),
  }),
  pool: object({ pool: object({ bonded_tokens: integer, not_bonded_tokens: integer }) }),
  delegations: object({
    delegation_responses: list(
      object({
        delegation: object({ delegator_address: text, validator_address: text, shares: dec }),
        balance: coin,
      }),
    ),
    pagination,
  }),
  unbondings: object({
    unbonding_responses: list(
      object({
        ...{ delegator_address: text, validator_address: text },
        entries: list(
          object({
            creation_height: integer,
            completion_time: time,
            initial_balance: integer,
            balance: integer,
          }),
        ),
      }),
    ),
    pagination,
  }),
  rewards: object({
    rewards: list(object({ validator_address: text, reward: list(decCoin) })),
    total: list(decCoin),
  }),
  distributionParams: object({
    params: object({
      ...{ community_tax: dec, base_proposer_reward: dec, bonus_proposer_reward: dec },
      withdraw_addr_enabled: { type: "boolean" },
    }),
  }),
  inflation: object({ inflation: dec }),
  provisions: object({ annual_provisions: dec }),
  signingInfos: object({
    info: list(
      object({ address: text, start_height: integer, jailed_until: time, missed_blocks_counter: integer }),
    ),
  }),
  proposals: object({
    proposals: list(object({ proposal_id: integer, content: any, status: text })),
    pagination,
  }),
  tallying: object({ tally_params: object({ quorum: dec, threshold: dec, veto_threshold: dec }) }),
} satisfies Readonly<Record<string, Body | object>>;
