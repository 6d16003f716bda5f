import { parentPort } from "node:worker_threads";
import { sha256 } from "#chain/bytes/hash.ts";
import { toHex } from "#chain/bytes/hex.ts";
import { createMclBn254 } from "./bn254.ts";
import { createMachine, type ProofJob, type Verdict, type VerifierMachine } from "./machine.ts";

// A worker thread: takes one ProofJob at a time and answers with its Verdict. Whatever it cannot answer ends
// the thread, which the pool takes for a failure of the machinery and never for a verdict.

const machinesMax = 4;

if (parentPort === null) throw new Error("this module is the entry point of a worker thread");
const port = parentPort;
const backend = createMclBn254();
/** Cache: the machines of the verifier codes seen last, by SHA-256 of the code. */
const machines = new Map<string, Promise<VerifierMachine>>();

/** The machine of a verifier's code, deployed on first use; the one deployed first makes room. */
async function machineOf(code: Uint8Array): Promise<VerifierMachine> {
  const id = toHex(sha256(code));
  let machine = machines.get(id);
  if (machine === undefined) {
    const oldest = machines.keys().next();
    if (machines.size >= machinesMax && !oldest.done) machines.delete(oldest.value);
    machine = backend.then((curve) => createMachine(code, curve));
    machines.set(id, machine);
  }
  return machine;
}

async function verify(job: ProofJob): Promise<Verdict> {
  const machine = await machineOf(job.verifierCode);
  const verdict = await machine.verify(job);
  const fault = (await backend).fault();
  if (fault !== undefined) throw new Error("curve arithmetic failed", { cause: fault });
  return verdict;
}

port.on("message", async (job: ProofJob) => {
  port.postMessage(await verify(job));
});
