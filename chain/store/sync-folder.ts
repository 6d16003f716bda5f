import { open } from "node:fs/promises";

/** Makes the names that were given or taken in a folder as durable as its files. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
