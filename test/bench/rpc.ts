import { Agent, request } from "node:http";

/** CometBFT's JSON-RPC over a few connections that stay open. */
export interface Rpc {
  readonly url: string;
  call<T>(method: string, params?: Readonly<Record<string, unknown>>): Promise<T>;
  /** The answer to a ready request, or to several in one. */
  post(body: string): Promise<string>;
  close(): void;
}

const TIMEOUT_MS = 60_000;

/** Connects to a node; at most `connections` calls are under way at once. */
export function connectRpc(url: string, connections: number): Rpc {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const post = (body: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
      const sent = request(url, { agent, method: "POST", headers, timeout: TIMEOUT_MS }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () => resolve(Buffer.concat(chunks).toString("utf8")));
        response.on("error", reject);
      });
      sent.on("error", reject);
      sent.on("timeout", () => sent.destroy(new Error("the node does not answer")));
      sent.end(body);
    });
  return {
    url,
    post,
    call: async <T>(method: string, params: Readonly<Record<string, unknown>> = {}) => {
      const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
      const { result, error } = JSON.parse(await post(body)) as { result?: T; error?: unknown };
      if (result === undefined) throw new Error(`${method}: ${JSON.stringify(error)}`);
      return result;
    },
    close: () => agent.destroy(),
  };
}
