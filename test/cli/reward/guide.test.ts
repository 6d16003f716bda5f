import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text as readText } from "node:stream/consumers";
import { before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { toHex } from "#chain/bytes/hex.ts";
import { AUTHORITY } from "#chain/protocol/authority.ts";
import { compileReward } from "#cli/reward/compile.ts";
import { printReward } from "#cli/reward/print.ts";
import { governedFromJson } from "#client/gov.ts";
import { builtinProgram } from "#modules/rewards/builtin-programs.ts";
import { programHash } from "#modules/rewards/ir/program.ts";
import { MsgSetRewardFunction, type Program } from "#proto/gen/iterum/rewards.ts";
import { iterum, withFolder } from "../program.ts";
import { LIMITS } from "./texts.ts";

const path = new URL("../../../docs/reward-functions.md", import.meta.url);
let guide = "";
before(async () => {
  guide = await readFile(path, "utf8");
});

/** The blocks of the guide in a language. */
const blocks = (language: string): readonly string[] =>
  [...guide.matchAll(new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``, "g"))].map(([, body = ""]) => body);

/** The guide's files by their names: of a text in its first comment, of records in the line before. */
function files(): ReadonlyMap<string, string> {
  const texts = blocks("cel").map((body) => [/^\/\/ ([a-z0-9]+\.cel):/.exec(body)?.[1] ?? "", body] as const);
  const records = [...guide.matchAll(/`([a-z]+\.json)`:\n\n```json\n([\s\S]*?)```/g)].map(
    ([, name = "", body = ""]) => [name, body] as const,
  );
  return new Map([...texts, ...records]);
}

test("every text of the guide compiles, and prints to a text of the same program", () => {
  const texts = [...files()].filter(([name]) => name.endsWith(".cel"));
  assert.ok(texts.length >= 7);
  for (const [name, text] of texts) {
    const { program } = compileReward(text, LIMITS);
    const again = compileReward(printReward(program), LIMITS).program;
    assert.equal(toHex(programHash(again)), toHex(programHash(program)), name);
  }
});

test("the text of F1 is the built-in's program, and that of agreement its rule", () => {
  const program = (name: string): Program => compileReward(files().get(name) ?? "", LIMITS).program;
  assert.deepEqual(program("f1.cel"), builtinProgram("f1/1", "own"));
  assert.deepEqual(program("agree.cel").use, builtinProgram("f1/1", "all")?.use);
  assert.deepEqual(program("agree.cel").label, builtinProgram("f1/1", "all")?.label);
});

interface Shown {
  readonly command: string;
  readonly output: string;
}

/** The commands of the guide with what it says that they print. */
const shown = (): readonly Shown[] =>
  blocks("console").flatMap((body) =>
    body
      .split(/^\$ iterum /m)
      .slice(1)
      .map((part) => {
        const [command = "", ...output] = part.trimEnd().split("\n");
        return { command, output: output.join("\n") };
      }),
  );

/** Runs work in a folder with the guide's files, and one with a mistake. */
const withFiles = (work: (at: (command: string) => string) => Promise<void>): Promise<void> =>
  withFolder(async (folder) => {
    for (const [name, text] of files()) await writeFile(join(folder, name), text);
    const plain = files().get("plain.cel") ?? "";
    await writeFile(join(folder, "dear.cel"), plain.replace("i.top == i.label", "i.top == i.lable"));
    await work((command) => command.replace(/[a-z0-9]+\.(?:cel|json)/g, (name) => join(folder, name)));
  });

test("every command of the guide prints what the guide says", () =>
  withFiles(async (at) => {
    const working = shown().filter(({ output }) => !output.startsWith("✗"));
    assert.ok(working.length >= 9);
    const child = spawn(process.execPath, [fileURLToPath(new URL("./many.ts", import.meta.url))], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    child.stdin.end(working.map(({ command }) => `${at(command)}\n`).join(""));
    const said = (await readText(child.stdout)).split("\0\n");
    for (const [i, { command, output }] of working.entries())
      assert.equal(said[i]?.trimEnd(), output, command);
  }));

test("the guide's text with a mistake is refused as the guide says", () =>
  withFiles(async (at) => {
    const failing = shown().filter(({ output }) => output.startsWith("✗"));
    assert.equal(failing.length, 1);
    for (const { command, output } of failing) {
      const { code, stdout, stderr } = await iterum(at(command).split(" "));
      assert.deepEqual([code, stdout], [1, ""]);
      assert.ok(stderr.endsWith(`${output.slice(output.indexOf("line"))}\n`), stderr);
    }
  }));

test("the message that compile prints for a game is one that its community can propose", () =>
  withFiles(async (at) => {
    const { code, stdout, stderr } = await iterum(
      at("reward compile spam.cel --for spam --from-round 9").split(" "),
    );
    assert.equal(code, 0, stderr);
    const { typeUrl, value } = governedFromJson(JSON.parse(stdout));
    assert.equal(typeUrl, MsgSetRewardFunction.typeUrl);
    const { authority, rule } = MsgSetRewardFunction.decode(value);
    assert.deepEqual([authority, rule?.gameId, rule?.fromRound, rule?.panel], [AUTHORITY, "spam", 9n, 2]);
    assert.deepEqual(rule?.program, compileReward(files().get("spam.cel") ?? "", LIMITS).program);
  }));
