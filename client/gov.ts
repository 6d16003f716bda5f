import { toHex } from "#chain/bytes/hex.ts";
import { DecodeError } from "#chain/proto/error.ts";
import { fromJson, type Json, toJson } from "#chain/proto/json.ts";
import { AUTHORITY } from "#chain/protocol/authority.ts";
import type { Any } from "#proto/gen/google/protobuf.ts";
import {
  type Deposit,
  MsgDeposit,
  MsgPropose,
  MsgVote,
  type Params,
  type Proposal,
  Query,
  type Vote,
} from "#proto/gen/iterum/gov.ts";
import { ClientError } from "./errors.ts";
import type { Ask } from "./ports.ts";
import { governedCodecs } from "./registry.ts";
import { messageOf } from "./tx.ts";

export { packGoverned } from "./registry.ts";

const badInput = (why: string): ClientError => new ClientError("badInput", why);

/**
 * The packed message that proto3 JSON describes, its type in "@type"; `authority` is filled in. Throws
 * ClientError badInput for what is no message that proposals carry.
 */
export function governedFromJson(json: Json): Any {
  if (typeof json !== "object" || json === null || Array.isArray(json)) throw badInput("not a message");
  const { "@type": typeUrl, ...fields } = json as { readonly [key: string]: Json };
  const codec = governedCodecs.get(String(typeUrl));
  if (!codec) throw badInput(`no message of governance: ${String(typeUrl).slice(0, 80)}`);
  try {
    return {
      typeUrl: codec.typeUrl,
      value: codec.encode(fromJson(codec, { authority: AUTHORITY, ...fields })),
    };
  } catch (error) {
    if (error instanceof DecodeError) throw badInput(`${codec.name}: ${error.message}`);
    throw error;
  }
}

/** What a proposal would do, as JSON; a type that this client does not know stays as its bytes. */
export const governedToJson = ({ typeUrl, value }: Any): Json => {
  const codec = governedCodecs.get(typeUrl);
  return codec
    ? { "@type": typeUrl, ...(toJson(codec, codec.decode(value)) as { readonly [key: string]: Json }) }
    : { "@type": typeUrl, value: toHex(value) };
};

/** Proposes messages that governance alone sends, packed by `packGoverned`, to a game's community. */
export const msgPropose = messageOf(MsgPropose);
/** Adds to a proposal's deposit. */
export const msgDeposit = messageOf(MsgDeposit);
/** Votes on a proposal, or replaces the sender's vote. */
export const msgVote = messageOf(MsgVote);

export interface GovQueries {
  /** Undefined on a chain without governance. */
  params(): Promise<Params | undefined>;
  proposal(proposalId: bigint): Promise<{
    readonly proposal: Proposal | undefined;
    readonly deposits: readonly Deposit[];
  }>;
  /** At most 100 proposals from this one on, of one game where it is named; `next` is 0 at the end. */
  proposals(
    fromProposalId: bigint,
    gameId?: string,
  ): Promise<{ readonly proposals: readonly Proposal[]; readonly nextProposalId: bigint }>;
  /** At most 100 votes in address order, after a voter where one is named. */
  votes(proposalId: bigint, afterVoter?: string): Promise<readonly Vote[]>;
}

export const govQueries = (ask: Ask): GovQueries => ({
  params: async () => (await ask(Query.params, {})).params,
  proposal: (proposalId) => ask(Query.proposal, { proposalId }),
  proposals: (fromProposalId, gameId = "") => ask(Query.proposals, { fromProposalId, gameId }),
  votes: async (proposalId, afterVoter = "") => (await ask(Query.votes, { proposalId, afterVoter })).votes,
});
