import type { Command } from "commander";
import { type ChainOptions, chainCommand, gameOf, gameOption, withClient } from "#cli/context.ts";
import { say, sayJson } from "#cli/output.ts";
import type { IterumClient } from "#client/connect.ts";

export interface QueryOptions extends ChainOptions {
  readonly json?: true;
  readonly game?: string;
}

/** Prints an answer for people or, with --json, as it is. */
export async function answer<T>(
  options: QueryOptions,
  ask: (client: IterumClient, gameId: string) => Promise<T>,
  show: (value: T, client: IterumClient) => string | Promise<string>,
): Promise<void> {
  await withClient(options, async (client) => {
    const value = await ask(client, await gameOf(client, options.game));
    if (options.json) sayJson(value);
    else say(await show(value, client));
  });
}

/** A command that asks the chain. */
export const queryCommandOf = (name: string, description: string): Command =>
  chainCommand(name, description).addOption(gameOption()).option("--json", "print the answer as JSON");
