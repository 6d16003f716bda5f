import assert from "node:assert/strict";
import { person } from "#test/kit/accounts.ts";

/** What the command line says when it goes well. */
type Run = (...args: readonly string[]) => Promise<string>;

/** The faucet stakes with the chain's validator and earns; the validator its commission; the pool its tax. */
export async function stakesAndEarns(run: Run): Promise<void> {
  const payee = person("payee").address;
  const sent = /^[0-9A-F]{64} in block \d+/m;
  assert.match(await run("validator", "delegate", "validator", "1000", "--from", "faucet"), sent);
  assert.match(await run("rewards", "fund", "2", "--from", "validator"), sent);
  assert.match(await run("rewards", "pay-to", payee, "--from", "faucet"), sent);
  const shown = await run("rewards", "show", "faucet");
  assert.match(shown, /│ iterumvaloper1[0-9a-z]+ +│ +0\.\d+ ITER │/);
  assert.match(shown, /^commission {2}nothing$/m);
  assert.equal(await run("query", "balances", payee), "nothing\n");
  assert.match(await run("rewards", "withdraw", "--from", "faucet"), sent);
  assert.match(await run("query", "balances", payee), /^0\.\d+ ITER$/m);
  assert.match(await run("rewards", "commission", "--from", "validator"), sent);
  assert.match(await run("rewards", "show", "validator"), /^paid to {5}iterum1[0-9a-z]{38}$/m);
  assert.match(await run("rewards", "pool"), /^2\.\d+ ITER$/m);
}
