import { toHex } from "#chain/bytes/hex.ts";
import type { Evidence } from "#chain/kernel/ctx.ts";
import type { AppState } from "#chain/kernel/genesis.ts";
import { toJson } from "#chain/proto/json.ts";
import { toOperator } from "#chain/protocol/operator.ts";
import { MsgUnjail } from "#proto/gen/cosmos/slashing.ts";
import { GenesisState } from "#proto/gen/iterum/slashing.ts";
import type { Person } from "#test/kit/accounts.ts";
import { newChain, type Said, START_MS, say, type TestChain } from "#test/kit/chain.ts";
import { TOKEN } from "#test/kit/genesis.ts";
import { consensusAddressOf, staked } from "#test/kit/staked.ts";
import { ATTO, ann, ben, cat, dan, eve, fay } from "../validators/kit.ts";

/** A window of ten blocks of which five must be signed. */
export const slashingParams = {
  signedBlocksWindow: 10n,
  minSignedPerWindow: ATTO / 2n,
  downtimeJailDuration: { seconds: 60n, nanos: 0 },
  slashFractionDoubleSign: ATTO / 10n,
  slashFractionDowntime: ATTO / 100n,
};

/** Ann and Ben run validators with 100 and 50 tokens; Ben's have 30 more of Cat. */
export const newSlashable = (params = slashingParams): TestChain => {
  const stake = staked([
    { who: ann, stakes: [[ann, 100n * TOKEN]] },
    {
      who: ben,
      stakes: [
        [ben, 50n * TOKEN],
        [cat, 30n * TOKEN],
      ],
    },
  ]);
  const alter = (state: AppState): AppState => ({
    ...stake(state),
    slashing: toJson(GenesisState, { ...GenesisState.zero(), params }),
  });
  return newChain({ members: [ann, ben], others: [cat, dan, eve, fay], alter });
};

/** Nobody but these is away. */
export const without = (...who: readonly Person[]) => ({
  absent: new Set(who.map((each) => toHex(consensusAddressOf(each)))),
});

export const unjail = (who: Person): Said => say(MsgUnjail, { validatorAddr: toOperator(who.address) });

/** Proof that somebody signed two blocks of a height with so much power. */
export const doubleSigned = (who: Person, height: bigint, power: bigint): Evidence => ({
  kind: "duplicateVote",
  address: consensusAddressOf(who),
  power,
  totalPower: 1_000n,
  height,
  timeMs: START_MS + height * 1_000n,
});
