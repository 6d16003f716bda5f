import assert from "node:assert/strict";
import { test } from "node:test";
import { at, isGenerated, lineAt, none, paths, scripts, textOf, walk } from "./sources.ts";

const fileLinesMax = 300;
const functionLinesMax = 60;
const columnsMax = 110;

const byHand = paths.filter(
  (path) => /\.(?:ts|mjs|js|py|sh|css|html|proto|grit)$/.test(path) && !isGenerated(path),
);

test("files have at most 300 lines", () => {
  none(
    byHand.flatMap((path) => {
      const lines = textOf(path).trimEnd().split("\n").length;
      return lines > fileLinesMax ? [at(path, lines, `${lines} lines, at most ${fileLinesMax}`)] : [];
    }),
  );
});

test("lines have at most 110 columns", () => {
  none(
    byHand.flatMap((path) =>
      textOf(path)
        .split("\n")
        .flatMap((line, i) =>
          [...line].length > columnsMax ? [at(path, i + 1, `more than ${columnsMax} columns`)] : [],
        ),
    ),
  );
});

test("functions have at most 60 lines", () => {
  const long = scripts
    .filter((path) => !isGenerated(path))
    .flatMap((path) => longFunctions(path, textOf(path)).map((line) => tooLong(path, line)));
  const longInPython = paths
    .filter((path) => path.endsWith(".py"))
    .flatMap((path) => longPythonFunctions(textOf(path)).map((line) => tooLong(path, line)));
  none([...long, ...longInPython]);
});

test("a long function is noticed wherever it stands", () => {
  const body = "f();\n".repeat(functionLinesMax - 2);
  const forms = ["function g() {", "const g = () => {", "test('x', () => {", "class G { g() {"];
  const ends = ["}", "};", "});", "}}"];
  forms.forEach((form, i) => {
    assert.deepEqual(longFunctions("x.ts", `${form}\n${body}f();${ends[i]}`), [], form);
    assert.deepEqual(longFunctions("x.ts", `${form}\n${body}f();\n${ends[i]}`), [1], form);
  });
  const python = "    f()\n".repeat(functionLinesMax - 1);
  assert.deepEqual(longPythonFunctions(`def g():\n${python}\nx = 1\n`), []);
  assert.deepEqual(longPythonFunctions(`def g():\n${python}\n    f()\nx = 1\n`), [1]);
});

const tooLong = (path: string, line: number): string =>
  at(path, line, `a function of more than ${functionLinesMax} lines`);

/** First lines of the functions that are too long. */
function longFunctions(path: string, text: string): readonly number[] {
  const found: number[] = [];
  walk(path, text, (node) => {
    if (!["FunctionDeclaration", "FunctionExpression", "ArrowFunctionExpression"].includes(node.type)) return;
    const first = lineAt(text, node.start);
    if (lineAt(text, node.end) - first + 1 > functionLinesMax) found.push(first);
  });
  return found;
}

/** The same for Python, where a function ends before the next line that is indented as little as itself. */
function longPythonFunctions(text: string): readonly number[] {
  const lines = text.split("\n");
  const indent = (line: string): number => line.search(/\S/);
  return lines.flatMap((line, first) => {
    if (!/^\s*(?:async\s+)?def\s/.test(line)) return [];
    let last = first;
    for (let i = first + 1; i < lines.length; i++) {
      const depth = indent(lines[i] as string);
      if (depth >= 0 && depth <= indent(line) && !/^\s*\)/.test(lines[i] as string)) break;
      if (depth >= 0) last = i;
    }
    return last - first + 1 > functionLinesMax ? [first + 1] : [];
  });
}
