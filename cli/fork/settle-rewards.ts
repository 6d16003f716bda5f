import { chainRegistry } from "#chain/app/modules.ts";
import type { App } from "#chain/app.ts";
import { writeCtx } from "#chain/kernel/block.ts";
import { ChainError } from "#chain/kernel/error.ts";
import { type AppState, dumpGenesis } from "#chain/kernel/genesis.ts";
import { overlay } from "#chain/kernel/overlay.ts";
import { fromJson } from "#chain/proto/json.ts";
import { toOperator } from "#chain/protocol/operator.ts";
import { errors } from "#modules/distribution/errors.ts";
import { withdrawDelegatorReward } from "#modules/distribution/withdraw-delegator-reward.ts";
import { withdrawValidatorCommission } from "#modules/distribution/withdraw-validator-commission.ts";
import { GenesisState as Validators } from "#proto/gen/iterum/validators.ts";

/** The app state once everybody has withdrawn what validators have earned; the app's own stays as it is. */
export function withRewardsPaid(app: App): AppState {
  const { modules, ...registry } = chainRegistry();
  return app.read((at) => {
    const { chainId, height, timeMs } = at;
    const block = { chainId, height, timeMs, proposer: new Uint8Array(0), verdicts: new Map() };
    const ctx = writeCtx({ modules, ...registry }, overlay(at.store), block, []);
    const { delegations, validators } = fromJson(Validators, app.dump()["validators"] ?? {});
    for (const { delegator, operator } of delegations)
      withdrawDelegatorReward.run(ctx, {
        delegatorAddress: delegator,
        validatorAddress: toOperator(operator),
      });
    for (const { operator } of validators)
      try {
        withdrawValidatorCommission.run(ctx, { validatorAddress: toOperator(operator) });
      } catch (error) {
        if (!(error instanceof ChainError) || error.code !== errors.NoCommission.code) throw error;
      }
    return dumpGenesis(ctx, modules);
  });
}
