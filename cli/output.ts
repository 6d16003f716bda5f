/** Writes a line for whoever runs the command. */
export const say = (line = ""): void => void process.stdout.write(`${line}\n`);

/** Writes a warning or a note that is no part of the result. */
export const note = (line: string): void => void process.stderr.write(`${line}\n`);

/** Writes any value of ours as JSON: integers above 2⁵³ as decimal strings, bytes in hexadecimal. */
export const sayJson = (value: unknown): void => say(JSON.stringify(value, plain, 2));

function plain(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
  return value;
}

/** Seconds with one decimal. */
export const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
