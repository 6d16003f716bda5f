import { Command, InvalidArgumentError } from "commander";
import { fromHex } from "#chain/bytes/hex.ts";
import type { Json } from "#chain/proto/json.ts";
import { bindingStatement, ethereumAddress, signPersonal } from "#chain/protocol/eip191.ts";
import { gameOf, gameOption, layoutOf, wholeNumber } from "#cli/context.ts";
import { ensureCli } from "#cli/errors.ts";
import { jsonOf, textOf } from "#cli/files.ts";
import { addressOf } from "#cli/home/keys.ts";
import { say, sayJson } from "#cli/output.ts";
import {
  type Holding,
  msgClaimMembership,
  msgStake,
  msgUnstake,
  placeIn,
  snapshotOf,
} from "#client/community.ts";
import { msgVoteCouncil } from "#client/elections.ts";
import { governedFromJson, msgDeposit, msgPropose, msgVote } from "#client/gov.ts";
import { responseOf } from "#client/tx.ts";
import { parseAmount } from "#client/units.ts";
import { MsgProposeResponse, VoteOption } from "#proto/gen/iterum/gov.ts";
import { sendAs, type TxOptions, txCommandOf, unitOf } from "./tx.ts";

interface ProposeOptions extends TxOptions {
  readonly title: string;
  readonly summary: string;
  readonly deposit: string;
}

const votes = {
  yes: VoteOption.VOTE_OPTION_YES,
  no: VoteOption.VOTE_OPTION_NO,
  abstain: VoteOption.VOTE_OPTION_ABSTAIN,
  veto: VoteOption.VOTE_OPTION_VETO,
} as const;

async function propose(file: string, options: ProposeOptions): Promise<void> {
  const json = await jsonOf(file);
  const messages = (Array.isArray(json) ? (json as readonly Json[]) : [json]).map(governedFromJson);
  const result = await sendAs(options, async (client, { address: proposer }) =>
    msgPropose({
      proposer,
      gameId: await gameOf(client, options.game),
      title: options.title,
      summary: options.summary,
      messages,
      deposit: parseAmount(options.deposit, await unitOf(client)),
    }),
  );
  say(`proposal ${responseOf(MsgProposeResponse, result).proposalId}`);
}

async function vote(proposalId: number, option: keyof typeof votes, options: TxOptions): Promise<void> {
  await sendAs(options, async (_client, { address: voter }) =>
    msgVote({ voter, proposalId: BigInt(proposalId), option: votes[option] }),
  );
}

async function deposit(proposalId: number, amount: string, options: TxOptions): Promise<void> {
  await sendAs(options, async (client, { address: depositor }) =>
    msgDeposit({
      depositor,
      proposalId: BigInt(proposalId),
      amount: parseAmount(amount, await unitOf(client)),
    }),
  );
}

/** Reads holders of another chain, `0x<address>,<weight>` a line. Throws CliError with the line's number. */
async function readHoldings(file: string): Promise<Holding[]> {
  const text = await textOf(file);
  const lines = text.split("\n").map((line) => line.trim());
  const seen = new Set<string>();
  return lines.flatMap((line, i) => {
    if (line === "") return [];
    const [, address = "", weight = ""] = /^0x([0-9a-fA-F]{40}),([1-9][0-9]{0,18})$/.exec(line) ?? [];
    ensureCli(address !== "", `${file}:${i + 1}: not 0x<40 hexadecimal digits>,<weight above zero>`);
    ensureCli(!seen.has(address.toLowerCase()), `${file}:${i + 1}: 0x${address} is there twice`);
    seen.add(address.toLowerCase());
    return [{ ethereumAddress: fromHex(address.toLowerCase()), weight: BigInt(weight) }];
  });
}

/** Prints the snapshot of a list of holders in the form in which a proposal carries it. */
async function snapshot(file: string): Promise<void> {
  const { root, leaves } = snapshotOf(await readHoldings(file));
  sayJson({ root: Buffer.from(root).toString("base64"), leaves });
}

