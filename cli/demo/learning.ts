import type { Strategy } from "#client/agents/operator/types.ts";
import type { TrainingSet } from "#client/ports.ts";
import { type Model, probabilities } from "#trainer/engine/model.ts";
import { importOnnx } from "#trainer/onnx/read.ts";

/** How a model does on rows that nobody learned from. */
export interface Score {
  /** Mean log loss in nats, of probabilities clipped as the game clips them. */
  readonly logLoss: number;
  readonly accuracy: number;
}

/** A model that an operator made, in the order in which it made them. */
export interface MadeModel extends Score {
  readonly operator: string;
  readonly architecture: string;
  /** Rows that it could learn from. */
  readonly rows: number;
}

/** Least probability of a class that the default game counts. */
const CLIP = 0.01;

/** Log loss and accuracy of a model on labelled tensors. */
function score(model: Model, { inputs, labels }: TrainingSet): Score {
  let loss = 0;
  let right = 0;
  for (const [i, input] of inputs.entries()) {
    const label = labels[i] as number;
    const p = probabilities(model, input);
    loss -= Math.log(Math.min(Math.max(p[label] as number, CLIP), 1 - CLIP));
    if (p.indexOf(Math.max(...p)) === label) right += 1;
  }
  return { logLoss: loss / inputs.length, accuracy: right / inputs.length };
}

/** The strategy, with every model it makes measured on the held-out rows. */
export const measured = (
  strategy: Strategy,
  operator: string,
  heldOut: TrainingSet,
  onModel: (made: MadeModel) => void,
): Strategy => ({
  ...strategy,
  choose: async (task, set, trainer) => {
    const onnx = await strategy.choose(task, set, trainer);
    if (onnx === undefined) return undefined;
    const { architecture } = strategy;
    onModel({ operator, architecture, rows: set.labels.length, ...score(importOnnx(onnx), heldOut) });
    return onnx;
  },
});
