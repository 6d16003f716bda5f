import assert from "node:assert/strict";
import fc from "fast-check";
import { toHex } from "#chain/bytes/hex.ts";
import { compileReward } from "#cli/reward/compile.ts";
import { RewardTextError } from "#cli/reward/error.ts";
import { printReward } from "#cli/reward/print.ts";
import { programHash } from "#modules/rewards/ir/program.ts";
import { programs } from "#test/modules/rewards/random-programs.ts";
import { LIMITS, textOf } from "./texts.ts";

/** The hash of the program that a text compiles to. */
export const hashOf = (text: string, limits = LIMITS): string =>
  toHex(programHash(compileReward(text, limits).program));

/** Prints as many random programs and compiles them again; throws where the hash is another. */
export function printedAgain(count: number, seed: number): { readonly longest: number } {
  let longest = 0;
  for (const program of fc.sample(programs, { numRuns: count, seed })) {
    const text = printReward(program);
    longest = Math.max(longest, text.length);
    assert.equal(hashOf(text, { itemsMax: 1, panelSeats: 1 }), toHex(programHash(program)), text);
  }
  return { longest };
}

/** Pieces that texts are made of, so that many come close to being right. */
const pieces = [
  ..."{}()[]:,.?!+-*/%<>=&|\"' \n".split(""),
  ..."item items classes i l cel bind sum count exists all size min max abs sqrt add".split(" "),
  ..."authorLabel label weight top p1 loss use score scoreOnError agreeAll".split(" "),
  ...["true", "false", "null", "in", "0", "1", "2.5", "3u", "99999999999999999999", "==", "<=", "&&", "||"],
  ...["items.sum(i, i.weight)", "cel.bind(n, 1, n)", "item.panelLabels.count(l, l == 1)", '"score"'],
];
const scraps = fc.array(fc.constantFrom(...pieces), { maxLength: 24 }).map((parts) => parts.join(""));
const few = fc.array(fc.constantFrom(...pieces), { maxLength: 3 }).map((parts) => parts.join(" "));

/** A right text with a slice of it replaced. */
const damaged = fc
  .tuple(programs, fc.nat(), fc.nat(12), fc.oneof(scraps, fc.string({ maxLength: 6 })))
  .map(([program, at, length, scrap]) => {
    const text = printReward(program);
    const from = at % text.length;
    return text.slice(0, from) + scrap + text.slice(from + length);
  });

const texts = fc.oneof(
  scraps,
  fc.oneof(scraps, few).map((score) => textOf({ score })),
  fc.oneof(scraps, few).map((use) => textOf({ use })),
  damaged,
  fc.string(),
);

/**
 * Compiles as many texts, few of which are right. Throws where one is neither compiled nor refused with a
 * place that it has, or where what compiled prints to something else.
 */
export function fuzzTexts(
  count: number,
  seed: number,
): { readonly tried: number; readonly compiled: number } {
  let compiled = 0;
  for (const text of fc.sample(texts, { numRuns: count, seed })) {
    try {
      const { program } = compileReward(text, LIMITS);
      compiled++;
      assert.equal(hashOf(printReward(program)), toHex(programHash(program)), text);
    } catch (error) {
      if (!(error instanceof RewardTextError)) throw error;
      const lines = text.split("\n");
      const { line, column } = error.place;
      assert.ok(line <= lines.length && column >= 1 && column <= (lines[line - 1] ?? "").length + 1, text);
    }
  }
  return { tried: count, compiled };
}
