/** What the files of one part of the project may import. */
export interface Layer {
  readonly name: string;
  readonly files: RegExp;
  /** Files of the project, besides those of its own part. */
  readonly may: readonly RegExp[];
  /** Files of its own part; by default all of `files`. */
  readonly own?: RegExp;
  /** npm packages and Node's modules, by specifier. */
  readonly packages: RegExp;
}

const none = /^$/;
const npm = /^(?!node:)/;
const all = /^/;

const pure = /^chain\/(?:(?:bytes|math|merkle|proto)\/|limits\.ts$)/;
const messages = /^proto\/gen\//;
const protocol = /^chain\/protocol\//;
const kernel = /^chain\/kernel\//;
const kernelPorts = /^chain\/kernel\/(?:ctx|error)\.ts$/;
const kernelKeys = /^chain\/kernel\/(?:keys|state)\.ts$/;
const kernelProof = /^chain\/kernel\/proof\.ts$/;
const stores = /^chain\/(?:store|tx)\//;
const mempool = /^chain\/mempool\//;
const verify = /^chain\/verify\//;
const signatures = /^chain\/tx\/(?:verifier|signature-cache)\.ts$/;
const moduleDoors = /^modules\/[a-z]+\/api\.ts$/;
const chain = /^chain\//;

/** Every part of the project, lowest first. Imports go down only; the first entry that fits a file counts. */
const layers: readonly Layer[] = [
  { name: "bytes", files: /^chain\/bytes\//, own: pure, may: [], packages: /^(?!node:)|^node:crypto$/ },
  { name: "pure helpers", files: pure, may: [], packages: npm },
  { name: "generated messages", files: messages, may: [/^chain\/proto\//], packages: none },
  { name: "protocol", files: protocol, may: [pure, messages], packages: npm },
  { name: "kernel", files: kernel, may: [pure], packages: none },
  {
    name: "transactions",
    files: /^chain\/tx\//,
    may: [pure, messages, protocol, kernelPorts],
    packages: /^(?!node:)|^node:module$/, // to load a native binding that some platforms lack
  },
  {
    name: "mempool",
    files: mempool,
    may: [pure, messages, protocol, kernelPorts, /^chain\/tx\//],
    packages: none,
  },
  { name: "store", files: /^chain\/store\//, may: [pure, messages, kernelPorts], packages: all },
  {
    name: "verification",
    files: verify,
    may: [pure, messages, protocol, kernelProof, signatures],
    packages: all,
  },
  {
    name: "module",
    files: /^modules\//,
    own: none, // the module's own folder: see `isOwnModule`
    may: [pure, messages, protocol, kernel, moduleDoors],
    packages: none,
  },
  {
    name: "app",
    files: /^chain\/app(?:\.ts$|\/)/,
    may: [
      ...[pure, messages, protocol, kernel, stores, mempool, verify],
      ...[moduleDoors, /^modules\/[a-z]+\/module\.ts$/],
    ],
    packages: none,
  },
  {
    name: "ABCI and API",
    files: /^chain\/(?:abci|api)\//,
    may: [pure, messages, protocol, kernel, stores, verify, /^chain\/app\/types\.ts$/],
    packages: all,
  },
  { name: "node", files: /^chain\/node\//, may: [chain, messages], packages: all },
  {
    name: "client",
    files: /^client\//,
    // Where modules keep what: a light client proves it.
    may: [pure, messages, protocol, kernelKeys, /^modules\/[a-z]+\/state\.ts$/],
    packages: all,
  },
  { name: "prover", files: /^prover\//, may: [pure, messages, protocol, /^client\//], packages: all },
  { name: "trainer", files: /^trainer\//, may: [pure, messages, protocol, /^client\//], packages: all },
  { name: "data node", files: /^data\//, may: [pure, messages, protocol, /^client\//], packages: all },
  { name: "web", files: /^web\//, may: [/^client\//], packages: npm },
  { name: "command line", files: /^cli\//, may: [/^(?!test\/)/], packages: all },
  { name: "generator", files: /^proto\/(?!gen\/)/, may: [/^chain\/proto\//], packages: all },
  // Programs of people who use the package; a test builds it and runs them.
  { name: "examples", files: /^docs\/examples\//, may: [], packages: /^iterum-client(?:\/|$)|^node:/ },
  { name: "scripts", files: /^scripts\//, may: [], packages: /^node:/ },
  { name: "tests", files: /^test\//, may: [all], packages: all },
];

/** The layer of a file, or undefined for a file that belongs nowhere. */
export const layerOf = (path: string): Layer | undefined => layers.find(({ files }) => files.test(path));

const moduleOf = (path: string): string | undefined => /^modules\/([^/]+)\//.exec(path)?.[1];

/** Whether a layer's file may import the project's file `target`. */
export function mayImport(layer: Layer, path: string, target: string, typeOnly: boolean): boolean {
  const ownModule = moduleOf(path);
  if (ownModule !== undefined && ownModule === moduleOf(target)) return true;
  // Where the app comes in as a value is decided by the node; these two only speak to one.
  if (layer.name === "ABCI and API" && target === "chain/app.ts") return typeOnly;
  return (layer.own ?? layer.files).test(target) || layer.may.some((allowed) => allowed.test(target));
}
