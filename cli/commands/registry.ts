import { Command, InvalidArgumentError } from "commander";
import { type HomeOption, homeCommand, layoutOf } from "#cli/context.ts";
import { sayJson } from "#cli/output.ts";
import { assetsJson, chainJson, keplrJson, type Wording } from "#cli/registry/documents.ts";
import { type ChainFacts, chainFacts } from "#cli/registry/facts.ts";

interface RegistryOptions extends HomeOption, Partial<Wording> {
  readonly genesis?: string;
}

/** As many characters of a name as Keplr shows. */
const NAME_MAX = 36;

function nameOf(text: string): string {
  if (text.length >= 1 && text.length <= NAME_MAX) return text;
  throw new InvalidArgumentError(`1 to ${NAME_MAX} characters.`);
}

function url(text: string): string {
  if (URL.canParse(text) && /^https?:/.test(text) && !text.includes("?")) return text.replace(/\/$/, "");
  throw new InvalidArgumentError("a URL such as https://rpc.example.org, without a query.");
}

const document = (
  name: string,
  description: string,
  write: (facts: ChainFacts, wording: Wording) => Parameters<typeof sayJson>[0],
): Command =>
  homeCommand(name, description)
    .option("--genesis <file>", "genesis file (default: that of the home)")
    .option("--name <name>", "name for people (default: the chain's id)", nameOf)
    .option("--rpc <url>", "public RPC of a node", url, "http://127.0.0.1:26657")
    .option("--rest <url>", "public REST of a node", url, "http://127.0.0.1:1317")
    .action(async ({ genesis, name: given, rpc = "", rest = "", ...home }: RegistryOptions) => {
      const facts = await chainFacts(genesis ?? layoutOf(home).genesis);
      sayJson(write(facts, { name: given ?? facts.chainId.slice(0, NAME_MAX), rpc, rest }));
    });

/** `iterum registry`: what wallets and the chain registry want to know of a chain. */
export const registryCommand = (): Command =>
  new Command("registry")
    .description("print what wallets and the chain registry want to know of a chain")
    .addCommand(document("chain", "chain.json of the chain registry", chainJson))
    .addCommand(document("assets", "assetlist.json of the chain registry", assetsJson))
    .addCommand(document("keplr", "what a page suggests to Keplr and wallets like it", keplrJson));
