// A question before something that cannot be undone: one at a time, over whatever page it is.
import { type TemplateResult, html, nothing } from "lit";
import { customElement } from "lit/decorators.js";
import { messages } from "../i18n";
import { Signal } from "../lib/signal";
import { PageElement } from "./page-element";

export interface Question {
  title: string;
  text: string;
  /** Labels of the buttons: the action, and the alternative. */
  yes: string;
  no?: string;
  /** Marks an action that destroys something for good. */
  danger?: boolean;
}

const openQuestion = new Signal<(Question & { answer(yes: boolean): void }) | undefined>(undefined);

/** Asks, and resolves with the answer. A question that is replaced by another one is answered with no. */
export function confirm(question: Question): Promise<boolean> {
  openQuestion.value?.answer(false);
  return new Promise((answered) => {
    const answer = (yes: boolean): void => {
      openQuestion.value = undefined;
      answered(yes);
    };
    openQuestion.value = { ...question, answer };
  });
}

@customElement("mp-ask")
export class ConfirmDialog extends PageElement {
  protected override readonly signals = [openQuestion];

  protected override updated(): void {
    const dialog = this.querySelector("dialog")!;
    if (openQuestion.value && !dialog.open) dialog.showModal();
    if (!openQuestion.value && dialog.open) dialog.close();
  }

  protected override render(): TemplateResult {
    const question = openQuestion.value;
    return html`<dialog
      data-testid="ask"
      aria-labelledby="ask-title"
      aria-describedby="ask-text"
      @close=${() => openQuestion.value?.answer(false)}
      >${
        question
          ? html` <h2 id="ask-title">${question.title}</h2><p id="ask-text">${question.text}</p>
              <div class="actions">
                <button
                  class=${question.danger ? "button danger" : "button strong"}
                  data-testid="ask-yes"
                  @click=${() => question.answer(true)}
                  >${question.yes}</button
                >
                <button
                  class=${question.danger ? "button strong" : "button"}
                  data-testid="ask-no"
                  autofocus
                  @click=${() => question.answer(false)}
                  >${question.no ?? messages().common.cancel}</button
                >
              </div>`
          : nothing
      }</dialog
    >`;
  }
}
