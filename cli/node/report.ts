import { pino } from "pino";
import { note, say } from "#cli/output.ts";

/** What a running node tells on its own output. */
export interface Report {
  /** News of its life. */
  info(text: string, fields?: Readonly<Record<string, unknown>>): void;
  /** What an operator should look at. */
  warn(text: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** A report of that form: for people the texts alone; as JSON, a line each, with the fields. */
export function newReport(format: "pretty" | "json"): Report {
  if (format === "pretty") return { info: (text) => say(text), warn: (text) => note(text) };
  const log = pino({ base: null });
  return {
    info: (text, fields = {}) => log.info(fields, text),
    warn: (text, fields = {}) => log.warn(fields, text),
  };
}
