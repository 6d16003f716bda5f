/** The lowerCamelCase name (TypeScript and proto3 JSON) of a field called `proto_name`. */
export const camelCase = (protoName: string): string =>
  protoName.replace(/_+([A-Za-z0-9])?/g, (_, next: string | undefined) => (next ?? "").toUpperCase());
