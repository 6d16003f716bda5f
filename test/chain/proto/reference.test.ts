import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { loadPackages } from "#proto/emit/load.ts";
import { indexOf, referenceOf } from "#proto/emit/reference.ts";
import { inFolder } from "./kit.ts";

const PROTO = `syntax = "proto3";
package iterum.toys.v1;
// What | something is.
enum Kind { KIND_UNSPECIFIED = 0; KIND_BALL = 1; }
message Params { Kind kind = 1; }
// Gives a toy.
message MsgGive {
  string sender = 1;
  // Who gets it.
  repeated string to = 2;
  string amount = 3 [(cosmos_proto.scalar) = "cosmos.Int"];
}
message MsgGiveResponse { uint64 id = 1; }
message EventGiven { bytes toy = 1; }
message QueryToyRequest {}
message QueryToyResponse {}
service Msg { rpc Give(MsgGive) returns (MsgGiveResponse); }
service Query { rpc Toy(QueryToyRequest) returns (QueryToyResponse); }
`;

test("a page names every message, query, event, type, enumeration and error of its package", () =>
  inFolder((folder) => {
    const file = join(folder, "toys.proto");
    writeFileSync(file, PROTO);
    const { packages, errors } = loadPackages([file]);
    assert.deepEqual(errors, []);
    const [pack] = packages;
    assert.ok(pack);
    const page = referenceOf(pack, [{ codespace: "toys", code: 2, name: "NoToy", text: "no such toy" }]);
    const headings = [...page.matchAll(/^##+ .*$/gm)].map(([line]) => line);
    assert.deepEqual(headings, [
      ...["## Messages", "### MsgGive", "## Queries", "### QueryToyRequest", "## Events", "### EventGiven"],
      ...["## Types", "### Params", "## Enumerations", "### Kind", "## Errors"],
    ]);
    for (const line of [
      "Gives a toy.",
      "| 2 | to | list of string | Who gets it. |",
      "| 3 | amount | integer, as decimal text |  |",
      "| 1 | id | uint64 |  |",
      "No fields.",
      "| 1 | kind | Kind |  |",
      "What \\| something is.",
      "| 1 | KIND_BALL |  |",
      "| toys | 2 | NoToy | no such toy |",
    ])
      assert.ok(page.split("\n").includes(line), line);
  }));

test("the index links every page and sorts the errors of none by codespace and code", () => {
  const row = (codespace: string, code: number) => ({ codespace, code, name: "N", text: "t" });
  const page = indexOf(["bank.md", "toys.md"], [row("sdk", 5), row("sdk", 2), row("app", 9)]);
  assert.ok(page.includes("- [bank](bank.md)\n- [toys](toys.md)"));
  assert.deepEqual(
    [...page.matchAll(/^\| (\w+ \| \d+) /gm)].map(([, key]) => key),
    [...["app | 9", "sdk | 2", "sdk | 5"]],
  );
});
