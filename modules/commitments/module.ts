import { ensure } from "#chain/kernel/error.ts";
import { type Answers, defineModule, messages, on, queries } from "#chain/kernel/module.ts";
import * as rounds from "#modules/rounds/api.ts";
import { GenesisState, Msg, Query } from "#proto/gen/iterum/commitments.ts";
import { Phase } from "#proto/gen/iterum/rounds.ts";
import { dataRule, findModel, itemList, setDataRule, setsOf, sheetsOf } from "./api.ts";
import { commitData } from "./commit-data.ts";
import { commitPanelLabels } from "./commit-panel-labels.ts";
import { denounce } from "./denounce.ts";
import { errors } from "./errors.ts";
import { finalizeItems } from "./finalize.ts";
import { dumpCommitments, restoreCommitments } from "./genesis.ts";
import { registerModel } from "./register-model.ts";
import { revealInputs } from "./reveal-inputs.ts";
import { revealLabels } from "./reveal-labels.ts";
import { revealPanelLabels } from "./reveal-panel-labels.ts";
import { sealDenouncement } from "./seal-denouncement.ts";
import { commitments, roundKey, rules } from "./state.ts";

const answers: Answers<typeof Query> = {
  dataRule: (ctx, key) => ({ rule: dataRule(ctx, rounds.roundMeant(ctx, key)) }),
  model: (ctx, { modelId }) => {
    const model = findModel(ctx, modelId);
    ensure(model, errors.NoModel);
    return { model };
  },
  commitments: (ctx, { gameId, roundId }) => ({
    commitments: [...commitments.under(ctx, roundKey, [gameId, roundId])].map(([, each]) => each),
  }),
  sets: (ctx, key) => ({ sets: [...setsOf(ctx, key)] }),
  items: (ctx, key) => ({ list: itemList(ctx, key) }),
  panel: (ctx, key) => ({ sheets: [...sheetsOf(ctx, key)] }),
};

export const commitmentsModule = defineModule({
  name: "commitments",
  version: 1,
  messages: messages(Msg, {
    ...{ registerModel, commitData, revealInputs, revealLabels },
    ...{ commitPanelLabels, revealPanelLabels, sealDenouncement, denounce },
  }),
  queries: queries(Query, answers),
  invariants: [],
  hooks: [
    on(rounds.phaseEntered, (ctx, { phase, ...key }) => {
      if (phase === Phase.PHASE_LABEL) finalizeItems(ctx, key);
    }),
  ],
  genesis: {
    codec: GenesisState,
    init: (ctx, genesis) => {
      for (const rule of genesis.rules) {
        const { gameId, fromRound } = rule;
        ensure(!rules.has(ctx, gameId, fromRound), errors.BadGenesis, { gameId, fromRound });
        setDataRule(ctx, rule);
      }
      restoreCommitments(ctx, genesis);
    },
    dump: dumpCommitments,
  },
});
