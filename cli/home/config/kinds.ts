/** A value as a TOML file holds it. */
export type Raw = string | number | boolean | readonly string[];

/** One setting: what it is for people, and what it may be. */
export interface Setting<T extends Raw = Raw> {
  readonly initial: T;
  /** One line of what it does. */
  readonly about: string;
  /** What is allowed, with its unit. */
  readonly allowed: string;
  /** The value where it is allowed. */
  take(value: unknown): T | undefined;
  /** A value as the command line gives it; undefined where it cannot be one. */
  fromText(text: string): unknown;
}

/** A whole number within bounds. */
export const whole = (
  about: string,
  initial: number,
  { min, max, unit }: { readonly min: number; readonly max: number; readonly unit: string },
): Setting<number> => ({
  initial,
  about,
  allowed: `a whole number from ${min} to ${max} (${unit})`,
  take: (value) =>
    typeof value === "number" && Number.isSafeInteger(value) && value >= min && value <= max
      ? value
      : undefined,
  fromText: (text) => (/^[0-9]{1,15}$/.test(text) ? Number(text) : undefined),
});

/** True or false. */
export const flag = (about: string, initial: boolean): Setting<boolean> => ({
  initial,
  about,
  allowed: "true or false",
  take: (value) => (typeof value === "boolean" ? value : undefined),
  fromText: (text) => (text === "true" ? true : text === "false" ? false : undefined),
});

/** One of a few words. */
export const choice = <const T extends string>(
  about: string,
  initial: NoInfer<T>,
  words: readonly T[],
): Setting<T> => ({
  initial,
  about,
  allowed: words.map((word) => JSON.stringify(word)).join(" or "),
  take: (value) => words.find((word) => word === value),
  fromText: (text) => text,
});

/** A form that texts may be asked to have. */
export interface Form {
  readonly name: string;
  readonly fits: (text: string) => boolean;
}

/** A text of a form. */
export const text = (about: string, initial: string, { name, fits }: Form): Setting<string> => ({
  initial,
  about,
  allowed: name,
  take: (value) => (typeof value === "string" && fits(value) ? value : undefined),
  fromText: (given) => given,
});

const LIST_MAX = 64;

/** Texts of a form; on the command line with commas between them. */
export const list = (about: string, { name, fits }: Form): Setting<readonly string[]> => ({
  initial: [],
  about,
  allowed: `at most ${LIST_MAX} of: ${name}`,
  take: (value) =>
    Array.isArray(value) &&
    value.length <= LIST_MAX &&
    value.every((each) => typeof each === "string" && fits(each))
      ? (value as string[])
      : undefined,
  fromText: (given) => (given === "" ? [] : given.split(",").map((each) => each.trim())),
});

const isPort = (port: string | undefined): boolean =>
  port !== undefined && /^[0-9]{1,5}$/.test(port) && Number(port) <= 65_535;

const HOST = /^(\[[0-9a-fA-F:]+\]|[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?)$/;

/** Whether a text is `host:port`. */
function isAddress(given: string): boolean {
  const at = given.lastIndexOf(":");
  return HOST.test(given.slice(0, Math.max(0, at))) && isPort(given.slice(at + 1));
}

const ID = /^[0-9a-f]{40}$/;

export const forms = {
  name: { name: "1 to 64 printable characters", fits: (given) => /^[\x20-\x7e]{1,64}$/.test(given) },
  address: { name: '"host:port"', fits: isAddress },
  addressOrNone: { name: '"host:port" or ""', fits: (given) => given === "" || isAddress(given) },
  peer: {
    name: '"id@host:port", the id of 40 hexadecimal digits',
    fits: (given) => ID.test(given.slice(0, 40)) && given[40] === "@" && isAddress(given.slice(41)),
  },
  origin: {
    name: '"https://host" or "*"',
    fits: (given) => given === "*" || (URL.canParse(given) && /^https?:\/\/[^/]+$/.test(given)),
  },
  url: { name: '"http://host:port"', fits: (given) => /^https?:\/\//.test(given) && URL.canParse(given) },
  hash: {
    name: '64 hexadecimal digits or ""',
    fits: (given) => given === "" || /^[0-9a-fA-F]{64}$/.test(given),
  },
} as const satisfies Record<string, Form>;
