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
  });
}

async function pages() {
  const out = join(here, "../static");
  const made = await build({
    ...shared,
    entryPoints: { app: "src/main.ts", style: "src/style/app.css" },
    outdir: "out",
    minify: true,
    legalComments: "none",
    write: false,
  });
  await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });
  let page = await readFile(join(here, "index.html"), "utf8");
  for (const file of made.outputFiles) {
    const name = file.path.endsWith(".css") ? "style" : "app";
    const extension = file.path.endsWith(".css") ? "css" : "js";
    const hash = createHash("sha256").update(file.contents).digest("hex").slice(0, 10);
    await writeFile(join(out, `${name}-${hash}.${extension}`), file.contents);
    page = page.replace(`${name}.${extension}`, `${name}-${hash}.${extension}`);
  }
  await writeFile(join(out, "index.html"), page);
  await writeFile(join(out, "icon.svg"), await readFile(join(here, "icon.svg")));
}

await (process.argv.includes("--tests") ? tests() : pages());
