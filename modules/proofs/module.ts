import { keccak256 } from "#chain/bytes/hash.ts";
import { ensure } from "#chain/kernel/error.ts";
import { type Answers, defineModule, messages, queries } from "#chain/kernel/module.ts";
import { parseAddress } from "#chain/protocol/address.ts";
import * as rounds from "#modules/rounds/api.ts";
import { GenesisState, Msg, Query } from "#proto/gen/iterum/proofs.ts";
import { audit, setAudit } from "./api.ts";
import { addTemplate, approveTemplate } from "./approve-template.ts";
import { errors } from "./errors.ts";
import { audits, dues, setup, templates, verifiers } from "./state.ts";
import { submitProof } from "./submit-proof.ts";

const answers: Answers<typeof Query> = {
  templates: (ctx) => ({
    templates: [...templates.all(ctx)].map(([, each]) => each),
    setup: setup.find(ctx),
  }),
  audit: (ctx, key) => ({ audit: audit(ctx, rounds.roundMeant(ctx, key)) }),
  due: (ctx, { gameId, roundId, operator }) => {
    const due = parseAddress(operator) && dues.get(ctx, [gameId, roundId, operator]);
    ensure(due, errors.NotDue, { operator });
    return { due };
  },
};

export const proofsModule = defineModule({
  name: "proofs",
  version: 1,
  messages: messages(Msg, { submitProof, approveTemplate }),
  queries: queries(Query, answers),
  invariants: [],
  genesis: {
    codec: GenesisState,
    init: (ctx, genesis) => {
      if (genesis.setup) {
        ensure(!genesis.setup.insecure || rounds.isDev(ctx), errors.BadGenesis, { setup: "insecure" });
        setup.set(ctx, genesis.setup);
      }
      ensure(genesis.setup || genesis.templates.length === 0, errors.BadGenesis, { missing: "setup" });
      for (const { code } of genesis.verifiers) verifiers.set(ctx, keccak256(code), code);
      for (const template of genesis.templates) addTemplate(ctx, template);
      for (const rule of genesis.audits) {
        const { gameId, fromRound } = rule;
        ensure(!audits.has(ctx, gameId, fromRound), errors.BadGenesis, { gameId, fromRound });
        setAudit(ctx, rule);
      }
      for (const { gameId, roundId, due } of genesis.dues) {
        ensure(due, errors.BadGenesis, { gameId });
        dues.set(ctx, [gameId, roundId, due.operator], due);
      }
    },
    dump: (ctx) => ({
      setup: setup.find(ctx),
      templates: [...templates.all(ctx)].map(([, each]) => each),
      verifiers: [...verifiers.all(ctx)].map(([, code]) => ({ code })),
      audits: [...audits.all(ctx)].map(([, rule]) => rule),
      dues: [...dues.all(ctx)].map(([[gameId, roundId], due]) => ({ gameId, roundId, due })),
    }),
  },
});
