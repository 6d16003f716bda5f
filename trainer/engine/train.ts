import { type Random, randomOf, shuffle } from "../random.ts";
import { type AdamState, adamStep, newAdam } from "./adam.ts";
import { initialWeights } from "./initial.ts";
import { lossAndDelta } from "./loss.ts";
import { checkModel, evaluate, type TrainingData, withoutZeros } from "./model.ts";
import { backward, forward, type Network, newNetwork, type SparseRow, tensorLengths } from "./network.ts";
import type { TrainingRequest } from "./request.ts";
import { planOf, type TrainedModel, type TrainingPlan, type TrainingProgress } from "./request.ts";
import { foldScaling, type Scaling, scalingOf, sparseRow } from "./scaling.ts";

/** Rows as the network sees them while it trains. */
interface Rows {
  readonly rows: readonly SparseRow[];
  readonly labels: readonly number[];
}

/** Everything one training run owns and changes. */
interface Run {
  readonly plan: TrainingPlan;
  readonly random: Random;
  readonly network: Network;
  readonly weights: readonly Float32Array[];
  readonly gradients: readonly Float64Array[];
  readonly adam: AdamState;
  readonly order: Int32Array;
}

function newRun(plan: TrainingPlan, labels: readonly number[], random: Random): Run {
  // One input more than the model has: the total of the counts, folded away at the end.
  const widened = { ...plan.architecture, inputs: plan.architecture.inputs + 1 };
  const network = newNetwork(widened);
  const lengths = tensorLengths(network.layers);
  return {
    plan,
    random,
    network,
    weights: initialWeights(widened, labels, random),
    gradients: lengths.map((length) => new Float64Array(length)),
    adam: newAdam(lengths),
    order: Int32Array.from(labels, (_, i) => i),
  };
}

/** The mean of the summed gradients of `size` rows, plus that of the prior on the weights. */
function finishGradients({ plan, weights, gradients, order }: Run, size: number): void {
  for (const [t, gradient] of gradients.entries()) {
    const tensor = weights[t] as Float32Array;
    const decay = t % 2 === 0 ? plan.l2 / order.length : 0;
    for (let i = 0; i < gradient.length; i++)
      gradient[i] = (gradient[i] as number) / size + decay * (tensor[i] as number);
  }
}

/** The summed loss of the rows at these places of the order; leaves the gradient of the objective. */
function batchGradients(run: Run, data: Rows, from: number, size: number): number {
  const { network, weights, gradients, order } = run;
  const delta = network.deltas.at(-1) as Float64Array;
  for (const gradient of gradients) gradient.fill(0);
  let loss = 0;
  for (let place = from; place < from + size; place++) {
    const i = order[place] as number;
    const row = data.rows[i] as SparseRow;
    loss += lossAndDelta(forward(network, weights, row), data.labels[i] as number, delta);
    backward(network, weights, row, gradients);
  }
  finishGradients(run, size);
  return loss;
}

/** One pass over the rows in a fresh order; the mean loss as it went. */
function runEpoch(run: Run, data: Rows): number {
  const { plan, order, adam } = run;
  const stepsTotal = plan.epochs * Math.ceil(order.length / plan.batchSize);
  shuffle(order, run.random);
  let loss = 0;
  for (let from = 0; from < order.length; from += plan.batchSize) {
    const size = Math.min(plan.batchSize, order.length - from);
    loss += batchGradients(run, data, from, size);
    adamStep(run.weights, run.gradients, adam, plan.learningRate * (1 - adam.steps / stepsTotal));
  }
  return loss / order.length;
}

function meanLoss({ network, weights }: Run, data: Rows): number {
  const delta = network.deltas.at(-1) as Float64Array;
  let loss = 0;
  for (const [i, row] of data.rows.entries())
    loss += lossAndDelta(forward(network, weights, row), data.labels[i] as number, delta);
  return loss / data.rows.length;
}

/** The rows for training and those for measuring only, drawn by the seed. */
function split({ data, validationRows }: TrainingPlan, random: Random): [TrainingData, TrainingData] {
  const order = Int32Array.from(data.labels, (_, i) => i);
  if (validationRows > 0) shuffle(order, random);
  const pick = (places: Int32Array): TrainingData => ({
    inputs: Array.from(places, (i) => data.inputs[i] as Int32Array),
    labels: Array.from(places, (i) => data.labels[i] as number),
  });
  return [pick(order.subarray(validationRows)), pick(order.subarray(0, validationRows))];
}

const rowsOf = ({ inputs, labels }: TrainingData, scaling: Scaling): Rows => ({
  rows: inputs.map((input) => sparseRow(input, scaling)),
  labels,
});

/**
 * Runs epochs until all are done or early stopping says so; leaves the best weights, or the last, in the
 * run.
 */
function* runEpochs(run: Run, train: Rows, validation: Rows): Generator<TrainingProgress, number, void> {
  const { epochs, patience } = run.plan;
  if (patience === undefined) {
    for (let epoch = 1; epoch <= epochs; epoch++) yield { epoch, epochs, logLoss: runEpoch(run, train) };
    return epochs;
  }
  let epoch = 0;
  let best = { epoch, loss: meanLoss(run, validation), weights: run.weights.map((t) => t.slice()) };
  while (epoch < epochs && epoch - best.epoch < patience) {
    epoch++;
    yield { epoch, epochs, logLoss: runEpoch(run, train) };
    const loss = meanLoss(run, validation);
    if (loss < best.loss) best = { epoch, loss, weights: run.weights.map((t) => t.slice()) };
  }
  for (const [t, tensor] of run.weights.entries()) tensor.set(best.weights[t] as Float32Array);
  return epoch;
}

/**
 * Trains in steps of one epoch, each giving its progress, and returns the model; stop by iterating no
 * further. Minimises log loss plus a Gaussian prior on the weights by mini-batch Adam with a linearly
 * falling rate. All sums have a fixed order and all chance comes from the seed. Refuses what planOf
 * refuses, at the first step, and at the end a model that is not finite.
 */
export function* trainingSteps(request: TrainingRequest): Generator<TrainingProgress, TrainedModel, void> {
  const plan = planOf(request);
  const random = randomOf(`iterum/train/1/${plan.seed}`);
  const [train, validation] = split(plan, random);
  const scaling = scalingOf(train.inputs, plan.architecture.inputs);
  const run = newRun(plan, train.labels, random);
  const epochs = yield* runEpochs(run, rowsOf(train, scaling), rowsOf(validation, scaling));
  const [first] = run.network.layers as readonly [Network["layers"][number]];
  const weights = foldScaling(first, run.weights, scaling);
  withoutZeros(weights);
  const model = { architecture: plan.architecture, weights };
  checkModel(model);
  const trained = evaluate(model, train);
  const measured = plan.validationRows > 0 ? evaluate(model, validation) : undefined;
  const report = {
    trainLogLoss: trained.logLoss,
    validationLogLoss: measured?.logLoss,
    accuracy: (measured ?? trained).accuracy,
    epochs,
  };
  return { ...model, report };
}

/** Trains to the end on this thread; for more than a second of work use trainInWorker. */
export function trainModel(request: TrainingRequest): TrainedModel {
  const steps = trainingSteps(request);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}
