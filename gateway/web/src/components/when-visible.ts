// Delays an action until the page is visible, so that no match begins unseen.
import { sound } from "../game/sound";
import { messages } from "../i18n";

/** Runs an action at once on a visible page; else plays a sound, and runs it when the page becomes visible. */
export function whenVisible(action: () => void): void {
  if (document.visibilityState === "visible") return action();
  sound.play("won");
  document.title = `▶ ${messages().court.starting} · Matchpoint`;
  document.addEventListener("visibilitychange", action, { once: true });
}
