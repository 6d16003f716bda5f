import type { Codec } from "#chain/proto/codec.ts";
import { type FieldInfo, KINDS } from "#chain/proto/field.ts";
import type { Json } from "#chain/proto/json.ts";
import { ADDRESS_PREFIX } from "#chain/protocol/address.ts";
import type { Route } from "./route.ts";
import { fieldSchema, messageSchema, type SchemaBook } from "./schema.ts";

type Schema = { readonly [key: string]: Json };

/** Messages within the fields of a query are named by dots, two deep at most, as in `pagination.limit`. */
const QUERY_DEPTH_MAX = 2;

const HEIGHT: Schema = {
  name: "x-cosmos-block-height",
  in: "header",
  required: false,
  description: "Height whose state answers; the latest unless given.",
  schema: { type: "string", format: "uint64" },
};

const ERROR: Schema = {
  type: "object",
  required: ["code", "message", "details"],
  properties: {
    code: { type: "integer", description: "Code of gRPC." },
    message: { type: "string" },
    details: { type: "array", items: {} },
  },
};

const parts = (path: string): readonly string[] =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);

/** The schema of a field in a URL, where bytes are a text like others: pages would ask for a file. */
const parameterSchema = (field: FieldInfo, book: SchemaBook): Schema =>
  field.op === KINDS.bytes
    ? { type: "string", pattern: "^[A-Za-z0-9+/_-]*={0,2}$" }
    : fieldSchema(field, book);

/** What the fields of a request are in the query of a URL. */
function queryParameters(
  codec: Codec<unknown>,
  book: SchemaBook,
  taken: readonly string[],
  prefix = "",
  depth = 1,
): readonly Schema[] {
  return codec.fields.flatMap((field): readonly Schema[] => {
    const name = `${prefix}${field.protoName}`;
    if (taken.includes(name)) return [];
    if (field.op === KINDS.message) {
      const inner = (field.ref as () => Codec<unknown>)();
      const fits = !field.repeated && depth < QUERY_DEPTH_MAX;
      return fits ? queryParameters(inner, book, taken, `${name}.`, depth + 1) : [];
    }
    const description = book.comments.get(`${codec.name}.${field.protoName}`);
    const schema = parameterSchema(field, book);
    return [
      { name, in: "query", required: false, ...(description !== undefined && { description }), schema },
    ];
  });
}

function operation({ method, path, rpc }: Route, book: SchemaBook): Schema {
  const inPath = parts(path);
  const pathParameters = inPath.map((name) => {
    const field = rpc.request.fields.find(({ protoName }) => protoName === name);
    if (field === undefined) throw new Error(`${path}: ${rpc.request.name} has no field ${name}`);
    const description = book.comments.get(`${rpc.request.name}.${name}`);
    const schema = parameterSchema(field, book);
    return { name, in: "path", required: true, ...(description !== undefined && { description }), schema };
  });
  const name = rpc.path.slice(1).replace("/", ".");
  const summary = book.comments.get(name) ?? book.comments.get(rpc.request.name);
  const isGet = method === "GET";
  const json = (schema: Schema): Schema => ({ "application/json": { schema } });
  return {
    operationId: `${name}${isGet ? "" : ".post"}:${path}`,
    tags: [name.split(".").slice(0, -2).join(".")],
    ...(summary !== undefined && { summary }),
    parameters: [...pathParameters, ...(isGet ? queryParameters(rpc.request, book, inPath) : []), HEIGHT],
    ...(!isGet && { requestBody: { required: true, content: json(messageSchema(rpc.request, book)) } }),
    responses: {
      200: { description: "The answer.", content: json(messageSchema(rpc.response, book)) },
      default: { description: "No answer.", content: json({ $ref: "#/components/schemas/Error" }) },
    },
  };
}

/** The OpenAPI document of the routes, with the comments of the .proto files. */
export function openApi(
  routes: readonly Route[],
  comments: ReadonlyMap<string, string>,
  version: string,
): Schema {
  const book: SchemaBook = { schemas: new Map([["Error", ERROR]]), comments };
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes) {
    const { path, method } = route;
    paths[path] = { ...paths[path], [method.toLowerCase()]: operation(route, book) };
  }
  const tags = [
    ...new Set(routes.map(({ rpc }) => rpc.path.slice(1).split("/")[0]?.split(".").slice(0, -1).join("."))),
  ];
  return {
    openapi: "3.1.0",
    info: {
      title: "Iterum",
      version,
      description: `What a node of an Iterum chain answers. Addresses begin with ${ADDRESS_PREFIX}1.`,
    },
    tags: tags.map((name) => ({ name: name ?? "" })),
    paths,
    components: { schemas: Object.fromEntries(book.schemas) },
  };
}
