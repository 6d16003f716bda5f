import { parentPort } from "node:worker_threads";
import { loadVerifier } from "./load-verifier.ts";
import { unpackJobs } from "./signature-batch.ts";

// A worker thread: takes a batch of signatures at a time and answers a byte for each, 1 for a valid one. The
// node itself has warned where the native binding does not load.

if (parentPort === null) throw new Error("this module is the entry point of a worker thread");
const port = parentPort;
const verifier = loadVerifier(() => undefined);

port.on("message", async (batch: Uint8Array) => {
  const { verify } = await verifier;
  const valid = unpackJobs(batch).map((job) => verify(job.digest, job.publicKey, job.signature));
  port.postMessage(Uint8Array.from(valid, Number));
});
