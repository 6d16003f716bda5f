import { predict, prove, registerModel } from "#prover/model.ts";
import { devSrs } from "#prover/srs.ts";
import { buildTemplate } from "#prover/template.ts";
import { withToolchain } from "#prover/toolchain.ts";
import { architectureOf } from "#trainer/architecture.ts";
import { items, network, newHome, python } from "../prover/kit.ts";
import { type Effort, median } from "./measure.ts";

const BATCH = 8;
const PREDICTED = 60;
const PROOFS = { full: 2, quick: 1 };
/** The reference string that a template's circuit needs, as a power of two of rows. */
const LOGROWS = { "lr-64": 12, "mlp-64-4": 14 };

export type ProvedTemplate = keyof typeof LOGROWS;

/** What a prover spends on one template. */
export interface ProverFigures {
  /** A development reference string, once a prover. */
  readonly srsMs: number;
  /** Circuit, keys and verifier, once a template; and opening them again. */
  readonly templateMs: number;
  readonly reopenMs: number;
  readonly modelMs: number;
  /** 60 items answered as the circuit computes them. */
  readonly predictMs: number;
  /** A proof of 8 items with witness and check, and the processor time in it. */
  readonly proveMs: number;
  readonly proveCpuMs: number;
  readonly peakMegabytes: number;
}

async function timed<T>(work: () => Promise<T>): Promise<readonly [T, number]> {
  const startMs = performance.now();
  const result = await work();
  return [result, performance.now() - startMs];
}

/** What a prover spends on a template, from an empty home to proofs; nothing stays behind. */
export async function benchProver(name: ProvedTemplate, effort: Effort): Promise<ProverFigures> {
  const { home, remove } = await newHome();
  const { inputs } = architectureOf(name);
  try {
    return await withToolchain({ home, python }, async (tools) => {
      const [srs, srsMs] = await timed(() => devSrs(tools.artifacts, tools.worker, LOGROWS[name]));
      const source = { name, batch: BATCH, onnx: network(name, BATCH, 1) };
      const [template, templateMs] = await timed(() => buildTemplate(tools, source, srs));
      const [, reopenMs] = await timed(() => buildTemplate(tools, source, srs));
      const [model, modelMs] = await timed(() => registerModel(tools, template, network(name, BATCH, 2)));
      const [, predictMs] = await timed(() => predict(tools, template, model, items(PREDICTED, inputs, 1)));
      const times: (readonly [ms: number, cpuMs: number])[] = [];
      for (let i = 0; i < PROOFS[effort]; i++) {
        const [{ proveCpuMs }, ms] = await timed(() =>
          prove(tools, template, model, items(BATCH, inputs, i)),
        );
        times.push([ms, proveCpuMs]);
      }
      return {
        ...{ srsMs, templateMs, reopenMs, modelMs, predictMs },
        proveMs: median(times.map(([ms]) => ms)),
        proveCpuMs: median(times.map(([, cpuMs]) => cpuMs)),
        peakMegabytes: (tools.worker.health.rssPeakKiB * 1024) / 1e6,
      };
    });
  } finally {
    await remove();
  }
}
