// Lit controller that repeats a request while its element is connected and the page visible.
import type { ReactiveController, ReactiveControllerHost } from "lit";

/** Time between an answer, or a failure, and the next request, milliseconds. */
const AGAIN = 4_000;

export class Poller<T> implements ReactiveController {
  /** Last answer; it stays when a request fails. */
  value: T | undefined;
  #host: ReactiveControllerHost;
  #ask: () => Promise<T>;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #on = false;

  constructor(host: ReactiveControllerHost, ask: () => Promise<T>) {
    this.#host = host;
    this.#ask = ask;
    host.addController(this);
  }

  hostConnected(): void {
    this.#on = true;
    void this.#refresh();
  }

  hostDisconnected(): void {
    this.#on = false;
    clearTimeout(this.#timer);
  }

  /** Asks at once: something else is wanted now. */
  refresh(): void {
    void this.#refresh();
  }

  async #refresh(): Promise<void> {
    clearTimeout(this.#timer);
    if (document.visibilityState === "visible") {
      try {
        this.value = await this.#ask();
        this.#host.requestUpdate();
      } catch {
        // Nothing new.
      }
    }
    if (this.#on) this.#timer = setTimeout(() => void this.#refresh(), AGAIN);
  }
}
