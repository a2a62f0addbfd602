// Form for the name of this browser's account, or of a guest who is created with it.
import { type TemplateResult, html } from "lit";
import { customElement, state } from "lit/decorators.js";
import { ActionElement } from "../../components/action-element";
import { messages } from "../../i18n";
import { account, rename } from "../../stores/account";

/** Time for which the button says that the name was saved, milliseconds. */
const SAID = 2_000;

@customElement("mp-name-form")
export class NameForm extends ActionElement {
  @state() private saved = false;
  protected override readonly signals = [account];

  #rename(event: SubmitEvent): void {
    event.preventDefault();
    const name = String(new FormData(event.target as HTMLFormElement).get("name") ?? "").trim();
    void this.attempt(async () => {
      if (name === account.value?.name) return;
      await rename(name);
      this.saved = true;
      setTimeout(() => (this.saved = false), SAID);
    });
  }

  protected override render(): TemplateResult {
    const w = messages().home;
    return html`<form class="name" @submit=${(e: SubmitEvent) => this.#rename(e)}>
      <label for="name">${w.name}</label>
      <div
        ><input
          id="name"
          name="name"
          data-testid="name-input"
          .value=${account.value?.name ?? ""}
          placeholder=${w.namePlaceholder}
          maxlength="80"
          autocomplete="nickname"
          spellcheck="false"
          aria-describedby="name-trouble"
        />
        <button class="button" data-testid="name-save">${this.saved ? w.renamed : w.rename}</button></div
      >
      <p class="trouble" id="name-trouble" role="alert" data-testid="name-trouble">${this.trouble}</p>
    </form>`;
  }
}
