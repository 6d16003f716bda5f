import { encode } from "@ipld/dag-cbor";
import type { FastifyInstance } from "fastify";
import { base64url } from "multiformats/bases/base64";
import { toHex } from "#chain/bytes/hex.ts";
import { merkleProof, merkleRoot } from "#chain/merkle/rfc6962.ts";
import { decodeCid, parseCid } from "#client/ceramic/block.ts";
import { fromMultibase, toMultibase } from "#client/ceramic/car.ts";
import { CeramicError } from "#client/ceramic/error.ts";
import { decodeEvent, type Event, initCid } from "#client/ceramic/event.ts";
import { MODEL_INSTANCE, parseStreamId } from "#client/ceramic/ids.ts";
import type { EventVerifier } from "#client/ceramic/verify.ts";
import { DataError, ensureData } from "./errors.ts";
import type { DataLimits } from "./limits.ts";
import type { EventLog, StreamRecord } from "./log.ts";

/** What a Ceramic client is told about this node. */
const NODE_VERSION = "iterum-data/0.1.0";

/** What the routes work on. */
export interface RouteHost {
  readonly log: EventLog;
  readonly limits: DataLimits;
  readonly verifier: EventVerifier;
  readonly clock: () => number;
  readonly admit: (controller: string) => boolean;
}

/** Adds the subset of Ceramic One's routes and the one of inclusion proofs; `README.md` is their spec. */
export function addRoutes(server: FastifyInstance, host: RouteHost): void {
  addWriteRoutes(server, host);
  addReadRoutes(server, host);
  server.get("/ceramic/version", async () => ({ version: NODE_VERSION }));
  server.get("/ceramic/liveness", async (_, reply) => reply.code(200).send());
}

function addWriteRoutes(server: FastifyInstance, host: RouteHost): void {
  server.post<{ Body: { data: string } }>(
    "/ceramic/events",
    { schema: { body: textFields(["data"], [], host.limits.bodyBytesMax) } },
    async (request, reply) => {
      const event = decodeEvent(fromMultibase(request.body.data));
      await accept(host, event);
      return reply.code(204).send();
    },
  );
  server.post<{ Body: { sep: string; sepValue: string } }>(
    "/ceramic/interests",
    { schema: { body: textFields(["sep", "sepValue"], ["controller", "streamId"], 256) } },
    async (request, reply) => {
      ensureData(request.body.sep === "model", "badRequest", "sep must be model");
      asRequest(() => parseStreamId(request.body.sepValue));
      return reply.code(204).send();
    },
  );
}

/** Checks an event against its stream's owner and appends it; an event known already changes nothing. */
async function accept(host: RouteHost, event: Event): Promise<void> {
  const stream = event.payload.kind === "init" ? event.payload : await host.log.stream(initCid(event).bytes);
  ensureData(stream !== undefined, "unknownStream", "the first event of the stream is not here");
  ensureData(host.admit(stream.controller), "notAdmitted", "the node stores no events of this member");
  host.verifier.verify(event, stream, host.clock());
  await host.log.append(event);
}

function addReadRoutes(server: FastifyInstance, { log, limits }: RouteHost): void {
  server.get<{ Params: { cid: string } }>("/ceramic/events/:cid", async (request) => {
    const cid = asRequest(() => parseCid(request.params.cid));
    const car = await log.archive(cid.bytes);
    ensureData(car !== undefined, "notFound", "no such event");
    return { id: cid.toString(), data: toMultibase(car) };
  });
  server.get<{ Querystring: FeedQuery }>("/ceramic/feed/events", FEED_SCHEMA, async (request) => {
    const { resumeAt = "0", limit = "100", includeData = "none" } = request.query;
    ensureData(Number(limit) > 0, "badRequest", "limit must be positive");
    const count = Math.min(Number(limit), limits.pageEventsMax);
    const page = await log.page(Number(resumeAt), count, includeData === "full");
    const events = page.events.map(({ cid, car }) => ({
      id: decodeCid(cid).toString(),
      ...(car ? { data: toMultibase(car) } : {}),
    }));
    return { events, resumeToken: String(page.next) };
  });
  server.get<{ Params: { id: string } }>("/ceramic/streams/:id", async (request) => {
    const { stream } = await findStream(log, request.params.id);
    return streamState(log, request.params.id, stream);
  });
  server.get<{ Params: { id: string; index: string } }>(
    "/iterum/streams/:id/proof/:index",
    async (request) => {
      const { init } = await findStream(log, request.params.id);
      const cids = await log.streamCids(init);
      const { index } = request.params;
      ensureData(/^[0-9]{1,6}$/.test(index), "badRequest", "index must be a position");
      const cid = cids[Number(index)];
      ensureData(cid !== undefined, "notFound", "the stream has no such event");
      return {
        cid: decodeCid(cid).toString(),
        index: Number(index),
        count: cids.length,
        root: toHex(merkleRoot(cids)),
        aunts: merkleProof(cids, Number(index)).map(toHex),
      };
    },
  );
}

interface FeedQuery {
  readonly resumeAt?: string;
  readonly limit?: string;
  readonly includeData?: "none" | "full";
}

const FEED_SCHEMA = {
  schema: {
    querystring: {
      type: "object",
      additionalProperties: false,
      properties: {
        resumeAt: { type: "string", pattern: "^(0|[1-9][0-9]{0,14})$" },
        limit: { type: "string", pattern: "^[0-9]{1,6}$" },
        includeData: { enum: ["none", "full"] },
      },
    },
  },
} as const;

const textFields = (required: readonly string[], optional: readonly string[], maxLength: number): object => ({
  type: "object",
  required,
  additionalProperties: false,
  properties: Object.fromEntries(
    [...required, ...optional].map((name) => [name, { type: "string", maxLength }]),
  ),
});

async function findStream(
  log: EventLog,
  text: string,
): Promise<{ readonly init: Uint8Array; readonly stream: StreamRecord }> {
  const id = asRequest(() => parseStreamId(text));
  const stream = id.type === MODEL_INSTANCE ? await log.stream(id.init.bytes) : undefined;
  ensureData(stream !== undefined, "notFound", "no such stream");
  return { init: id.init.bytes, stream };
}

/** Ceramic's StreamState; `data` is the dag-cbor of the last event's data, for JSON holds no bytes. */
async function streamState(log: EventLog, id: string, stream: StreamRecord): Promise<object> {
  const car = await log.archive(stream.tip);
  ensureData(car !== undefined, "internal", "the last event of the stream is missing");
  const tip = decodeEvent(car);
  return {
    id,
    event_cid: tip.cid.toString(),
    controller: stream.controller,
    dimensions: {
      controller: base64url.encode(Buffer.from(stream.controller)),
      count: base64url.encode(Buffer.from(String(stream.count))),
      model: base64url.encode(stream.model),
      unique: base64url.encode(stream.unique),
    },
    data: base64url.encode(encode(tip.payload.data)),
  };
}

/** Runs a parser of request parameters: what it refuses is a bad request, not a bad event. */
function asRequest<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof CeramicError) throw new DataError("badRequest", error.message);
    throw error;
  }
}
