import { type Command, Option } from "commander";
import type { App } from "#chain/app.ts";
import { toHex } from "#chain/bytes/hex.ts";
import { ReplayError } from "#chain/node/stored-blocks.ts";
import { type ChainOptions, chainCommand, gameOption, rpcOf, wholeNumber } from "#cli/context.ts";
import { CliError, ensureCli } from "#cli/errors.ts";
import { typedGenesis, unitOfGenesis } from "#cli/genesis/base.ts";
import { withScratch } from "#cli/node/difference.ts";
import { say, sayJson } from "#cli/output.ts";
import { archived, type ChainData, openArchive, saved } from "#cli/replay/archive.ts";
import { chainOf, playAgain } from "#cli/replay/play.ts";
import { type EndedRound, endedRounds, receiptOf } from "#cli/replay/rounds.ts";
import { receiptText } from "#cli/views/receipt.ts";
import { newWaiting } from "#cli/waiting.ts";

interface ReplayOptions extends ChainOptions {
  readonly game?: string;
  readonly from?: string;
  readonly save?: string;
  readonly threads: number;
  readonly json?: true;
}

/** The chain that the options name, and what to close once it was read. */
async function chainFrom({ from, save, ...options }: ReplayOptions) {
  if (from !== undefined) {
    const handle = await openArchive(from, "read");
    return { chain: await archived(handle, from), close: () => handle.close() };
  }
  const chain = await chainOf(await rpcOf(options));
  if (save === undefined) return { chain, close: async () => undefined };
  const handle = await openArchive(save, "new");
  return { chain: await saved(chain, handle), close: () => handle.close() };
}

/** Plays a chain until the round has ended and a block after it has confirmed the hash, or to its end. */
async function played(chain: ChainData, wanted: (round: EndedRound) => boolean, threads: number) {
  const found: EndedRound[] = [];
  const endedSince = endedRounds();
  const waiting = newWaiting(process.stderr);
  const ended = await withScratch((store) =>
    waiting.during(`replaying ${chain.genesis.chainId}`, (onStep) => {
      let isEnough = false;
      const onBlock = (app: App): boolean => {
        if (isEnough) return false;
        for (const round of endedSince(app)) {
          found.push(round);
          onStep(`round ${round.roundId} of ${round.gameId}, block ${app.info().height}`);
          isEnough ||= wanted(round);
        }
        return true;
      };
      return playAgain(chain, store, { threads, invariants: "cheap", onBlock });
    }),
  );
  return { ended, rounds: found };
}

const isRound = (round: EndedRound, roundId: number | undefined, game: string | undefined): boolean =>
  roundId !== undefined && round.roundId === BigInt(roundId) && (game === undefined || round.gameId === game);

async function replay(roundId: number | undefined, options: ReplayOptions): Promise<void> {
  ensureCli(options.from === undefined || options.save === undefined, "--from or --save, not both");
  const { chain, close } = await chainFrom(options);
  try {
    const wanted = (round: EndedRound): boolean => isRound(round, roundId, options.game);
    const { ended, rounds } = await played(chain, wanted, options.threads);
    const chosen = roundId === undefined ? rounds : rounds.filter(wanted);
    ensureCli(roundId === undefined || chosen.length > 0, `round ${roundId} has not ended in this chain`);
    if (options.json) {
      sayJson({ ...ended, rounds: chosen });
      return;
    }
    const unit = unitOfGenesis(typedGenesis(chain.genesis.appState, "genesis"));
    for (const round of chosen) {
      say(`round ${round.roundId} of ${round.gameId} ${round.phase} at block ${round.endedHeight}`);
      const receipt = receiptOf(round);
      say(receipt ? `${receiptText(receipt, unit)}\n` : `${round.reason}\n`);
    }
    say(`✓ blocks 1 to ${ended.height - 1n} give the app hashes that the chain has`);
    say(`  after block ${ended.height} it is ${toHex(ended.appHash)}`);
  } catch (error) {
    if (!(error instanceof ReplayError)) throw error;
    throw new CliError(error.message, { cause: error });
  } finally {
    await close();
  }
}

/** `iterum replay`: a finished round, or a whole chain, computed again. */
export const replayCommand = (): Command =>
  chainCommand("replay", "compute a chain's rounds again from its blocks, and fail on the first difference")
    .argument("[round]", "stop when this round has ended", wholeNumber(1, 999_999_999))
    .addOption(gameOption())
    .option("--save <file>", "write genesis and blocks to a file, for a replay without a node")
    .option("--from <file>", "replay such a file")
    .addOption(
      new Option("--threads <number>", "threads that verify proofs").argParser(wholeNumber(1, 64)).default(2),
    )
    .option("--json", "print every number as JSON")
    .addHelpText(
      "after",
      "\nEvery signature and proof is verified again, and every invariant after each block.",
    )
    .action(replay);
