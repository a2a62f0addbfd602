// Retry delays with full jitter, so that a thousand pages do not come back at one instant; and close codes.

/** Reaction of the page to a WebSocket close code. */
export type CloseAction = "stop" | "retry" | "ticket" | "over" | "reload" | "replaced" | "sign-in";

export function closeActionOf(code: number): CloseAction {
  switch (code) {
    case 1000:
    case 4504:
      return "over";
    case 4010:
      return "ticket";
    case 4500:
      return "sign-in";
    case 4502:
      return "replaced";
    case 4506:
      return "reload";
    case 4501:
    case 4505:
      return "stop";
    default:
      return "retry";
  }
}

/** Milliseconds to wait before try number `attempt`, from 0, after a close with `code`. `random` is in [0, 1). */
export function retryDelayMs(attempt: number, code: number, random: number): number {
  if (code === 1013 || code === 4503) return 5_000 + random * 5_000;
  if (code === 1012 && attempt === 0) return random * 3_000;
  return random * Math.min(10_000, 250 * 2 ** attempt);
}
