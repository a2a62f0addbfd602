// Reads matches, one JSON a line, and prints their logs, each followed by an empty line.
import { createInterface } from "node:readline";
import { simulate } from "../../../../gateway/web/src/game/rules/simulate";

for await (const text of createInterface({ input: process.stdin })) {
  process.stdout.write(simulate(JSON.parse(text)).join("\n") + "\n\n");
}
