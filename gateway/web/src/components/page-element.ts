// Base class of all elements: Lit in the light DOM, so that one style sheet applies, redrawn when a signal changes.
import { LitElement } from "lit";
import { language } from "../i18n";
import type { Store } from "../lib/signal";

export abstract class Page extends LitElement {
  /** Stores that the page shows. */
  protected readonly shows: readonly Store<never>[] | readonly Store<unknown>[] = [];
  #off: (() => void)[] = [];

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const redraw = (): void => this.requestUpdate();
    this.#off = [language, ...this.shows].map((store) => store.watch(redraw));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const off of this.#off) off();
  }
}
