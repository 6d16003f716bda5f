import type { FastifyInstance, FastifyReply } from "fastify";
import { ensure } from "./errors.ts";
import { inputMagnitudeMax } from "./model.ts";
import { onnxBytesMax } from "./onnx.ts";
import type { Prover } from "./prover.ts";
import { type JobBody, jobToBody, modelToBody, predictionToBody, templateToBody } from "./wire.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Who asks, by its token; empty where none is needed. */
    proverClient: string;
  }
}

/** Longest body of a request for predictions or proofs, bytes. */
const inputsBytesMax = 1 << 20;
const itemsMost = 4096;

const name = { type: "string", pattern: "^[a-z0-9-]{1,64}$" } as const;
const hash = { type: "string", pattern: "^[0-9a-f]{64}$" } as const;
const byModel = {
  params: { type: "object", required: ["modelKey"], properties: { modelKey: hash } },
} as const;
const byJob = {
  params: {
    type: "object",
    required: ["jobId"],
    properties: { jobId: { type: "string", pattern: "^[0-9a-f]{32}$" } },
  },
} as const;

const onnxBody = {
  type: "object",
  required: ["template", "onnx"],
  additionalProperties: false,
  properties: {
    template: name,
    onnx: { type: "string", pattern: "^[A-Za-z0-9+/]+={0,2}$", maxLength: Math.ceil(onnxBytesMax / 3) * 4 },
  },
} as const;

const inputsBody = {
  type: "object",
  required: ["modelKey", "inputs"],
  additionalProperties: false,
  properties: {
    modelKey: hash,
    inputs: {
      type: "array",
      minItems: 1,
      maxItems: itemsMost,
      items: {
        type: "array",
        minItems: 1,
        maxItems: itemsMost,
        items: { type: "integer", minimum: -inputMagnitudeMax, maximum: inputMagnitudeMax },
      },
    },
  },
} as const;

interface InputsBody {
  readonly modelKey: string;
  readonly inputs: readonly (readonly number[])[];
}

const tensors = ({ inputs }: InputsBody): Int32Array[] => inputs.map((item) => Int32Array.from(item));

/** A signal that fires when the client goes away before its answer. */
function goneSignal(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.once("close", () => {
    if (!reply.raw.writableFinished) gone.abort();
  });
  return gone.signal;
}

/** Adds the prover's routes; every one but /health is for clients with a token. */
export function addRoutes(server: FastifyInstance, prover: Prover): void {
  addOverview(server, prover);
  addModels(server, prover);
  addInference(server, prover);
  addJobs(server, prover);
}

function addOverview(server: FastifyInstance, prover: Prover): void {
  server.get("/health", async () => ({
    templates: Object.fromEntries(prover.templates().map(({ name: key, status }) => [key, status])),
    jobs: prover.jobs.load,
    worker: prover.worker.health,
    diskBytes: await prover.diskBytes(),
  }));
  server.get("/v1/templates", async () => ({ templates: prover.templates().map(templateToBody) }));
}

function addModels(server: FastifyInstance, prover: Prover): void {
  server.get("/v1/models", async () => ({ models: prover.models().map(modelToBody) }));

  const register = async (client: string, reply: FastifyReply, template: string, onnx: Uint8Array) => {
    const model = await prover.registerModel(client, template, onnx, goneSignal(reply));
    return reply.code(201).send(modelToBody(model));
  };

  server.post<{ Body: { template: string; onnx: string } }>(
    "/v1/models",
    { schema: { body: onnxBody }, bodyLimit: Math.ceil(onnxBytesMax / 3) * 4 + 1024 },
    ({ body, proverClient }, reply) =>
      register(proverClient, reply, body.template, Buffer.from(body.onnx, "base64")),
  );

  server.put<{ Querystring: { template: string }; Body: Buffer }>(
    "/v1/models",
    {
      schema: { querystring: { type: "object", required: ["template"], properties: { template: name } } },
      bodyLimit: onnxBytesMax,
    },
    (request, reply) => {
      ensure(Buffer.isBuffer(request.body), "invalid_request", "the body must be application/octet-stream");
      return register(request.proverClient, reply, request.query.template, request.body);
    },
  );

  server.delete<{ Params: { modelKey: string } }>(
    "/v1/models/:modelKey",
    { schema: byModel },
    async (request, reply) => {
      await prover.removeModel(request.params.modelKey);
      return reply.code(204).send();
    },
  );
}

function addInference(server: FastifyInstance, prover: Prover): void {
  const options = { schema: { body: inputsBody }, bodyLimit: inputsBytesMax };

  server.post<{ Body: InputsBody }>("/v1/predict", options, async ({ body, proverClient }, reply) => {
    const signal = goneSignal(reply);
    return predictionToBody(await prover.predict(proverClient, body.modelKey, tensors(body), signal));
  });

  server.post<{ Body: InputsBody }>("/v1/prove", options, async ({ body, proverClient }, reply) => {
    const view = prover.prove(proverClient, body.modelKey, tensors(body));
    return reply.code(202).send(jobToBody(view));
  });
}

function addJobs(server: FastifyInstance, prover: Prover): void {
  type ByJob = { Params: { jobId: string } };

  server.get<ByJob>("/v1/jobs/:jobId", { schema: byJob }, async ({ params, proverClient }) =>
    jobToBody(prover.jobs.get(params.jobId, proverClient)),
  );

  server.delete<ByJob>("/v1/jobs/:jobId", { schema: byJob }, async ({ params, proverClient }) =>
    jobToBody(prover.jobs.cancel(params.jobId, proverClient)),
  );

  server.get<ByJob>("/v1/jobs/:jobId/events", { schema: byJob }, async ({ params, proverClient }, reply) => {
    const { jobId } = params;
    const first = prover.jobs.get(jobId, proverClient);
    reply.hijack();
    reply.raw.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    const ended = ({ status }: JobBody) => status !== "queued" && status !== "running";
    const send = (body: JobBody) => {
      reply.raw.write(`data: ${JSON.stringify(body)}\n\n`);
      if (ended(body)) reply.raw.end();
    };
    if (!ended(jobToBody(first))) {
      const stop = prover.jobs.watch(jobId, proverClient, (view) => send(jobToBody(view)));
      reply.raw.once("close", stop);
    }
    send(jobToBody(first));
  });
}
