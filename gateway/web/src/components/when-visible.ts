// A match does not begin for somebody who looks elsewhere.
import { sound } from "../game/sound";
import { messages } from "../i18n";

/** Does it at once if the page is looked at; else it rings, and waits until it is. */
export function whenVisible(action: () => void): void {
  if (document.visibilityState === "visible") return action();
  sound.play("won");
  document.title = `▶ ${messages().court.starting} · Matchpoint`;
  document.addEventListener("visibilitychange", action, { once: true });
}
