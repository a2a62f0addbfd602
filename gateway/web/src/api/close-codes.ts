// Close codes of WebSockets, and the page's reaction to each. docs/errors.md says which refusal closes with which.

export const CLOSE_FINISHED = 1000;
/** No close frame came: the connection was lost, or was never made. */
export const CLOSE_LOST = 1006;
export const CLOSE_RESTART = 1012;
export const CLOSE_OVERLOADED = 1013;
export const CLOSE_TICKET_EXPIRED = 4010;
/** Neither the cookie nor the ticket says who this is. */
export const CLOSE_UNAUTHENTICATED = 4500;
export const CLOSE_INVALID = 4501;
/** Another tab or device of the account has taken over. */
export const CLOSE_REPLACED = 4502;
export const CLOSE_TOO_MANY = 4503;
/** Nothing is there, or nothing more will come. */
export const CLOSE_GONE = 4504;
export const CLOSE_NOT_ALLOWED = 4505;
/** The server speaks a later version of the protocol than this page. */
export const CLOSE_OUTDATED = 4506;

/** Reaction of the page to a close code. */
export type CloseAction = "stop" | "retry" | "ticket" | "over" | "reload" | "replaced" | "sign-in";

export function closeActionOf(code: number): CloseAction {
  switch (code) {
    case CLOSE_FINISHED:
    case CLOSE_GONE:
      return "over";
    case CLOSE_TICKET_EXPIRED:
      return "ticket";
    case CLOSE_UNAUTHENTICATED:
      return "sign-in";
    case CLOSE_REPLACED:
      return "replaced";
    case CLOSE_OUTDATED:
      return "reload";
    case CLOSE_INVALID:
    case CLOSE_NOT_ALLOWED:
      return "stop";
    default:
      return "retry";
  }
}
