// What people in the tournament's room say to each other, between matches and beside the bracket.
import { type TemplateResult, html } from "lit";
import { customElement, state } from "lit/decorators.js";
import { explain, words } from "../i18n";
import { lobby } from "../net/lobby";
import { Page } from "../pages/page";

@customElement("mp-talk")
export class Talk extends Page {
  @state() private trouble = "";
  protected override readonly shows = [lobby.chat];

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
    this.trouble = "";
    lobby.do({ case: "say", value: { text } }).catch((error: unknown) => (this.trouble = explain(error)));
  }

  protected override render(): TemplateResult {
    const w = words().room;
    const said = lobby.chat.value;
    return html`<section class="panel chat" data-testid="talk">
      <h2>${w.chat}</h2>
      <ol aria-live="polite">${said.length ? said.map(({ name, text }) => html`<li><b>${name}</b> ${text}</li>`) : html`<li class="hush">${w.chatEmpty}</li>`}</ol>
      <form @submit=${(e: SubmitEvent) => this.#say(e)}><input name="text" data-testid="talk-input" aria-label=${w.say} placeholder=${w.say} maxlength="300" autocomplete="off" /><button class="button" data-testid="talk-send">${w.send}</button></form>
      <p class="trouble" role="alert">${this.trouble}</p>
    </section>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "mp-talk": Talk;
  }
}
