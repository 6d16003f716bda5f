import { keccak256 } from "#chain/bytes/hash.ts";
import type { ReadCtx, WriteCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import { type Answers, defineModule, messages, queries } from "#chain/kernel/module.ts";
import { BLOCK_PROOFS_MAX } from "#chain/limits.ts";
import { parseAddress } from "#chain/protocol/address.ts";
import { checkTemplate, TemplateError, templateId } from "#chain/protocol/template.ts";
import * as rounds from "#modules/rounds/api.ts";
import { type Audit, GenesisState, Msg, Query, type Template } from "#proto/gen/iterum/proofs.ts";
import { audit } from "./api.ts";
import { errors } from "./errors.ts";
import { audits, dues, setup, templates, verifiers } from "./state.ts";
import { submitProof } from "./submit-proof.ts";

/** Fewer samples leave cheating worth its while (design: game.md §9). */
const SAMPLE_SIZE_MIN = 8;

const answers: Answers<typeof Query> = {
  templates: (ctx) => ({
    templates: [...templates.all(ctx)].map(([, each]) => each),
    setup: setup.find(ctx),
  }),
  audit: (ctx, { gameId }) => ({ audit: audit(ctx, gameId) }),
  due: (ctx, { gameId, roundId, operator }) => {
    const due = parseAddress(operator) && dues.get(ctx, [gameId, roundId, operator]);
    ensure(due, errors.NotDue, { operator });
    return { due };
  },
};

function addTemplate(ctx: WriteCtx, template: Template): void {
  const { g2 } = setup.get(ctx);
  ensure(verifiers.has(ctx, template.verifierCodeHash), errors.BadGenesis, { verifierOf: template.name });
  try {
    checkTemplate(template, { srsG2: g2, verifierCodeHash: template.verifierCodeHash });
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw errors.BadGenesis({ template: template.name, why: error.message });
  }
  templates.set(ctx, templateId(template), template);
}

/** Places for proofs in each block that the audited games have been promised. */
function placesPromised(ctx: ReadCtx): number {
  let sum = 0;
  for (const [, { policy, proofsPerBlock }] of audits.all(ctx)) if (policy !== "none") sum += proofsPerBlock;
  return sum;
}

function addAudit(ctx: WriteCtx, rule: Audit): void {
  const { gameId, policy, sampleSize, proofsPerBlock, templateIds } = rule;
  const { classes } = rounds.game(ctx, gameId);
  ensure(!audits.has(ctx, gameId), errors.BadGenesis, { gameId, twice: true });
  const known = policy === "sampled" || policy === "all" || (policy === "none" && rounds.isDev(ctx));
  ensure(known, errors.BadGenesis, { gameId, policy });
  const enough = policy !== "sampled" || sampleSize >= SAMPLE_SIZE_MIN;
  ensure(enough, errors.BadGenesis, { gameId, sampleSize });
  // A game's places are its own: what one promises another cannot have.
  const left = BLOCK_PROOFS_MAX - placesPromised(ctx);
  const rate = proofsPerBlock >= 1 && (policy === "none" || proofsPerBlock <= left);
  ensure(rate, errors.BadGenesis, { gameId, proofsPerBlock, left });
  for (const id of templateIds) {
    const template = templates.get(ctx, id);
    ensure(template?.classes === classes, errors.BadGenesis, {
      gameId,
      template: template?.name ?? "unknown",
    });
    const whole = policy !== "sampled" || sampleSize % template.batch === 0;
    ensure(whole, errors.BadGenesis, { gameId, sampleSize, batch: template.batch });
  }
  audits.set(ctx, gameId, rule);
}

export const proofsModule = defineModule({
  name: "proofs",
  version: 1,
  messages: messages(Msg, { submitProof }),
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
      for (const rule of genesis.audits) addAudit(ctx, rule);
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
