import assert from "node:assert/strict";
import { test } from "node:test";
import { ChainBug } from "#chain/kernel/error.ts";
import { cometWords } from "#chain/node/comet-words.ts";
import { haltOf } from "#chain/node/exit.ts";
import { StoreError } from "#chain/store/error.ts";

const [OURS, THEIRS] = ["AB".repeat(32), "CD".repeat(32)];
const WRONG = `wrong Block.Header.AppHash.  Expected ${OURS}, got ${THEIRS}`;

/** What is understood of a text that comes in pieces. */
function heard(text: string): ReturnType<ReturnType<typeof cometWords>["last"]> {
  const words = cometWords();
  for (let at = 0; at < text.length; at += 7) words.push(text.slice(at, at + 7));
  return words.last();
}

test("CometBFT's last words are understood, in whatever pieces they come", () => {
  const replay = `panic: state.AppHash does not match AppHash after replay. Got\n${OURS}, expected ${THEIRS}`;
  const failure = "E[2026-11-29|00:00:00.000] CONSENSUS FAILURE!!!  module=consensus err=";
  const invalid = `"+2/3 committed an invalid block: ${WRONG}" stack=`;
  for (const text of [replay, failure + invalid]) {
    const word = heard(`I[2026-11-29] committed state module=state height=3\n${text}`);
    assert.equal(word?.cause, "appHash");
    assert.equal(word?.reason, `our app hash ${"ab".repeat(8)}… is not the chain's ${"cd".repeat(8)}…`);
  }
  assert.deepEqual(heard("error during handshake: app block height (9) is higher than core (7)\n"), {
    cause: "ahead",
    reason: "the app is at height 9, but CometBFT has lost its blocks after 7",
  });
  assert.equal(heard("panic: write cs.wal/wal: no space left on device\n")?.cause, "disk");
  assert.deepEqual(heard(`${failure}"signing failed" stack=\n`), {
    cause: "again",
    reason: "CometBFT's consensus failed: signing failed",
  });
});

test("a byzantine proposal with another app hash is nobody's last word", () => {
  const text = `E[2026] prevote step: consensus deems this block invalid; prevoting nil err="${WRONG}"\n`;
  assert.equal(heard(text), undefined);
});

test("what ended the app is told by the error and by what caused it", () => {
  const coded = (code: string): Error => Object.assign(new Error(code), { code });
  const store = (kind: "write" | "open" | "corrupt" | "height", code: string): StoreError =>
    new StoreError(kind, "text", { cause: new Error("outer", { cause: coded(code) }) });
  const cases: readonly (readonly [unknown, string | undefined])[] = [
    [store("write", "LEVEL_IO_ERROR"), "disk"],
    [store("open", "LEVEL_IO_ERROR"), "disk"],
    [store("open", "LEVEL_LOCKED"), "taken"],
    [store("open", "LEVEL_CORRUPTION"), "corrupt"],
    [store("corrupt", "LEVEL_CORRUPTION"), "corrupt"],
    [store("corrupt", "LEVEL_IO_ERROR"), "disk"],
    [store("height", "-"), "bug"],
    [new ChainBug("broken"), "bug"],
    [coded("ENOSPC"), "disk"],
    [coded("EACCES"), undefined],
    ["text", undefined],
  ];
  for (const [error, cause] of cases) assert.equal(haltOf(error)?.cause, cause, String(error));
  assert.equal(haltOf(store("write", "ENOSPC"))?.reason, "store: text: outer: ENOSPC");
});
