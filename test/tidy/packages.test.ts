import assert from "node:assert/strict";
import { test } from "node:test";
import { none, textOf } from "./sources.ts";

type Versions = Readonly<Record<string, string>>;
interface Manifest {
  readonly dependencies: Versions;
  readonly devDependencies: Versions;
  readonly optionalDependencies: Versions;
}
interface Locked {
  readonly version?: string;
  readonly integrity?: string;
  readonly resolved?: string;
}
interface Lock {
  readonly packages: Readonly<Record<string, Locked & Partial<Manifest>>>;
}

const manifest = JSON.parse(textOf("package.json")) as Manifest;
const lock = JSON.parse(textOf("package-lock.json")) as Lock;
const kinds = ["dependencies", "devDependencies", "optionalDependencies"] as const;

test("every dependency has an exact version", () => {
  const loose = kinds.flatMap((kind) =>
    Object.entries(manifest[kind]).flatMap(([name, version]) =>
      /^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version) ? [] : [`package.json: ${name} ${version}`],
    ),
  );
  none(loose);
});

test("the lock file belongs to package.json", () => {
  for (const kind of kinds) assert.deepEqual(lock.packages[""]?.[kind], manifest[kind], kind);
});

test("every locked package has its hash and no address", () => {
  const wrong = Object.entries(lock.packages).flatMap(([path, { integrity, resolved }]) => [
    ...(path !== "" && !integrity?.startsWith("sha512-") ? [`package-lock.json: ${path} has no hash`] : []),
    ...(resolved === undefined ? [] : [`package-lock.json: ${path} names an address`]),
  ]);
  none(wrong);
});

test("every Python requirement is exact and has its hashes", () => {
  const requirements = textOf("prover/requirements.txt")
    .replace(/\\\n/g, " ")
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.startsWith("#"));
  assert.notEqual(requirements.length, 0);
  none(
    requirements.filter((line) => !/^[\w-]+==[\d.]+(?:\s+--hash=sha256:[0-9a-f]{64})+$/.test(line.trim())),
  );
});
