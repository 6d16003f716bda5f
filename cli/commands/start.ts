import type { Command } from "commander";
import { type HomeOption, homeCommand, layoutOf } from "#cli/context.ts";
import { homeConfig, nodeRpc } from "#cli/home/config/home.ts";
import type { Config } from "#cli/home/config/schema.ts";
import { type HomeLayout, readSettings } from "#cli/home/layout.ts";
import { type ConfigFlags, overridesOf, withConfigFlags } from "#cli/node/flags.ts";
import { newReport, type Report } from "#cli/node/report.ts";
import { haltedError, type RunningNode, startNode } from "#cli/node/supervise.ts";
import { type SyncProgress, showSync } from "#cli/node/sync-progress.ts";
import { fired, stopSignal } from "#cli/signals.ts";

function progressOf(layout: HomeLayout, config: Config, report: Report): SyncProgress {
  const { sync, log } = config;
  return showSync({
    rpcUrl: nodeRpc(layout, config),
    others: sync.rpcServers,
    bySnapshot: sync.mode === "snapshot",
    report,
    terminal: log.format === "pretty" && process.stderr.isTTY ? process.stderr : undefined,
  });
}

function tellRunning(node: RunningNode, chainId: string, layout: HomeLayout, report: Report): void {
  const { rpcUrl, monitorUrl, apiUrl, config } = node;
  report.info(`chain ${chainId}, RPC ${rpcUrl}`, { chainId, rpcUrl });
  if (monitorUrl) report.info(`metrics, health, ready: ${monitorUrl}`, { monitorUrl });
  if (apiUrl) report.info(`API ${apiUrl}`, { apiUrl });
  const { appLog, cometLog } = layout;
  if (config.log.target === "files") report.info(`logs: ${appLog}, ${cometLog}`, { appLog, cometLog });
}

async function start(options: HomeOption & ConfigFlags): Promise<void> {
  const layout = layoutOf(options);
  const { chainId } = await readSettings(layout);
  const overrides = overridesOf(options);
  const config = await homeConfig(layout, overrides);
  const report = newReport(config.log.format);
  const stop = stopSignal();
  const progress = progressOf(layout, config, report);
  try {
    const node = await startNode({
      ...{ layout, overrides, signal: stop },
      onVerified: ({ valid, verifyMs, template }) => {
        const text = `proof ${valid ? "verified" : "REFUSED"} in ${verifyMs} ms`;
        report.warn(text, { valid, verifyMs, template });
      },
      onRestart: (why) => report.warn(why),
      onRestoring: progress.restoring,
    });
    tellRunning(node, chainId, layout, report);
    void fired(stop).then(() => report.warn("stopping"));
    await node.ended;
  } catch (error) {
    throw haltedError(error);
  } finally {
    progress.stop();
  }
}

/** `iterum start`: the node of a home, until Ctrl-C. */
export const startCommand = (): Command =>
  withConfigFlags(
    homeCommand("start", "run the node of a home: the app and CometBFT, restarted together when one dies"),
  ).action(start);
