// Router: the page that an address names, and navigation without a reload.
import { parseRoomCode } from "../lib/room-code";
import { Signal } from "../lib/signal";

export type Route =
  | { page: "home" }
  | { page: "room"; code: string }
  | { page: "play" | "watch" | "result"; session: string }
  | { page: "replay"; session: string; match: number }
  | { page: "tournament"; session: string }
  | { page: "tournaments" }
  | { page: "nowhere" };

/** The page at a path. Takes whatever stands in an address bar: what is no page of ours is nowhere. */
export function routeOf(path: string): Route {
  const [page, id, ...more] = path.split("/").filter(Boolean);
  if (!page) return { page: "home" };
  if (page === "replay" && id && more.length <= 1 && /^[1-9]\d{0,5}$/.test(more[0] ?? "1"))
    return { page, session: id, match: Number(more[0] ?? 1) };
  if (page === "tournaments" && !id) return { page };
  if (!id || more.length) return { page: "nowhere" };
  if (page === "room") return { page, code: parseRoomCode(id) };
  if (page === "tournament") return { page, session: id };
  if (page === "play" || page === "watch" || page === "result") return { page, session: id };
  return { page: "nowhere" };
}

const here = (): Route => routeOf(globalThis.location?.pathname ?? "/");

export const route = new Signal<Route>(here());
globalThis.addEventListener?.("popstate", () => (route.value = here()));

/** Goes to an address of this page. */
export function go(path: string, replace = false): void {
  if (path === location.pathname) return;
  history[replace ? "replaceState" : "pushState"](null, "", path);
  route.value = here();
  scrollTo(0, 0);
}

/** Follows links of this application without a reload. */
export function followLinks(event: MouseEvent): void {
  if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
    return;
  const link = event.composedPath().find((e): e is HTMLAnchorElement => e instanceof HTMLAnchorElement);
  if (!link || link.origin !== location.origin || link.target || link.hasAttribute("download")) return;
  event.preventDefault();
  go(link.pathname);
}
