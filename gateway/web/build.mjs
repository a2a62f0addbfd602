// Makes ../static from the sources; with --tests, the unit tests instead. The same sources give the same bytes.
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const shared = { bundle: true, format: "esm", target: "es2022", charset: "utf8", logLevel: "warning", absWorkingDir: here };

async function tests() {
  const from = join(here, "../../tests/web");
  const files = (await readdir(from)).filter((name) => name.endsWith(".test.ts"));
  await rm(join(here, "build"), { recursive: true, force: true });
  await build({
    ...shared,
    entryPoints: files.map((name) => join(from, name)),
    outdir: "build/tests",
    outExtension: { ".js": ".mjs" },
    platform: "node",
    nodePaths: [join(here, "node_modules")],
    define: { METRONOME: '""' },
  });
}

/** Names a file after its contents, so that it can be kept for ever. */
function named(file, kind, extension) {
  const hash = createHash("sha256").update(file.contents).digest("hex").slice(0, 10);
  return { name: `${kind}-${hash}.${extension}`, contents: file.contents };
}

async function bundle(entry, define = {}) {
  const made = await build({ ...shared, entryPoints: [entry], outdir: "out", minify: true, legalComments: "none", write: false, define });
  return made.outputFiles[0];
}

async function pages() {
  const metronome = named(await bundle("src/match/metronome.worker.ts"), "metronome", "js");
  const app = named(await bundle("src/main.ts", { METRONOME: JSON.stringify(`/static/${metronome.name}`) }), "app", "js");
  const style = named(await bundle("src/style/app.css"), "style", "css");
  const page = (await readFile(join(here, "index.html"), "utf8")).replace("app.js", app.name).replace("style.css", style.name);
  const out = join(here, "../static");
  await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });
  for (const { name, contents } of [metronome, app, style]) await writeFile(join(out, name), contents);
  await writeFile(join(out, "index.html"), page);
  await writeFile(join(out, "icon.svg"), await readFile(join(here, "icon.svg")));
}

await (process.argv.includes("--tests") ? tests() : pages());
