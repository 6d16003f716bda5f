import { ensure } from "./errors.ts";
import type { EzklWorker } from "./ezkl.ts";

/** Rows that halo2 keeps for blinding, with EZKL's padding, rounded up. */
const blindingRows = 32;
const logrowsLeast = 8;

/** What canonical settings say. */
export interface SettingsFacts {
  /** EZKL's settings without the time of day: keys sorted, no white space, sets sorted. */
  readonly settingsCanonical: string;
  /** log₂ of the circuit's rows. */
  readonly logrows: number;
  readonly inputScale: number;
  readonly paramScale: number;
  /** Bits after the binary point of a logit. */
  readonly outputScale: number;
}

interface Settings {
  readonly run_args: { readonly input_scale: number; readonly param_scale: number; readonly logrows: number };
  readonly num_rows: number;
  readonly model_instance_shapes: readonly (readonly number[])[];
  readonly model_input_scales: readonly number[];
  readonly model_output_scales: readonly number[];
}

/** Reads canonical settings. Throws ProverError settings_mismatch when the circuit is of another kind. */
export function settingsFacts(settingsCanonical: string): SettingsFacts {
  const {
    run_args: run,
    model_input_scales,
    model_output_scales,
  } = JSON.parse(settingsCanonical) as Settings;
  const [outputScale, ...more] = model_output_scales;
  const single = model_input_scales.length === 1 && more.length === 0 && outputScale !== undefined;
  ensure(single, "settings_mismatch", "the circuit has not one input and one output");
  ensure(
    model_input_scales[0] === run.input_scale,
    "settings_mismatch",
    "the input scale is not the one asked for",
  );
  const scales = { inputScale: run.input_scale, paramScale: run.param_scale, outputScale };
  return { settingsCanonical, logrows: run.logrows, ...scales };
}

/**
 * Writes and gives the canonical settings of a graph: integer inputs (scale 0), the fewest rows that hold it.
 *
 * In a circuit of linear nodes only, nothing can wrap around the field unseen, and the checks of the ranges
 * of inputs and outputs are left out, which halves the rows. Any other circuit divides or takes signs, and
 * without a check of the quotient a prover could choose it freely: there they stay.
 */
export async function chooseSettings(
  worker: EzklWorker,
  wanted: { readonly onnx: string; readonly settings: string; readonly paramScale: number },
  signal?: AbortSignal,
): Promise<SettingsFacts> {
  const generate = async (logrows: number, ignoreRangeChecks: boolean) => {
    const args = { ...wanted, inputScale: 0, logrows, ignoreRangeChecks };
    return (await worker.call("settings", args, signal)).result;
  };
  const { linear } = await generate(17, false);
  const sized = JSON.parse((await generate(17, linear)).settings) as Settings;
  const instances = sized.model_instance_shapes.reduce(
    (total, shape) => total + shape.reduce((product, size) => product * size, 1),
    1,
  );
  const rows = Math.max(sized.num_rows, instances) + blindingRows;
  const logrows = Math.max(logrowsLeast, Math.ceil(Math.log2(rows)));
  return settingsFacts((await generate(logrows, linear)).settings);
}
