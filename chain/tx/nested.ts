import { ensure } from "#chain/kernel/error.ts";
import type { Codec } from "#chain/proto/codec.ts";
import { type AnyTypes, noAnyTypes } from "#chain/protocol/amino.ts";
import { Any } from "#proto/gen/google/protobuf.ts";
import { strict } from "./credential.ts";
import { errors } from "./errors.ts";

/**
 * Refuses every `Any` inside a message but those of allowed types, so that no message rides inside another
 * one past its signer's checks. What an allowed one holds must be canonical, and nothing nests further. The
 * decoder has bounded the depth of the message itself.
 */
export function ensureNestedAllowed(codec: Codec<unknown>, value: unknown, allowed: AnyTypes): void {
  const fields = value as Readonly<Record<string, unknown>>;
  for (const { name, kind, repeated, ref } of codec.fields) {
    const held = fields[name];
    if (kind !== "message" || held === undefined) continue;
    const nested = (ref as () => Codec<unknown>)();
    for (const one of repeated ? (held as readonly unknown[]) : [held]) {
      if (nested.name !== Any.name) ensureNestedAllowed(nested, one, allowed);
      else {
        const { typeUrl, value: bytes } = one as Any;
        const type = allowed.get(typeUrl);
        ensure(type, errors.NestedAny, { field: name, typeUrl: typeUrl.slice(0, 80) });
        ensureNestedAllowed(type, strict(type, bytes, typeUrl), noAnyTypes);
      }
    }
  }
}
