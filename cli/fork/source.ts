import { readFile } from "node:fs/promises";
import type { App } from "#chain/app.ts";
import type { AppState } from "#chain/kernel/genesis.ts";
import type { Json } from "#chain/proto/json.ts";
import { ensureCli } from "#cli/errors.ts";
import { jsonOf } from "#cli/files.ts";
import { beginWith, type Exported, readExport } from "#cli/genesis/exported.ts";
import { homeLayout, readSettings } from "#cli/home/layout.ts";
import { withState } from "#cli/node/state.ts";
import { withRewardsPaid } from "./settle-rewards.ts";

/** What a fork is made of. */
export interface Source {
  readonly exported: Exported;
  /** The app state once everybody has withdrawn what validators have earned. */
  readonly paid: AppState;
}

/** The chain of an app that stands at an export. */
export const sourceOf = (app: App, exported: Exported): Source => ({ exported, paid: withRewardsPaid(app) });

/** The genesis file of a chain besides the app's state. */
export type Document = Readonly<Record<string, Json>>;

async function ofHome(folder: string): Promise<Source & { readonly document: Document }> {
  const layout = homeLayout(folder);
  const { chainId } = await readSettings(layout);
  const document = JSON.parse(await readFile(layout.genesis, "utf8")) as Document;
  return withState(layout, (app) => {
    const { height } = app.info();
    ensureCli(height > 0n, "the node has no block yet");
    const timeMs = app.read((ctx) => ctx.timeMs);
    const exported = { chainId, initialHeight: height + 1n, timeMs, appState: app.dump() };
    return { ...sourceOf(app, exported), document };
  });
}

/** Reads the chain of a stopped node's home, or of an export. Throws CliError. */
export async function readSource({
  fromHome,
  fromExport,
}: {
  readonly fromHome?: string;
  readonly fromExport?: string;
}): Promise<Source & { readonly document: Document }> {
  if (fromHome !== undefined && fromExport === undefined) return ofHome(fromHome);
  ensureCli(fromHome === undefined && fromExport, "name --from-home or --from-export, one of both");
  const exported = await readExport(fromExport);
  const document = (await jsonOf(fromExport)) as Document;
  return { ...sourceOf(await beginWith(exported), exported), document };
}
