import { StoreError } from "#client/member/store.ts";

/** How a store is reached over HTTP. */
export interface HttpOptions {
  /** Base URL without a slash at the end. */
  readonly url: string;
  readonly timeoutMs?: number;
  readonly answerBytesMax?: number;
}

export interface HttpAnswer {
  readonly status: number;
  /** Parsed JSON; undefined when there is no body. */
  readonly body: unknown;
}

/** One request with JSON in and out; throws StoreError when there is no complete answer in time. */
export async function requestJson(options: HttpOptions, path: string, body?: object): Promise<HttpAnswer> {
  const { url, timeoutMs = 10_000, answerBytesMax = 16 * 1024 * 1024 } = options;
  try {
    const response = await fetch(`${url}${path}`, {
      method: body ? "POST" : "GET",
      redirect: "error",
      signal: AbortSignal.timeout(timeoutMs),
      ...(body ? { body: JSON.stringify(body), headers: { "content-type": "application/json" } } : {}),
    });
    const text = await readText(response, answerBytesMax);
    return { status: response.status, body: text === "" ? undefined : parse(text) };
  } catch (error) {
    if (error instanceof StoreError) throw error;
    throw new StoreError("unreachable", "the event store does not answer", { cause: error });
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

async function readText(response: Response, bytesMax: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > bytesMax) throw new StoreError("badAnswer", "the event store answers too much");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
