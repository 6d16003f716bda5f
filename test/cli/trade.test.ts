import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { toHex } from "#chain/bytes/hex.ts";
import { templateId } from "#chain/protocol/template.ts";
import { openKey } from "#cli/home/keys.ts";
import { homeLayout } from "#cli/home/layout.ts";
import { GenesisState as Commitments } from "#proto/gen/iterum/commitments.ts";
import { type Person, person } from "#test/kit/accounts.ts";
import { altered } from "#test/kit/game/alter.ts";
import { someParams } from "#test/kit/game/operator.ts";
import { TOKEN } from "#test/kit/genesis.ts";
import { startNode, type TestNode } from "#test/kit/node.ts";
import { unprovableTemplate } from "#test/kit/template.ts";
import { bondGame, inTurn, lmsrGame, modelIdOf } from "../modules/markets/kinds-kit.ts";
import { iterum, withFolder } from "./program.ts";

const noPassword = async (): Promise<string> => "";

/** The key `tom` of a new home as a person of the test kit. */
async function tomOf(home: string): Promise<Person> {
  const made = await iterum(["keys", "add", "tom", "--dev", "--home", home]);
  assert.equal(made.code, 0, made.stderr);
  const { address } = await openKey(homeLayout(home).keys, "tom", noPassword);
  return { ...person("tom"), address };
}

/** A node with a market of shares that stays open, and a model of Tom's. */
function nodeOf(tom: Person): Promise<TestNode> {
  const model = {
    modelId: modelIdOf(tom),
    owner: tom.address,
    templateId: templateId(unprovableTemplate()),
    paramsHash: someParams(tom.name),
    registeredHeight: 0n,
  };
  const registered = altered("commitments", Commitments, (state) => ({ ...state, models: [model] }));
  return startNode(
    {
      members: [],
      others: [tom],
      schedule: { firstOpen: 1_000_000 },
      alter: inTurn(lmsrGame(), bondGame(700n * TOKEN), registered),
    },
    100,
  );
}

test("shares are bought, looked at and sold from the command line", () =>
  withFolder(async (folder) => {
    const home = join(folder, "h");
    const tom = await tomOf(home);
    const node = await nodeOf(tom);
    try {
      const run = (...args: readonly string[]) => iterum([...args, "--home", home, "--node", node.rpcUrl]);
      const shown = async (...args: readonly string[]): Promise<string> => {
        const { code, stdout, stderr } = await run(...args);
        assert.equal(code, 0, stderr);
        return stdout;
      };
      const terms = ["--from", "tom", "--model", toHex(modelIdOf(tom))];
      const bought = await shown(
        "trade",
        "buy",
        "1",
        "1",
        "900",
        "--price",
        "0.6",
        "--cost",
        "300",
        ...terms,
      );
      assert.match(
        bought,
        /^405\.465108 ITER shares of outcome 1 for 223\.143551 ITER, fee 2\.231436 ITER$/m,
      );
      assert.equal(await shown("trade", "prices", "1"), "outcome 0: 40.00 %\noutcome 1: 60.00 %\n");
      const dear = await run("trade", "buy", "1", "1", "100", "--cost", "1", ...terms);
      assert.notEqual(dear.code, 0);
      assert.match(dear.stderr, /costs more, or brings less, than its limit/);
      await shown("trade", "sell", "1", "1", "405.465108", "--cost", "220", ...terms);
      const held = await shown("trade", "holding", "1", "tom");
      assert.match(held, /^outcome 1: 0 ITER$/m);
      assert.match(held, /paid in 225\.374987 ITER, credit 220\.912115 ITER, paid out 0 ITER/);
      assert.match(await shown("query", "market", "1"), /^lmsr\/1: subsidy 693\.147181 ITER/m);
      const wrong = await run("trade", "buy", "1", "1", "1", "--price", "1.5", "--cost", "1", ...terms);
      assert.match(wrong.stderr, /a price is between 0 and 1/);
    } finally {
      await node.remove();
    }
  }));
