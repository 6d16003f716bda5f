import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { emit, inFolder } from "./kit.ts";

const BASE = "message Vote { uint64 round_id = 1; string voter = 2; }";

/** A tree with one package of the given body; returns commands over it. */
function tree(folder: string): {
  write: (body: string, name?: string) => void;
  run: (...options: string[]) => ReturnType<typeof emit>;
  generated: (name: string) => string;
} {
  mkdirSync(join(folder, "iterum"), { recursive: true });
  return {
    write: (body, name = "votes") =>
      writeFileSync(
        join(folder, `iterum/${name}.proto`),
        `syntax = "proto3";\npackage iterum.${name}.v1;\n${body}\n`,
      ),
    run: (...options) => emit("--source", folder, ...options),
    generated: (name) => readFileSync(join(folder, `gen/iterum/${name}.ts`), "utf8"),
  };
}

test("the emitter finds generated files that are not up to date or have no source", () =>
  inFolder((folder) => {
    const { write, run } = tree(folder);
    write(BASE);
    assert.match(run("--check").said, /iterum\/votes.ts is not up to date/);
    assert.equal(existsSync(join(folder, "gen")), false);
    assert.equal(run().code, 0);
    assert.deepEqual(run("--check"), { code: 0, said: "" });
    writeFileSync(join(folder, "gen/iterum/old.ts"), "");
    assert.equal(run("--check").code, 1);
    assert.equal(run().code, 0);
    assert.equal(existsSync(join(folder, "gen/iterum/old.ts")), false);
  }));

test("the emitter refuses to change, move or reuse the number of a frozen field", () =>
  inFolder((folder) => {
    const { write, run } = tree(folder);
    write(BASE);
    assert.equal(run("--freeze").code, 0);
    for (const [body, reason] of [
      [
        "message Vote { uint64 round_id = 1; bytes voter = 2; }",
        /"voter:implicit string" and may not become/,
      ],
      ["message Vote { uint64 round_id = 1; repeated string voter = 2; }", /may not become/],
      [
        "message Vote { uint64 round_id = 1; string voter = 3; }",
        /"voter" had number 2 and may not move to 3/,
      ],
      ["message Vote { uint64 round_id = 1; uint32 weight = 2; }", /may not become/],
    ] as const) {
      write(body);
      assert.equal(run("--freeze").code, 1);
      assert.match(run("--check").said, reason);
    }
    write("message Vote { uint64 round_id = 1; uint32 weight = 3; }");
    assert.equal(run("--freeze").code, 0);
    write("message Vote { uint64 round_id = 1; uint32 weight = 3; string again = 2; }");
    assert.match(run().said, /number 2 was "voter:implicit string"/);
    write("enum Side { LEFT = 0; } message Vote { uint64 round_id = 1; uint32 weight = 3; }");
    assert.equal(run("--freeze").code, 0);
    write("enum Side { RIGHT = 0; } message Vote { uint64 round_id = 1; uint32 weight = 3; }");
    assert.match(run().said, /iterum.votes.v1.Side: number 0 was "LEFT"/);
  }));

test("the emitter says what the codec does not carry", () =>
  inFolder((folder) => {
    const { write, run } = tree(folder);
    for (const [body, reason] of [
      ["message A { map<string, string> pairs = 1; }", /A.pairs: maps have no canonical encoding/],
      ["message A { double half = 1; }", /A.half: no support for type double/],
      ["message A { Missing other = 1; }", /no such Type or Enum 'Missing'/],
      ["message A { string open = 1 ", /votes.proto/],
    ] as const) {
      write(body);
      const { code, said } = run();
      assert.equal(code, 1);
      assert.match(said, reason);
    }
  }));

test("the emitter keeps working for the other packages while one does not parse", () =>
  inFolder((folder) => {
    const { write, run, generated } = tree(folder);
    write(BASE);
    write(BASE, "polls");
    assert.equal(run().code, 0);
    write("message Vote {", "votes");
    write("message Vote { bool closed = 1; }", "polls");
    assert.equal(run().code, 1);
    assert.match(generated("votes"), /roundId: bigint/);
    assert.match(generated("polls"), /closed: boolean/);
  }));

test("the emitter carries comments into the generated types", () =>
  inFolder((folder) => {
    const { write, run, generated } = tree(folder);
    write("// One voice.\nmessage Vote {\n  // Whose it is.\n  string voter = 1;\n}");
    assert.equal(run().code, 0);
    assert.match(generated("votes"), /\/\*\* One voice. \*\/\nexport interface Vote/);
    assert.match(generated("votes"), /\/\*\* Whose it is. \*\/\n {2}readonly voter: string;/);
  }));
