import { Cacao } from "@didtools/cacao";
import { DID } from "dids";
import { Ed25519Provider } from "key-did-provider-ed25519";
import { getResolver } from "key-did-resolver";
import { delegate } from "#client/ceramic/capability.ts";
import { didOf, grantFor, keyOf, sessionDidOf } from "./kit.ts";

/** The DID of the published libraries for the account of one byte and the session key of another. */
export async function publishedDid(account: number, seed: number): Promise<DID> {
  const did = new DID({
    provider: new Ed25519Provider(keyOf(seed)),
    resolver: getResolver(),
    capability: await Cacao.fromBlockBytes(delegate(grantFor(sessionDidOf(seed)), keyOf(account))),
    parent: didOf(account),
  });
  await did.authenticate();
  return did;
}
