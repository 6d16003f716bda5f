import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { fromHex } from "#chain/bytes/hex.ts";
import { findCometBft } from "#chain/node/cometbft-binary.ts";
import { initHome } from "#chain/node/config.ts";
import type { Json } from "#chain/proto/json.ts";
import { ensureCli } from "#cli/errors.ts";
import type { Exported } from "#cli/genesis/exported.ts";
import { beaconEntry, makeBeaconKey } from "#cli/home/beacon.ts";
import { writeConfig } from "#cli/home/config/home.ts";
import type { Raw } from "#cli/home/config/kinds.ts";
import { type HomeLayout, homeLayout } from "#cli/home/layout.ts";
import type { BeaconKey } from "#proto/gen/iterum/elections.ts";
import { statesOf } from "./states.ts";

/** A validator as CometBFT's genesis lists it. */
export interface GenesisValidator {
  readonly address: string;
  readonly pub_key: { readonly type: string; readonly value: string };
  readonly power: string;
  readonly name: string;
}

/** A new home with keys of its own, whose genesis is still to come. */
export interface ForkHome {
  readonly layout: HomeLayout;
  readonly validator: GenesisValidator;
  readonly beaconKey: BeaconKey;
}

export interface ForkPlace {
  readonly home: string;
  readonly chainId: string;
  readonly rpcPort: number;
  readonly p2pPort: number;
  readonly blockMs: number;
}

/** What a home is told of a chain's first game; names of labels are not the chain's. */
export function firstGameOf({ appState }: Exported): Game {
  const [game] = statesOf(appState).rounds.games;
  ensureCli(game, "a chain without a game");
  return { gameId: game.gameId, classes: Array.from({ length: game.classes }, (_, i) => String(i)) };
}

interface Game {
  readonly gameId: string;
  readonly classes: readonly string[];
}

/** Makes the home of the validator that a fork begins with. Throws CliError where there is one. */
export async function makeForkHome({
  home,
  chainId,
  rpcPort,
  p2pPort,
  blockMs,
}: ForkPlace): Promise<ForkHome> {
  const layout = homeLayout(home);
  ensureCli(!existsSync(layout.comet), `${layout.home} is the home of a node already`);
  const settings = {
    chainId,
    rpcPort,
    p2pPort,
    timeoutCommitMs: blockMs,
    moniker: "validator",
    appState: {},
  };
  await initHome(findCometBft(), layout.home, settings);
  const { validators } = JSON.parse(await readFile(layout.genesis, "utf8")) as {
    readonly validators: readonly GenesisValidator[];
  };
  const [validator] = validators;
  ensureCli(validator, "CometBFT's own genesis has a validator");
  const secret = await makeBeaconKey(layout.beaconKey);
  const beaconKey = beaconEntry(secret, fromHex(validator.address.toLowerCase()));
  return { layout, validator, beaconKey };
}

/** Gives a home the genesis of its chain and the settings of its node. */
export async function settleForkHome(
  { layout }: ForkHome,
  { chainId, rpcPort, p2pPort, blockMs }: ForkPlace,
  genesis: Json,
  game: Game,
): Promise<void> {
  await writeFile(layout.genesis, `${JSON.stringify(genesis, null, 2)}\n`);
  const settings = { chainId, ...game, rpc: `http://127.0.0.1:${rpcPort}` };
  await writeFile(layout.settings, `${JSON.stringify(settings, null, 2)}\n`);
  const values: [string, Raw][] = [
    ["rpc.listen", `127.0.0.1:${rpcPort}`],
    ["p2p.listen", `127.0.0.1:${p2pPort}`],
    ["consensus.block_pause_ms", blockMs],
  ];
  await writeConfig(layout, new Map(values));
}
