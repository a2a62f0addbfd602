// Names that run from right to left stand in isolation, in sentences and in pages.
import "./browser";
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { catalogues } from "../../gateway/web/src/i18n";
import { isolated } from "../../gateway/web/src/i18n/isolated";

const HEBREW = "שלום 12";

test("a name that runs from right to left is isolated in every sentence, and no other name has marks", () => {
  for (const words of Object.values(catalogues)) {
    assert.ok(words.friends.invites(HEBREW).includes(`\u2068${HEBREW}\u2069`));
    assert.ok(words.result.wins(HEBREW).includes(`\u2068${HEBREW}\u2069`));
    assert.ok(!words.friends.invites("Ada 가나 Ж").includes("\u2068"));
  }
  assert.equal(isolated(isolated(HEBREW)), `\u2068${HEBREW}\u2069`);
});

/** An expression that gives a name or a title, by its end. */
const NAME = /(?:^|[.\s!])(?:name|title|champion|nameOf\([^()]*\)|name\([^()]*\))$/;
/** Names of our own: of parts of the page, which stand in catalogues. */
const OURS =
  /^(?:w|messages\(\))\.|^question\.|^(?:components\/drawer|features\/tournament\/(?:entrants|list-page))\.ts: title$/;
/** What isolates its text: an option and a text of a drawing are paragraphs of their own. */
const ISOLATING = new Set(["bdi", "option", "text"]);

test("every name and title in the text of a page stands in a bdi", () => {
  const bare: string[] = [];
  for (const file of readdirSync("src", { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"))) {
    const text = readFileSync(join("src", file), "utf8");
    for (const found of text.matchAll(/>[^<>`$]*\$\{([^{}`]*)\}/g)) {
      const expression = found[1]!;
      const tag = /<(\w+)[^<]*>$/.exec(text.slice(Math.max(0, found.index - 400), found.index + 1))?.[1] ?? "";
      if (!NAME.test(expression) || ISOLATING.has(tag) || OURS.test(expression) || OURS.test(`${file}: ${expression}`))
        continue;
      bare.push(`${file}: <${tag}> ${expression}`);
    }
  }
  assert.deepEqual(bare, []);
});
