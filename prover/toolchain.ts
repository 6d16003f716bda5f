import { Artifacts } from "./artifacts.ts";
import { EzklWorker, type ProverLogger, type WorkerLimits } from "./ezkl.ts";
import type { ProverDeps } from "./template.ts";

export interface ToolchainOptions {
  /** The prover's folder; a running sidecar may use it at the same time. */
  readonly home: string;
  /** Python interpreter with EZKL. */
  readonly python: string;
  readonly limits?: Partial<WorkerLimits>;
  readonly logger?: ProverLogger;
}

/**
 * Opens disk and worker for one piece of work without a sidecar (making templates), and closes them after.
 */
export async function withToolchain<T>(
  options: ToolchainOptions,
  work: (tools: ProverDeps) => Promise<T>,
): Promise<T> {
  const { home: root, python, limits = {}, logger } = options;
  const artifacts = await Artifacts.open(root);
  const worker = new EzklWorker({ python, root, limits, logger });
  try {
    return await work({ artifacts, worker });
  } finally {
    await worker.close();
  }
}
