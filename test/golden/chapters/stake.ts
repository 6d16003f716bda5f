import assert from "node:assert/strict";
import { sha256 } from "#chain/bytes/hash.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import { signBeacon } from "#chain/protocol/beacon.ts";
import { consensusAddress } from "#chain/protocol/operator.ts";
import * as auth from "#modules/auth/api.ts";
import {
  MsgUpdateParams as DistributionUpdate,
  MsgCommunityPoolSpend,
} from "#proto/gen/cosmos/distribution.ts";
import { MsgUpdateParams as MintUpdate } from "#proto/gen/cosmos/mint.ts";
import { MsgUpdateParams as SlashingUpdate } from "#proto/gen/cosmos/slashing.ts";
import { MsgUpdateParams as StakingUpdate } from "#proto/gen/cosmos/staking.ts";
import { MsgRegisterBeaconKey } from "#proto/gen/iterum/elections.ts";
import { ProposalStatus } from "#proto/gen/iterum/gov.ts";
import { MsgRotateConsensusKey } from "#proto/gen/iterum/validators.ts";
import type { Person } from "#test/kit/accounts.ts";
import { type Said, START_MS, say, signTx, type TestChain } from "#test/kit/chain.ts";
import { authority, decides } from "#test/kit/game/govern.ts";
import { says } from "#test/kit/game/refuse.ts";
import { CHAIN_ID, DENOM, genesis, TOKEN } from "#test/kit/genesis.ts";
import { validatorSets } from "#test/kit/sets.ts";
import { consensusAddressOf, slashingParams, staked, stakingParams } from "#test/kit/staked.ts";
import { validator } from "#test/kit/validator.ts";
import { bls } from "#test/kit/verifier.ts";
import { bareApp } from "../../chain/app/kit.ts";
import {
  ATTO,
  ann,
  ben,
  dan,
  dora,
  fund,
  NO_TAX,
  stakedChain,
  val,
  vic,
  withdraw,
} from "../../modules/distribution/kit.ts";
import { doubleSigned, unjail, without } from "../../modules/slashing/kit.ts";
import { cancel, create, delegate, edit, redelegate, undelegate } from "../../modules/validators/kit.ts";
import type { Chapter } from "./chapter.ts";

const MINTING = {
  mintDenom: DENOM,
  inflationRateChange: ATTO / 5n,
  inflationMax: ATTO / 4n,
  inflationMin: ATTO / 20n,
  goalBonded: ATTO / 2n,
  blocksPerYear: 5_000n,
};

/** Blocks at the end in which next to nothing is said. */
const QUIET = 450;

const rotate = (who: Person, name: string): Said =>
  say(MsgRotateConsensusKey, { operator: who.address, publicKey: sha256(utf8(name)) });

/** The council of Ann and Ben changes every parameter of stake, and spends of the pool. */
async function council(chain: TestChain): Promise<void> {
  const coins = [{ denom: DENOM, amount: 600n }];
  const unbondingTime = { seconds: 200n, nanos: 0 };
  const decisions = [
    say(MsgCommunityPoolSpend, { authority, recipient: dora.address, amount: coins }),
    say(DistributionUpdate, { authority, params: { ...NO_TAX, communityTax: ATTO / 10n } }),
    say(MintUpdate, { authority, params: { ...MINTING, inflationMax: ATTO / 2n } }),
    say(SlashingUpdate, { authority, params: { ...slashingParams, signedBlocksWindow: 20n } }),
    say(StakingUpdate, { authority, params: { ...stakingParams, unbondingTime, maxValidators: 3 } }),
  ];
  for (const said of decisions) {
    const { status, reason } = await decides(chain, [ann, ben], [said]);
    assert.equal(status, ProposalStatus.PROPOSAL_STATUS_ENACTED, reason);
  }
}

