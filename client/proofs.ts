import { toHex } from "#chain/bytes/hex.ts";
import { templateId } from "#chain/protocol/template.ts";
import {
  type Audit,
  type Due,
  MsgSubmitProof,
  Query,
  type Setup,
  type Template,
} from "#proto/gen/iterum/proofs.ts";
import { codes } from "./codes.ts";
import { ClientError } from "./errors.ts";
import type { Ask } from "./ports.ts";
import { messageOf } from "./tx.ts";
import { unless } from "./unless.ts";

/** Proves one batch of sampled items. */
export const msgSubmitProof = messageOf(MsgSubmitProof);

/** An approved template with its id. */
export interface KnownTemplate extends Template {
  readonly templateId: Uint8Array;
}

export interface ProofsQueries {
  /** Approved templates of the chain. */
  templates(): Promise<readonly KnownTemplate[]>;
  /** Those whose models may play the game. */
  gameTemplates(gameId: string, roundId?: bigint): Promise<readonly KnownTemplate[]>;
  /** The reference string behind the verification keys, and whether it is a development one. */
  setup(): Promise<Setup | undefined>;
  /** How the game audits. */
  audit(gameId: string, roundId?: bigint): Promise<Audit>;
  /** What an operator must prove in a round; undefined when nothing is due. */
  due(gameId: string, roundId: bigint, operator: string): Promise<Due | undefined>;
}

export function proofsQueries(ask: Ask): ProofsQueries {
  const templates = async () =>
    (await ask(Query.templates, {})).templates.map((each) => ({ ...each, templateId: templateId(each) }));
  const audit = async (gameId: string, roundId = 0n) => {
    const { audit: found } = await ask(Query.audit, { gameId, roundId });
    if (!found) throw new ClientError("badAnswer", `game ${gameId} without an audit rule`);
    return found;
  };
  return {
    templates,
    audit,
    gameTemplates: async (gameId, roundId) => {
      const allowed = new Set((await audit(gameId, roundId)).templateIds.map(toHex));
      return (await templates()).filter((each) => allowed.has(toHex(each.templateId)));
    },
    setup: async () => (await ask(Query.templates, {})).setup,
    due: async (gameId, roundId, operator) =>
      (await unless(codes.proofs.NotDue, ask(Query.due, { gameId, roundId, operator })))?.due,
  };
}
