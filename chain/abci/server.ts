import { chmodSync, lstatSync, unlinkSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import type { Application } from "./application.ts";
import { Connection } from "./connection.ts";
import { FRAME_BYTES_MAX } from "./frame.ts";
import { Scheduler } from "./scheduler.ts";

/** Where to listen: a Unix socket, or a TCP port of the loopback interface (0 for any free one). */
export type AbciAddress = { readonly path: string } | { readonly port: number };

/** What the server needs. */
export interface AbciServerOptions {
  readonly application: Application;
  readonly address: AbciAddress;
  /** Called once, when the application threw: its state can no longer be trusted, stop the node. */
  readonly onFailure: (error: unknown) => void;
  /** Called when a connection was closed because its peer broke the protocol. */
  readonly onProtocolError?: (error: unknown) => void;
  readonly frameBytesMax?: number;
}

/** A server that CometBFT's four connections reach. */
export interface AbciServer {
  /** What CometBFT takes as `proxy_app`: `unix://…` or `tcp://127.0.0.1:…`. */
  readonly address: string;
  /** Closes all connections and removes the socket. */
  close(): Promise<void>;
}

/** CometBFT opens four. */
const CONNECTIONS_MAX = 32;
/** Longest path of a Unix socket on Linux and macOS, without the closing zero byte. */
const SOCKET_PATH_BYTES_MAX = 103;

/** Starts to listen; rejects when the address is in use or the path too long. */
export async function startAbciServer(options: AbciServerOptions): Promise<AbciServer> {
  const connections = new Set<Connection>();
  const scheduler = new Scheduler(options.application, options.onFailure);
  const server = createServer({ noDelay: true }, (socket: Socket) => {
    const connection = new Connection(socket, {
      frameBytesMax: options.frameBytesMax ?? FRAME_BYTES_MAX,
      onWork: (from) => scheduler.wake(from),
      onProtocolError: (error) => options.onProtocolError?.(error),
      onClose: (from) => connections.delete(from),
    });
    connections.add(connection);
  });
  server.maxConnections = CONNECTIONS_MAX;
  const address = await listen(server, options.address);
  return {
    address,
    close: () =>
      new Promise((resolve) => {
        scheduler.stop();
        server.close(() => resolve());
        for (const connection of connections) connection.destroy();
      }),
  };
}

async function listen(server: Server, address: AbciAddress): Promise<string> {
  if ("path" in address) await freePath(address.path);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    if ("port" in address) {
      server.listen(address.port, "127.0.0.1", resolve);
      return;
    }
    // The socket is made within listen(): with this mask no one else can connect even for a moment.
    const mask = process.umask(0o177);
    try {
      server.listen(address.path, resolve);
    } finally {
      process.umask(mask);
    }
  });
  if ("path" in address) {
    chmodSync(address.path, 0o600);
    return `unix://${address.path}`;
  }
  const bound = server.address();
  if (bound === null || typeof bound === "string") throw new Error("not listening");
  return `tcp://127.0.0.1:${bound.port}`;
}

/** Removes the socket of a server that died; throws when one still answers or the path is something else. */
async function freePath(path: string): Promise<void> {
  if (Buffer.byteLength(path) > SOCKET_PATH_BYTES_MAX)
    throw new Error(`path of the ABCI socket longer than ${SOCKET_PATH_BYTES_MAX} bytes: ${path}`);
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isSocket()) throw new Error(`not a socket: ${path}`);
  const isAlive = await new Promise<boolean>((resolve) => {
    const probe = connect(path, () => {
      probe.destroy();
      resolve(true);
    });
    probe.once("error", () => resolve(false));
  });
  if (isAlive) throw new Error(`another node listens at ${path}`);
  unlinkSync(path);
}