/** Stake that moves, returns, is slashed, and a validator that takes another key. */
async function stake(): Promise<void> {
  const chain = stakedChain(NO_TAX, { params: MINTING, minter: undefined });
  await chain.until(1n);
  await says(chain, ann, fund(ann, 1_000n), create(ann));
  await council(chain);
  await says(chain, dora, undelegate(dora, val, 20n * TOKEN));
  await says(chain, dora, cancel(dora, val, 5n * TOKEN, chain.height()));
  await says(chain, dan, redelegate(dan, val, vic, 10n * TOKEN), delegate(dan, vic, 7n * TOKEN + 1n));
  await says(chain, vic, rotate(vic, "another key of vic"));
  // Val is away until it goes to jail, waits there and comes back.
  for (let i = 0; i < 16; i++) await chain.rawBlock([], without(val));
  await chain.rawBlock([], { lateMs: 70_000n });
  await says(chain, val, unjail(val));
  await says(chain, ann, edit(ann, { minSelfDelegation: 2n * TOKEN }));
  for (let i = 0; i < 10; i++) await chain.rawBlock([], i % 3 === 0 ? without(ann) : {});
  // The evidence is of a key that Vic has no more.
  await chain.rawBlock([], { evidence: [doubleSigned(vic, 20n, 100n)] });
  for (let i = 0; i < QUIET; i++) {
    const said = i % 25 === 0 ? [chain.sign(dora, withdraw(dora, val))] : [];
    await chain.rawBlock(said, { ...(i % 7 === 3 && without(ann)), lateMs: i < 60 ? 3_000n : 0n });
  }
}

const REGISTERED_AFTER = 20;

/** A chain whose validators sign its beacon; of Ann and Ben only Ann has a key from the start. */
function signedChain() {
  let proposer: Person = ann;
  const app = bareApp({
    bls,
    beacon: (message) => signBeacon(message, validator(proposer.name).secret, bls),
  });
  const beaconKeys = [{ ...validator(ann.name).key, validator: consensusAddressOf(ann) }];
  const alter = staked([
    { who: ann, stakes: [[ann, 100n * TOKEN]] },
    { who: ben, stakes: [[ben, 50n * TOKEN]] },
  ]);
  const appState = genesis({ members: [ann, ben], others: [dora], beaconKeys, alter });
  const { validators } = app.initChain({ chainId: CHAIN_ID, timeMs: START_MS, initialHeight: 1n, appState });
  const sets = validatorSets(validators);
  return async (who: Person, said: readonly (readonly [Person, Said])[], key = consensusAddressOf(who)) => {
    proposer = who;
    const height = app.info().height + 1n;
    const info = { height, timeMs: START_MS + height * 1_000n, proposer: key, votes: sets.votes(height) };
    const signed = said.map(([speaker, message]) => {
      const { number = 0n, sequence = 0n } = app.read((ctx) => auth.account(ctx, speaker.address)) ?? {};
      return signTx(speaker, { number, sequence, gas: 20_000_000n }, message);
    });
    const txs = await app.prepareProposal({ ...info, txs: signed, bytesMax: 1 << 20 });
    const { txResults, validatorUpdates } = await app.finalizeBlock({ ...info, txs });
    await app.commit();
    sets.update(height, validatorUpdates);
    for (const { code, log } of txResults) assert.equal(code, 0, log);
  };
}

/** A second validator registers its beacon key and proposes; the first one takes another consensus key. */
async function beacon(): Promise<void> {
  const block = signedChain();
  const register = say(MsgRegisterBeaconKey, { operator: ben.address, ...validator(ben.name).key });
  await block(ann, [[ben, register]]);
  for (let i = 0; i < REGISTERED_AFTER + 2; i++)
    await block(ann, i === 3 ? [[dora, delegate(dora, ann, 1n)]] : []);
  for (let i = 0; i < 20; i++) await block(i % 2 === 0 ? ben : ann, []);
  await block(ann, [[ann, rotate(ann, "another key of ann")]]);
  await block(ann, []);
  const key = consensusAddress(sha256(utf8("another key of ann")));
  for (let i = 0; i < 30; i++) await (i % 2 === 0 ? block(ann, [], key) : block(ben, []));
}

/** Stake with its council, and a beacon that validators sign. */
export const stakeChapters: readonly Chapter[] = [
  { name: "stake", work: stake },
  { name: "beacon", work: beacon },
];
