import type { Strategy } from "#client/agents/operator/types.ts";

/** Plays one ready model in every round. */
export const fileStrategy = (architecture: string, depositPpm: number, onnx: Uint8Array): Strategy => ({
  name: `fixed ${architecture}`,
  architecture,
  depositPpm,
  choose: async () => onnx,
});
