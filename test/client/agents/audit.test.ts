import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { keccak256 } from "#chain/bytes/hash.ts";
import type { Template } from "#chain/protocol/template.ts";
import { compileVerifier } from "#chain/verify/compile.ts";
import { startVerifier } from "#chain/verify/verifier.ts";
import { trainedStrategy } from "#client/agents/operator/strategies.ts";
import type { ProverPort } from "#client/ports.ts";
import { OrderStatus } from "#proto/gen/iterum/markets.ts";
import { Phase } from "#proto/gen/iterum/rounds.ts";
import { ProverClient } from "#prover/client.ts";
import { type ProverServer, startProver } from "#prover/server.ts";
import { chainTemplate } from "#prover/template.ts";
import { templateOnnx } from "#trainer/onnx/write.ts";
import { person } from "../../kit/accounts.ts";
import { GAME_ID } from "../../kit/genesis.ts";
import { newHome, python } from "../../prover/kit.ts";
import { floatProver } from "./players.ts";
import { MEMBERS, withStage } from "./stage.ts";

// Real EZKL: a prover's sidecar, a template made by it, and the chain's own verifier.

const NAME = "lr-64";
const BATCH = 8;
const honest = person("ann");
const proofless = person("bob");

let server: ProverServer;
let remove = async (): Promise<void> => {};
let template: Template;
let verifierCode: Uint8Array;

before(async () => {
  const made = await newHome();
  remove = made.remove;
  const wanted = { name: NAME, onnx: templateOnnx(NAME, { batch: BATCH }), batch: BATCH };
  const srs = { insecureDev: { logrows: 12 } };
  server = await startProver({
    home: made.home,
    python,
    port: 0,
    srs,
    clients: ["ann"],
    templates: [wanted],
  });
  await server.prover.ready();
  const [state] = server.prover.templates();
  assert.ok(state?.status === "ready", state?.status === "failed" ? state.error.message : "");
  const { artifact } = state.template;
  verifierCode = compileVerifier(artifact.verifierSource);
  const facts = { transform: "sigmoid/1", classes: 2, verifierCodeHash: keccak256(verifierCode) };
  template = chainTemplate(artifact, facts);
});
after(async () => {
  await server.close();
  await remove();
});

function realProver(): ProverPort {
  const client = new ProverClient({ url: server.url, token: server.tokens.get("ann") as string });
  return {
    registerModel: (name, onnx) => client.registerModel(name, onnx),
    predict: (modelKey, inputs) => client.predict(modelKey, inputs),
    prove: (modelKey, inputs, options) => client.prove(modelKey, inputs, options),
  };
}

test("an operator proves its predictions to the chain, and one that cannot loses its order", async () => {
  const proofs = startVerifier({ threads: 1 });
  const choice = { templates: [template], verifierCode, policy: "sampled", members: MEMBERS } as const;
  const proverOf = (who: { readonly name: string }): ProverPort =>
    who.name === honest.name ? realProver() : floatProver(template.outputScale);
  try {
    await withStage({ choice, proofs, proverOf }, async (stage) => {
      const stops = await Promise.all([
        ...MEMBERS.map((who) => stage.member(who)),
        stage.operator(honest, trainedStrategy(NAME, 800_000)),
        stage.operator(proofless, trainedStrategy(NAME, 500_000)),
      ]);
      await stage.until(1n, Phase.PHASE_DONE);
      await stage.rest(stops);
      const orders = await stage.queries.markets.orders(GAME_ID, 1n);
      const statusOf = (address: string) => orders.find(({ operator }) => operator === address);
      assert.equal(statusOf(honest.address)?.status, OrderStatus.ORDER_STATUS_SETTLED);
      assert.equal(statusOf(proofless.address)?.status, OrderStatus.ORDER_STATUS_FORFEITED);
      assert.equal(statusOf(proofless.address)?.reason, "proof missing");
      assert.deepEqual(
        stage.of("proven").map(({ roundId, batch }) => [roundId, batch]),
        [[1n, 0]],
      );
    });
  } finally {
    await proofs.close();
  }
});
