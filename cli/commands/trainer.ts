import { writeFile } from "node:fs/promises";
import type { Command } from "commander";
import { trainingSetOf } from "#cli/agents/rows.ts";
import { type ChainOptions, chainCommand, gameOf, gameOption, layoutOf, withClient } from "#cli/context.ts";
import { templateBatch } from "#cli/genesis/templates.ts";
import { classesOf, readLabelled } from "#cli/home/rows.ts";
import { say } from "#cli/output.ts";
import { featurizerSpec } from "#client/commitments.ts";
import { trainInWorker } from "#trainer/engine/thread.ts";
import { exportOnnx } from "#trainer/onnx/write.ts";

interface TrainerOptions extends ChainOptions {
  readonly rows: string;
  readonly out: string;
  readonly architecture: string;
  readonly seed: string;
  readonly game?: string;
}

async function trainer(options: TrainerOptions): Promise<void> {
  const { rows } = await readLabelled(options.rows, await classesOf(layoutOf(options)));
  const { architecture, seed, out } = options;
  const { spec, batch } = await withClient(options, async (client) => {
    const gameId = await gameOf(client, options.game);
    const { featurizer } = await client.commitments.dataRule(gameId);
    const templates = await client.proofs.gameTemplates(gameId);
    const template = templates.find(({ name }) => name === architecture);
    return { spec: featurizerSpec(featurizer), batch: template?.batch ?? templateBatch };
  });
  const model = await trainInWorker({ architecture, seed, data: trainingSetOf(spec, rows) });
  await writeFile(out, exportOnnx(model, { batch }));
  const { trainLogLoss, accuracy, epochs } = model.report;
  const percent = `${(100 * accuracy).toFixed(1)} %`;
  say(`${out}: ${architecture} from ${rows.length} rows in ${epochs} epochs`);
  say(`on these rows: log loss ${trainLogLoss.toFixed(3)}, accuracy ${percent}`);
}

/** `iterum trainer`: a model file from labelled rows. */
export const trainerCommand = (): Command =>
  chainCommand("trainer", "train a model on labelled rows with the game's featurizer; writes an ONNX file")
    .requiredOption("--rows <file>", "labelled rows, `label<TAB>text` a line")
    .requiredOption("--out <file>", "ONNX file to write")
    .option("--architecture <name>", "template of the game, for example lr-64 or mlp-64-4", "lr-64")
    .option("--seed <text>", "the same rows with the same seed give the same file", "1")
    .addOption(gameOption())
    .action(trainer);
