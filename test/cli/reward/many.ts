// Runs several commands of the program, one a line of standard input, in one process: starting it costs more
// than they do. A line of a single NUL comes after each.
import { text } from "node:stream/consumers";
import { program } from "#cli/program.ts";

for (const command of (await text(process.stdin)).trimEnd().split("\n")) {
  await program().parseAsync(command.split(" "), { from: "user" });
  process.stdout.write("\0\n");
}
