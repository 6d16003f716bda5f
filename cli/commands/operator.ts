import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Command } from "commander";
import { operatorLine } from "#cli/agents/lines.ts";
import { trainingSetOf } from "#cli/agents/rows.ts";
import { fileStrategy } from "#cli/agents/strategies.ts";
import { trainerPort } from "#cli/agents/trainer-port.ts";
import {
  type ChainOptions,
  chainCommand,
  clientOf,
  gameOf,
  gameOption,
  keyOf,
  layoutOf,
  wholeNumber,
} from "#cli/context.ts";
import { ensureCli } from "#cli/errors.ts";
import { classesOf, readLabelled } from "#cli/home/rows.ts";
import { say } from "#cli/output.ts";
import { stopSignal } from "#cli/signals.ts";
import { runOperator } from "#client/agents/operator/operator.ts";
import { guessingStrategy, trainedStrategy } from "#client/agents/operator/strategies.ts";
import type { Strategy } from "#client/agents/operator/types.ts";
import { systemClock } from "#client/clock.ts";
import { featurizerSpec } from "#client/commitments.ts";
import type { IterumClient } from "#client/connect.ts";
import { fileSecrets } from "#client/member/secrets.ts";
import type { TrainingSet } from "#client/ports.ts";
import { ProverClient } from "#prover/client.ts";
import { readToken } from "#prover/token.ts";
import { unitOf } from "./tx.ts";

interface OperatorCommandOptions extends ChainOptions {
  readonly key: string;
  readonly prover: string;
  readonly proverToken: string;
  readonly architecture: string;
  readonly rows?: string;
  readonly model?: string;
  readonly guess?: true;
  readonly depositPercent: number;
  readonly game?: string;
}

async function strategyOf(options: OperatorCommandOptions): Promise<Strategy> {
  const { architecture, model, guess, depositPercent } = options;
  const depositPpm = depositPercent * 10_000;
  ensureCli(!(model && guess), "--model and --guess exclude each other");
  if (model !== undefined) {
    const onnx = new Uint8Array(await readFile(model));
    return fileStrategy(architecture, depositPpm, onnx);
  }
  return guess ? guessingStrategy(architecture, depositPpm) : trainedStrategy(architecture, depositPpm);
}

/** The rows of a file as the game's models see them; none without a file. */
async function seedSetOf(
  client: IterumClient,
  gameId: string,
  file: string | undefined,
  classes: readonly string[] | undefined,
): Promise<TrainingSet> {
  if (file === undefined) return { inputs: [], labels: [] };
  const { rows } = await readLabelled(file, classes);
  const { featurizer } = await client.commitments.dataRule(gameId);
  return trainingSetOf(featurizerSpec(featurizer), rows);
}

async function operator(options: OperatorCommandOptions): Promise<void> {
  const layout = layoutOf(options);
  const key = await keyOf(options, options.key);
  const strategy = await strategyOf(options);
  const token = await readToken(options.proverToken);
  const signal = stopSignal();
  const client = await clientOf(options, key);
  const gameId = await gameOf(client, options.game);
  const unit = await unitOf(client);
  say(`operator ${client.address} of ${gameId} on ${client.chainId}: ${strategy.name}`);
  await runOperator({
    ...{ chain: client, gameId, strategy, signal },
    trainer: trainerPort,
    prover: new ProverClient({ url: options.prover, token }),
    store: await fileSecrets(join(layout.agents, key.name)),
    clock: systemClock,
    seedSet: await seedSetOf(client, gameId, options.rows, await classesOf(layout)),
    onEvent: (event) => say(operatorLine(event, unit)),
  }).finally(() => client.close());
}

/** `iterum operator`: an operator's agent, until Ctrl-C. */
export const operatorCommand = (): Command =>
  chainCommand("operator", "take part as an operator: train, order, predict, prove")
    .requiredOption("--key <name>", "key of the home; its account pays deposits and fees")
    .option("--prover <url>", "prover to use", "http://127.0.0.1:7008")
    .requiredOption("--prover-token <file>", "file with the token that the prover gave this operator")
    .option("--architecture <name>", "template of the game, for example lr-64 or mlp-64-4", "lr-64")
    .option("--rows <file>", "labelled rows to learn from besides those that rounds open")
    .option("--model <file>", "play this ONNX file in every round instead of training one")
    .option("--guess", "play random weights: what knows nothing loses")
    .option("--deposit-percent <number>", "share of the greatest deposit", wholeNumber(1, 100), 100)
    .addOption(gameOption())
    .action(operator);
