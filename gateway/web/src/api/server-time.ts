// The server's time of day. Deadlines are given in it, and a browser's own clock may be minutes wrong.

/** An answer says whole seconds: what is less than this apart, milliseconds, may be no difference at all. */
const BLUR = 1_500;

let ahead = 0;

/** Takes the `Date` of an answer that has just come. */
export function setServerTime(date: string | null, now = Date.now()): void {
  const said = Date.parse(date ?? "");
  if (Number.isNaN(said)) return;
  const apart = said + 500 - now;
  ahead = Math.abs(apart) < BLUR ? 0 : apart;
}

/** Milliseconds since 1970 UTC, as the server counts. */
export const unixNow = (): number => Date.now() + ahead;
