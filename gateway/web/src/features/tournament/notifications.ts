// System notifications for a player whose tab is hidden, if they have allowed them.

/** True if the permission was never asked for. */
export const canAsk = (): boolean => "Notification" in window && Notification.permission === "default";

export const ask = async (): Promise<unknown> => Notification.requestPermission();

/** Tells it where they are, unless they are here. A later one with the same `tag` takes its place. */
export function notify(tag: string, big: string, small: string): void {
  if (!document.hidden || !("Notification" in window) || Notification.permission !== "granted") return;
  try {
    const shown = new Notification(big, { body: small, tag });
    shown.onclick = () => {
      window.focus();
      shown.close();
    };
  } catch {
    // Phones show them from a service worker only: there it rings and shakes.
  }
}
