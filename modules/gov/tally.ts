import { type Params, type Proposal, Tally, VoteOption } from "#proto/gen/iterum/gov.ts";

const PPM = 1_000_000n;

const fields: ReadonlyMap<VoteOption, keyof Tally> = new Map([
  [VoteOption.VOTE_OPTION_YES, "yes"],
  [VoteOption.VOTE_OPTION_NO, "no"],
  [VoteOption.VOTE_OPTION_ABSTAIN, "abstain"],
  [VoteOption.VOTE_OPTION_VETO, "veto"],
]);

/** Whether there is such an option. */
export const isOption = (option: VoteOption): boolean => fields.has(option);

/** The tally with a weight added to an option; a negative one takes it out. */
export function counted(tally: Tally | undefined, option: VoteOption, weight: bigint): Tally {
  const now = tally ?? Tally.zero();
  const field = fields.get(option);
  return field === undefined ? now : { ...now, [field]: now[field] + weight };
}

/** What a vote comes to. */
export interface Decision {
  readonly outcome: "accepted" | "rejected" | "vetoed";
  readonly reason: string;
}

/**
 * Decides by the rule of Cosmos SDK: a quorum of the electorate must have voted; more than `veto_ppm` of the
 * votes veto; more than `threshold_ppm` of those that did not abstain accept.
 */
export function decide(
  { tally, electorate }: Pick<Proposal, "tally" | "electorate">,
  rule: Params,
): Decision {
  const { yes, no, abstain, veto } = tally ?? Tally.zero();
  const cast = yes + no + abstain + veto;
  const { quorumPpm, thresholdPpm, vetoPpm } = rule;
  if (cast === 0n || cast * PPM < electorate * BigInt(quorumPpm))
    return { outcome: "rejected", reason: `no quorum: ${cast} of ${electorate} voted` };
  if (veto * PPM > cast * BigInt(vetoPpm)) return { outcome: "vetoed", reason: `${veto} of ${cast} vetoed` };
  const decided = cast - abstain;
  if (yes * PPM > decided * BigInt(thresholdPpm)) return { outcome: "accepted", reason: "" };
  return { outcome: "rejected", reason: `${yes} of ${decided} agreed` };
}
