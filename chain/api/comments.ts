import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import protobuf from "protobufjs";

const FOLDER = join(import.meta.dirname, "../../proto");
const OPTIONS = { keepCase: true, alternateCommentMode: true, preferTrailingComment: false };

/**
 * The comments of the .proto files of this program by the full name of what they describe: messages, fields,
 * calls, e.g. `iterum.gov.v1.Query.Params`.
 */
export function readComments(): ReadonlyMap<string, string> {
  const root = new protobuf.Root();
  for (const file of globSync("**/*.proto", { cwd: FOLDER }).sort())
    protobuf.parse(readFileSync(join(FOLDER, file), "utf8"), root, OPTIONS);
  const comments = new Map<string, string>();
  const note = ({ fullName, comment }: protobuf.ReflectionObject): void => {
    if (comment !== null) comments.set(fullName.slice(1), comment.replace(/\s+/g, " ").trim());
  };
  const walk = (node: protobuf.NamespaceBase): void => {
    note(node);
    if (node instanceof protobuf.Type) for (const field of node.fieldsArray) note(field);
    if (node instanceof protobuf.Service) for (const method of node.methodsArray) note(method);
    for (const inner of node.nestedArray) if (inner instanceof protobuf.Namespace) walk(inner);
  };
  walk(root);
  return comments;
}
