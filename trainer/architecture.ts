import { featuresMax } from "#chain/protocol/featurizers/spec.ts";
import { ensureTrainer } from "./error.ts";

/**
 * A dense network: inputs, ReLU layers of these widths (none for a logistic regression), then the logits:
 * one for two classes (of class 1), else one per class.
 */
export interface Architecture {
  readonly inputs: number;
  readonly hidden: readonly number[];
  readonly classes: number;
}

/** Most ReLU layers, and their greatest width. */
const hiddenLayersMax = 3;
const hiddenWidthMax = 1024;
/** Most classes of a game. */
export const classesMax = 16;

const within = (value: number, least: number, most: number): boolean =>
  Number.isInteger(value) && value >= least && value <= most;

/** Refuses sizes out of bounds. */
export function checkArchitecture({ inputs, hidden, classes }: Architecture): void {
  ensureTrainer(within(inputs, 1, featuresMax), "architecture", `${inputs} inputs`);
  ensureTrainer(within(classes, 2, classesMax), "architecture", `${classes} classes`);
  ensureTrainer(hidden.length <= hiddenLayersMax, "architecture", `${hidden.length} hidden layers`);
  for (const width of hidden)
    ensureTrainer(within(width, 1, hiddenWidthMax), "architecture", `hidden layer of ${width}`);
}

const namePattern = /^(?:lr-([0-9]+)|mlp-([0-9]+)((?:-[0-9]+)+))(?:-k([0-9]+))?$/;

/**
 * The architecture of a name: `lr-64` (logistic regression on 64 inputs), `mlp-64-4` (64 inputs, one ReLU
 * layer of 4), with `-k3` for three classes. Refuses other names and sizes out of bounds.
 */
export function architectureOf(name: string): Architecture {
  const match = namePattern.exec(name);
  ensureTrainer(match !== null, "architecture", `not the name of an architecture: "${name}"`);
  const [, regression, network, widths = "", classes = "2"] = match;
  const hidden = widths.split("-").slice(1).map(Number);
  const architecture = { inputs: Number(regression ?? network), hidden, classes: Number(classes) };
  checkArchitecture(architecture);
  return architecture;
}

/** The name that architectureOf reads. */
export function architectureName({ inputs, hidden, classes }: Architecture): string {
  const sizes = [hidden.length === 0 ? "lr" : "mlp", inputs, ...hidden];
  return [...sizes, ...(classes === 2 ? [] : [`k${classes}`])].join("-");
}

/** How many logits the network gives. */
const logitsOf = ({ classes }: Architecture): number => (classes === 2 ? 1 : classes);

export interface LayerShape {
  readonly inputs: number;
  readonly outputs: number;
}

/** The dense layers from the input to the logits. */
export function layersOf(architecture: Architecture): LayerShape[] {
  const widths = [architecture.inputs, ...architecture.hidden, logitsOf(architecture)];
  return widths.slice(1).map((outputs, i) => ({ inputs: widths[i] as number, outputs }));
}
