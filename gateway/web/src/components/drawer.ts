// Drawers that open over a page from its header, one at a time. A modal dialog gives focus, Escape and the way back.
import { type TemplateResult, html, nothing } from "lit";
import { state } from "lit/decorators.js";
import { messages } from "../i18n";
import { Signal } from "../lib/signal";
import { ActionElement } from "./action-element";
import { icons } from "./icons";

export type DrawerName = "" | "account" | "friends";
export const openDrawer = new Signal<DrawerName>("");

export abstract class Drawer extends ActionElement {
  protected abstract readonly name: Exclude<DrawerName, "">;
  @state() protected said = "";
  #off: (() => void) | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#off = openDrawer.watch(() => {
      this.trouble = this.said = "";
      this.requestUpdate();
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#off?.();
  }

  protected override updated(): void {
    const dialog = this.querySelector("dialog")!;
    const open = openDrawer.value === this.name;
    if (open && !dialog.open) dialog.showModal();
    if (!open && dialog.open) dialog.close();
  }

  protected close(): void {
    if (openDrawer.value === this.name) openDrawer.value = "";
  }

  /** Runs an action and announces `said` when it is done. */
  protected override async run(action: () => Promise<void>, said = ""): Promise<boolean> {
    this.said = "";
    const done = await super.run(action);
    if (done) this.said = said;
    return done;
  }

  /** A form's fields by name, trimmed but for passwords. */
  protected fields(event: SubmitEvent): (name: string) => string {
    event.preventDefault();
    const found = new FormData(event.target as HTMLFormElement);
    return (name) => {
      const value = String(found.get(name) ?? "");
      return name.includes("assword") ? value : value.trim();
    };
  }

  protected frame(title: string, body: () => TemplateResult): TemplateResult {
    return html`<dialog
      class="drawer"
      data-testid=${`${this.name}-drawer`}
      aria-labelledby=${`${this.name}-title`}
      @close=${() => this.close()}
      @click=${(e: Event) => e.target === e.currentTarget && this.close()}
    >
      <div class="inside">
        <header
          ><h2 id=${`${this.name}-title`} tabindex="-1" autofocus>${title}</h2>
          <button
            class="quiet icon"
            data-testid=${`${this.name}-close`}
            aria-label=${messages().account.close}
            @click=${() => this.close()}
            >${icons.close()}</button
          ></header
        >
        ${
          openDrawer.value === this.name
            ? html` <p class="trouble" role="alert" data-testid=${`${this.name}-trouble`}>${this.trouble}</p>
                <p class="said" role="status" data-testid=${`${this.name}-said`}>${this.said}</p>
                ${body()}`
            : nothing
        }
      </div></dialog
    >`;
  }
}
