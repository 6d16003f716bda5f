import { CommanderError } from "commander";
import { CliError, exitCodes, messageOf } from "./errors.ts";
import { note } from "./output.ts";
import { program } from "./program.ts";

/** The exit code of a failure, told in one line; a bug shows where it happened. */
function failed(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.usage;
  note(`✗ ${messageOf(error)}`);
  if (error instanceof CliError) return error.exitCode;
  if (process.env["ITERUM_DEBUG"]) note(error instanceof Error ? `${error.stack}` : "");
  return exitCodes.failure;
}

/** A reader that has gone, such as `head`, is no failure; a node goes on without one. */
function bearClosedOutput(): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
    });
}

/** Runs the program with this process's arguments; its exit code says how that went. */
export async function run(): Promise<void> {
  bearClosedOutput();
  try {
    await program().parseAsync();
  } catch (error) {
    process.exitCode = failed(error);
  }
}
