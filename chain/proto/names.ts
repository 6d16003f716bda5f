const upper = (letter: string): string => String.fromCharCode(letter.charCodeAt(0) - 32);

/** The lowerCamelCase name (TypeScript and proto3 JSON) of a field called `proto_name`. */
export const camelCase = (protoName: string): string =>
  protoName.replace(/_+([a-z]?)/g, (_, next: string) => (next === "" ? "" : upper(next)));
