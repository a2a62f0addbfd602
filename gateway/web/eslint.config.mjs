// Lint rules of the browser client and its tests. Prettier decides the layout.
import js from "@eslint/js";
import { createTypeScriptImportResolver } from "eslint-import-resolver-typescript";
import { importX } from "eslint-plugin-import-x";
import lit from "eslint-plugin-lit";
import tseslint from "typescript-eslint";

/** Folders of src, from top to bottom: a file imports from its own folder and from those below it. */
const LAYERS = ["app", "features", "components", "stores", "game", "i18n", "api", "lib"];

const here = import.meta.dirname;
const zones = LAYERS.slice(1).map((layer, index) => ({
  target: `./src/${layer}`,
  from: LAYERS.slice(0, index + 1).map((above) => `./src/${above}`),
}));

/** A template must not load code: it is drawn often, and drawing has no side effects. */
const importWhileRendering = {
  selector: ["typeAnnotation", "typeAnnotation.types.0"]
    .map((type) => `[returnType.${type}.typeName.name='TemplateResult'] ImportExpression`)
    .join(),
  message: "Load a module in willUpdate() or firstUpdated(), not while rendering.",
};

/** Refuses `a ? b : c ? d : e` in one line; a chain of one condition a line is readable. */
const nestedTernaryInOneLine = {
  meta: { type: "suggestion", schema: [], messages: { nested: "Nested ternary in one line: name a part of it." } },
  create: (context) => ({
    "ConditionalExpression > ConditionalExpression"(node) {
      if (node.parent.loc.start.line === node.loc.end.line) context.report({ node, messageId: "nested" });
    },
  }),
};

export default tseslint.config(
  { ignores: ["**/gen/", "**/build/"] },
  js.configs.recommended,
  tseslint.configs.strict,
  importX.flatConfigs.typescript,
  lit.configs["flat/recommended"],
  {
    plugins: { "import-x": importX, matchpoint: { rules: { "nested-ternary-in-one-line": nestedTernaryInOneLine } } },
    settings: { "import-x/resolver-next": [createTypeScriptImportResolver({ project: `${here}/tsconfig.json` })] },
    rules: {
      // Indices are checked by the compiler (noUncheckedIndexedAccess); "!" marks those that are known to hold.
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "@typescript-eslint/no-unused-expressions": ["error", { allowShortCircuit: true }],
      "import-x/no-cycle": "error",
      "import-x/no-restricted-paths": ["error", { zones, basePath: here }],
      "import-x/order": ["error", { "newlines-between": "never", alphabetize: { order: "asc" } }],
      "matchpoint/nested-ternary-in-one-line": "error",
      "max-len": ["error", { code: 120 }],
      "no-restricted-syntax": ["error", importWhileRendering],
    },
  },
  {
    // Fakes of browser interfaces are classes with static members.
    files: ["**/*.test.ts"],
    rules: { "@typescript-eslint/no-extraneous-class": "off" },
  },
  {
    files: ["**/*.mjs"],
    languageOptions: { globals: { process: "readonly" } },
  },
);
