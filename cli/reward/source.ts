import { readFile } from "node:fs/promises";
import { CliError, messageOf } from "#cli/errors.ts";
import type { ProgramLimits } from "#modules/rewards/ir/program.ts";
import { type Compiled, compileReward } from "./compile.ts";
import { RewardTextError } from "./error.ts";

/** The text of a file. Throws CliError. */
export async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    throw new CliError(`cannot read ${file}: ${messageOf(cause)}`, { cause });
  }
}

/** Compiles the text of a file. Throws CliError that names the file and the place in it. */
export async function compileFile(file: string, limits: ProgramLimits): Promise<Compiled> {
  try {
    return compileReward(await textOf(file), limits);
  } catch (error) {
    if (!(error instanceof RewardTextError)) throw error;
    throw new CliError(`${file}: ${error.message}`, { cause: error });
  }
}
