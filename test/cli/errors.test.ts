import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type { Command } from "commander";
import { program } from "#cli/program.ts";
import { iterum, type Ran, withFolder } from "./program.ts";

test("every command and every option explains itself", () => {
  const explained = (command: Command): void => {
    assert.notEqual(command.description(), "", command.name());
    for (const option of command.options) assert.ok(option.description, `${command.name()} ${option.flags}`);
    for (const argument of command.registeredArguments)
      assert.ok(argument.description, `${command.name()} ${argument.name()}`);
    for (const sub of command.commands) explained(sub);
  };
  const { commands } = program();
  assert.ok(commands.length >= 13);
  for (const command of commands) explained(command);
});

test("help and version leave with code 0", async () => {
  const [help, sub, version] = await Promise.all(
    [["--help"], ["tx", "send", "--help"], ["--version"]].map((args) => iterum(args)),
  );
  assert.match(help?.stdout ?? "", /^Usage: iterum/);
  assert.match(sub?.stdout ?? "", /^Usage: iterum tx send/);
  assert.match(version?.stdout ?? "", /^[0-9]+\.[0-9]+\.[0-9]+\n$/);
  assert.deepEqual([help?.code, sub?.code, version?.code], [0, 0, 0]);
});

test("what cannot be understood leaves with code 2 and one line that says why", async () => {
  const wrong = [
    ["rubbish"],
    ["init", "--rpc-port", "70000"],
    ["init", "--members", "many"],
    ["demo", "--rounds", "0"],
    ["demo", "--items", "11"],
    ["tx", "send", "ann"],
    ["query", "round", "one"],
    ["operator"],
  ];
  const runs = await Promise.all(wrong.map((args) => iterum(args)));
  for (const [i, { code, stderr, stdout }] of runs.entries()) {
    const args = wrong[i] ?? [];
    assert.equal(code, 2, args.join(" "));
    assert.match(stderr, /^error: [^\n]+\n\(--help tells more\)\n$/, args.join(" "));
    assert.equal(stdout, "");
  }
});

test("what cannot be done leaves with code 1 and one line that says why", () =>
  withFolder(async (home) => {
    const nowhere = "http://127.0.0.1:1";
    await writeFile(join(home, "rows.tsv"), "ham\n");
    const cases: readonly (readonly [readonly string[], RegExp])[] = [
      [["start"], /is no home of a node: run `iterum init/],
      [["export"], /is no home of a node/],
      [["query", "rounds", "--node", nowhere], /no node answers at http:\/\/127\.0\.0\.1:1/],
      [["keys", "show", "nobody"], /there is no file .*nobody\.json/],
      [["init", "--data", join(home, "rows.tsv")], /rows\.tsv: .*line 1/],
      [["init", "--genesis", join(home, "none.json")], /cannot read the genesis file/],
    ];
    const runs = await Promise.all(cases.map(([args]) => iterum([...args, "--home", home])));
    for (const [i, [args, why]] of cases.entries()) {
      const { code, stderr } = runs[i] as Ran;
      assert.equal(code, 1, args.join(" "));
      assert.match(stderr, why);
      assert.match(stderr, /^✗ [^\n]+\n$/);
    }
  }));
