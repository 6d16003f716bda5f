import { enableCompileCache } from "node:module";
import { cacheFolder } from "./paths.ts";

// Compiled code is kept between runs: a start takes half the time. Where it cannot be, nothing is lost.
enableCompileCache(`${cacheFolder}compile`);
const { run } = await import("./run.ts");
await run();
