import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Command } from "commander";
import {
  type Labeller,
  labelByFirst,
  modelLabeller,
  programLabeller,
  rowsLabeller,
} from "#cli/agents/labellers.ts";
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
import { note, say } from "#cli/output.ts";
import { stopSignal } from "#cli/signals.ts";
import { runMember } from "#client/agents/member/member.ts";
import { featurizerSpec } from "#client/commitments.ts";
import type { IterumClient } from "#client/connect.ts";
import { loadMember } from "#client/member/identity.ts";
import { fileSecrets } from "#client/member/secrets.ts";
import type { ItemSource } from "#client/ports.ts";
import { ceramicOneStore, dataNodeStore } from "#data/store.ts";
import type { LabelledSet } from "#trainer/data/labelled.ts";

interface MemberCommandOptions extends ChainOptions {
  readonly key: string;
  readonly rows: string;
  readonly data: string;
  readonly ceramic?: true;
  readonly perRound: number;
  readonly labelRows?: string;
  readonly labelModel?: string;
  readonly labelCommand?: string;
  readonly labelSeconds: number;
  readonly game?: string;
}

/** How the member labels others' items: by what it knows, else by its program, else by its model. */
async function labelOfOthers(
  options: MemberCommandOptions,
  client: IterumClient,
  gameId: string,
  own: LabelledSet,
): Promise<NonNullable<ItemSource["labelOf"]>> {
  const { labelRows, labelModel, labelCommand, labelSeconds } = options;
  const [{ classes }, { featurizer }, election] = await Promise.all([
    client.rounds.game(gameId),
    client.commitments.dataRule(gameId),
    client.elections.election(gameId),
  ]);
  const known = labelRows ? (await readLabelled(labelRows, own.classes)).rows : [];
  const labellers: Labeller[] = [rowsLabeller([...own.rows, ...known])];
  if (labelCommand !== undefined) {
    const numbers = Array.from({ length: classes }, (_, k) => String(k));
    labellers.push(
      programLabeller({
        file: labelCommand,
        classes: own.classes.length === classes ? own.classes : numbers,
        timeoutMs: labelSeconds * 1_000,
        onFailed: (why) => note(`--label-command: ${why}`),
      }),
    );
  }
  if (labelModel !== undefined)
    labellers.push(modelLabeller(featurizerSpec(featurizer), classes, await readFile(labelModel)));
  if ((election?.panel ?? 0) > 0 && labellers.length === 1)
    note("this game has a panel: of others' items only known rows get their label, see --label-model");
  const onUnknown = (label: number): void => note(`an item that nothing here can label gets class ${label}`);
  return labelByFirst(labellers, own.rows, { classes, onUnknown });
}

async function member(options: MemberCommandOptions): Promise<void> {
  const layout = layoutOf(options);
  const key = await keyOf(options, options.key);
  const own = await readLabelled(options.rows, await classesOf(layout));
  const signal = stopSignal();
  const client = await clientOf(options, key);
  try {
    const store = await fileSecrets(join(layout.agents, key.name));
    const identity = await loadMember({
      ...{ ethereumKey: await key.ethereumKey(), secrets: store, domain: "iterum" },
      clock: () => Date.now(),
    });
    const gameId = await gameOf(client, options.game);
    const labelOf = await labelOfOthers(options, client, gameId, own);
    const rows = `${own.rows.length} rows`;
    say(`member ${client.address} of ${gameId} on ${client.chainId}, ${rows}, ${identity.did}`);
    const url = { url: options.data };
    await runMember({
      ...{ chain: client, gameId, store, identity, signal },
      source: rowsSource(own.rows, options.perRound, labelOf),
      data: options.ceramic ? ceramicOneStore(url) : dataNodeStore(url),
      onEvent: (event) => say(memberLine(event)),
    });
  } finally {
    client.close();
  }
}

/** `iterum member`: a member's agent, until Ctrl-C. */
export const memberCommand = (): Command =>
  chainCommand("member", "take part as a member: seal, publish, commit and open own rows")
    .requiredOption("--key <name>", "key of the home, bound to a member of the community")
    .requiredOption("--rows <file>", "own rows, `label<TAB>text` a line")
    .option("--data <url>", "data node to publish at", "http://127.0.0.1:7007")
    .option("--ceramic", "the data node is a Ceramic One node")
    .option("--per-round <number>", "rows to offer in each round", wholeNumber(1, 1_000), 12)
    .option("--label-rows <file>", "further rows that tell the labels of others' items in games with a panel")
    .option("--label-command <program>", "labels others' items: reads one as JSON, writes its class")
    .option("--label-seconds <number>", "time that the program has for an item", wholeNumber(1, 3_600), 10)
    .option("--label-model <file>", "labels others' items with the likeliest class of this ONNX file")
    .addOption(gameOption())
    .action(member);
