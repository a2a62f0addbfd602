// Makes ../static from the sources; with --tests, the unit tests instead. The same sources give the same bytes.
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import ts from "typescript";

const here = dirname(fileURLToPath(import.meta.url));
const shared = {
  bundle: true,
  format: "esm",
  target: "es2022",
  charset: "utf8",
  logLevel: "warning",
  absWorkingDir: here,
};

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

/** Positions of the literal parts of `html` and `svg` templates in a source. */
function* templateParts(node) {
  if (ts.isTaggedTemplateExpression(node) && ["html", "svg"].includes(node.tag.getText())) {
    const { template } = node;
    const parts = template.head ? [template.head, ...template.templateSpans.map((span) => span.literal)] : [template];
    for (const part of parts) yield [part.getStart(), part.getEnd()];
  }
  for (const child of node.getChildren()) yield* templateParts(child);
}

/** Replaces line breaks in templates, which lay the source out, by one space: a browser shows the same. */
const squeezeTemplates = {
  name: "squeeze-templates",
  setup: ({ onLoad }) =>
    onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, async ({ path }) => {
      let contents = await readFile(path, "utf8");
      const file = ts.createSourceFile(path, contents, ts.ScriptTarget.ES2022, true);
      for (const [start, end] of [...templateParts(file)].sort(([a], [b]) => b - a)) {
        const part = contents
          .slice(start, end)
          .replace(/\s*\n\s*(?=\/?>)/g, "")
          .replace(/\s*\n\s*/g, " ");
        contents = contents.slice(0, start) + part + contents.slice(end);
      }
      return { contents, loader: "ts" };
    }),
};

/** Names a file after its contents, so that it can be kept for ever. */
function named(file, kind, extension) {
  const hash = createHash("sha256").update(file.contents).digest("hex").slice(0, 10);
  return { name: `${kind}-${hash}.${extension}`, contents: file.contents };
}

async function bundle(entry, define = {}) {
  const made = await build({
    ...shared,
    entryPoints: [entry],
    outdir: "out",
    minify: true,
    legalComments: "none",
    write: false,
    define,
  });
  return made.outputFiles[0];
}

/** Bundles the application: its first script, parts that some pages load, and parts that several of these share. */
async function application(define) {
  const made = await build({
    ...shared,
    entryPoints: { app: "src/app/main.ts" },
    outdir: "out",
    minify: true,
    legalComments: "none",
    write: false,
    define,
    plugins: [squeezeTemplates],
    splitting: true,
    metafile: true,
    entryNames: "[name]-[hash]",
    chunkNames: "part-[hash]",
  });
  // Names end in hexadecimal digits, as all names here do: that is how the gateway knows what may be kept for ever.
  const hex = (text) =>
    text.replace(
      /\b(app|part)-([A-Z2-7]{8})\b/g,
      (_, kind, hash) => `${kind}-${createHash("sha256").update(hash).digest("hex").slice(0, 10)}`,
    );
  const scripts = made.outputFiles.map((file) => ({ name: hex(basename(file.path)), contents: hex(file.text) }));
  const [, entry] = Object.entries(made.metafile.outputs).find(([, output]) => output.entryPoint === "src/app/main.ts");
  const early = entry.imports.filter((i) => i.kind === "import-statement").map((i) => hex(basename(i.path)));
  return { scripts, early, app: scripts.find(({ name }) => name.startsWith("app-")).name };
}

async function pages() {
  const metronome = named(await bundle("src/game/metronome.worker.ts"), "metronome", "js");
  const { scripts, early, app } = await application({ METRONOME: JSON.stringify(`/static/${metronome.name}`) });
  const style = named(await bundle("src/style/index.css"), "style", "css");
  const preloads = early.map((name) => `<link rel="modulepreload" href="/static/${name}" />`).join("\n    ");
  const page = (await readFile(join(here, "index.html"), "utf8"))
    .replace("app.js", app)
    .replace("style.css", style.name)
    .replace("<!-- preloads -->", preloads);
  const out = join(here, "../static");
  await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });
  for (const { name, contents } of [metronome, ...scripts, style]) await writeFile(join(out, name), contents);
  await writeFile(join(out, "index.html"), page);
  await writeFile(join(out, "icon.svg"), await readFile(join(here, "icon.svg")));
}

await (process.argv.includes("--tests") ? tests() : pages());
