import { readFileSync } from "node:fs";

const magic = Buffer.from("\xff Go buildinf:", "latin1");
/** The first 32 bytes are magic, pointer size and flags; two length-prefixed texts follow (Go ≥ 1.18). */
const headerBytes = 32;
const inlineFlag = 2;
const align = 16;
/** Each text of module data stands between two markers of 16 bytes. */
const markerBytes = 16;

/**
 * @typedef {object} BuildInfo
 * @property {string} go version of the compiler
 * @property {string} path main package
 * @property {string} module path of its module
 * @property {string} version of that module
 * @property {string} sum its checksum in the form of go.sum; empty when built from a work tree
 * @property {boolean} replaced whether any module was replaced by another
 */

/**
 * What `go version -m` tells about a Go program, read from the file itself, so that no Go is needed.
 * Source: Go's debug/buildinfo, inline format.
 * @param {string} file
 * @returns {BuildInfo | undefined} undefined when it is not a Go program with module data
 */
export function readBuildInfo(file) {
  const bytes = readFileSync(file);
  for (let at = bytes.indexOf(magic); at >= 0; at = bytes.indexOf(magic, at + 1)) {
    if (at % align !== 0 || ((bytes[at + magic.length + 1] ?? 0) & inlineFlag) === 0) continue;
    const go = readText(bytes, at + headerBytes);
    const mod = go && readText(bytes, go.end);
    if (go?.text.startsWith("go") && mod) {
      return parse(go.text, mod.text.slice(markerBytes, -markerBytes));
    }
  }
  return undefined;
}

/**
 * @param {Buffer} bytes
 * @param {number} at
 */
function readText(bytes, at) {
  let length = 0;
  for (let shift = 0; shift <= 28; shift += 7) {
    const byte = bytes[at++] ?? 0;
    length += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) {
      const end = at + length;
      return end <= bytes.length ? { text: bytes.toString("latin1", at, end), end } : undefined;
    }
  }
  return undefined;
}

/**
 * @param {string} go
 * @param {string} text lines of tab-separated fields
 * @returns {BuildInfo | undefined}
 */
function parse(go, text) {
  const rows = text.split("\n").map((line) => line.split("\t"));
  const path = rows.find(([kind]) => kind === "path")?.[1];
  const mod = rows.find(([kind]) => kind === "mod");
  if (path === undefined || mod === undefined) return undefined;
  const [, module = "", version = "", sum = ""] = mod;
  return { go, path, module, version, sum, replaced: rows.some(([kind]) => kind === "=>") };
}
