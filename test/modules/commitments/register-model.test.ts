import assert from "node:assert/strict";
import { test } from "node:test";
import { feltModulus, words } from "#chain/protocol/field.ts";
import { templateId } from "#chain/protocol/template.ts";
import * as commitments from "#modules/commitments/api.ts";
import { errors as commitmentsErrors } from "#modules/commitments/errors.ts";
import { errors as proofsErrors } from "#modules/proofs/errors.ts";
import { modelOf, someParams } from "#test/kit/game/operator.ts";
import { refuses, says } from "#test/kit/game/refuse.ts";
import { registerModel } from "#test/kit/game/say.ts";
import { stage } from "#test/kit/game/stage.ts";

test("a model is its owner's, and equal weights of two owners are two models", async () => {
  const { chain, operators } = stage();
  const [olga, otto] = operators;
  assert.ok(olga && otto);
  const id = templateId(olga.template);
  await says(chain, olga.who, registerModel(olga.who, id, olga.paramsHash));
  await says(chain, otto.who, registerModel(otto.who, id, olga.paramsHash));
  const model = chain.read((ctx) => commitments.findModel(ctx, modelOf(olga)));
  assert.deepEqual([model?.owner, model?.registeredHeight], [olga.who.address, 1n]);
  const copy = modelOf({ ...otto, paramsHash: olga.paramsHash });
  assert.notDeepEqual(copy, modelOf(olga));
  assert.equal(chain.read((ctx) => commitments.findModel(ctx, copy))?.owner, otto.who.address);
});

test("a model is refused a second time, of no template, and without a hash of weights", async () => {
  const { chain, operators } = stage();
  const [olga] = operators;
  assert.ok(olga);
  const { who, paramsHash, template } = olga;
  const id = templateId(template);
  await says(chain, who, registerModel(who, id, paramsHash));
  await refuses(
    chain,
    [who, commitmentsErrors.AlreadyRegistered, registerModel(who, id, paramsHash)],
    [who, proofsErrors.NoTemplate, registerModel(who, someParams("no template"), paramsHash)],
    [who, proofsErrors.NoTemplate, registerModel(who, id.subarray(1), paramsHash)],
    [who, commitmentsErrors.BadModel, registerModel(who, id, paramsHash.subarray(1))],
    [who, commitmentsErrors.BadModel, registerModel(who, id, words([feltModulus]))],
  );
});
