// Base class of all elements: Lit in the light DOM, so that one style sheet applies, redrawn when a signal changes.
import { LitElement } from "lit";
import { language } from "../i18n";
import type { Signal } from "../lib/signal";

export abstract class PageElement extends LitElement {
  /** Stores that the page shows. */
  protected readonly signals: readonly Signal<never>[] | readonly Signal<unknown>[] = [];
  #off: (() => void)[] = [];

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const redraw = (): void => this.requestUpdate();
    this.#off = [language, ...this.signals].map((store) => store.watch(redraw));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const off of this.#off) off();
  }
}
