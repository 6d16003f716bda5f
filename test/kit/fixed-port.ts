import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { EXP_ARGUMENT_MAX, expDown, expUp, LN_ARGUMENT_END, lnDown, lnUp, WAD } from "#chain/math/fixed.ts";
import { type Random, randomOf } from "#trainer/random.ts";

/** Python as `node scripts/setup.mjs` puts it. */
const python = fileURLToPath(new URL("../../.cache/prover/bin/python", import.meta.url));
const program = fileURLToPath(new URL("../vectors/fixed-port.py", import.meta.url));

const FUNCTIONS = { expDown, expUp, lnDown, lnUp } as const;
type Name = keyof typeof FUNCTIONS;
const NAMES = Object.keys(FUNCTIONS) as Name[];
/** Calls that one Python process answers: enough to hide its start. */
const CALLS = 50_000;

const bitsOf = (random: Random, count: number): bigint => {
  let value = 0n;
  for (let i = 0; i < count; i += 32) value = (value << 32n) | BigInt(random.bits());
  return value & ((1n << BigInt(count)) - 1n);
};

/** Of every size alike, so that small numbers are met as often as large ones; a fifth of them near one. */
function argumentOf(random: Random, name: Name): bigint {
  const isExp = name.startsWith("exp");
  if (random.below(5) === 0) {
    const near = bitsOf(random, random.below(60) + 1) * (random.below(2) === 0 ? 1n : -1n);
    return isExp ? near : near + 2n * WAD;
  }
  const value = bitsOf(random, random.below(isExp ? 66 : 96) + 1);
  if (!isExp) return value === 0n || value >= LN_ARGUMENT_END ? WAD : value;
  return random.below(3) === 0 ? value % (EXP_ARGUMENT_MAX + 1n) : -value;
}

async function answersOf(calls: readonly (readonly [Name, bigint])[]): Promise<readonly bigint[]> {
  const child = spawn(python, [program], { stdio: ["pipe", "pipe", "inherit"] });
  const ended = once(child, "close");
  child.stdin.end(calls.map(([name, argument]) => `${name} ${argument}\n`).join(""));
  const said = await text(child.stdout);
  const [code] = await ended;
  if (code !== 0) throw new Error(`Python ended with ${code}`);
  return said.trimEnd().split("\n").map(BigInt);
}

/** Compares as many results with an independent port of the four functions; gives the calls that differ. */
export async function differencesFromPort(count: number, seed: string): Promise<readonly string[]> {
  const random = randomOf(seed);
  const differing: string[] = [];
  for (let done = 0; done < count; done += CALLS) {
    const calls = Array.from({ length: Math.min(CALLS, count - done) }, (_, i) => {
      const name = NAMES[i % NAMES.length] as Name;
      return [name, argumentOf(random, name)] as const;
    });
    const answers = await answersOf(calls);
    if (answers.length !== calls.length)
      throw new Error(`${answers.length} answers to ${calls.length} calls`);
    for (const [i, [name, argument]] of calls.entries())
      if (FUNCTIONS[name](argument) !== answers[i]) differing.push(`${name}(${argument})`);
  }
  return differing;
}

/** Compares each function at as many pairs of neighbours; gives those where the larger's value is smaller. */
export function descents(count: number, seed: string): readonly string[] {
  const random = randomOf(seed);
  const descending: string[] = [];
  for (let i = 0; i < count; i++) {
    const name = NAMES[i % NAMES.length] as Name;
    const at = argumentOf(random, name);
    const end = name.startsWith("exp") ? EXP_ARGUMENT_MAX : LN_ARGUMENT_END - 1n;
    if (at < end && FUNCTIONS[name](at) > FUNCTIONS[name](at + 1n)) descending.push(`${name}(${at})`);
  }
  return descending;
}
