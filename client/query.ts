import { setTimeout as delay } from "node:timers/promises";
import { codes } from "./codes.ts";
import { ClientError, toClientError } from "./errors.ts";
import type { ChainNode } from "./node.ts";
import type { Ask } from "./ports.ts";

const FRESH_TIMEOUT_MS = 30_000;
const FRESH_POLL_MS = 50;
/** Pauses before a question is put again that got no answer, or "busy". */
const PAUSES_MS = [100, 300, 900];
/** A node that keeps one waiting for so long is not asked again. */
const RETRY_WITHIN_MS = 10_000;

/** The node took too long, or has too many queries to answer: on a busy machine both pass. */
const BUSY = [codes.query.TooSlow, codes.query.Busy];

const isPassing = (error: ClientError): boolean =>
  (error.kind === "unreachable" && !error.message.startsWith("{")) || BUSY.some((busy) => error.is(busy));

/** Puts a question again whose failure may pass. Questions change nothing, so that does no harm. */
async function retried<T>(question: () => Promise<T>): Promise<T> {
  const begin = Date.now();
  for (const pauseMs of PAUSES_MS) {
    try {
      return await question();
    } catch (error) {
      if (!isPassing(toClientError(error)) || Date.now() - begin > RETRY_WITHIN_MS) throw error;
      await delay(pauseMs);
    }
  }
  return question();
}

/**
 * Questions to a node about its newest state, but about none older than the height that `atLeast` gives: for
 * that it waits. Throws ClientError: `refused` with the chain's own code, `unreachable`, or `timeout`.
 */
export const askNode =
  (node: ChainNode, atLeast: () => bigint = () => 0n): Ask =>
  async (rpc, request) => {
    const data = rpc.request.encode(request);
    const end = Date.now() + FRESH_TIMEOUT_MS;
    const height = atLeast();
    for (;;) {
      const answer = await retried(() => node.query(rpc.path, data, height));
      if (answer) return rpc.response.decode(answer.value);
      if (Date.now() >= end) throw new ClientError("timeout", `the node did not reach height ${height}`);
      await delay(FRESH_POLL_MS);
    }
  };
