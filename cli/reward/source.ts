import { CliError } from "#cli/errors.ts";
import { textOf } from "#cli/files.ts";
import type { ProgramLimits } from "#modules/rewards/ir/program.ts";
import { type Compiled, compileReward } from "./compile.ts";
import { RewardTextError } from "./error.ts";

/** Compiles the text of a file. Throws CliError that names the file and the place in it. */
export async function compileFile(file: string, limits: ProgramLimits): Promise<Compiled> {
  try {
    return compileReward(await textOf(file), limits);
  } catch (error) {
    if (!(error instanceof RewardTextError)) throw error;
    throw new CliError(`${file}: ${error.message}`, { cause: error });
  }
}
