import assert from "node:assert/strict";
import { test } from "node:test";
import { toHex } from "#chain/bytes/hex.ts";
import { compileReward } from "#cli/reward/compile.ts";
import { printReward } from "#cli/reward/print.ts";
import { builtinProgram } from "#modules/rewards/builtin-programs.ts";
import { builtinIds } from "#modules/rewards/builtins.ts";
import { call, constant } from "#modules/rewards/ir/build.ts";
import { programHash } from "#modules/rewards/ir/program.ts";
import { labelRuleNames } from "#modules/rewards/label-rules.ts";
import { fuzzTexts, hashOf, printedAgain } from "./fuzz.ts";
import { LIMITS, textOf } from "./texts.ts";

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
  const { longest } = printedAgain(1000, 2026);
  t.diagnostic(`seed 2026: the longest of 1000 texts has ${longest} characters`);
  assert.ok(longest > 200);
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

test("any text compiles or is refused with a place in it, and what compiles prints to the same", (t) => {
  const { tried, compiled } = fuzzTexts(3000, 2026);
  t.diagnostic(`seed 2026: ${compiled} of ${tried} texts compiled`);
  assert.ok(compiled > tried / 200);
});
