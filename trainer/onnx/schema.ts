// Field numbers and constants of onnx.proto3 (IR version 8). Source: github.com/onnx/onnx.

export const modelField = {
  irVersion: 1,
  producerName: 2,
  graph: 7,
  opsetImport: 8,
  trainingInfo: 20,
  functions: 25,
} as const;
export const opsetField = { domain: 1, version: 2 } as const;
export const graphField = {
  node: 1,
  name: 2,
  initializer: 5,
  input: 11,
  output: 12,
  sparseInitializer: 15,
} as const;
export const nodeField = { input: 1, output: 2, opType: 4, attribute: 5, domain: 7 } as const;
export const attributeField = { name: 1, f: 2, i: 3, type: 20 } as const;
export const tensorField = {
  dims: 1,
  dataType: 2,
  floatData: 4,
  name: 8,
  rawData: 9,
  dataLocation: 14,
} as const;
export const valueField = { name: 1, type: 2 } as const;
export const typeField = { tensor: 1, elementType: 1, shape: 2, dim: 1, dimValue: 1, dimParam: 2 } as const;

export const floatType = 1;
export const attributeType = { float: 1, int: 2 } as const;

/** What the writer states, and the opsets in which Gemm and Relu mean the same. */
export const irVersion = 8;
export const opsetVersion = 13;
export const opsetLeast = 11;
export const opsetMost = 25;
