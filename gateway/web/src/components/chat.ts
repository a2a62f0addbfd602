// Chat of a room: on its page, and beside the bracket of its tournament.
import { type TemplateResult, html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import { messages } from "../i18n";
import { lobby } from "../stores/lobby";
import { ActionElement } from "./action-element";

@customElement("mp-chat")
export class Chat extends ActionElement {
  /** No more than a line to write in, until something was said. */
  @property({ type: Boolean }) small = false;
  protected override readonly signals = [lobby.chat];

  protected override updated(): void {
    const log = this.querySelector("ol");
    if (log) log.scrollTop = log.scrollHeight;
  }

  #say(event: SubmitEvent): void {
    event.preventDefault();
    const input = (event.target as HTMLFormElement).elements.namedItem("text") as HTMLInputElement;
    const text = input.value.trim();
    if (!text) return;
    input.value = "";
    void this.attempt(() => lobby.send({ case: "say", value: { text } }));
  }

  protected override render(): TemplateResult {
    const w = messages().room;
    const said = lobby.chat.value;
    const line = this.small && !said.length;
    const empty = line ? nothing : html`<li class="hush">${w.chatEmpty}</li>`;
    return html`<section class=${line ? "chat bare" : "panel chat"} aria-label=${w.chat}>
      ${line ? nothing : html`<h2>${w.chat}</h2>`}
      <ol data-testid="chat" aria-live="polite"
        >${
          said.length
            ? said.map(
                ({ name, text }) =>
                  html`<li
                    ><b><bdi>${name}</bdi></b> <bdi>${text}</bdi></li
                  >`,
              )
            : empty
        }</ol
      >
      <form @submit=${(e: SubmitEvent) => this.#say(e)}
        ><input
          name="text"
          data-testid="chat-input"
          aria-label=${w.say}
          placeholder=${w.say}
          maxlength="300"
          autocomplete="off"
        /><button class="button" data-testid="chat-send">${w.send}</button></form
      >
      <p class="trouble" role="alert">${this.trouble}</p>
    </section>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "mp-chat": Chat;
  }
}
