import { InferenceSession, Tensor } from "onnxruntime-node";
import { readOnnx } from "./onnx.ts";

/**
 * A model's logits in floating point, by ONNX Runtime on one thread: one array an item. For people and for
 * quick looks only; the circuit's own logits, which differ in the fourth digit, are what counts.
 */
export async function preview(onnx: Uint8Array, inputs: readonly Int32Array[]): Promise<number[][]> {
  const { input, output } = readOnnx(onnx);
  const [batch, size] = input.dims as readonly [number, number];
  const width = output.dims[1] as number;
  const session = await InferenceSession.create(onnx, { intraOpNumThreads: 1, interOpNumThreads: 1 });
  try {
    const logits: number[][] = [];
    for (let first = 0; first < inputs.length; first += batch) {
      const items = inputs.slice(first, first + batch);
      const data = new Float32Array(batch * size);
      for (const [i, item] of items.entries()) data.set(item, i * size);
      const result = await session.run({ [input.name]: new Tensor("float32", data, [batch, size]) });
      const values = result[output.name]?.data as Float32Array;
      for (let i = 0; i < items.length; i++) logits.push([...values.subarray(i * width, (i + 1) * width)]);
    }
    return logits;
  } finally {
    await session.release();
  }
}
