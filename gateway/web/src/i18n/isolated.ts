// Names are written in all scripts. One that runs from right to left must not turn what stands beside it around: in a
// page it stands in a <bdi>; in a sentence, an attribute or a title between the marks that mean the same.

/** Hebrew, Arabic, and the other scripts that run from right to left, with the marks that turn a text around. */
const RIGHT_TO_LEFT =
  /[\u0590-\u08FF\u200F\u202B\u202E\u2067\uFB1D-\uFDFF\uFE70-\uFEFF\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u;
const [OPEN, CLOSE] = ["\u2068", "\u2069"];

/** A text that goes its own way, whatever stands around it. */
export const isolated = (text: string): string =>
  RIGHT_TO_LEFT.test(text) && !text.startsWith(OPEN) ? OPEN + text + CLOSE : text;

/** A catalogue whose sentences isolate each text that is put into them. */
export function isolating<T extends object>(catalogue: T): T {
  const made = Object.entries(catalogue).map(([key, entry]: [string, unknown]) => {
    if (typeof entry === "function")
      return [
        key,
        (...parts: unknown[]): unknown =>
          entry(...parts.map((part) => (typeof part === "string" ? isolated(part) : part))),
      ];
    return [key, entry && typeof entry === "object" && !Array.isArray(entry) ? isolating(entry) : entry];
  });
  return Object.fromEntries(made) as T;
}
