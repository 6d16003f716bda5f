import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startAppChild } from "#chain/node/app-child.ts";
import type { Asker } from "#chain/node/asking.ts";
import { cometToml, configure } from "#chain/node/comet-settings.ts";
import { findCometBft } from "#chain/node/cometbft-binary.ts";
import { startMonitor } from "#chain/node/monitor.ts";
import { NodeHalted, type SupervisedNode, superviseNode } from "#chain/node/supervisor.ts";
import { CliError } from "#cli/errors.ts";
import type { Overrides } from "#cli/home/config/file.ts";
import { cometSettingsOf, homeConfig, nodeRpc } from "#cli/home/config/home.ts";
import type { Config } from "#cli/home/config/schema.ts";
import type { HomeLayout } from "#cli/home/layout.ts";
import { version } from "#cli/version.ts";
import type { RestoringMessage, VerifiedMessage } from "./app-process.ts";
import { argumentsOf } from "./flags.ts";
import { keepSidecar } from "./sidecar.ts";
import type { VerifiedProof } from "./timed-verifier.ts";

export interface NodeOptions {
  readonly layout: HomeLayout;
  /** Settings that count before those of the home's configuration. */
  readonly overrides?: Overrides;
  /** Told of every proof that the app judged. */
  readonly onVerified?: (proof: VerifiedProof) => void;
  /** Told why processes are started again, or what the node waits for. */
  readonly onRestart?: (why: string) => void;
  /** Told of each chunk of a snapshot that the state is restored from. */
  readonly onRestoring?: (taken: number, chunks: number) => void;
  /** Stops the node, also while it waits to start. */
  readonly signal?: AbortSignal;
}

/** A node with all that its configuration asks for. */
export interface RunningNode extends SupervisedNode {
  readonly config: Config;
  /** Where metrics, health and readiness are served. */
  readonly monitorUrl?: string;
  readonly apiUrl?: string;
}

const main = fileURLToPath(new URL("../main.ts", import.meta.url));

/** The last word of a node as the program tells it, with its own exit code. */
export const haltedError = (error: unknown): unknown =>
  error instanceof NodeHalted
    ? new CliError(error.message, { cause: error, exitCode: error.exitCode })
    : error;

/** Gives CometBFT the home's configuration; one of a home without a file stays as it is. */
function configureComet(layout: HomeLayout, config: Config): void {
  if (!existsSync(layout.config)) return;
  const before = readFileSync(layout.cometConfig, "utf8");
  const after = configure(before, cometToml(layout, cometSettingsOf(config)));
  if (after === before) return;
  const partial = `${layout.cometConfig}.new`;
  writeFileSync(partial, after, { mode: 0o600 });
  renameSync(partial, layout.cometConfig);
}

/**
 * Starts a home's node and keeps it going; see `superviseNode`. Beside it run what the configuration asks
 * for: the monitor, from before the first block on, and the API. Throws ConfigError, and CliError when the
 * first start fails for good.
 */
export async function startNode(options: NodeOptions): Promise<RunningNode> {
  const { layout, overrides = new Map() } = options;
  const config = await homeConfig(layout, overrides);
  const app = appStarter(options, config, overrides);
  let restarts = 0;
  const monitor = config.metrics.enabled
    ? await startMonitor({
        ...{ listen: config.metrics.listen, home: layout.home, version, ask: app.asker },
        rpcUrl: nodeRpc(layout, config),
        readyAgeMaxMs: config.metrics.readyAgeMaxS * 1000,
        restarts: () => restarts,
      })
    : undefined;
  try {
    const node = await superviseNode({
      ...{ home: layout.home, binary: findCometBft(), startApp: app.start },
      prepare: () => configureComet(layout, config),
      toOutput: config.log.target === "stdout",
      onNews: (news) => {
        if (news.kind === "up") restarts = news.restarts;
        else if (news.kind === "down") options.onRestart?.(`${news.why}: starting both again`);
        else options.onRestart?.(`waiting for the disk: ${news.why}`);
      },
      ...(options.signal && { signal: options.signal }),
    });
    const api = config.api.enabled ? startApi(options, config, node.rpcUrl) : undefined;
    const untilEnd = async (): Promise<void> => {
      try {
        await node.ended;
      } finally {
        await api?.stop();
        await monitor?.close();
      }
    };
    const ended = untilEnd();
    ended.catch(() => undefined);
    const stop = async (): Promise<void> => {
      await node.stop();
      await ended.catch(() => undefined);
    };
    return {
      ...{ ...node, ended, stop, config },
      ...(monitor && { monitorUrl: monitor.url }),
      ...(api && { apiUrl: `http://${config.api.listen}` }),
    };
  } catch (error) {
    await monitor?.close();
    throw haltedError(error);
  }
}

/** Starts the app's process, and remembers how the one that runs now is asked. */
function appStarter({ layout, onVerified, onRestoring }: NodeOptions, config: Config, overrides: Overrides) {
  let ask: Asker | undefined;
  return {
    asker: () => ask,
    start: async () => {
      const child = await startAppChild({
        args: [main, "app", "--home", layout.home, ...argumentsOf(overrides)],
        ...{ logFile: layout.appLog, pidFile: layout.appPid, toOutput: config.log.target === "stdout" },
        onMessage: (message) => {
          if (message.kind === "verified") onVerified?.(message as VerifiedMessage);
          if (message.kind !== "restoring") return;
          const { taken, chunks } = message as RestoringMessage;
          onRestoring?.(taken, chunks);
        },
      });
      ask = child.ask;
      return child;
    },
  };
}

const startApi = ({ layout, onRestart }: NodeOptions, { api, log }: Config, rpcUrl: string) =>
  keepSidecar({
    name: "the API",
    args: [main, "api", "--rpc", rpcUrl, "--listen", api.listen],
    ...{ logFile: join(layout.home, "api.log"), pidFile: join(layout.home, "api.pid") },
    toOutput: log.target === "stdout",
    onDown: (why) => onRestart?.(why),
  });
