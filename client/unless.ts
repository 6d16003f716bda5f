import { type ChainErrorCode, ClientError } from "./errors.ts";

/** The answer, or undefined when the chain refuses with just this code: nothing of that name exists. */
export async function unless<T>(absent: ChainErrorCode, answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ClientError && error.is(absent)) return undefined;
    throw error;
  }
}
