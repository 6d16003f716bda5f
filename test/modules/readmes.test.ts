import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { chainRegistry } from "#chain/app/modules.ts";
import type { ErrorFactory } from "#chain/kernel/error.ts";

const root = new URL("../../modules/", import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), "utf8");

type Errors = Readonly<Record<string, ErrorFactory>>;

/** The errors of a module that have its own codespace, by name. */
async function errorsOf(module: string): Promise<readonly (readonly [string, ErrorFactory])[]> {
  const files = readdirSync(new URL(`${module}/`, root)).filter((file) => /errors\.ts$/.test(file));
  const found: (readonly [string, ErrorFactory])[] = [];
  for (const file of files) {
    const exported: Record<string, Errors> = await import(new URL(`${module}/${file}`, root).href);
    for (const set of Object.values(exported))
      if (typeof set === "object") found.push(...Object.entries(set));
  }
  return found.filter(([, { codespace }]) => codespace === module);
}

/** Names of the events that a module's proto messages give it. */
const eventsOf = (module: string): readonly string[] =>
  existsSync(new URL(`${module}/events.ts`, root))
    ? [...read(`${module}/events.ts`).matchAll(/event\((Event\w+)\)/g)].map(([, name = ""]) => name)
    : [];

/** The ids of a module's keys. */
const keyIdsOf = (module: string): readonly string[] =>
  [...read(`${module}/state.ts`).matchAll(/space\.(?:item|table)\((\d+),/g)].map(([, id = ""]) => id);

/** What the specification of a module does not say. */
async function unsaid(module: string, said: string): Promise<readonly string[]> {
  const missing: string[] = [];
  for (const [name, { code }] of await errorsOf(module))
    if (!said.includes(`| ${code} | ${name} |`)) missing.push(`error ${code} ${name}`);
  for (const name of eventsOf(module)) if (!said.includes(`\`${name}\``)) missing.push(`event ${name}`);
  for (const id of keyIdsOf(module))
    if (!new RegExp(`^\\| ${id} \\| .* \\| .* \\|$`, "m").test(said)) missing.push(`key ${id}`);
  const {
    messages = [],
    injected = [],
    invariants = [],
  } = chainRegistry().modules.find(({ name }) => name === module) ?? {};
  for (const { request } of [...messages, ...injected]) {
    const name = request.name.split(".").at(-1);
    if (!said.includes(`\`${name}\``)) missing.push(`message ${name}`);
  }
  const plain = said.replace(/\s+/g, " ");
  for (const { name } of invariants) if (!plain.includes(`"${name}"`)) missing.push(`invariant "${name}"`);
  return missing;
}

for (const { name } of chainRegistry().modules)
  test(`the specification of ${name} names all errors, messages, events, keys and invariants`, async () => {
    const said = read(`${name}/README.md`);
    assert.deepEqual(await unsaid(name, said), []);
    for (const part of ["Concepts", "State", "Messages", "Events", "Errors", "Invariants", "Parameters"])
      assert.match(said, new RegExp(`^## ${part}`, "m"));
    assert.ok(said.split("\n").length <= 121);
  });

test("what a specification leaves out is noticed", async () => {
  const said = read("treasury/README.md");
  const broken = said
    .replace("| 2 | NoBudget |", "| 5 | NoBudget |")
    .replace("`EventSpent`", "")
    .replace("`MsgDonate`", "")
    .replace("| 1 | game id |", "| game id |");
  assert.deepEqual(await unsaid("treasury", broken), [
    "error 2 NoBudget",
    "event EventSpent",
    "key 1",
    "message MsgDonate",
  ]);
});
