import { ensure, ProverError } from "./errors.ts";
import type { ProofResult } from "./model.ts";
import type { Prediction } from "./prover.ts";
import {
  type ErrorBody,
  errorFromBody,
  type JobBody,
  type ModelBody,
  type PredictionBody,
  predictionFromBody,
  proofFromBody,
  type TemplateBody,
} from "./wire.ts";

export interface ProveOptions {
  /** Called at every change, from "queued" on. */
  readonly onProgress?: (job: JobBody) => void;
  /** When it fires, the job is stopped. */
  readonly signal?: AbortSignal;
}

/** A prover's sidecar, as operators' agents use it. Methods throw its ProverErrors, or `unreachable`. */
export class ProverClient {
  readonly #url: string;
  readonly #token: string;

  constructor(options: { readonly url: string; readonly token: string }) {
    this.#url = options.url;
    this.#token = options.token;
  }

  /** The templates it serves, ready or not. */
  async templates(): Promise<readonly TemplateBody[]> {
    return (await this.#json<{ templates: TemplateBody[] }>("GET", "/v1/templates")).templates;
  }

  /** The models it has. */
  async models(): Promise<readonly ModelBody[]> {
    return (await this.#json<{ models: ModelBody[] }>("GET", "/v1/models")).models;
  }

  /** Registers an ONNX file under a template; gives what the chain needs for the model's id. */
  registerModel(template: string, onnx: Uint8Array): Promise<ModelBody> {
    const path = `/v1/models?template=${encodeURIComponent(template)}`;
    return this.#json("PUT", path, { type: "application/octet-stream", data: new Uint8Array(onnx) });
  }

  /** Removes a model from the prover. */
  async removeModel(modelKey: string): Promise<void> {
    await this.#request("DELETE", `/v1/models/${modelKey}`);
  }

  /** Logits of items (integer tensors), as the circuit computes them. */
  async predict(modelKey: string, inputs: readonly Int32Array[]): Promise<Prediction> {
    return predictionFromBody(
      await this.#json<PredictionBody>("POST", "/v1/predict", inputsBody(modelKey, inputs)),
    );
  }

  /** Puts a proof of one batch in line. */
  startProof(modelKey: string, inputs: readonly Int32Array[]): Promise<JobBody> {
    return this.#json("POST", "/v1/prove", inputsBody(modelKey, inputs));
  }

  /** A job as it stands. */
  job(jobId: string): Promise<JobBody> {
    return this.#json("GET", `/v1/jobs/${jobId}`);
  }

  /** Stops a job. */
  cancel(jobId: string): Promise<JobBody> {
    return this.#json("DELETE", `/v1/jobs/${jobId}`);
  }

  /** Proves one batch and waits for the proof. */
  async prove(
    modelKey: string,
    inputs: readonly Int32Array[],
    options: ProveOptions = {},
  ): Promise<ProofResult> {
    const { jobId } = await this.startProof(modelKey, inputs);
    const stop = () => void this.cancel(jobId).catch(() => {}); // it may have ended meanwhile
    options.signal?.addEventListener("abort", stop);
    if (options.signal?.aborted) stop();
    try {
      for await (const job of this.#events(jobId)) {
        options.onProgress?.(job);
        if (job.error) throw errorFromBody(job.error);
        if (job.proof) return proofFromBody(job.proof);
      }
    } finally {
      options.signal?.removeEventListener("abort", stop);
    }
    throw new ProverError("unreachable", "the prover stopped telling of the job");
  }

  async *#events(jobId: string): AsyncGenerator<JobBody> {
    const response = await this.#request("GET", `/v1/jobs/${jobId}/events`);
    const decoder = new TextDecoder();
    let pending = "";
    try {
      for await (const chunk of response.body ?? []) {
        pending += decoder.decode(chunk, { stream: true });
        const events = pending.split("\n\n");
        pending = events.pop() ?? "";
        for (const event of events) yield JSON.parse(event.replace(/^data: /, "")) as JobBody;
      }
    } catch (error) {
      if (error instanceof ProverError) throw error;
      throw new ProverError("unreachable", "the prover went away", { cause: error });
    }
  }

  async #json<T>(method: string, path: string, body?: RequestBody): Promise<T> {
    return (await (await this.#request(method, path, body)).json()) as T;
  }

  async #request(method: string, path: string, body?: RequestBody): Promise<Response> {
    const headers: Record<string, string> = { authorization: `Bearer ${this.#token}` };
    if (body) headers["content-type"] = body.type;
    const init = { method, headers, ...(body && { body: body.data }) };
    const response = await fetch(`${this.#url}${path}`, init).catch((error: unknown) => {
      throw new ProverError("unreachable", "the prover does not answer", { cause: error });
    });
    if (response.ok) return response;
    const answer = (await response.json().catch(() => ({}))) as { readonly error?: ErrorBody };
    ensure(answer.error, "unreachable", `the prover answers with status ${response.status}`);
    throw errorFromBody(answer.error);
  }
}

interface RequestBody {
  readonly type: string;
  readonly data: string | Uint8Array<ArrayBuffer>;
}

const inputsBody = (modelKey: string, inputs: readonly Int32Array[]): RequestBody => ({
  type: "application/json",
  data: JSON.stringify({ modelKey, inputs: inputs.map((item) => [...item]) }),
});
