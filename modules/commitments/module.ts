import type { WriteCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import { type Answers, defineModule, messages, on, queries } from "#chain/kernel/module.ts";
import * as rounds from "#modules/rounds/api.ts";
import { type DataRule, GenesisState, Msg, Query } from "#proto/gen/iterum/commitments.ts";
import { Phase } from "#proto/gen/iterum/rounds.ts";
import { dataRule, findModel, itemList, setsOf, sheetsOf } from "./api.ts";
import { commitData } from "./commit-data.ts";
import { commitPanelLabels } from "./commit-panel-labels.ts";
import { denounce } from "./denounce.ts";
import { errors } from "./errors.ts";
import { featurizerOf } from "./featurizer.ts";
import { finalizeItems } from "./finalize.ts";
import { dumpCommitments, restoreCommitments } from "./genesis.ts";
import { registerModel } from "./register-model.ts";
import { revealInputs } from "./reveal-inputs.ts";
import { revealLabels } from "./reveal-labels.ts";
import { revealPanelLabels } from "./reveal-panel-labels.ts";
import { sealDenouncement } from "./seal-denouncement.ts";
import { commitments, roundKey, rules } from "./state.ts";

const SET_ITEMS_MAX = 1_000;
const EVENT_CID_BYTES_MAX = 64;

const answers: Answers<typeof Query> = {
  dataRule: (ctx, { gameId }) => ({ rule: dataRule(ctx, gameId) }),
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

function addRule(ctx: WriteCtx, rule: DataRule): void {
  const { gameId, featurizer, setItemsMax, eventCidBytesMax } = rule;
  rounds.game(ctx, gameId);
  featurizerOf(featurizer);
  const bounded =
    setItemsMax >= 1 &&
    setItemsMax <= SET_ITEMS_MAX &&
    eventCidBytesMax >= 1 &&
    eventCidBytesMax <= EVENT_CID_BYTES_MAX;
  ensure(bounded && !rules.has(ctx, gameId), errors.BadGenesis, { gameId, setItemsMax, eventCidBytesMax });
  rules.set(ctx, gameId, rule);
}

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
      for (const rule of genesis.rules) addRule(ctx, rule);
      restoreCommitments(ctx, genesis);
    },
    dump: dumpCommitments,
  },
});
