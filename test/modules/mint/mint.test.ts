import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { inflationOf } from "#modules/mint/api.ts";
import { errors } from "#modules/mint/errors.ts";
import { bondedShare, nextInflation, ONE, provision } from "#modules/mint/inflation.ts";
import { MsgUpdateParams, type Params, Query } from "#proto/gen/cosmos/mint.ts";
import { GenesisState as Bank } from "#proto/gen/iterum/bank.ts";
import { ProposalStatus } from "#proto/gen/iterum/gov.ts";
import { GenesisState } from "#proto/gen/iterum/mint.ts";
import { newChain, type Said, say } from "#test/kit/chain.ts";
import { authority, decides, propose } from "#test/kit/game/govern.ts";
import { supply } from "#test/kit/game/money.ts";
import { ask, refuses } from "#test/kit/game/refuse.ts";
import { DENOM, TOKEN } from "#test/kit/genesis.ts";
import { staked } from "#test/kit/staked.ts";
import { ann, ben, NO_TAX, outstanding, stakedChain, val, vic } from "../distribution/kit.ts";
import { type Alter, changed, first, refusesGenesis } from "../genesis-kit.ts";

/** Ten per cent a year of a thousand blocks, whatever is staked. */
const STEADY: Params = {
  mintDenom: DENOM,
  inflationRateChange: 0n,
  inflationMax: ONE / 10n,
  inflationMin: ONE / 10n,
  goalBonded: ONE / 2n,
  blocksPerYear: 1_000n,
};
const minting = (params: Params): GenesisState => ({ params, minter: undefined });
const change = (params: Params | undefined): Said => say(MsgUpdateParams, { authority, params });

test("a year's blocks mint the year's rate of the supply exactly, and validators earn it", async () => {
  const chain = stakedChain(NO_TAX, minting(STEADY));
  const before = supply(chain);
  await chain.until(1n);
  const minted = supply(chain) - before;
  assert.equal(minted, before / 10_000n);
  assert.equal(ask(chain, Query.inflation, {}).inflation, ONE / 10n);
  assert.equal(ask(chain, Query.annualProvisions, {}).annualProvisions, (supply(chain) * ONE) / 10n);
  assert.deepEqual(ask(chain, Query.params, {}).params, STEADY);
  await chain.until(2n);
  // What the second block has minted is shared in it too.
  const shared = supply(chain) - before;
  assert.equal(outstanding(chain, val) + outstanding(chain, vic), shared * ONE);
});

test("what is due beyond whole units is carried: nothing is lost over a year", () => {
  fc.assert(
    fc.property(
      fc.bigInt(1n, 2n ** 100n),
      fc.bigInt(0n, ONE),
      fc.bigInt(1n, 400n),
      (amount, inflation, blocksPerYear) => {
        let [minted, carried] = [0n, 0n];
        for (let i = 0n; i < blocksPerYear; i++) {
          const part = provision(amount, inflation, blocksPerYear, carried);
          minted += part.amount;
          carried = part.carried;
        }
        assert.equal(minted, (amount * inflation) / ONE);
        assert.equal(carried, ((amount * inflation) % ONE) * blocksPerYear);
      },
    ),
  );
});

test("the rate rises while too little is staked, falls while too much is, and keeps its bounds", () => {
  const rule = { ...STEADY, inflationRateChange: ONE / 10n, inflationMin: ONE / 50n, inflationMax: ONE / 5n };
  const years = (count: number, from: bigint, bonded: bigint): bigint => {
    let rate = from;
    for (let i = 0; i < count * 1_000; i++) rate = nextInflation(rate, bonded, rule);
    return rate;
  };
  assert.equal(years(1, ONE / 20n, 0n), ONE / 20n + ONE / 10n);
  assert.equal(years(1, ONE / 20n, ONE / 2n), ONE / 20n);
  assert.equal(years(3, ONE / 20n, 0n), ONE / 5n);
  assert.equal(years(9, ONE / 20n, ONE), ONE / 50n);
  assert.equal(bondedShare(0n, 0n), 0n);
});

