import { chainEditions } from "#chain/app/modules.ts";
import type { Edition } from "#chain/kernel/edition.ts";

/** The rules that the module of a URL exports as `editions`; the chain's own without one. */
export async function editionsOf(url: string | undefined): Promise<readonly Edition[]> {
  if (url === undefined) return chainEditions;
  const { editions } = (await import(url)) as { readonly editions: readonly Edition[] };
  return editions;
}
