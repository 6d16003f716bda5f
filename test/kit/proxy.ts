import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** One call of JSON-RPC with its answer. */
export interface RpcExchange {
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly answer: Record<string, unknown>;
}

/** What becomes of an answer: it, another one, or "drop" for a connection that is cut instead. */
export type Alter = (exchange: RpcExchange) => unknown;

/** A node's RPC behind a server that may change what it answers. */
export interface RpcProxy {
  readonly url: string;
  /** What is done with answers from now on. */
  alter(how: Alter): void;
  close(): Promise<void>;
}

const honest: Alter = ({ answer }) => answer;

/** Puts a server before the RPC at `target`, on the loopback interface. */
export async function proxyTo(target: string): Promise<RpcProxy> {
  let how = honest;
  const server = createServer(async (request, response) => {
    try {
      const parts: Uint8Array[] = [];
      for await (const part of request) parts.push(part as Uint8Array);
      const body = Buffer.concat(parts).toString();
      const { method, params = {} } = JSON.parse(body);
      const headers = { "content-type": "application/json" };
      const forwarded = await fetch(target, { method: "POST", headers, body });
      const answer = (await forwarded.json()) as RpcExchange["answer"];
      const altered = await how({ method, params, answer });
      if (altered === "drop") request.socket.destroy();
      else response.writeHead(200, headers).end(JSON.stringify(altered));
    } catch {
      request.socket.destroy();
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    alter: (next) => {
      how = next;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