test("a chain that mints nothing says so, and one where nobody stakes mints nothing", async () => {
  const still = stakedChain();
  const before = supply(still);
  await still.until(3n);
  assert.equal(supply(still), before);
  assert.equal(ask(still, Query.inflation, {}).inflation, 0n);
  const mint = changed("mint", GenesisState)(() => minting(STEADY));
  const agreed = newChain({ members: [ann, ben], others: [], alter: mint });
  const all = supply(agreed);
  await agreed.until(3n);
  assert.equal(supply(agreed), all);
});

test("a supply near its end grows to it and no further", async () => {
  const stake = staked([{ who: val, stakes: [[val, TOKEN]] }]);
  const mint = changed("mint", GenesisState)(() => minting({ ...STEADY, blocksPerYear: 1n }));
  const fortune = changed(
    "bank",
    Bank,
  )(({ balances }) => ({
    balances: first(balances, { amount: (1n << 128n) - 1_000_000n * TOKEN }),
  }));
  const alter: Alter = (state) => mint(stake(fortune(state)));
  const rich = newChain({ members: [ann], others: [], alter });
  assert.ok(supply(rich) < (1n << 128n) - 1n);
  await rich.until(1n);
  assert.equal(supply(rich), (1n << 128n) - 1n);
  await rich.until(2n);
  assert.equal(supply(rich), (1n << 128n) - 1n);
});

test("the council changes how the supply grows, within what makes sense", async () => {
  const chain = stakedChain(NO_TAX, minting(STEADY));
  const slower = { ...STEADY, inflationMin: 0n, inflationMax: ONE / 20n };
  const { status } = await decides(chain, [ann, ben], [change(slower)]);
  assert.equal(status, ProposalStatus.PROPOSAL_STATUS_ENACTED);
  assert.equal(chain.read(inflationOf), ONE / 20n);
  const foreign = await decides(chain, [ann, ben], [change({ ...STEADY, mintDenom: "gold" })]);
  assert.ok(foreign.reason.includes(errors.BadParams.text), foreign.reason);
  const quiet = stakedChain();
  const bad: (Params | undefined)[] = [
    undefined,
    { ...STEADY, inflationMin: ONE },
    { ...STEADY, inflationMax: 2n * ONE },
    { ...STEADY, inflationRateChange: 2n * ONE },
    { ...STEADY, goalBonded: 0n },
    { ...STEADY, goalBonded: 2n * ONE },
    { ...STEADY, blocksPerYear: 0n },
  ];
  await refuses(
    quiet,
    ...bad.map((params) => [ann, errors.BadParams, propose(ann, [change(params)])] as const),
  );
});

test("minting in genesis of another denom, or outside its bounds, is refused; else it goes on", async () => {
  const alter = changed("mint", GenesisState);
  const minter = { inflation: ONE / 10n, carried: 5n };
  refusesGenesis(
    errors.BadGenesis,
    alter(() => minting({ ...STEADY, mintDenom: "gold" })),
  );
  refusesGenesis(
    errors.BadGenesis,
    alter(() => ({ minter })),
  );
  refusesGenesis(
    errors.BadGenesis,
    alter(() => ({ params: STEADY, minter: { ...minter, inflation: ONE } })),
  );
  refusesGenesis(
    errors.BadGenesis,
    alter(() => ({ params: STEADY, minter: { ...minter, carried: 1_000n * ONE } })),
  );
  const chain = stakedChain(NO_TAX, { params: STEADY, minter });
  assert.deepEqual(chain.app.dump()["mint"], {
    params: {
      ...{ mintDenom: DENOM, inflationRateChange: "0.000000000000000000" },
      ...{ inflationMax: "0.100000000000000000", inflationMin: "0.100000000000000000" },
      ...{ goalBonded: "0.500000000000000000", blocksPerYear: "1000" },
    },
    minter: { inflation: "0.100000000000000000", carried: "5" },
  });
});
