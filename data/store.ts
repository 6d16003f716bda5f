import { decodeCar, fromMultibase, toMultibase } from "#client/ceramic/car.ts";
import { CeramicError } from "#client/ceramic/error.ts";
import { asList, asRecord, asText } from "#client/ceramic/shape.ts";
import { type EventStore, StoreError, type StoreErrorCode } from "#client/member/store.ts";
import { type HttpAnswer, type HttpOptions, requestJson } from "./http.ts";

/** That an event is number `index` of the `count` events of a stream (RFC 6962 over the binary CIDs). */
export interface InclusionProof {
  readonly cid: string;
  readonly index: number;
  readonly count: number;
  /** 32 bytes in hex, as is every aunt. */
  readonly root: string;
  readonly aunts: readonly string[];
}

/** Our own data node: the table of Ceramic One and inclusion proofs. */
export interface DataNodeStore extends EventStore {
  /** The proof of an event as the node states it; check it with `verifyMerkleProof` against a known root. */
  readonly proof: (streamId: string, index: number) => Promise<InclusionProof | undefined>;
}

/** Where a Ceramic One node listens unless told otherwise. */
export const CERAMIC_ONE_URL = "http://127.0.0.1:5101";

/** The store of a Ceramic One node. */
export const ceramicOneStore = (options: Partial<HttpOptions> = {}): EventStore =>
  ceramicStore({ url: CERAMIC_ONE_URL, ...options });

/** The store of one of our data nodes. */
export const dataNodeStore = (options: HttpOptions): DataNodeStore => ({
  ...ceramicStore(options),
  async proof(streamId, index) {
    const answer = await requestJson(
      options,
      `/iterum/streams/${encodeURIComponent(streamId)}/proof/${index}`,
    );
    if (answer.status === 404) return undefined;
    return expectShape(() => {
      const fields = asRecord("proof", okBody(answer), ["cid", "index", "count", "root", "aunts"]);
      return {
        cid: asText("cid", fields.cid),
        index: Number(fields.index),
        count: Number(fields.count),
        root: asText("root", fields.root),
        aunts: asList("aunts", fields.aunts, 64).map((aunt) => asText("aunt", aunt)),
      };
    });
  },
});

const ceramicStore = (options: HttpOptions): EventStore => ({
  async put(car) {
    okBody(await requestJson(options, "/ceramic/events", { data: toMultibase(car) }));
  },
  async get(cid) {
    const answer = await requestJson(options, `/ceramic/events/${encodeURIComponent(cid)}`);
    if (answer.status === 404) return undefined;
    return expectShape(() => archiveOf(cid, fieldOf(okBody(answer), "data")));
  },
  async feed({ resumeAt = "0", limit = 100, includeData = false }) {
    const query = `resumeAt=${encodeURIComponent(resumeAt)}&limit=${limit}`;
    const data = includeData ? "full" : "none";
    const answer = await requestJson(options, `/ceramic/feed/events?${query}&includeData=${data}`);
    return expectShape(() => {
      const body = okBody(answer);
      const events = asList("events", fieldOf(body, "events"), 10_000).map((event) => {
        const cid = asText("id", fieldOf(event, "id"));
        return { cid, car: includeData ? archiveOf(cid, fieldOf(event, "data")) : undefined };
      });
      return { events, resumeToken: asText("resumeToken", fieldOf(body, "resumeToken")) };
    });
  },
  async stream(streamId) {
    const answer = await requestJson(options, `/ceramic/streams/${encodeURIComponent(streamId)}`);
    if (answer.status === 404) return undefined;
    return expectShape(() => {
      const body = okBody(answer);
      const [tip, controller] = [fieldOf(body, "event_cid"), fieldOf(body, "controller")];
      return { id: streamId, tip: asText("event_cid", tip), controller: asText("controller", controller) };
    });
  },
  async registerInterest(model) {
    okBody(await requestJson(options, "/ceramic/interests", { sep: "model", sepValue: model }));
  },
});

/** The archive of a multibase text, refused unless its root is the CID asked for. */
function archiveOf(cid: string, data: unknown): Uint8Array {
  if (typeof data !== "string") throw new StoreError("badAnswer", "the event comes without its archive");
  const car = fromMultibase(data);
  if (decodeCar(car).root.cid.toString() !== cid)
    throw new StoreError("badAnswer", "the store returned another event");
  return car;
}

const ERROR_BY_STATUS: ReadonlyMap<number, StoreErrorCode> = new Map([
  [409, "fork"],
  [503, "busy"],
]);

/** The body of an answer of success; throws StoreError with the store's message otherwise. */
function okBody({ status, body }: HttpAnswer): unknown {
  if (status >= 200 && status < 300) return body;
  const message = fieldOf(body, "message");
  const reason = typeof message === "string" ? message.slice(0, 300) : "no reason given";
  const code = ERROR_BY_STATUS.get(status) ?? (status >= 500 ? "unreachable" : "refused");
  throw new StoreError(code, `event store, status ${status}: ${reason}`);
}

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;

/** What a store answers is foreign: a shape we cannot read is its fault. */
function expectShape<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof CeramicError) throw new StoreError("badAnswer", error.message, { cause: error });
    throw error;
  }
}
