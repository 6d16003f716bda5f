import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { toHex } from "#chain/bytes/hex.ts";
import { compileReward } from "#cli/reward/compile.ts";
import { RewardTextError } from "#cli/reward/error.ts";
import { printReward } from "#cli/reward/print.ts";
import { builtinProgram } from "#modules/rewards/builtin-programs.ts";
import { builtinIds } from "#modules/rewards/builtins.ts";
import { call, constant } from "#modules/rewards/ir/build.ts";
import { programHash } from "#modules/rewards/ir/program.ts";
import { labelRuleNames } from "#modules/rewards/label-rules.ts";
import { programs } from "#test/modules/rewards/random-programs.ts";
import { LIMITS, textOf } from "./texts.ts";

const hashOf = (text: string, limits = LIMITS): string =>
  toHex(programHash(compileReward(text, limits).program));

test("every built-in printed compiles to the same program", () => {
  for (const builtinId of builtinIds)
    for (const rule of labelRuleNames)
      for (const scalar of [false, true]) {
        const program = builtinProgram(builtinId, rule, scalar);
        assert.ok(program);
        assert.equal(hashOf(printReward(program)), toHex(programHash(program)), builtinId);
      }
});

test("random programs printed compile to the same program", (t) => {
  let longest = 0;
  fc.assert(
    fc.property(programs, (program) => {
      const text = printReward(program);
      longest = Math.max(longest, text.length);
      assert.equal(hashOf(text, { itemsMax: 1, panelSeats: 1 }), toHex(programHash(program)), text);
      return true;
    }),
    { numRuns: 1000 },
  );
  t.diagnostic(`the longest of 1000 texts has ${longest} characters`);
});

test("brackets stand where the meaning needs them, and only there", () => {
  const printed = (score: string): string => {
    const { program } = compileReward(textOf({ score }), LIMITS);
    return /"score": (.*),/.exec(printReward(program))?.[1] ?? "";
  };
  const kept = [
    "1 + 2 * 3 - 4",
    "(1 + 2) * 3",
    "1 - (2 - 3)",
    "1 / (2 * 3)",
    "1 * 2 / 3",
    "-(1 + 2)",
    "true ? 1 : false ? 2 : 3",
    "(true ? 1 : 2) + 3",
    "1 < 2 && 2 <= 3 || !(1 < 2) ? 1 : 0",
    "1 != 2 ? 1 : 0",
    "(false || true) && true ? 1 : 0",
    "1 + cel.bind(v0, 2, items.sum(i, i.weight * v0))",
    "sqrt(min(1, 2, max(3, abs(-4))))",
    "add(1 + 2, 3)",
  ];
  for (const text of kept) assert.equal(printed(text), text);
  assert.equal(printed("((1)) + ((2 * 3))"), "1 + 2 * 3");
  assert.equal(printed("3 > 2 ? 1 : 0"), "2 < 3 ? 1 : 0");
});

test("a number may be as large as the IR allows", () => {
  const program = { ...builtinProgram("brier/1", "own"), score: constant(1n << 127n) } as Parameters<
    typeof printReward
  >[0];
  assert.equal(hashOf(printReward(program)), toHex(programHash(program)));
  const nested = { ...program, score: call("add", call("add", constant(1n), constant(2n)), constant(3n)) };
  assert.match(printReward(nested), /add\(1 \+ 2, 3\)/);
});

/** Pieces that texts are made of, so that many come close to being right. */
const pieces = [
  ..."{}()[]:,.?!+-*/%<>=&|\"' \n".split(""),
  ..."item items classes i l cel bind sum count exists all size min max abs sqrt add".split(" "),
  ..."authorLabel label weight top p1 loss use score scoreOnError agreeAll".split(" "),
  ...["true", "false", "null", "in", "0", "1", "2.5", "3u", "99999999999999999999", "==", "<=", "&&", "||"],
  ...["items.sum(i, i.weight)", "cel.bind(n, 1, n)", "item.panelLabels.count(l, l == 1)", '"score"'],
];
const scraps = fc.array(fc.constantFrom(...pieces), { maxLength: 24 }).map((parts) => parts.join(""));

/** A right text with a slice of it replaced. */
const damaged = fc
  .tuple(programs, fc.nat(), fc.nat(12), fc.oneof(scraps, fc.string({ maxLength: 6 })))
  .map(([program, at, length, scrap]) => {
    const text = printReward(program);
    const from = at % text.length;
    return text.slice(0, from) + scrap + text.slice(from + length);
  });

test("any text compiles or is refused with a place in it, and what compiles prints to the same", (t) => {
  let compiled = 0;
  const texts = fc.oneof(
    scraps,
    scraps.map((score) => textOf({ score })),
    scraps.map((use) => textOf({ use })),
    damaged,
    fc.string(),
  );
  fc.assert(
    fc.property(texts, (text) => {
      try {
        const { program } = compileReward(text, LIMITS);
        compiled++;
        assert.equal(hashOf(printReward(program)), toHex(programHash(program)));
      } catch (error) {
        if (!(error instanceof RewardTextError)) throw error;
        assert.ok(error.place.line <= text.split("\n").length && error.place.column >= 1);
      }
    }),
    { numRuns: 3000 },
  );
  t.diagnostic(`${compiled} of 3000 texts compiled`);
  assert.ok(compiled > 0);
});
