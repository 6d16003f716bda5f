import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { cometToml } from "#chain/node/comet-settings.ts";
import { ConfigError, configOf, readSetting, readToml, writeToml } from "#cli/home/config/file.ts";
import {
  checkConfig,
  cometSettingsOf,
  homeConfig,
  localUrl,
  nodeRpc,
  writeConfig,
} from "#cli/home/config/home.ts";
import type { Raw } from "#cli/home/config/kinds.ts";
import { places } from "#cli/home/config/schema.ts";
import { homeLayout } from "#cli/home/layout.ts";
import { argumentsOf, overridesOf } from "#cli/node/flags.ts";
import { iterum, withFolder } from "./program.ts";

const problemsOf = (work: () => unknown): readonly string[] => {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    return error.problems;
  }
  assert.fail("nothing was refused");
};

test("a file that is written has every setting, and reads as the defaults", () => {
  const text = writeToml(new Map());
  const values = readToml("iterum.toml", text);
  assert.deepEqual(
    [...values.keys()],
    places.map(({ path }) => path),
  );
  assert.deepEqual(configOf(values), configOf(new Map()));
  for (const { setting } of places) assert.ok(text.includes(setting.about) && text.includes(setting.allowed));
});

test("every setting's own default is allowed, and what is written reads the same", () => {
  for (const { path, setting } of places)
    assert.deepEqual(setting.take(setting.initial), setting.initial, path);
  const values = new Map<string, Raw>([
    ["rpc.listen", "[::1]:0"],
    ["rpc.origins", ["*", "https://wallet.example"]],
    ["p2p.persistent_peers", [`${"a".repeat(40)}@node.example:26656`]],
    ["node.moniker", 'a "quoted" \\ name'],
    ["state.keep_recent", 7],
    ["api.enabled", true],
  ]);
  const read = readToml("f", writeToml(values));
  for (const [path, value] of values) assert.deepEqual(read.get(path), value);
});

test("each mistake is named with file, line, setting and what is allowed", () => {
  const text = [
    "[state]",
    "keep_recent = 1",
    "keep_recnt = 5",
    "",
    "[p2p]",
    'persistent_peers = ["nobody"]',
    'listen = "somewhere"',
    "[log]",
    'level = "loud"',
    "[metrics]",
    'enabled = "yes"',
    "[extra]",
    "x = 1",
  ].join("\n");
  const problems = problemsOf(() => readToml("home/iterum.toml", text));
  const expected = [
    /^home\/iterum\.toml:2: state\.keep_recent: 1 is not a whole number from 2 to 1000000 \(versions\)$/,
    /^home\/iterum\.toml:3: state\.keep_recnt: there is no such setting; there are state\.keep_recent, /,
    /^home\/iterum\.toml:6: p2p\.persistent_peers: \["nobody"\] is not at most 64 of: "id@host:port"/,
    /^home\/iterum\.toml:7: p2p\.listen: "somewhere" is not "host:port"$/,
    /^home\/iterum\.toml:9: log\.level: "loud" is not "debug" or "info" or "warn" or "error"$/,
    /^home\/iterum\.toml:11: metrics\.enabled: "yes" is not true or false$/,
    /^home\/iterum\.toml:12: extra: there is no such setting; there are node, log, rpc, /,
  ];
  assert.equal(problems.length, expected.length);
  for (const [index, pattern] of expected.entries()) assert.match(problems[index] ?? "", pattern);
});

test("a file that is no TOML is named with the line where it ends to be", () => {
  const [problem] = problemsOf(() => readToml("iterum.toml", '[log]\nlevel = "info\n'));
  assert.match(problem ?? "", /^iterum\.toml:2: this is not TOML: /);
});

test("numbers, texts and addresses outside their ranges are refused", () => {
  const refused: readonly (readonly [string, unknown])[] = [
    ["state.keep_recent", 1.5],
    ["state.keep_recent", 1_000_001],
    ["consensus.block_pause_ms", 49],
    ["rpc.listen", "127.0.0.1"],
    ["rpc.listen", "127.0.0.1:65536"],
    ["rpc.listen", "a b:1"],
    ["p2p.external_address", "tcp://1.2.3.4:5"],
    ["p2p.seeds", "a@b:1"],
    ["p2p.seeds", [`${"A".repeat(40)}@b:1`]],
    ["rpc.origins", ["example.org"]],
    ["sync.rpc_servers", ["ftp://x"]],
    ["sync.trust_hash", "12"],
    ["node.moniker", ""],
    ["node.moniker", "a\nb"],
  ];
  for (const [path, value] of refused) {
    const place = places.find((each) => each.path === path);
    assert.equal(place?.setting.take(value), undefined, `${path} = ${JSON.stringify(value)}`);
  }
});

test("rules over several settings name every one that is broken", () => {
  const of = (...values: [string, Raw][]) => configOf(new Map(values));
  assert.match(
    problemsOf(() => checkConfig(of(["sync.mode", "snapshot"]))).join(),
    /sync\.rpc_servers: .*sync\.trust_height: .*sync\.trust_hash: /,
  );
  const clash = of(["metrics.enabled", true], ["metrics.listen", "127.0.0.1:26657"]);
  assert.match(problemsOf(() => checkConfig(clash)).join(), /metrics\.listen: .* is taken by rpc\.listen/);
  const slow = of(["consensus.block_pause_ms", 60_000]);
  assert.match(problemsOf(() => checkConfig(slow)).join(), /metrics\.ready_age_max_s/);
  const fleeting = of(["state.snapshot_every", 5], ["state.snapshots_kept", 3]);
  assert.match(problemsOf(() => checkConfig(fleeting)).join(), /state\.snapshots_kept: .* gone after 13 s/);
  checkConfig(of(["rpc.listen", "127.0.0.1:0"], ["p2p.listen", "127.0.0.1:0"]));
});

