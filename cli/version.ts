import { readFileSync } from "node:fs";
import { projectRoot } from "./paths.ts";

/** Version of the project, as its manifest says. */
export const { version } = JSON.parse(readFileSync(`${projectRoot}package.json`, "utf8")) as {
  readonly version: string;
};