const stakeCommandOf = (name: string, description: string, make: typeof msgStake): Command =>
  txCommandOf(name, description)
    .argument("<amount>", "for example 100")
    .addOption(gameOption())
    .action(async (amount: string, options: TxOptions): Promise<void> => {
      await sendAs(options, async (client, { address: member }) => {
        const gameId = await gameOf(client, options.game);
        const { rule } = await client.community.rule(gameId);
        ensureCli(rule?.denom, `nobody locks coins in the community of ${gameId}`);
        const unit = await client.bank.unit(rule.denom);
        return make({ member, gameId, amount: parseAmount(amount, unit) });
      });
    });

async function claim(file: string, options: TxOptions): Promise<void> {
  const holdings = await readHoldings(file);
  await sendAs(options, async (client, key) => {
    const gameId = await gameOf(client, options.game);
    const secret = await key.ethereumKey();
    const place = placeIn(holdings, ethereumAddress(secret));
    const statement = bindingStatement(client.chainId, gameId, key.address, place.ethereumAddress);
    const signature = signPersonal(statement, secret);
    return msgClaimMembership({ member: key.address, gameId, ...place, signature });
  });
}

const NOBODY = "nobody";

async function council(who: string, options: TxOptions): Promise<void> {
  const nominee = who === NOBODY ? "" : await addressOf(layoutOf(options).keys, who);
  await sendAs(options, async (client, { address: voter }) =>
    msgVoteCouncil({ voter, gameId: await gameOf(client, options.game), nominee }),
  );
}

function optionOf(text: string): keyof typeof votes {
  if (!Object.hasOwn(votes, text)) throw new InvalidArgumentError("yes, no, abstain or veto.");
  return text as keyof typeof votes;
}

const proposalNumber = wholeNumber(1, 999_999_999);

/** `iterum gov`: proposals and votes of a game's community. */
export const govCommand = (): Command =>
  new Command("gov")
    .description("belong to a game's community, propose changes to it, and vote on them")
    .addCommand(
      txCommandOf("propose", "propose messages that governance alone sends")
        .argument("<file>", 'JSON of one message or a list: {"@type": "/iterum.….Msg…", …}')
        .requiredOption("--title <text>", "what it is about, at most 140 bytes")
        .option("--summary <text>", "why, at most 4,096 bytes", "")
        .requiredOption("--deposit <amount>", "for example 100; at least a tenth of what is needed")
        .addOption(gameOption())
        .action(propose),
    )
    .addCommand(
      txCommandOf("vote", "vote, or replace the vote you gave")
        .argument("<proposal>", "its number", proposalNumber)
        .argument("<option>", "yes, no, abstain or veto", optionOf)
        .action(vote),
    )
    .addCommand(
      txCommandOf("deposit", "add to the deposit of a proposal")
        .argument("<proposal>", "its number", proposalNumber)
        .argument("<amount>", "for example 100")
        .action(deposit),
    )
    .addCommand(
      txCommandOf("council", "vote for a member of the council, for games whose committee sits by votes")
        .argument("<who>", `address, name of a key of the home, or ${NOBODY}`)
        .addOption(gameOption())
        .action(council),
    )
    .addCommand(
      new Command("snapshot")
        .description("make the snapshot of holders on another chain that a proposal may set")
        .argument("<file>", "list of holders, 0x<address>,<weight> a line")
        .action(snapshot),
    )
    .addCommand(stakeCommandOf("stake", "lock coins for a place in a community of holders", msgStake))
    .addCommand(stakeCommandOf("unstake", "take locked coins back", msgUnstake))
    .addCommand(
      txCommandOf("claim", "claim the place that a snapshot gives to the key's Ethereum account")
        .argument("<file>", "the list that the snapshot was made of")
        .addOption(gameOption())
        .action(claim),
    );
