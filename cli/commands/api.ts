import { type Command, InvalidArgumentError, Option } from "commander";
import { startApi } from "#chain/api/server.ts";
import { type HomeOption, homeCommand, rpcOf, wholeNumber } from "#cli/context.ts";
import { CliError } from "#cli/errors.ts";
import { note, say } from "#cli/output.ts";
import { fired, stopSignal } from "#cli/signals.ts";
import { version } from "#cli/version.ts";

interface Address {
  readonly host: string;
  readonly port: number;
}

interface ApiCommandOptions extends HomeOption {
  readonly rpc?: string;
  readonly listen: Address;
  readonly origin?: string[];
  readonly perMinute?: number;
  readonly grpc?: Address;
}

/** Reads `host:port`; an IPv6 address stands in brackets. */
function address(text: string): Address {
  const [, bracketed, plain, digits] = /^(?:\[([0-9a-fA-F:]+)\]|([\w.-]+)):([0-9]{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  if (host === undefined || !(port <= 65_535))
    throw new InvalidArgumentError("an address with a port, e.g. 127.0.0.1:1317.");
  return { host, port };
}

async function api({ rpc, listen, origin, perMinute, grpc, ...options }: ApiCommandOptions): Promise<void> {
  const stop = stopSignal();
  const url = rpc ?? (await rpcOf(options));
  const server = await startApi({
    ...{ rpc: url, ...listen, version },
    ...(origin && { origins: origin }),
    ...(perMinute !== undefined && { perMinuteMax: perMinute }),
    ...(grpc && { grpc }),
  }).catch((cause: unknown) => {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === undefined) throw cause;
    throw new CliError(`cannot listen at ${listen.host}:${listen.port}: ${code}`, { cause });
  });
  say(`API ${server.url} of the node at ${url}; to read and try it: ${server.url}/docs`);
  if (server.grpcPort) say(`gRPC without TLS at port ${server.grpcPort}`);
  await fired(stop);
  note("stopping");
  await server.close();
}

/** `iterum api`: REST for wallets and browsers, until Ctrl-C. */
export const apiCommand = (): Command =>
  homeCommand("api", "answer wallets and browsers over REST, from any node's RPC")
    .option("--rpc <url>", "RPC of the node (default: $ITERUM_NODE, else that of the home's node)")
    .addOption(
      new Option("--listen <address>", "where to listen; port 0 for any free one")
        .argParser(address)
        .default({ host: "127.0.0.1", port: 1317 }, "127.0.0.1:1317"),
    )
    .option("--grpc <address>", "where to answer the same over gRPC, without TLS (default: nowhere)", address)
    .option("--origin <origin...>", "web pages that may call (default: all)")
    .option("--per-minute <requests>", "most requests of one address in a minute", wholeNumber(1, 1_000_000))
    .action(api);
