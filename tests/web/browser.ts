// What the words expect of a browser, for Node. To be imported first.
const browser = {
  document: { documentElement: { lang: "" }, createTreeWalker: () => ({}) },
  navigator: { languages: ["en"] },
};
for (const [name, value] of Object.entries(browser))
  Object.defineProperty(globalThis, name, { value, configurable: true });
export {};