test("settings of the command line count before those of the file, and are handed on as they are", () =>
  withFolder(async (folder) => {
    const layout = homeLayout(folder);
    await writeConfig(
      layout,
      new Map<string, Raw>([
        ["state.keep_recent", 9],
        ["log.level", "error"],
      ]),
    );
    const set = new Map([readSetting("state.keep_recent=11"), readSetting("rpc.origins=*,http://a.example")]);
    const overrides = overridesOf({ set, invariants: "full" });
    const config = await homeConfig(layout, overrides);
    assert.deepEqual([config.state.keepRecent, config.state.invariants], [11, "full"]);
    assert.equal(config.log.level, "error");
    const again = argumentsOf(overrides)
      .filter((each) => each !== "--set")
      .map(readSetting);
    assert.deepEqual(new Map(again), overrides);
  }));

test("a home's configuration becomes CometBFT's: addresses, peers, sync and metrics", () => {
  const peer = `${"0".repeat(40)}@10.0.0.1:1`;
  const values: [string, Raw][] = [
    ["p2p.listen", "0.0.0.0:7"],
    ["p2p.external_address", "node.example:7"],
    ["p2p.persistent_peers", [peer]],
    ["p2p.exchange_peers", true],
    ["p2p.public_only", true],
    ["rpc.origins", ["*"]],
    ["metrics.enabled", true],
    ["sync.mode", "snapshot"],
    ["sync.rpc_servers", ["http://a:1", "http://b:1"]],
    ["sync.trust_height", 5],
    ["sync.trust_hash", "ab".repeat(32)],
    ["log.format", "json"],
  ];
  const places = { comet: "/c", socket: "/s" };
  const toml = cometToml(places, cometSettingsOf(configOf(new Map(values))));
  assert.equal(toml["p2p"]?.["laddr"], "tcp://0.0.0.0:7");
  assert.equal(toml["p2p"]?.["external_address"], "node.example:7");
  assert.equal(toml["p2p"]?.["persistent_peers"], peer);
  assert.deepEqual([toml["p2p"]?.["pex"], toml["p2p"]?.["addr_book_strict"]], [true, true]);
  assert.deepEqual(toml["rpc"]?.["cors_allowed_origins"], ["*"]);
  assert.equal(toml["instrumentation"]?.["prometheus"], true);
  assert.equal(toml["statesync"]?.["rpc_servers"], "http://a:1,http://b:1");
  assert.equal(toml[""]?.["log_format"], "json");
  assert.equal(localUrl("0.0.0.0:9"), "http://127.0.0.1:9");
  assert.equal(localUrl("[::]:9"), "http://127.0.0.1:9");
  assert.equal(localUrl("[::1]:9"), "http://[::1]:9");
});

test("the RPC of a home without a file of settings is where CometBFT's own configuration has it", () =>
  withFolder(async (folder) => {
    const layout = homeLayout(folder);
    await mkdir(join(layout.comet, "config"), { recursive: true });
    await writeFile(
      layout.cometConfig,
      '[rpc]\nladdr = "tcp://0.0.0.0:80"\n[p2p]\nladdr = "tcp://0.0.0.0:9"\n',
    );
    assert.equal(nodeRpc(layout, await homeConfig(layout)), "http://127.0.0.1:80");
    await writeConfig(layout, new Map([["rpc.listen", "127.0.0.1:8"]]));
    assert.equal(nodeRpc(layout, await homeConfig(layout)), "http://127.0.0.1:8");
  }));

test("the command line shows, checks and sets; a refused change leaves the file as it was", () =>
  withFolder(async (folder) => {
    const home = join(folder, "h");
    await mkdir(home);
    const layout = homeLayout(home);
    await writeConfig(layout, new Map());
    const run = (...args: readonly string[]) => iterum(["config", ...args, "--home", home]);
    const set = await run("set", "state.keep_recent=5", "node.moniker=it's me");
    assert.equal(set.stdout, 'state.keep_recent = 5\nnode.moniker = "it\'s me"\n', set.stderr);
    const shown = await run("show", "--changed");
    assert.equal(shown.stdout, 'node.moniker = "it\'s me"\nstate.keep_recent = 5\n');
    const before = await readFile(layout.config, "utf8");
    const refused = await run("set", "state.keep_recent=0");
    assert.equal(refused.code, 78);
    assert.match(refused.stderr, /state\.keep_recent: "0" is not a whole number from 2/);
    assert.equal(await readFile(layout.config, "utf8"), before);
    await writeFile(layout.config, before.replace("keep_recent = 5", "keep_recent = -5"));
    const checked = await run("check");
    assert.equal(checked.code, 78);
    assert.match(checked.stderr, /iterum\.toml:\d+: state\.keep_recent: -5 is not a whole number/);
  }));
