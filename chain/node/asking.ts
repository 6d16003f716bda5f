import type { ChildProcess } from "node:child_process";
import type { Json } from "#chain/proto/json.ts";

/** A question of the process that started another one. */
interface Question {
  readonly kind: "ask";
  readonly id: number;
  readonly what: string;
}

/** Its answer, or why there is none. */
interface Answer {
  readonly kind: "answer";
  readonly id: number;
  readonly value?: Json;
  readonly failure?: string;
}

const isKind = (message: unknown, kind: string): boolean =>
  typeof message === "object" && message !== null && "kind" in message && message.kind === kind;

/** Asks a child process; rejects when it does not answer in time or has gone. */
export type Asker = (what: string, timeoutMs: number) => Promise<Json>;

/** A way to ask a child that `answerStarter` serves. */
export function askerOf(child: ChildProcess): Asker {
  const waiting = new Map<number, PromiseWithResolvers<Json>>();
  let last = 0;
  child.on("message", (message: unknown) => {
    if (!isKind(message, "answer")) return;
    const { id, value = null, failure } = message as Answer;
    if (failure === undefined) waiting.get(id)?.resolve(value);
    else waiting.get(id)?.reject(new Error(failure));
  });
  child.once("close", () => {
    for (const { reject } of waiting.values()) reject(new Error("the process has ended"));
  });
  return async (what, timeoutMs) => {
    if (!child.connected) throw new Error("the process has ended");
    const id = ++last;
    const answer = Promise.withResolvers<Json>();
    waiting.set(id, answer);
    const timer = setTimeout(() => answer.reject(new Error(`no answer in ${timeoutMs} ms`)), timeoutMs);
    try {
      child.send({ kind: "ask", id, what } satisfies Question, (error) => {
        if (error) answer.reject(error);
      });
      return await answer.promise;
    } finally {
      clearTimeout(timer);
      waiting.delete(id);
    }
  };
}

/** What a process answers to the one that started it, by question. */
export type Answers = Readonly<Record<string, () => Json | Promise<Json>>>;

/** Answers the starter's questions until the function that it gives is called. */
export function answerStarter(answers: Answers): () => void {
  const reply = async ({ id, what }: Question): Promise<Answer> => {
    try {
      const answer = Object.hasOwn(answers, what) ? answers[what] : undefined;
      if (answer === undefined) return { kind: "answer", id, failure: `nothing is known of ${what}` };
      return { kind: "answer", id, value: await answer() };
    } catch (error) {
      return { kind: "answer", id, failure: error instanceof Error ? error.message : String(error) };
    }
  };
  const onMessage = (message: unknown): void => {
    if (!isKind(message, "ask")) return;
    void reply(message as Question).then((answer) => {
      // A starter that has gone in the meantime wants none.
      if (process.connected) process.send?.(answer, undefined, {}, () => undefined);
    });
  };
  process.on("message", onMessage);
  return () => void process.off("message", onMessage);
}
