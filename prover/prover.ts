import { toHex } from "#chain/bytes/hex.ts";
import { Artifacts } from "./artifacts.ts";
import { ensure, ProverError, toProverError } from "./errors.ts";
import { EzklWorker, type ProverLogger, type WorkerLimits } from "./ezkl.ts";
import { type JobContext, type JobKind, type JobLimits, JobQueue, type JobView } from "./jobs.ts";
import {
  checkInputs,
  loadModel,
  type ProofResult,
  predict,
  prove,
  type ReadyModel,
  registerModel,
} from "./model.ts";
import { preview } from "./preview.ts";
import { devSrs, importSrs, type Srs } from "./srs.ts";
import { buildTemplate, type ProverDeps, type ReadyTemplate, type TemplateSource } from "./template.ts";

export interface ProverLimits extends JobLimits, WorkerLimits {
  /** Most bytes on disk. */
  readonly diskBytesMax: number;
  /** Most registered models. */
  readonly modelsMax: number;
  /** Most items of one prediction. */
  readonly itemsMax: number;
}

const defaults = { diskBytesMax: 16 * 2 ** 30, modelsMax: 1024, itemsMax: 1024 } as const;

/** A template that this prover serves; with `vkaDigest` it must come out as the chain has it. */
export interface TemplateWanted extends TemplateSource {
  /** Digest that the chain approved, 32 bytes. */
  readonly vkaDigest?: Uint8Array;
}

/** Where the reference string comes from: a file of the public ceremony, or a development one made here. */
export type SrsSource = { readonly file: string } | { readonly insecureDev: { readonly logrows: number } };

export interface ProverOptions {
  /** The prover's own folder: keys, models, its token. */
  readonly home: string;
  /** Python interpreter with EZKL. */
  readonly python: string;
  readonly srs: SrsSource;
  readonly templates: readonly TemplateWanted[];
  readonly limits?: Partial<ProverLimits>;
  readonly logger?: ProverLogger | undefined;
}

/** How far a template is: being made, ready, or failed. */
export type TemplateState =
  | { readonly status: "building"; readonly name: string }
  | { readonly status: "ready"; readonly name: string; readonly template: ReadyTemplate }
  | { readonly status: "failed"; readonly name: string; readonly error: ProverError };

/** Logits of items: the circuit's own, and a float preview. */
export interface Prediction {
  /** Integers in units of 2^−outputScale, one array an item. */
  readonly logits: readonly (readonly bigint[])[];
  readonly outputScale: number;
  readonly preview: readonly (readonly number[])[];
}

/** Jobs of the prover itself belong to this client. */
const ownClient = "(prover)";

/** A prover: templates, models, and a line of jobs before one EZKL worker. */
export class Prover {
  readonly worker: EzklWorker;
  readonly jobs: JobQueue;
  readonly #artifacts: Artifacts;
  readonly #limits: { readonly modelsMax: number; readonly itemsMax: number };
  readonly #templates = new Map<string, TemplateState>();
  readonly #models = new Map<string, ReadyModel>();
  readonly #ready: Promise<void>;

