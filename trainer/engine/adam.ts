import type { Tensors } from "./network.ts";

/** The running moments of Adam for each tensor, and how many steps were taken. */
export interface AdamState {
  readonly first: Tensors;
  readonly second: Tensors;
  steps: number;
}

export const newAdam = (lengths: readonly number[]): AdamState => ({
  first: lengths.map((length) => new Float32Array(length)),
  second: lengths.map((length) => new Float32Array(length)),
  steps: 0,
});

const beta1 = 0.9;
const beta2 = 0.999;
const epsilon = 1e-8;

/**
 * One step of Adam down the gradients, in place. Source: Kingma and Ba, "Adam", 2015, algorithm 1.
 */
export function adamStep(
  weights: Tensors,
  gradients: Tensors<Float64Array>,
  state: AdamState,
  learningRate: number,
): void {
  state.steps++;
  const correction1 = 1 - beta1 ** state.steps;
  const correction2 = 1 - beta2 ** state.steps;
  for (const [t, tensor] of weights.entries()) {
    const gradient = gradients[t] as Float64Array;
    const first = state.first[t] as Float32Array;
    const second = state.second[t] as Float32Array;
    for (let i = 0; i < tensor.length; i++) {
      const g = gradient[i] as number;
      const m = beta1 * (first[i] as number) + (1 - beta1) * g;
      const v = beta2 * (second[i] as number) + (1 - beta2) * g * g;
      first[i] = m;
      second[i] = v;
      const change = (learningRate * (m / correction1)) / (Math.sqrt(v / correction2) + epsilon);
      tensor[i] = (tensor[i] as number) - change;
    }
  }
}
