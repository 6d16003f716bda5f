import { join } from "node:path";
import type { Command } from "commander";
import { memberLine } from "#cli/agents/lines.ts";
import { rowsSource } from "#cli/agents/rows.ts";
import {
  type ChainOptions,
  chainCommand,
  clientOf,
  gameOf,
  gameOption,
  keyOf,
  layoutOf,
  wholeNumber,
} from "#cli/context.ts";
import { classesOf, readLabelled } from "#cli/home/rows.ts";
import { say } from "#cli/output.ts";
import { stopSignal } from "#cli/signals.ts";
import { runMember } from "#client/agents/member/member.ts";
import { loadMember } from "#client/member/identity.ts";
import { fileSecrets } from "#client/member/secrets.ts";
import { ceramicOneStore, dataNodeStore } from "#data/store.ts";

interface MemberCommandOptions extends ChainOptions {
  readonly key: string;
  readonly rows: string;
  readonly data: string;
  readonly ceramic?: true;
  readonly perRound: number;
  readonly game?: string;
}

async function member(options: MemberCommandOptions): Promise<void> {
  const layout = layoutOf(options);
  const key = await keyOf(options, options.key);
  const { rows } = await readLabelled(options.rows, await classesOf(layout));
  const signal = stopSignal();
  const client = await clientOf(options, key);
  const store = await fileSecrets(join(layout.agents, key.name));
  const identity = await loadMember({
    ...{ ethereumKey: await key.ethereumKey(), secrets: store, domain: "iterum" },
    clock: () => Date.now(),
  });
  const gameId = await gameOf(client, options.game);
  say(`member ${client.address} of ${gameId} on ${client.chainId}, ${rows.length} rows, ${identity.did}`);
  const url = { url: options.data };
  await runMember({
    ...{ chain: client, gameId, store, identity, signal },
    source: rowsSource(rows, options.perRound),
    data: options.ceramic ? ceramicOneStore(url) : dataNodeStore(url),
    onEvent: (event) => say(memberLine(event)),
  }).finally(() => client.close());
}

/** `iterum member`: a member's agent, until Ctrl-C. */
export const memberCommand = (): Command =>
  chainCommand("member", "take part as a member: seal, publish, commit and open own rows")
    .requiredOption("--key <name>", "key of the home, bound to a member of the community")
    .requiredOption("--rows <file>", "own rows, `label<TAB>text` a line")
    .option("--data <url>", "data node to publish at", "http://127.0.0.1:7007")
    .option("--ceramic", "the data node is a Ceramic One node")
    .option("--per-round <number>", "rows to offer in each round", wholeNumber(1, 1_000), 12)
    .addOption(gameOption())
    .action(member);
