// Times of the prover on this machine: node test/bench/prover.ts [TEMPLATE…]   (prints, gates nothing)

import { readFile } from "node:fs/promises";
import { cpus } from "node:os";
import { join } from "node:path";
import { predict, prove, registerModel } from "#prover/model.ts";
import { devSrs } from "#prover/srs.ts";
import { deriveSrs } from "#prover/srs-file.ts";
import { buildTemplate } from "#prover/template.ts";
import { withToolchain } from "#prover/toolchain.ts";
import { items, network, newHome, python } from "#test/prover/kit.ts";
import { architectureOf } from "#trainer/architecture.ts";

const names = process.argv.length > 2 ? process.argv.slice(2) : ["lr-64", "mlp-64-4"];
const batch = 8;
const repeats = 3;
const { home, remove } = await newHome();

async function timed<T>(label: string, work: () => Promise<T>): Promise<T> {
  const started = performance.now();
  const result = await work();
  console.log(`  ${label}: ${Math.round(performance.now() - started)} ms`);
  return result;
}

try {
  await withToolchain({ home, python }, async (tools) => {
    console.log(`${cpus().length} cores, batch of ${batch}`);
    const srs = await timed("development string of 2^14 rows", () =>
      devSrs(tools.artifacts, tools.worker, 14),
    );
    const bytes = new Uint8Array(await readFile(join(home, srs.file)));
    await timed("string of 2^12 rows derived from it", () => deriveSrs(bytes, 12));
    for (const name of names) {
      console.log(name);
      const source = { name, batch, onnx: network(name, batch, 1) };
      const template = await timed("template", () => buildTemplate(tools, source, srs));
      await timed("template from the disk", () => buildTemplate(tools, source, srs));
      const model = await timed("model", () => registerModel(tools, template, network(name, batch, 2)));
      const { inputs } = architectureOf(name);
      await timed("prediction of 60 items", () => predict(tools, template, model, items(60, inputs, 1)));
      for (let i = 0; i < repeats; i++) {
        const shown = items(batch, inputs, i);
        const { proof, proveMs, proveCpuMs } = await timed("proof, with witness and check", () =>
          prove(tools, template, model, shown),
        );
        console.log(`    ${Math.round(proveMs)} ms, cpu ${Math.round(proveCpuMs)} ms, ${proof.length} bytes`);
      }
      const peak = Math.round(tools.worker.health.rssPeakKiB / 1024);
      console.log(`  k = ${template.artifact.logrows}, worker's peak memory so far ${peak} MiB`);
    }
  });
} finally {
  await remove();
}
