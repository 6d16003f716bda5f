import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { readBuildInfo } from "#scripts/setup/buildinfo.mjs";
import { isCometbft } from "#scripts/setup/cometbft.mjs";
import { cache } from "#scripts/setup/paths.mjs";

const folder = mkdtempSync(join(tmpdir(), "iterum-cometbft-"));
const file = join(folder, "cometbft");
let real: Buffer;

before(() => {
  const { path } = JSON.parse(readFileSync(`${cache}cometbft.json`, "utf8")) as { path: string };
  real = readFileSync(path);
});
after(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** A copy of the real program, with one text replaced by another of the same length wherever it stands. */
function variant(text?: string, instead = ""): string {
  const bytes = Buffer.from(real);
  if (text !== undefined) {
    assert.equal(text.length, instead.length);
    assert.ok(bytes.includes(text));
    for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + text.length))
      bytes.write(instead, at, "latin1");
  }
  rmSync(file, { force: true });
  writeFileSync(file, bytes, { mode: 0o755 });
  return file;
}

test("the program that set-up chose is the pinned CometBFT", () => {
  assert.equal(isCometbft(variant()), true);
  assert.equal(readBuildInfo(file)?.module, "github.com/cometbft/cometbft");
});

test("a program with another source, version or main package is not", () => {
  const sum = readBuildInfo(variant())?.sum ?? "";
  assert.match(sum, /^h1:.{43}=$/);
  assert.equal(isCometbft(variant(sum, sum.replace(/.=$/, "A="))), false);
  assert.equal(isCometbft(variant("cometbft\tv0.40.0\t", "cometbft\tv0.40.1\t")), false);
  assert.equal(isCometbft(variant("path\tgithub.com/cometbft", "path\tgithub.com/komettft")), false);
});

test("a file that cannot be run, is no Go program or is missing is not", () => {
  chmodSync(variant(), 0o644);
  assert.equal(isCometbft(file), false);
  rmSync(file);
  writeFileSync(file, "#!/bin/sh\necho 0.40.0\n");
  chmodSync(file, 0o755);
  assert.equal(isCometbft(file), false);
  assert.equal(readBuildInfo(file), undefined);
  assert.equal(isCometbft(join(folder, "nothing")), false);
});
