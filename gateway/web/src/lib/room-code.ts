// Room codes as people type and paste them. Nothing here throws, whatever it is given.

/** Letters and digits of a code, as the server makes them: without those that look like others. */
const CODE = /^[2-9A-HJ-NP-Z]{6}$/;
/** Punctuation around a link in a text. */
const AROUND = /^[\s<("'“‘«「『[]+|[\s.,;:!?)>\]"'”’»」』。、，！？…]+$/g;

/** The room's code in what was typed or pasted: a code, spaced as one likes, or a link; else what was typed, tidied. */
export function parseRoomCode(text: string): string {
  const link = /\/room\/([^/?#\s]+)/i.exec(text)?.[1];
  const bare = unescaped(link ?? text).replace(AROUND, "");
  return bare.replace(/[\s-]/g, "").toUpperCase();
}

/** True if it has the form of a room's code. */
export const isRoomCode = (code: string): boolean => CODE.test(code);

/** A part of an address without its escapes; one that is badly escaped stays as it is. */
export function unescaped(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
