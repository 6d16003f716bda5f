import { fileURLToPath } from "node:url";
import type { InvariantCheck } from "#chain/app/types.ts";
import { startAppChild } from "#chain/node/app-child.ts";
import { findCometBft } from "#chain/node/cometbft-binary.ts";
import type { StorageOptions } from "#chain/node/host.ts";
import { NodeHalted, type SupervisedNode, superviseNode } from "#chain/node/supervisor.ts";
import { CliError } from "#cli/errors.ts";
import type { HomeLayout } from "#cli/home/layout.ts";
import type { VerifiedMessage } from "./app-process.ts";
import type { VerifiedProof } from "./timed-verifier.ts";

export interface NodeOptions {
  readonly layout: HomeLayout;
  readonly invariants?: InvariantCheck;
  readonly proofThreads?: number;
  readonly storage?: StorageOptions;
  /** Told of every proof that the app judged. */
  readonly onVerified?: (proof: VerifiedProof) => void;
  /** Told why both processes are started again, or what the node waits for. */
  readonly onRestart?: (why: string) => void;
  /** Stops the node, also while it waits to start. */
  readonly signal?: AbortSignal;
}

export type RunningNode = SupervisedNode;

const main = fileURLToPath(new URL("../main.ts", import.meta.url));

/** The last word of a node as the program tells it, with its own exit code. */
export const haltedError = (error: unknown): unknown =>
  error instanceof NodeHalted
    ? new CliError(error.message, { cause: error, exitCode: error.exitCode })
    : error;

/**
 * Starts a home's node and keeps it going; see `superviseNode`. Throws CliError when the first start fails
 * for good.
 */
export async function startNode(options: NodeOptions): Promise<RunningNode> {
  const { layout, invariants = "cheap", proofThreads = 2, storage, onVerified, onRestart, signal } = options;
  const args = ["--home", layout.home, "--invariants", invariants, "--proof-threads", String(proofThreads)];
  if (storage)
    args.push("--keep-recent", String(storage.keepRecent), "--keep-every", String(storage.keepEvery));
  if (storage) args.push("--snapshot-every", String(storage.snapshotEvery));
  try {
    return await superviseNode({
      home: layout.home,
      binary: findCometBft(),
      startApp: () =>
        startAppChild({
          args: [main, "app", ...args],
          logFile: layout.appLog,
          pidFile: layout.appPid,
          onMessage: (message) => {
            if (message.kind === "verified") onVerified?.(message as VerifiedMessage);
          },
        }),
      onNews: (news) => {
        if (news.kind === "down") onRestart?.(news.why);
        else if (news.kind === "waiting") onRestart?.(`waiting for the disk: ${news.why}`);
      },
      ...(signal && { signal }),
    });
  } catch (error) {
    throw haltedError(error);
  }
}
