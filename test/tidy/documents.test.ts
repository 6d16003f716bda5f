import assert from "node:assert/strict";
import { existsSync, statSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { at, none, paths, textOf } from "./sources.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

test("every module has its specification, its definition and its door", () => {
  const modules = new Set(paths.flatMap((path) => /^modules\/[^/]+\//.exec(path)?.[0] ?? []));
  none(
    [...modules].flatMap((folder) =>
      ["README.md", "module.ts", "api.ts"].flatMap((name) =>
        paths.includes(folder + name) ? [] : [`${folder}${name} is missing`],
      ),
    ),
  );
});

test("every relative link of a document leads somewhere", () => {
  none(paths.filter((path) => path.endsWith(".md")).flatMap((path) => deadLinks(path, textOf(path))));
});

test("a dead link and a dead anchor are noticed, code and addresses are not links", () => {
  const text = "# Big *Title*, here\n[a](package.json) [b](nowhere.md) [c](#big-title-here) [d](#none)\n";
  const noise = "`[e](nowhere.md)`\n```\n[f](nowhere.md)\n```\n[g](https://example.org)\n";
  assert.deepEqual(deadLinks("X.md", text + noise), [
    at("X.md", 2, "nothing at nowhere.md"),
    at("X.md", 2, "no heading for #none"),
  ]);
});

/** Links of a document to files or headings that are not there. */
function deadLinks(path: string, text: string): readonly string[] {
  const plain = withoutCode(text);
  return plain.split("\n").flatMap((line, i) =>
    [...line.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link = ""]) => {
      if (/^[a-z]+:/i.test(link)) return [];
      const [file = "", anchor] = link.split("#");
      const target = file === "" ? path : new URL(file, `file:///${path}`).pathname.slice(1);
      if (file !== "" && !existsSync(root + target)) return [at(path, i + 1, `nothing at ${link}`)];
      if (anchor === undefined || !/\.md$/.test(target)) return [];
      const source = file === "" ? text : statSync(root + target).isFile() ? textOf(target) : "";
      return anchorsOf(source).has(anchor) ? [] : [at(path, i + 1, `no heading for ${link}`)];
    }),
  );
}

/** The text with its code blanked out, line by line as it was. */
function withoutCode(text: string): string {
  const blank = (code: string): string => code.replace(/[^\n]/g, " ");
  return text.replace(/^```[\s\S]*?^```/gm, blank).replace(/`[^`\n]*`/g, blank);
}

/** Anchors of the headings, made as common viewers of Markdown make them. */
function anchorsOf(text: string): ReadonlySet<string> {
  const headings = [...withoutFences(text).matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)].map(
    ([, title = ""]) => title,
  );
  return new Set(
    headings.map((title) =>
      title
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );
}

const withoutFences = (text: string): string => text.replace(/^```[\s\S]*?^```/gm, "");