  private constructor(options: ProverOptions, artifacts: Artifacts) {
    const { home: root, python, logger, limits = {} } = options;
    this.#artifacts = artifacts;
    this.#limits = { ...defaults, ...limits };
    this.worker = new EzklWorker({ python, root, limits, logger });
    this.jobs = new JobQueue({ limits });
    for (const { name } of options.templates) this.#templates.set(name, { status: "building", name });
    this.#ready = this.#prepare(options).catch((error: unknown) => {
      logger?.warn({ code: toProverError(error).code }, toProverError(error).message);
    });
  }

  /** Opens the prover's folder and begins to make the templates that are not there yet. */
  static async open(options: ProverOptions): Promise<Prover> {
    const bytesMax = options.limits?.diskBytesMax ?? defaults.diskBytesMax;
    return new Prover(options, await Artifacts.open(options.home, { bytesMax }));
  }

  /** Resolves once every template is ready or has failed. */
  ready(): Promise<void> {
    return this.#ready;
  }

  /** Stops all jobs and the worker. */
  async close(): Promise<void> {
    await Promise.all([this.jobs.close(), this.worker.close()]);
    await this.#ready;
  }

  /** Bytes on disk. */
  diskBytes(): Promise<number> {
    return this.#artifacts.usage();
  }

  /** Templates in the order given. */
  templates(): readonly TemplateState[] {
    return [...this.#templates.values()];
  }

  /** Registered models, by key. */
  models(): readonly ReadyModel[] {
    return [...this.#models.values()].sort((a, b) => (a.modelKey < b.modelKey ? -1 : 1));
  }

  /** Registers a model and waits for it. Errors: those of registerModel, busy, quota_exceeded, canceled. */
  async registerModel(
    client: string,
    name: string,
    onnx: Uint8Array,
    signal?: AbortSignal,
  ): Promise<ReadyModel> {
    const template = this.#template(name);
    const model = await this.#run("model", client, signal, (context) => {
      ensure(this.#models.size < this.#limits.modelsMax, "storage_full", "too many models: remove one");
      return registerModel(this.#deps, template, onnx, context);
    });
    this.#models.set(model.modelKey, model);
    return model;
  }

  /** Forgets a model and removes its files. */
  async removeModel(modelKey: string): Promise<void> {
    ensure(this.#models.delete(modelKey), "unknown_model", "no such model");
    await this.#artifacts.remove("models", modelKey);
  }

  /** Predicts and waits. Errors: invalid_input, unknown_model, busy, quota_exceeded, canceled, …. */
  async predict(
    client: string,
    modelKey: string,
    inputs: readonly Int32Array[],
    signal?: AbortSignal,
  ): Promise<Prediction> {
    const { model, template } = this.#model(modelKey);
    const fits = inputs.length >= 1 && inputs.length <= this.#limits.itemsMax;
    ensure(fits, "invalid_input", `1 to ${this.#limits.itemsMax} items`);
    checkInputs(template, inputs);
    return this.#run("predict", client, signal, async (context) => {
      const logits = await predict(this.#deps, template, model, inputs, context);
      const onnx = await this.#artifacts.read(model.onnxFile);
      return { logits, outputScale: template.artifact.outputScale, preview: await preview(onnx, inputs) };
    });
  }

  /** Puts a proof of one batch in line. Errors: invalid_input, unknown_model, busy, quota_exceeded. */
  prove(client: string, modelKey: string, inputs: readonly Int32Array[]): JobView<ProofResult> {
    const { model, template } = this.#model(modelKey);
    const { batch } = template.artifact;
    const fits = inputs.length >= 1 && inputs.length <= batch;
    ensure(fits, "invalid_input", `a proof covers 1 to ${batch} items`);
    checkInputs(template, inputs);
    const run = (context: JobContext) => prove(this.#deps, template, model, inputs, context);
    return this.jobs.submit("prove", client, run) as JobView<ProofResult>;
  }

  get #deps(): ProverDeps {
    return { artifacts: this.#artifacts, worker: this.worker };
  }

  #template(name: string): ReadyTemplate {
    const state = this.#templates.get(name);
    ensure(state, "unknown_template", `no such template: ${name}`);
    if (state.status === "failed") throw state.error;
    ensure(state.status === "ready", "busy", `template ${name} is being made`);
    return state.template;
  }

  #model(modelKey: string): { model: ReadyModel; template: ReadyTemplate } {
    const model = this.#models.get(modelKey);
    ensure(model, "unknown_model", "no such model");
    return { model, template: this.#template(model.template) };
  }

  async #run<T>(
    kind: JobKind,
    client: string,
    signal: AbortSignal | undefined,
    work: (context: JobContext) => Promise<T>,
  ): Promise<T> {
    const { jobId } = this.jobs.submit(kind, client, work);
    const cancel = () => this.jobs.cancel(jobId, client);
    signal?.addEventListener("abort", cancel);
    const view = await this.jobs.wait(jobId, client);
    signal?.removeEventListener("abort", cancel);
    if (view.status !== "done") throw view.error ?? new ProverError("internal", "the job has no result");
    return view.result as T;
  }

  async #prepare(options: ProverOptions): Promise<void> {
    try {
      const srs = await this.#run("template", ownClient, undefined, () => this.#openSrs(options.srs));
      for (const wanted of options.templates) {
        await this.#run("template", ownClient, undefined, (context) => this.#build(wanted, srs, context));
      }
    } catch (thrown) {
      const error = toProverError(thrown);
      for (const [name, { status }] of this.#templates)
        if (status === "building") this.#templates.set(name, { status: "failed", name, error });
      throw error;
    }
    await this.#loadModels();
  }

  #openSrs(source: SrsSource): Promise<Srs> {
    if ("file" in source) return importSrs(this.#artifacts, source.file);
    return devSrs(this.#artifacts, this.worker, source.insecureDev.logrows);
  }

  async #build(wanted: TemplateWanted, srs: Srs, context: JobContext): Promise<void> {
    const { name } = wanted;
    try {
      const template = await buildTemplate(this.#deps, wanted, srs, context);
      const expected = wanted.vkaDigest && toHex(wanted.vkaDigest);
      const same = expected === undefined || expected === toHex(template.artifact.vkaDigest);
      ensure(same, "settings_mismatch", `template ${name} does not come out as the chain has it`);
      this.#templates.set(name, { status: "ready", name, template });
    } catch (error) {
      this.#templates.set(name, { status: "failed", name, error: toProverError(error) });
    }
  }

  async #loadModels(): Promise<void> {
    for (const modelKey of await this.#artifacts.list("models")) {
      const model = await loadModel(this.#deps, modelKey);
      const state = model && this.#templates.get(model.template);
      if (state?.status !== "ready") continue;
      if (toHex(state.template.artifact.vkaDigest) === model?.vkaDigest) this.#models.set(modelKey, model);
    }
  }
}
