import { copyFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Command, Option } from "commander";
import type { Json } from "#chain/proto/json.ts";
import { type HomeOption, homeCommand, layoutOf, portNumber, wholeNumber } from "#cli/context.ts";
import { ensureCli } from "#cli/errors.ts";
import { jsonOf, textOf } from "#cli/files.ts";
import { firstGameOf, makeForkHome, settleForkHome } from "#cli/fork/home.ts";
import { beginWith, type Exported, readExport } from "#cli/genesis/exported.ts";
import { homeLayout, readSettings } from "#cli/home/layout.ts";
import { whileStopped } from "#cli/node/stopped.ts";
import { note, say } from "#cli/output.ts";
import { newWaiting } from "#cli/waiting.ts";

interface ImportOptions extends HomeOption {
  readonly keysFrom?: string;
  readonly rpcPort: number;
  readonly p2pPort: number;
  readonly blockMs: number;
}

const CONSENSUS_KEY = "config/priv_validator_key.json";
/** What the key has signed last: without it a node would sign another block of the same height. */
const SIGNED_LAST = "data/priv_validator_state.json";

/**
 * Gives a new home the validator keys of another one, with what they have signed where both are of one chain.
 * Throws CliError while that one runs.
 */
async function takeKeys(from: string, home: string, { chainId, initialHeight }: Exported): Promise<void> {
  const [old, own] = [homeLayout(from), homeLayout(home)];
  await whileStopped(old, async () => {
    await copyFile(join(old.comet, CONSENSUS_KEY), join(own.comet, CONSENSUS_KEY));
    await copyFile(old.beaconKey, own.beaconKey);
    if ((await readSettings(old)).chainId !== chainId) return;
    const signed = await textOf(join(old.comet, SIGNED_LAST));
    await writeFile(join(own.comet, SIGNED_LAST), signed, { mode: 0o600 });
    const { height } = JSON.parse(signed) as { readonly height: string };
    if (BigInt(height) >= initialHeight)
      note(
        `! this key has signed at height ${height} of ${chainId} already: it signs nothing older and ` +
          "nothing else there, so the chain must come past it by others, or by a later export",
      );
  });
}

async function importState(file: string, options: ImportOptions): Promise<void> {
  const { home } = layoutOf(options);
  const { rpcPort, p2pPort, blockMs, keysFrom } = options;
  await newWaiting(process.stderr).during("import", async (onStep) => {
    onStep("reading the export");
    const exported = await readExport(file);
    onStep("beginning a chain with it");
    const app = await beginWith(exported);
    onStep("comparing what it exports");
    const isSame = JSON.stringify(app.dump()) === JSON.stringify(exported.appState);
    ensureCli(
      isSame,
      `${file} is not what a chain that begins with it would export: it was changed, or is new`,
    );
    onStep("making the home");
    const place = { home, chainId: exported.chainId, rpcPort, p2pPort, blockMs };
    const made = await makeForkHome(place);
    if (keysFrom !== undefined) await takeKeys(keysFrom, home, exported);
    await settleForkHome(made, place, (await jsonOf(file)) as Json, firstGameOf(exported));
    say(`home ${home}: ${exported.chainId} goes on at height ${exported.initialHeight}`);
  });
  const key = await readFile(join(homeLayout(home).comet, CONSENSUS_KEY), "utf8");
  const { pub_key: own } = JSON.parse(key) as { readonly pub_key: { readonly value: string } };
  const genesis = await readFile(file, "utf8");
  if (!genesis.includes(own.value)) say("its key is no validator's of this chain: see --keys-from");
  say(`next: iterum start --home ${home}`);
}

/** `iterum import`: the home of a chain that goes on from an export. */
export const importCommand = (): Command =>
  homeCommand("import", "make a home whose chain goes on from what `iterum export` wrote")
    .argument("<file>", "the export")
    .option("--keys-from <folder>", "home whose validator keys it takes over; that one must not run any more")
    .addOption(new Option("--rpc-port <port>", "port of the RPC").argParser(portNumber).default(26_657))
    .addOption(new Option("--p2p-port <port>", "port for peers").argParser(portNumber).default(26_656))
    .addOption(
      new Option("--block-ms <ms>", "pause after each block").argParser(wholeNumber(50, 60_000)).default(900),
    )
    .action(importState);
