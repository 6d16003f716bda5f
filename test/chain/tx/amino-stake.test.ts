import assert from "node:assert/strict";
import test from "node:test";
import { makeSignDoc, serializeSignDoc } from "@cosmjs/amino";
import {
  AminoTypes,
  createDistributionAminoConverters,
  createStakingAminoConverters,
  defaultRegistryTypes,
  SigningStargateClient,
} from "@cosmjs/stargate";
import { TxRaw } from "cosmjs-types/cosmos/tx/v1beta1/tx";
import fc from "fast-check";
import { nestedAny } from "#chain/app/modules.ts";
import type { Codec } from "#chain/proto/codec.ts";
import { aminoName } from "#chain/protocol/amino.ts";
import { toOperator } from "#chain/protocol/operator.ts";
import { aminoSignBytes } from "#chain/protocol/sign-doc.ts";
import { iterumAminoTypes } from "#client/amino.ts";
import { iterumRegistry } from "#client/registry.ts";
import { PubKey } from "#proto/gen/cosmos/crypto/ed25519.ts";
import {
  MsgFundCommunityPool,
  MsgSetWithdrawAddress,
  MsgWithdrawDelegatorReward,
  MsgWithdrawValidatorCommission,
} from "#proto/gen/cosmos/distribution.ts";
import { MsgUnjail } from "#proto/gen/cosmos/slashing.ts";
import {
  MsgBeginRedelegate,
  MsgCancelUnbondingDelegation,
  MsgCreateValidator,
  MsgDelegate,
  MsgEditValidator,
  MsgUndelegate,
} from "#proto/gen/cosmos/staking.ts";
import { TxBody } from "#proto/gen/cosmos/tx.ts";
import { person } from "#test/kit/accounts.ts";
import { CHAIN_ID, DENOM } from "#test/kit/genesis.ts";
import { aminoWallet, ann, ben, chainWith, FEE, signerData } from "./people.ts";

const delegatorAddress = ann.address;
const validatorAddress = toOperator(ben.address);
const amount = fc.bigInt(1n, 2n ** 128n - 1n).map((units) => ({ denom: DENOM, amount: units }));
const coins = fc.array(amount, { maxLength: 2 });
const share = fc.bigInt(0n, 10n ** 18n);
/** cosmjs writes all of a description, empty or not. */
const words = fc.string({ maxLength: 20 });
const description = fc.record({
  ...{ moniker: words, identity: words, website: words, securityContact: words, details: words },
});
const commission = fc.record({ rate: share, maxRate: share, maxChangeRate: share });
const units = fc.bigInt(0n, 2n ** 64n);
const pubkey = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((key) => ({ typeUrl: PubKey.typeUrl, value: PubKey.encode({ key }) }));
const pair = { delegatorAddress, validatorAddress };
const ends = { validatorSrcAddress: validatorAddress, validatorDstAddress: toOperator(ann.address) };

const said = <T>(codec: Codec<T>, fields: { readonly [K in keyof T]: fc.Arbitrary<T[K]> | T[K] }) => {
  const parts = Object.entries(fields as Record<string, unknown>).map(
    ([name, part]) => [name, part instanceof fc.Arbitrary ? part : fc.constant(part)] as const,
  );
  return [codec as Codec<unknown>, fc.record(Object.fromEntries(parts))] as const;
};

const MESSAGES = [
  said(MsgCreateValidator, {
    description,
    commission,
    minSelfDelegation: units,
    ...pair,
    pubkey,
    value: amount,
  }),
  said(MsgEditValidator, {
    description,
    validatorAddress,
    commissionRate: fc.option(share, { nil: undefined }),
    minSelfDelegation: fc.option(units, { nil: undefined }),
  }),
  said(MsgDelegate, { ...pair, amount }),
  said(MsgUndelegate, { ...pair, amount }),
  said(MsgBeginRedelegate, { delegatorAddress, ...ends, amount }),
  said(MsgCancelUnbondingDelegation, { ...pair, amount, creationHeight: fc.bigInt(1n, 2n ** 40n) }),
  said(MsgSetWithdrawAddress, { delegatorAddress, withdrawAddress: ben.address }),
  said(MsgWithdrawDelegatorReward, pair),
  said(MsgFundCommunityPool, { amount: coins, depositor: ann.address }),
];

type CosmjsType = { decode(bytes: Uint8Array): unknown };
const types = new Map<string, unknown>(defaultRegistryTypes);
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** Our document of one message. */
function document(codec: Codec<unknown>, value: unknown): string {
  const fee = { amount: [{ denom: DENOM, amount: 1_000n }], gasLimit: 1_000_000n, payer: "", granter: "" };
  const at = { chainId: CHAIN_ID, address: ann.address, accountNumber: 7n, sequence: 3n };
  const messages = [{ codec, value }];
  return text(aminoSignBytes({ ...at, body: TxBody.zero(), fee, messages, anyTypes: nestedAny }));
}

for (const [codec, values] of MESSAGES)
  test(`the document of ${codec.name} is the one that cosmjs signs`, () => {
    const plain = new AminoTypes({
      ...createStakingAminoConverters(),
      ...createDistributionAminoConverters(),
    });
    const type = types.get(codec.typeUrl) as CosmjsType;
    fc.assert(
      fc.property(values, (value) => {
        const theirs = { typeUrl: codec.typeUrl, value: type.decode(codec.encode(value)) };
        for (const converters of [plain, iterumAminoTypes()]) {
          const doc = makeSignDoc([converters.toAmino(theirs)], FEE, CHAIN_ID, "", 7, 3);
          assert.equal(document(codec, value), text(serializeSignDoc(doc)));
        }
      }),
      { numRuns: 50 },
    );
  });

test("a withdrawal of commission has the name of Cosmos SDK, which a Ledger device takes", () => {
  const codec = MsgWithdrawValidatorCommission as Codec<unknown>;
  assert.equal(aminoName(codec), "cosmos-sdk/MsgWithdrawValCommission");
  const converted = iterumAminoTypes().toAmino({ typeUrl: codec.typeUrl, value: { validatorAddress } });
  const doc = makeSignDoc([converted], FEE, CHAIN_ID, "", 7, 3);
  assert.equal(document(codec, { validatorAddress }), text(serializeSignDoc(doc)));
});

test("to leave jail is said as Cosmos SDK says it", () => {
  const doc = JSON.parse(document(MsgUnjail as Codec<unknown>, { validatorAddr: validatorAddress }));
  assert.deepEqual(doc.msgs, [{ type: "cosmos-sdk/MsgUnjail", value: { address: validatorAddress } }]);
});

test("a chain executes messages of rewards that a wallet of cosmjs signs in Amino JSON", async () => {
  const wallet = await aminoWallet();
  const [account] = await wallet.getAccounts();
  assert.ok(account);
  const chain = chainWith(account.address);
  const client = await SigningStargateClient.offline(wallet, {
    registry: iterumRegistry(),
    aminoTypes: iterumAminoTypes(),
  });
  const messages = [
    {
      typeUrl: MsgSetWithdrawAddress.typeUrl,
      value: { delegatorAddress: account.address, withdrawAddress: person("cat").address },
    },
    {
      typeUrl: MsgFundCommunityPool.typeUrl,
      value: { depositor: account.address, amount: [{ denom: DENOM, amount: "9" }] },
    },
  ];
  const data = signerData(chain, account.address);
  const raw = await client.sign(account.address, messages, FEE, "", data);
  const { results } = await chain.rawBlock([TxRaw.encode(raw).finish()]);
  assert.deepEqual([results[0]?.code, results[0]?.log], [0, ""]);
});
