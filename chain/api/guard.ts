import { finished } from "node:stream";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { ApiError } from "./errors.ts";
import type { ApiLimits } from "./limits.ts";

type GuardLimits = Pick<ApiLimits, "urlMax" | "concurrentMax" | "arrivingMax" | "arrivingPerAddressMax">;

/** Keeps URLs short, and bounds the bodies that are on their way and the requests that are at work. */
export function guard(server: FastifyInstance, limits: GuardLimits): void {
  server.addHook("onRequest", async ({ url }) => {
    if (url.length > limits.urlMax) throw new ApiError("invalidArgument", "the URL is too long");
  });
  boundArriving(server, limits);
  boundWork(server, limits);
}

/** A body is read before its request counts as work: whoever sends slowly keeps no place that others need. */
function boundArriving(server: FastifyInstance, { arrivingMax, arrivingPerAddressMax }: GuardLimits): void {
  const byAddress = new Map<string, number>();
  const arrivals = new WeakMap<FastifyRequest, string>();
  let count = 0;
  const arrived = (request: FastifyRequest): void => {
    const address = arrivals.get(request);
    if (address === undefined) return;
    arrivals.delete(request);
    count -= 1;
    const left = (byAddress.get(address) ?? 1) - 1;
    if (left > 0) byAddress.set(address, left);
    else byAddress.delete(address);
  };
  server.addHook("onRequest", async (request, reply) => {
    if (request.method !== "POST") return;
    const address = request.ip;
    const ofAddress = byAddress.get(address) ?? 0;
    if (count >= arrivingMax || ofAddress >= arrivingPerAddressMax)
      throw new ApiError("unavailable", "too many bodies at once");
    count += 1;
    byAddress.set(address, ofAddress + 1);
    arrivals.set(request, address);
    whenOver(reply, () => arrived(request));
  });
  server.addHook("preValidation", async (request) => arrived(request));
}

/** A request is at work until it has its answer and that is sent, or nobody is there to take it. */
function boundWork(server: FastifyInstance, { concurrentMax }: GuardLimits): void {
  const working = new WeakMap<FastifyRequest, () => void>();
  let count = 0;
  server.addHook("preHandler", async (request, reply) => {
    if (count >= concurrentMax) throw new ApiError("unavailable", "too many requests at once");
    count += 1;
    let parts = 2;
    const partOver = (): void => {
      parts -= 1;
      if (parts === 0) count -= 1;
    };
    working.set(request, partOver);
    whenOver(reply, partOver);
  });
  server.addHook("onSend", async (request) => {
    working.get(request)?.();
    working.delete(request);
  });
}

/** Calls when the answer is sent or its connection is gone, once, whichever it is. */
const whenOver = ({ raw }: FastifyReply, call: () => void): void => {
  finished(raw, () => call());
};
