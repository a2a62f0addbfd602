// What is asked for again and again, as long as somebody looks at it.
import type { ReactiveController, ReactiveControllerHost } from "lit";

/** After an answer, or none, the next one is asked for so much later, milliseconds. */
const AGAIN = 4_000;

export class Poller<T> implements ReactiveController {
  /** The last answer. What was there stays when none comes: the next time may do. */
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
