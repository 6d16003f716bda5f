import { type Command, InvalidArgumentError, Option } from "commander";
import { type HomeOption, homeCommand, layoutOf, wholeNumber } from "#cli/context.ts";
import { ensureCli } from "#cli/errors.ts";
import type { Raw } from "#cli/home/config/kinds.ts";
import { joinChain } from "#cli/home/join.ts";
import { type ConfigFlags, overridesOf, withConfigFlags } from "#cli/node/flags.ts";
import { note, say } from "#cli/output.ts";
import { newWaiting } from "#cli/waiting.ts";

interface JoinOptions extends HomeOption, ConfigFlags {
  readonly chainId?: string;
  readonly genesisHash?: string;
  readonly trustHeight?: number;
  readonly trustHash?: string;
  readonly sync?: "blocks" | "snapshot";
  readonly moniker?: string;
}

function hash(given: string): string {
  if (!/^[0-9a-fA-F]{64}$/.test(given)) throw new InvalidArgumentError("64 hexadecimal digits.");
  return given.toLowerCase();
}

async function join(urls: readonly string[], options: JoinOptions): Promise<void> {
  const layout = layoutOf(options);
  const { chainId, genesisHash, trustHeight, trustHash, sync, moniker } = options;
  ensureCli(
    (trustHeight === undefined) === (trustHash === undefined),
    "--trust-height and --trust-hash belong together",
  );
  const trusted =
    trustHeight === undefined || trustHash === undefined
      ? undefined
      : { height: BigInt(trustHeight), hash: trustHash };
  const config = new Map<string, Raw>(overridesOf(options));
  if (moniker !== undefined) config.set("node.moniker", moniker);
  const joined = await newWaiting(process.stderr).during("asking the chain's nodes", () =>
    joinChain({
      layout,
      urls: urls.flatMap((url) => url.split(",")).filter((url) => url !== ""),
      expected: { chainId, genesisHash, trusted },
      mode: sync,
      config,
    }),
  );
  const { genesis, peers, mode } = joined;
  say(`home ${layout.home}: chain ${genesis.chainId}`);
  say(`genesis SHA-256 ${genesis.hash}`);
  say(`trusted block ${joined.trusted.height} ${joined.trusted.hash}`);
  for (const { address } of peers) say(`peer ${address}`);
  say(`sync by ${mode}`);
  if (!genesisHash || !trusted)
    note(
      "! compare both hashes with a source other than these nodes: whoever lies about them owns your node",
    );
  say(`next: iterum start --home ${layout.home}`);
}

/** `iterum join`: the home of a node of a running chain. */
export const joinCommand = (): Command =>
  withConfigFlags(
    homeCommand("join", "make the home of a node that joins a running chain")
      .argument("<rpc...>", "RPC of nodes of the chain, best of two or more that strangers run")
      .option("--moniker <name>", "name shown to peers")
      .option("--chain-id <id>", "the chain must have this name")
      .option("--genesis-hash <hex>", "the genesis file must have this SHA-256", hash)
      .addOption(
        new Option(
          "--trust-height <height>",
          "a block known to be the chain's, at most a week old",
        ).argParser(wholeNumber(1, 999_999_999)),
      )
      .option("--trust-hash <hex>", "hash of its header", hash)
      .addOption(
        new Option("--sync <mode>", "play every block, or take a snapshot of peers").choices([
          "blocks",
          "snapshot",
        ]),
      ),
  ).action(join);
