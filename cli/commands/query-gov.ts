import type { Command } from "commander";
import { layoutOf, wholeNumber } from "#cli/context.ts";
import { ensureCli } from "#cli/errors.ts";
import { addressOf } from "#cli/home/keys.ts";
import { tableOf } from "#cli/table.ts";
import { governedToJson } from "#client/gov.ts";
import { formatAmount } from "#client/units.ts";
import { type Proposal, ProposalStatus } from "#proto/gen/iterum/gov.ts";
import { answer, type QueryOptions, queryCommandOf } from "./answer.ts";
import { unitOf } from "./tx.ts";

const columns = [
  { head: "proposal", right: true },
  { head: "status" },
  { head: "step ends", right: true },
  { head: "yes", right: true },
  { head: "no", right: true },
  { head: "abstain", right: true },
  { head: "veto", right: true },
  { head: "of", right: true },
  { head: "title" },
];

const statusOf = (status: number): string =>
  (Object.entries(ProposalStatus).find(([, value]) => value === status)?.[0] ?? "").slice(
    "PROPOSAL_STATUS_".length,
  );

const talliesOf = ({ tally }: Proposal): string[] =>
  [tally?.yes, tally?.no, tally?.abstain, tally?.veto].map((weight) => String(weight ?? 0n));

/** The last hundred proposals of a game, which is a page. */
const proposals = (options: QueryOptions): Promise<void> =>
  answer(
    options,
    async (client, gameId) => {
      const found: Proposal[] = [];
      for (let from = 1n; from > 0n; ) {
        const page = await client.gov.proposals(from, gameId);
        found.push(...page.proposals);
        from = page.nextProposalId;
      }
      return found.slice(-100);
    },
    (found) =>
      tableOf(
        columns,
        found.map((each) => [
          String(each.proposalId),
          statusOf(each.status),
          each.endsHeight > 0n ? String(each.endsHeight) : "",
          ...talliesOf(each),
          String(each.electorate),
          each.title,
        ]),
      ),
  );

const proposal = (proposalId: number, options: QueryOptions): Promise<void> =>
  answer(
    options,
    async (client) => {
      const { proposal: found, deposits } = await client.gov.proposal(BigInt(proposalId));
      ensureCli(found, `no proposal ${proposalId}`);
      return { proposal: found, deposits, messages: found.messages.map(governedToJson) };
    },
    async ({ proposal: found, messages }, client) => {
      const [yes, no, abstain, veto] = talliesOf(found);
      return [
        `${found.title}: ${statusOf(found.status)}${found.reason === "" ? "" : `, ${found.reason}`}`,
        ...(found.summary === "" ? [] : [found.summary]),
        `by ${found.proposer}, deposit ${formatAmount(found.deposit, await unitOf(client))}`,
        ...(found.endsHeight > 0n ? [`this step ends with block ${found.endsHeight}`] : []),
        `yes ${yes}, no ${no}, abstain ${abstain}, veto ${veto}, of ${found.electorate}`,
        ...messages.map((message) => JSON.stringify(message, undefined, 2)),
      ].join("\n");
    },
  );

const standing = (who: string, options: QueryOptions): Promise<void> =>
  answer(
    options,
    async (client, gameId) => {
      const address = await addressOf(layoutOf(options).keys, who);
      return {
        ...(await client.community.rule(gameId)),
        ...(await client.community.standing(gameId, address)),
      };
    },
    ({ rule, total, weight, weightOfAge }) =>
      [
        `counts ${weight} now, ${weightOfAge} once all of it is of age`,
        `membership ${rule?.kind} by ${rule?.weighting}, of age after ${rule?.ageRounds} rounds`,
        `the community counts ${total?.weight ?? 0n}, ${total?.members ?? 0n} members`,
      ].join("\n"),
  );

const runway = (options: QueryOptions): Promise<void> =>
  answer(
    options,
    (client, gameId) => client.treasury.runway(gameId),
    async ({ available, roundsAtWorst, roundsAtAverage, lockedPerRound, costPerRound }, client) => {
      const unit = await unitOf(client);
      const amount = (value: bigint): string => formatAmount(value, unit);
      const average = costPerRound > 0n ? `${roundsAtAverage} rounds` : "any number of rounds";
      return [
        `${amount(available)} available`,
        `pays for ${roundsAtWorst} rounds if each costs all that it locks, ${amount(lockedPerRound)}`,
        `and for ${average} at what they cost so far, ${amount(costPerRound)}`,
      ].join("\n");
    },
  );

const council = (options: QueryOptions): Promise<void> =>
  answer(
    options,
    (client, gameId) => client.elections.council(gameId),
    (found) => found.map(({ nominee, votes }) => `${nominee}: ${votes}`).join("\n"),
  );

/** `iterum query council`. */
export const councilCommand = (): Command =>
  queryCommandOf("council", "who has the members' votes for the council, most first").action(council);

/** `iterum query runway`. */
export const runwayCommand = (): Command =>
  queryCommandOf("runway", "how many rounds the game's budget still pays for").action(runway);

/** `iterum query proposals`. */
export const proposalsCommand = (): Command =>
  queryCommandOf("proposals", "the game's last proposals and their votes").action(proposals);

/** `iterum query proposal`. */
export const proposalCommand = (): Command =>
  queryCommandOf("proposal", "one proposal and what it would do")
    .argument("<proposal>", "its number", wholeNumber(1, 999_999_999))
    .action(proposal);

/** `iterum query standing`. */
export const standingCommand = (): Command =>
  queryCommandOf("standing", "what a member counts for in elections and votes")
    .argument("<who>", "address, or name of a key of the home")
    .action(standing);
