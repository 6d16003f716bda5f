import type { SignatureJob } from "#chain/tx/signature-cache.ts";

/** Bytes of one job in a batch: digest, key, length of the signature, signature with room for v. */
const JOB_BYTES = 32 + 33 + 1 + 65;
const [KEY_AT, LENGTH_AT, SIGNATURE_AT] = [32, 65, 66];

/** A job whose parts have the lengths that a signature can be valid with. */
export const fitsBatch = ({ digest, publicKey, signature }: SignatureJob): boolean =>
  digest.length === 32 && publicKey.length === 33 && signature.length >= 64 && signature.length <= 65;

/** Jobs one behind the other, as they are handed to a worker thread; all must fit. */
export function packJobs(jobs: readonly SignatureJob[]): Uint8Array {
  const bytes = new Uint8Array(jobs.length * JOB_BYTES);
  for (const [i, { digest, publicKey, signature }] of jobs.entries()) {
    const at = i * JOB_BYTES;
    bytes.set(digest, at);
    bytes.set(publicKey, at + KEY_AT);
    bytes[at + LENGTH_AT] = signature.length;
    bytes.set(signature, at + SIGNATURE_AT);
  }
  return bytes;
}

/** The jobs of a batch, as views of its bytes. */
export function unpackJobs(bytes: Uint8Array): SignatureJob[] {
  return Array.from({ length: bytes.length / JOB_BYTES }, (_, i) => {
    const job = bytes.subarray(i * JOB_BYTES, (i + 1) * JOB_BYTES);
    const length = job[LENGTH_AT] as number;
    return {
      digest: job.subarray(0, KEY_AT),
      publicKey: job.subarray(KEY_AT, LENGTH_AT),
      signature: job.subarray(SIGNATURE_AT, SIGNATURE_AT + length),
    };
  });
}
